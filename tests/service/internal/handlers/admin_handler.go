package handlers

import (
	"context"
	"database/sql"
	"fmt"
)

// AdminHandler is the operator's side of the panel.
type AdminHandler struct {
	db *sql.DB
}

// NewAdminHandler returns a handler on the given pool.
func NewAdminHandler(db *sql.DB) *AdminHandler {
	return &AdminHandler{db: db}
}

var searchColumn = map[string]string{
	"number":  "prospect_num",
	"name":    "prospect_name",
	"keyword": "keywordiklan",
}

// Find looks for prospects by one of three fields.
func (ah *AdminHandler) Find(by, text string) (*sql.Rows, error) {
	column, ok := searchColumn[by]
	if !ok {
		column = searchColumn["number"]
	}
	query := fmt.Sprintf("SELECT id_prospect, prospect_num, prospect_name, marketer FROM ai_whatsapp_nodepath WHERE %s LIKE ? ORDER BY created_at DESC LIMIT 100", column)
	return ah.db.Query(query, "%"+text+"%")
}

// Devices lists every device with how much it is used.
func (ah *AdminHandler) Devices(ctx context.Context) (*sql.Rows, error) {
	query := `
		SELECT
			d.id_device,
			d.provider,
			u.email,
			COUNT(DISTINCT a.id_prospect) AS prospects,
			MAX(a.updated_at) AS last_seen,
			(SELECT COUNT(*) FROM chatbot_flows_nodepath f WHERE f.id_device = d.id_device) AS flows
		FROM device_setting_nodepath d
		LEFT JOIN user_nodepath u ON u.id = d.user_id
		LEFT JOIN ai_whatsapp_nodepath a ON a.id_device = d.id_device
		GROUP BY d.id_device, d.provider, u.email
		HAVING prospects > 0 OR flows > 0
		ORDER BY last_seen DESC
	`
	return ah.db.QueryContext(ctx, query)
}

// Block switches an account on or off.
func (ah *AdminHandler) Block(id string, blocked bool) error {
	active := 1
	if blocked {
		active = 0
	}
	if _, err := ah.db.Exec("UPDATE user_nodepath SET is_active = ? WHERE id = ?", active, id); err != nil {
		return fmt.Errorf("update user_nodepath: %w", err)
	}
	if blocked {
		if _, err := ah.db.Exec("DELETE FROM user_sessions_nodepath WHERE user_id = ?", id); err != nil {
			return fmt.Errorf("delete from user_sessions_nodepath failed: %w", err)
		}
	}
	return nil
}

// Orphans lists devices without an owner and owners without a device, in one list.
func (ah *AdminHandler) Orphans() (*sql.Rows, error) {
	return ah.db.Query(`
		SELECT 'device' AS kind, d.id AS id, d.created_at AS created_at
		FROM device_setting_nodepath d
		WHERE d.user_id IS NULL
		UNION ALL
		SELECT 'user', u.id, u.created_at
		FROM user_nodepath u
		LEFT JOIN device_setting_nodepath own ON own.user_id = u.id
		WHERE own.id IS NULL
		ORDER BY kind, created_at
	`)
}

// Rows counts the rows of the tables that the operator may see.
func (ah *AdminHandler) Rows() (map[string]int, error) {
	counts := map[string]int{}
	for _, table := range []string{"orders_nodepath", "user_nodepath", "conversation_log_nodepath"} {
		var count int
		if err := ah.db.QueryRow("SELECT COUNT(*) FROM " + table).Scan(&count); err != nil {
			return nil, err
		}
		counts[table] = count
	}
	return counts, nil
}
