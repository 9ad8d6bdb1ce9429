// Package reports builds the numbers of the panel's front page.
package reports

import (
	"database/sql"
	"fmt"
	"time"
)

// Reports reads across the tables.
type Reports struct {
	db *sql.DB
}

// New returns reports on the given pool.
func New(db *sql.DB) *Reports {
	return &Reports{db: db}
}

// Daily counts prospects by day for both bots.
func (r *Reports) Daily(idDevice string, from, to time.Time) (*sql.Rows, error) {
	query := `
		SELECT day.date, SUM(day.total) AS total
		FROM (
			SELECT DATE(created_at) AS date, COUNT(*) AS total
			FROM ai_whatsapp_nodepath
			WHERE id_device = ? AND created_at BETWEEN ? AND ?
			GROUP BY DATE(created_at)
			UNION ALL
			SELECT date_start AS date, COUNT(*) AS total
			FROM wasapBot_nodepath
			WHERE instance = ?
			GROUP BY date_start
		) AS day
		GROUP BY day.date
		ORDER BY day.date
	`
	return r.db.Query(query, idDevice, from, to, idDevice)
}

// Funnel shows how far prospects get, with conditions shared by both statements.
func (r *Reports) Funnel(idDevice, niche string, human *bool) (reached, total int, err error) {
	baseWhere := "a.id_device = ?"
	args := []interface{}{idDevice}
	if niche != "" {
		baseWhere += " AND a.niche = ?"
		args = append(args, niche)
	}
	if human != nil {
		baseWhere += " AND a.human = ?"
		args = append(args, *human)
	}
	if err = r.db.QueryRow("SELECT COUNT(*) FROM ai_whatsapp_nodepath a WHERE "+baseWhere, args...).Scan(&total); err != nil {
		return 0, 0, err
	}
	err = r.db.QueryRow("SELECT COUNT(DISTINCT a.prospect_num) FROM ai_whatsapp_nodepath a JOIN conversation_log_nodepath c ON c.prospect_num = a.prospect_num WHERE "+baseWhere+" AND c.sender = 'user'", args...).Scan(&reached)
	return reached, total, err
}

// Marketers ranks those who brought prospects in.
func (r *Reports) Marketers(limit int) (*sql.Rows, error) {
	return r.db.Query(`
		SELECT marketer, COUNT(*) AS prospects, SUM(CASE WHEN execution_status = 'completed' THEN 1 ELSE 0 END) AS done
		FROM ai_whatsapp_nodepath
		WHERE marketer IS NOT NULL AND marketer <> ''
		GROUP BY marketer
		HAVING COUNT(*) >= 3 AND MAX(updated_at) > DATE_SUB(NOW(), INTERVAL 90 DAY)
		ORDER BY done DESC, prospects DESC
		LIMIT ?
	`, limit)
}

// Silent lists prospects whose last line is their own.
func (r *Reports) Silent(idDevice string) (*sql.Rows, error) {
	return r.db.Query(`
		SELECT a.prospect_num, a.stage, c.message
		FROM ai_whatsapp_nodepath a
		JOIN conversation_log_nodepath c ON c.prospect_num = a.prospect_num
		WHERE a.id_device = ?
		  AND c.created_at = (SELECT MAX(l.created_at) FROM conversation_log_nodepath l WHERE l.prospect_num = a.prospect_num)
		  AND c.sender = 'user'
		ORDER BY c.created_at
	`, idDevice)
}

// Customers joins orders, owners and devices.
func (r *Reports) Customers(minimum float64) (*sql.Rows, error) {
	query := `
		SELECT u.full_name, u.email, u.phone, d.id_device, SUM(o.amount) AS spent
		FROM user_nodepath u
		INNER JOIN orders_nodepath o ON o.user_id = u.id AND o.status = 'Success'
		LEFT JOIN device_setting_nodepath d ON d.user_id = u.id
		GROUP BY u.id, u.full_name, u.email, u.phone, d.id_device
		HAVING spent >= ?
		ORDER BY spent DESC
	`
	return r.db.Query(query, minimum)
}

// Keywords compares the advertisements' keywords of two months.
func (r *Reports) Keywords(month, before string) (*sql.Rows, error) {
	return r.db.Query(`
		SELECT now_.keyword, now_.hits, COALESCE(then_.hits, 0) AS earlier
		FROM (SELECT keywordiklan AS keyword, COUNT(*) AS hits FROM ai_whatsapp_nodepath WHERE DATE_FORMAT(date_order, '%Y-%m') = ? GROUP BY keywordiklan) now_
		LEFT JOIN (SELECT keywordiklan AS keyword, COUNT(*) AS hits FROM ai_whatsapp_nodepath WHERE DATE_FORMAT(date_order, '%Y-%m') = ? GROUP BY keywordiklan) then_
			ON then_.keyword = now_.keyword
		ORDER BY now_.hits DESC
	`, month, before)
}

// Snapshot keeps a day's figures as a line of the log, once a day.
func (r *Reports) Snapshot(day string) error {
	_, err := r.db.Exec(`
		INSERT INTO conversation_log_nodepath (id, prospect_num, sender, message)
		SELECT CONCAT('report-', ?), 'report', 'staff', CONCAT(COUNT(*), ' prospects')
		FROM ai_whatsapp_nodepath
		WHERE DATE(created_at) = ?
		ON DUPLICATE KEY UPDATE message = VALUES(message)
	`, day, day)
	return err
}

// Average tells how long conversations take, by niche.
func (r *Reports) Average(days int) (*sql.Rows, error) {
	query := fmt.Sprintf(`
		SELECT niche, AVG(TIMESTAMPDIFF(MINUTE, created_at, updated_at)) AS minutes, MIN(stage) AS first_stage
		FROM ai_whatsapp_nodepath
		WHERE created_at > DATE_SUB(NOW(), INTERVAL %d DAY)
		GROUP BY niche
		ORDER BY minutes
	`, days)
	return r.db.Query(query)
}

// Bots lists what the scripted bot's prospects answered.
func (r *Reports) Bots(page int) (*sql.Rows, error) {
	return r.db.Query("SELECT w.nama, w.pakej, w.cara_bayaran, w.tarikh_gaji, w.marketer_id FROM wasapBot_nodepath w WHERE w.status <> 'Prospek' AND w.waiting_for_reply = 0 ORDER BY w.id_prospect DESC LIMIT 50 OFFSET ?", page*50)
}
