package repository

import (
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// Prospect is a person in a conversation with the AI.
type Prospect struct {
	ID     int
	Number string
	Name   sql.NullString
	Stage  sql.NullString
	Niche  sql.NullString
	Human  int
}

// AIWhatsappRepository stores the conversations that the AI leads.
type AIWhatsappRepository struct {
	db *sql.DB
}

// NewAIWhatsappRepository returns a repository on the given pool.
func NewAIWhatsappRepository(db *sql.DB) *AIWhatsappRepository {
	return &AIWhatsappRepository{db: db}
}

// GetDB returns the pool for callers that need a statement of their own.
func (r *AIWhatsappRepository) GetDB() *sql.DB {
	return r.db
}

// Create stores a prospect and returns its number.
func (r *AIWhatsappRepository) Create(p *Prospect, idDevice, flowID string) (int64, error) {
	query := `
		INSERT INTO ai_whatsapp_nodepath
			(prospect_num, prospect_name, id_device, niche, stage, flow_id, flow_reference, execution_id, execution_status, date_order)
		VALUES
			(?, ?, ?, ?, ?, ?, ?, ?, 'active', NOW())
	`
	result, err := r.db.Exec(query, p.Number, p.Name, idDevice, p.Niche, p.Stage, flowID, flowID, fmt.Sprint(flowID, time.Now().UnixNano()))
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// Advance is one function with one variable for every statement, as they grew.
func (r *AIWhatsappRepository) Advance(executionID, node, stage, reply string) error {
	var id int
	query := `SELECT id_prospect FROM ai_whatsapp_nodepath WHERE execution_id = ?` + activeOnly
	if err := r.db.QueryRow(query, executionID).Scan(&id); err != nil {
		return err
	}

	query = `
		UPDATE ai_whatsapp_nodepath
		SET last_node_id = current_node_id,
		    current_node_id = ?,
		    waiting_for_reply = 1
		WHERE id_prospect = ?
	`
	if _, err := r.db.Exec(query, node, id); err != nil {
		return err
	}

	query = `UPDATE ai_whatsapp_nodepath SET stage = ? WHERE id_prospect = ? AND (stage IS NULL OR stage <> ?)`
	if _, err := r.db.Exec(query, stage, id, stage); err != nil {
		return err
	}

	query = "UPDATE ai_whatsapp_nodepath SET conv_last = CONCAT(IFNULL(conv_last, ''), ?), conv_current = NULL WHERE id_prospect = ?"
	if _, err := r.db.Exec(query, reply, id); err != nil {
		return err
	}

	query = `
		UPDATE ai_whatsapp_nodepath
		SET balas = ?, update_today = CURDATE()
		WHERE id_prospect = ?
	`
	_, err := r.db.Exec(query, reply, id)
	return err
}

// ByNumber returns the newest conversation of a number.
func (r *AIWhatsappRepository) ByNumber(number, idDevice string) (*Prospect, error) {
	var p Prospect
	err := r.db.QueryRow(
		"SELECT "+prospectColumns+" FROM ai_whatsapp_nodepath WHERE prospect_num = ? AND id_device = ? ORDER BY created_at DESC LIMIT 1",
		number, idDevice,
	).Scan(&p.ID, &p.Number, &p.Name, &p.Stage, &p.Niche, &p.Human)
	if err == sql.ErrNoRows {
		return nil, nil
	}
	return &p, err
}

// Search returns prospects that match every condition that is given.
func (r *AIWhatsappRepository) Search(idDevice, stage, text string, since *time.Time) ([]Prospect, error) {
	conditions := []string{"id_device = ?"}
	args := []interface{}{idDevice}
	if stage != "" {
		conditions = append(conditions, "stage = ?")
		args = append(args, stage)
	}
	if text != "" {
		conditions = append(conditions, "(prospect_name LIKE ? OR prospect_num LIKE ?)")
		args = append(args, "%"+text+"%", "%"+text+"%")
	}
	if since != nil {
		conditions = append(conditions, "created_at >= ?")
		args = append(args, *since)
	}
	query := `
		SELECT id_prospect, prospect_num, prospect_name, stage, niche, human
		FROM ai_whatsapp_nodepath
		WHERE ` + strings.Join(conditions, " AND ") + `
		ORDER BY date_order DESC
	`
	rows, err := r.db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return scanProspects(rows)
}

func scanProspects(rows *sql.Rows) ([]Prospect, error) {
	var found []Prospect
	for rows.Next() {
		var p Prospect
		if err := rows.Scan(&p.ID, &p.Number, &p.Name, &p.Stage, &p.Niche, &p.Human); err != nil {
			return nil, err
		}
		found = append(found, p)
	}
	return found, rows.Err()
}

// SetHuman hands the conversations of some numbers to a person or back.
func (r *AIWhatsappRepository) SetHuman(numbers []string, human bool) error {
	if len(numbers) == 0 {
		return nil
	}
	args := []interface{}{human}
	for _, number := range numbers {
		args = append(args, number)
	}
	_, err := r.db.Exec(
		`UPDATE ai_whatsapp_nodepath SET human = ?, updated_at = NOW() WHERE prospect_num IN (`+placeholders(len(numbers))+`)`,
		args...,
	)
	return err
}

// UpdateFields writes the given columns of one prospect.
func (r *AIWhatsappRepository) UpdateFields(id int, updates map[string]interface{}) error {
	var set []string
	var args []interface{}
	for field, value := range updates {
		set = append(set, field+" = ?")
		args = append(args, value)
	}
	args = append(args, id)
	query := fmt.Sprintf("UPDATE ai_whatsapp_nodepath SET %s, updated_at = NOW() WHERE id_prospect = ?", joinParts(set, ", "))
	_, err := r.db.Exec(query, args...)
	return err
}

// Touch moves one of the two dates that the panel shows.
func (r *AIWhatsappRepository) Touch(id int, what string) error {
	columns := map[string]string{"order": "date_order", "today": "update_today"}
	column, ok := columns[what]
	if !ok {
		return fmt.Errorf("no such date: %s", what)
	}
	_, err := r.db.Exec(fmt.Sprintf("UPDATE ai_whatsapp_nodepath SET %s = NOW() WHERE id_prospect = ?", column), id)
	return err
}

// Stuck lists conversations that wait for an answer for too long.
func (r *AIWhatsappRepository) Stuck(minutes int) ([]Prospect, error) {
	rows, err := r.db.Query(`
		SELECT id_prospect, prospect_num, prospect_name, stage, niche, human
		FROM ai_whatsapp_nodepath
		WHERE waiting_for_reply = 1
		  AND execution_status = 'active'
		  AND updated_at < DATE_SUB(NOW(), INTERVAL ? MINUTE)
		ORDER BY updated_at
	`, minutes)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return scanProspects(rows)
}

// Expire fails the conversations that nobody will answer any more.
func (r *AIWhatsappRepository) Expire(days int) (int64, error) {
	result, err := r.db.Exec(`
		UPDATE ai_whatsapp_nodepath
		SET execution_status = 'failed', waiting_for_reply = 0
		WHERE execution_status = 'active' AND created_at < DATE_SUB(NOW(), INTERVAL ? DAY)
		ORDER BY created_at
		LIMIT 500
	`, days)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// CountByStage counts the prospects of a device in each stage.
func (r *AIWhatsappRepository) CountByStage(idDevice string) (map[string]int, error) {
	query := `SELECT COALESCE(stage, 'none') AS status, COUNT(*) AS total FROM ai_whatsapp_nodepath WHERE id_device = ? GROUP BY status HAVING total > 0 ORDER BY total DESC`
	rows, err := r.db.Query(query, idDevice)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	counts := map[string]int{}
	for rows.Next() {
		var status string
		var total int
		if err := rows.Scan(&status, &total); err != nil {
			return nil, err
		}
		counts[status] = total
	}
	return counts, rows.Err()
}
