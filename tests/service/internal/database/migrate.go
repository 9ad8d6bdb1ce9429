package database

import (
	"database/sql"
	"fmt"
	"log"
)

// Migrator creates what is missing when the server boots.
type Migrator struct {
	db *sql.DB
}

// NewMigrator returns a migrator on the given pool.
func NewMigrator(db *sql.DB) *Migrator {
	return &Migrator{db: db}
}

type column struct {
	name       string
	definition string
}

// Run creates the tables, then adds the columns that came after them.
func (m *Migrator) Run() error {
	statements := []string{
		createFlows,
		createDevices,
		createAIWhatsapp,
		createWasapbot,
		createConversations,
		createOrders,
		createUsers,
		createUserSessions,
		createAISessions,
		createWasapbotSessions,
	}
	for i, statement := range statements {
		if _, err := m.db.Exec(statement); err != nil {
			return fmt.Errorf("create table %d: %w", i+1, err)
		}
	}
	if err := m.addDeviceColumns(); err != nil {
		return err
	}
	return m.addUserColumns()
}

func (m *Migrator) addDeviceColumns() error {
	columns := []column{
		{name: "instance", definition: "TEXT NULL"},
		{name: "webhook_secret", definition: "VARCHAR(64) NULL"},
	}
	for _, c := range columns {
		var count int
		err := m.db.QueryRow(`
			SELECT COUNT(*) FROM INFORMATION_SCHEMA.COLUMNS
			WHERE TABLE_SCHEMA = DATABASE()
			AND TABLE_NAME = 'device_setting_nodepath'
			AND COLUMN_NAME = ?
		`, c.name).Scan(&count)
		if err != nil {
			return err
		}
		if count == 0 {
			query := fmt.Sprintf("ALTER TABLE device_setting_nodepath ADD COLUMN %s %s", c.name, c.definition)
			if _, err := m.db.Exec(query); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *Migrator) addUserColumns() error {
	exists, err := m.HasColumn("user_nodepath", "phone")
	if err != nil || exists {
		return err
	}
	if _, err := m.db.Exec("ALTER TABLE user_nodepath ADD COLUMN phone VARCHAR(20) NULL, ADD COLUMN status VARCHAR(50) DEFAULT 'Trial'"); err != nil {
		return err
	}
	_, err = m.db.Exec(`CREATE INDEX idx_user_phone ON user_nodepath (phone)`)
	return err
}

// HasColumn says whether a table has a column.
func (m *Migrator) HasColumn(table, name string) (bool, error) {
	query := "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ?"
	var count int
	err := m.db.QueryRow(query, table, name).Scan(&count)
	return count > 0, err
}

// Describe logs the size of each table and the indexes that the planner can use.
func (m *Migrator) Describe() error {
	rows, err := m.db.Query(`
		SELECT t.TABLE_NAME, t.TABLE_ROWS, t.DATA_LENGTH + t.INDEX_LENGTH AS bytes
		FROM INFORMATION_SCHEMA.TABLES t
		WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME LIKE '%_nodepath'
		ORDER BY bytes DESC
	`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var count, bytes sql.NullInt64
		if err := rows.Scan(&name, &count, &bytes); err != nil {
			return err
		}
		log.Printf("table %s: %d rows, %d bytes", name, count.Int64, bytes.Int64)
	}

	indexes, err := m.db.Query(
		"SELECT INDEX_NAME, COLUMN_NAME, SEQ_IN_INDEX FROM INFORMATION_SCHEMA.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?",
		"ai_whatsapp_nodepath",
	)
	if err != nil {
		return err
	}
	return indexes.Close()
}
