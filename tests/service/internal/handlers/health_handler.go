package handlers

import (
	"database/sql"
	"encoding/json"
	"net/http"
)

// HealthHandler tells how the database is.
type HealthHandler struct {
	db *sql.DB
}

// NewHealthHandler returns a handler on the given pool.
func NewHealthHandler(db *sql.DB) *HealthHandler {
	return &HealthHandler{db: db}
}

// Check writes version, name, connections and the number of tables.
func (h *HealthHandler) Check(w http.ResponseWriter, r *http.Request) {
	var version, database string
	if err := h.db.QueryRow("SELECT VERSION(), DATABASE()").Scan(&version, &database); err != nil {
		http.Error(w, "database not reachable", http.StatusServiceUnavailable)
		return
	}
	var name, connected string
	if err := h.db.QueryRow("SHOW STATUS LIKE 'Threads_connected'").Scan(&name, &connected); err != nil {
		connected = "unknown"
	}
	var tables int
	err := h.db.QueryRowContext(r.Context(), "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = ?", database).Scan(&tables)
	if err != nil {
		tables = -1
	}
	_ = json.NewEncoder(w).Encode(map[string]interface{}{"version": version, "connected": connected, "tables": tables})
}

// Slow lists what the server does right now.
func (h *HealthHandler) Slow(seconds int) (*sql.Rows, error) {
	return h.db.Query("SELECT ID, USER, TIME, STATE, INFO FROM INFORMATION_SCHEMA.PROCESSLIST WHERE TIME > ? ORDER BY TIME DESC", seconds)
}

// Columns lists a table's columns for the panel's form.
func (h *HealthHandler) Columns(table string) (*sql.Rows, error) {
	query := `
		SELECT COLUMN_NAME, DATA_TYPE, IS_NULLABLE
		FROM INFORMATION_SCHEMA.COLUMNS
		WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?
		ORDER BY ORDINAL_POSITION
	`
	return h.db.Query(query, table)
}

// Patience sets how long the connection waits for a lock, and reads it back.
func (h *HealthHandler) Patience() (int, error) {
	if _, err := h.db.Exec("SET SESSION innodb_lock_wait_timeout = 5"); err != nil {
		return 0, err
	}
	var seconds int
	err := h.db.QueryRow("SELECT @@SESSION.innodb_lock_wait_timeout").Scan(&seconds)
	return seconds, err
}
