package repository

import (
	"database/sql"
	"errors"
	"fmt"
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
		INSERT INTO ai_whatsapp_session (phone_number, device_id, locked_at, last_activity)
		VALUES (?, ?, NOW(), NOW())
		ON DUPLICATE KEY UPDATE
		locked_at = IF(locked_at IS NULL OR TIMESTAMPDIFF(SECOND, locked_at, NOW()) > 30, NOW(), locked_at),
		last_activity = NOW()
	`
	if _, err := r.db.Exec(query, phoneNumber, deviceID); err != nil {
		return false, fmt.Errorf("failed to acquire session lock: %w", err)
	}

	query = `
		SELECT COUNT(*)
		FROM ai_whatsapp_session
		WHERE phone_number = ? AND device_id = ?
		AND locked_at >= DATE_SUB(NOW(), INTERVAL 1 SECOND)
	`
	var held int
	if err := r.db.QueryRow(query, phoneNumber, deviceID).Scan(&held); err != nil {
		return false, fmt.Errorf("failed to check session lock: %w", err)
	}
	return held > 0, nil
}

// ReleaseSession gives the session lock back.
func (r *aiWhatsappRepository) ReleaseSession(phoneNumber, deviceID string) error {
	query := `
		UPDATE ai_whatsapp_session
		SET locked_at = NULL, last_activity = NOW()
		WHERE phone_number = ? AND device_id = ?
	`
	if _, err := r.db.Exec(query, phoneNumber, deviceID); err != nil {
		return fmt.Errorf("failed to release session lock: %w", err)
	}
	return nil
}
