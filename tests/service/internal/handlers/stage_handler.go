// Package handlers answers the panel's requests.
package handlers

import (
	"database/sql"
	"encoding/json"
	"net/http"

	"flowdesk/internal/services"
)

// StageHandler keeps the values that a device sets in each stage.
type StageHandler struct {
	flowService *services.FlowEngine
}

// NewStageHandler returns a handler over the engine's pool.
func NewStageHandler(flows *services.FlowEngine) *StageHandler {
	return &StageHandler{flowService: flows}
}

func (h *StageHandler) ensureTable(db *sql.DB) error {
	_, err := db.Exec(`CREATE TABLE IF NOT EXISTS stageSetValue_nodepath (
		stageSetValue_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
		id_device VARCHAR(255) NOT NULL,
		stage VARCHAR(255) NOT NULL,
		type_inputData VARCHAR(255),
		columnsData VARCHAR(255),
		inputHardCode VARCHAR(255)
	) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`)
	return err
}

// List writes the values of a device.
func (h *StageHandler) List(w http.ResponseWriter, r *http.Request) {
	db := h.flowService.GetDB()
	if err := h.ensureTable(db); err != nil {
		http.Error(w, "table not created", http.StatusInternalServerError)
		return
	}
	query := "SELECT stageSetValue_id, stage, type_inputData, columnsData, inputHardCode FROM stageSetValue_nodepath WHERE id_device = ?"
	if r.URL.Query().Get("order") == "stage" {
		query += " ORDER BY stage, stageSetValue_id"
	}
	rows, err := db.Query(query, r.URL.Query().Get("device"))
	if err != nil {
		http.Error(w, "select failed from the table", http.StatusInternalServerError)
		return
	}
	defer rows.Close()
	values := []map[string]interface{}{}
	for rows.Next() {
		var id int
		var stage, kind, column, text sql.NullString
		if err := rows.Scan(&id, &stage, &kind, &column, &text); err != nil {
			http.Error(w, "not readable", http.StatusInternalServerError)
			return
		}
		values = append(values, map[string]interface{}{"id": id, "stage": stage.String})
	}
	_ = json.NewEncoder(w).Encode(values)
}

// Save adds a value.
func (h *StageHandler) Save(device, stage, kind, column, text string) (int64, error) {
	result, err := h.flowService.GetDB().Exec(`
		INSERT INTO stageSetValue_nodepath (id_device, stage, type_inputData, columnsData, inputHardCode)
		VALUES (?, ?, ?, ?, ?)
	`, device, stage, kind, column, text)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// Change writes a value anew.
func (h *StageHandler) Change(id int, column, text string) error {
	db := h.flowService.GetDB()
	_, err := db.Exec("UPDATE stageSetValue_nodepath SET columnsData = ?, inputHardCode = ? WHERE stageSetValue_id = ?", column, text, id)
	return err
}

// Remove deletes a value.
func (h *StageHandler) Remove(id int) error {
	_, err := h.flowService.GetDB().Exec("DELETE FROM stageSetValue_nodepath WHERE stageSetValue_id = ?", id)
	return err
}

// Labels lists the stages in use with the label that the panel shows.
func (h *StageHandler) Labels(device string) (*sql.Rows, error) {
	return h.flowService.GetDB().Query(`
		SELECT v.stage, l.label, l.colour
		FROM stageSetValue_nodepath v
		LEFT JOIN stage_labels_nodepath l USING (stage)
		WHERE v.id_device = ?
		GROUP BY v.stage, l.label, l.colour
	`, device)
}
