package repository

import (
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Prospect is a person who is in a conversation with the AI.
type Prospect struct {
	ID      int
	Number  string
	Stage   sql.NullString
	Current sql.NullString
	Human   bool
}

// AIWhatsappRepository keeps the conversations that the AI leads.
type AIWhatsappRepository interface {
	Find(number, idDevice string) (*Prospect, error)
	Create(number, idDevice, executionID, flowID string) error
	MoveTo(executionID, nodeID string, waiting bool) error
	AppendConversation(id int, line string) error
	Finish(executionID string, failed bool) error
	Active(idDevice, stage string, limit int) ([]Prospect, error)
	TryAcquireSession(phoneNumber, deviceID string) (bool, error)
	ReleaseSession(phoneNumber, deviceID string) error
}

type aiWhatsappRepository struct {
	db *sql.DB
}

// NewAIWhatsappRepository returns a repository on the given pool.
func NewAIWhatsappRepository(db *sql.DB) AIWhatsappRepository {
	return &aiWhatsappRepository{db: db}
}

func (r *aiWhatsappRepository) Find(number, idDevice string) (*Prospect, error) {
	query := `
		SELECT id_prospect, prospect_num, stage, conv_current, human
		FROM ai_whatsapp_nodepath
		WHERE prospect_num = ? AND id_device = ?
		ORDER BY created_at DESC
		LIMIT 1
	`
	var p Prospect
	err := r.db.QueryRow(query, number, idDevice).Scan(&p.ID, &p.Number, &p.Stage, &p.Current, &p.Human)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &p, err
}

func (r *aiWhatsappRepository) Create(number, idDevice, executionID, flowID string) error {
	query := `
		INSERT INTO ai_whatsapp_nodepath (
			prospect_num, id_device, execution_id, flow_id, flow_reference,
			execution_status, waiting_for_reply, created_at
		) VALUES (?, ?, ?, ?, ?, 'active', 0, NOW())
	`
	_, err := r.db.Exec(query, number, idDevice, executionID, flowID, flowID)
	return err
}

func (r *aiWhatsappRepository) MoveTo(executionID, nodeID string, waiting bool) error {
	query := `
		UPDATE ai_whatsapp_nodepath
		SET last_node_id = current_node_id, current_node_id = ?, waiting_for_reply = ?
		WHERE execution_id = ? AND execution_status = 'active'
	`
	_, err := r.db.Exec(query, nodeID, waiting, executionID)
	return err
}

func (r *aiWhatsappRepository) AppendConversation(id int, line string) error {
	_, err := r.db.Exec(`
		UPDATE ai_whatsapp_nodepath
		SET conv_last = CONCAT(COALESCE(conv_last, ''), ?), conv_current = ?
		WHERE id_prospect = ?
	`, line, line, id)
	return err
}

func (r *aiWhatsappRepository) Finish(executionID string, failed bool) error {
	status := "completed"
	if failed {
		status = "failed"
	}
	_, err := r.db.Exec("UPDATE ai_whatsapp_nodepath SET execution_status = ? WHERE execution_id = ?", status, executionID)
	return err
}

func (r *aiWhatsappRepository) Active(idDevice, stage string, limit int) ([]Prospect, error) {
	where := "execution_status = 'active' AND human = 0"
	args := []interface{}{}
	if idDevice != "" {
		where += " AND id_device = ?"
		args = append(args, idDevice)
	}
	if stage != "" {
		where += " AND stage = ?"
		args = append(args, stage)
	}
	args = append(args, limit)

	rows, err := r.db.Query("SELECT id_prospect, prospect_num, stage FROM ai_whatsapp_nodepath WHERE "+where+" LIMIT ?", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()

	var active []Prospect
	for rows.Next() {
		var p Prospect
		if err := rows.Scan(&p.ID, &p.Number, &p.Stage); err != nil {
			return nil, err
		}
		active = append(active, p)
	}
	return active, rows.Err()
}

// TryAcquireSession takes the session lock, so that one message at a time is answered for a prospect.
func (r *aiWhatsappRepository) TryAcquireSession(phoneNumber, deviceID string) (bool, error) {
	query := `
		INSERT INTO ai_whatsapp_session_nodepath (id_prospect, id_device, timestamp)
		VALUES (?, ?, ?)
		ON DUPLICATE KEY UPDATE
		timestamp = VALUES(timestamp)
	`
	now := time.Now().Format("2006-01-02 15:04:05")
	if _, err := r.db.Exec(query, phoneNumber, deviceID, now); err != nil {
		return false, fmt.Errorf("failed to acquire session lock: %w", err)
	}
	return true, nil
}

// ReleaseSession keeps the row and notes when the prospect was last seen.
func (r *aiWhatsappRepository) ReleaseSession(phoneNumber, deviceID string) error {
	query := `
		UPDATE ai_whatsapp_session_nodepath
		SET timestamp = ?
		WHERE id_prospect = ? AND id_device = ?
	`
	now := time.Now().Format("2006-01-02 15:04:05")
	if _, err := r.db.Exec(query, now, phoneNumber, deviceID); err != nil {
		return fmt.Errorf("failed to release session lock: %w", err)
	}
	return nil
}
