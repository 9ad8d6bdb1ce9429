package repository

import (
	"database/sql"
	"strings"
	"time"
)

// WasapbotRepository stores the prospects of the scripted bot.
type WasapbotRepository struct {
	db *sql.DB
}

// NewWasapbotRepository returns a repository on the given pool.
func NewWasapbotRepository(db *sql.DB) *WasapbotRepository {
	return &WasapbotRepository{db: db}
}

// Save writes what the form asked for, as a new row or into the prospect's row.
func (r *WasapbotRepository) Save(number, instance string, form map[string]string) error {
	var id int
	err := r.db.QueryRow("SELECT id_prospect FROM wasapBot_nodepath WHERE prospect_num = ? AND instance = ?", number, instance).Scan(&id)
	today := time.Now().Format("2006-01-02")
	if err == sql.ErrNoRows {
		query := `
			INSERT INTO wasapBot_nodepath (
				prospect_num, instance, nama, alamat, no_fon, pakej, cara_bayaran, tarikh_gaji,
				peringkat_sekolah, umur, kerja, sijil, stage, status, date_start, date_last
			) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'Welcome', 'Prospek', ?, ?)
		`
		_, err = r.db.Exec(query, number, instance, form["nama"], form["alamat"], form["no_fon"], form["pakej"],
			form["cara_bayaran"], form["tarikh_gaji"], form["peringkat_sekolah"], form["umur"], form["kerja"],
			form["sijil"], today, today)
		return err
	}
	if err != nil {
		return err
	}
	query := `
		UPDATE wasapBot_nodepath
		SET nama = ?, alamat = ?, no_fon = ?, pakej = ?, cara_bayaran = ?, date_last = ?
		WHERE id_prospect = ?
	`
	_, err = r.db.Exec(query, form["nama"], form["alamat"], form["no_fon"], form["pakej"], form["cara_bayaran"], today, id)
	return err
}

// SetStage moves a prospect and remembers where it came from.
func (r *WasapbotRepository) SetStage(number, stage string) error {
	_, err := r.db.Exec(`UPDATE wasapBot_nodepath SET temp_stage = stage, stage = ? WHERE prospect_num = ?`, stage, number)
	return err
}

// Note writes the staff's note and the reason.
func (r *WasapbotRepository) Note(number, note, reason, staff string) error {
	_, err := r.db.Exec("UPDATE wasapBot_nodepath SET nota = ?, alasan = ?, staff_cls = ? WHERE prospect_num = ?", note, reason, staff, number)
	return err
}

// Export lists prospects with the conditions of the panel's filters.
func (r *WasapbotRepository) Export(instance, status, from, to string) (*sql.Rows, error) {
	whereClause := "WHERE w.instance = ?"
	args := []interface{}{instance}
	if status != "" {
		whereClause += " AND w.status = ?"
		args = append(args, status)
	}
	if from != "" && to != "" {
		whereClause += " AND w.date_start BETWEEN ? AND ?"
		args = append(args, from, to)
	}

	var total int
	countQuery := "SELECT COUNT(*) FROM wasapBot_nodepath w " + whereClause
	if err := r.db.QueryRow(countQuery, args...).Scan(&total); err != nil {
		return nil, err
	}

	query := `
		SELECT w.id_prospect, w.nama, w.no_fon, w.pakej, w.status, w.date_last, w.nota
		FROM wasapBot_nodepath w
		` + whereClause + `
		ORDER BY w.date_last DESC, w.id_prospect DESC
	`
	return r.db.Query(query, args...)
}

// Instances lists the devices that have prospects in one of the given states.
func (r *WasapbotRepository) Instances(states []string) ([]string, error) {
	marks := strings.Repeat("?,", len(states))
	if len(marks) > 0 {
		marks = marks[:len(marks)-1]
	} else {
		marks = "NULL"
	}
	args := make([]interface{}, 0, len(states))
	for _, state := range states {
		args = append(args, state)
	}
	rows, err := r.db.Query("SELECT DISTINCT instance FROM wasapBot_nodepath WHERE status IN ("+marks+") AND instance IS NOT NULL", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var instances []string
	for rows.Next() {
		var instance string
		if err := rows.Scan(&instance); err != nil {
			return nil, err
		}
		instances = append(instances, instance)
	}
	return instances, rows.Err()
}

// Remember stores what the prospect typed.
func (r *WasapbotRepository) Remember(number, text string) error {
	stmt, err := r.db.Prepare("UPDATE wasapBot_nodepath SET user_input = ?, conv_last = CONCAT(COALESCE(conv_last, ''), ?, '\n') WHERE prospect_num = ?")
	if err != nil {
		return err
	}
	defer stmt.Close()
	_, err = stmt.Exec(text, text, number)
	return err
}

// Delete removes a prospect of an instance.
func (r *WasapbotRepository) Delete(number, instance string) error {
	_, err := r.db.Exec("DELETE FROM wasapBot_nodepath WHERE prospect_num = ? AND instance = ? LIMIT 1", number, instance)
	return err
}
