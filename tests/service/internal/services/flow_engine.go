// Package services runs flows and keeps accounts and orders.
package services

import (
	"database/sql"
	"fmt"

	"flowdesk/internal/repository"
)

// FlowEngine runs one flow for one prospect.
type FlowEngine struct {
	aiRepo   *repository.AIWhatsappRepository
	sessions *repository.SessionRepository
}

// NewFlowEngine returns an engine over the given repositories.
func NewFlowEngine(ai *repository.AIWhatsappRepository, sessions *repository.SessionRepository) *FlowEngine {
	return &FlowEngine{aiRepo: ai, sessions: sessions}
}

// GetDB returns the pool that the engine works on.
func (e *FlowEngine) GetDB() *sql.DB {
	return e.aiRepo.GetDB()
}

// Start binds a flow to a prospect.
func (e *FlowEngine) Start(prospect int, flowID, firstNode string) error {
	_, err := e.aiRepo.GetDB().Exec(
		"UPDATE ai_whatsapp_nodepath SET flow_id = ?, current_node_id = ?, execution_status = 'active' WHERE id_prospect = ?",
		flowID, firstNode, prospect,
	)
	return err
}

// Variables reads one of the prospect's values by the name that a flow's text uses.
func (e *FlowEngine) Variables(prospect int, name string) (string, error) {
	var query string
	switch name {
	case "nama":
		query = "SELECT COALESCE(prospect_name, '') FROM ai_whatsapp_nodepath WHERE id_prospect = ?"
	case "peringkat":
		query = "SELECT COALESCE(stage, '') FROM ai_whatsapp_nodepath WHERE id_prospect = ?"
	default:
		query = "SELECT COALESCE(intro, '') FROM ai_whatsapp_nodepath WHERE id_prospect = ?"
	}
	var value string
	err := e.GetDB().QueryRow(query, prospect).Scan(&value)
	return value, err
}

// Log writes a line of the conversation.
func (e *FlowEngine) Log(id, prospect, sender, message, stage string, response []byte) error {
	db := e.aiRepo.GetDB()
	_, err := db.Exec(`INSERT INTO conversation_log_nodepath
		(id, prospect_num, sender, message, stage, ai_response)
		VALUES (?, ?, ?, ?, ?, ?)`, id, prospect, sender, message, stage, response)
	return err
}

// History returns the last lines, oldest first.
func (e *FlowEngine) History(prospect string, limit int) (*sql.Rows, error) {
	return e.GetDB().Query(`
		SELECT recent.sender, recent.message, recent.created_at
		FROM (
			SELECT sender, message, created_at
			FROM conversation_log_nodepath
			WHERE prospect_num = ?
			ORDER BY created_at DESC
			LIMIT ?
		) recent
		ORDER BY recent.created_at
	`, prospect, limit)
}

// Duplicate removes double lines that were stored within one second.
func (e *FlowEngine) Duplicate() error {
	_, err := e.GetDB().Exec(`
		DELETE newer
		FROM conversation_log_nodepath newer
		JOIN conversation_log_nodepath older
			ON older.prospect_num = newer.prospect_num
			AND older.message = newer.message
			AND older.id < newer.id
		WHERE TIMESTAMPDIFF(SECOND, older.created_at, newer.created_at) <= 1
	`)
	return err
}

// Count counts the rows of one of the prospects' tables.
func (e *FlowEngine) Count(bot bool) (int, error) {
	table := "ai_whatsapp_nodepath"
	if bot {
		table = "wasapBot_nodepath"
	}
	var count int
	err := e.GetDB().QueryRow(fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE execution_status = 'active'", table)).Scan(&count)
	return count, err
}

// Purge empties the log of prospects that are done; it keeps what staff wrote.
func (e *FlowEngine) Purge(days int) error {
	purge := func(statement string, args ...interface{}) error {
		_, err := e.GetDB().Exec(statement, args...)
		return err
	}
	return purge(`
		DELETE c FROM conversation_log_nodepath AS c
		INNER JOIN ai_whatsapp_nodepath AS a ON a.prospect_num = c.prospect_num
		WHERE a.execution_status = 'completed' AND c.sender <> 'staff' AND c.created_at < NOW() - INTERVAL ? DAY
	`, days)
}
