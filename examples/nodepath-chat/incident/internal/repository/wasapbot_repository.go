package repository

import (
	"database/sql"
	"errors"
	"time"

	"github.com/go-sql-driver/mysql"
)

const duplicateKey = 1062

// WasapbotRepository keeps the prospects of the scripted bot.
type WasapbotRepository interface {
	Stage(prospect, instance string) (string, error)
	SetStage(prospect, instance, stage string) error
	Counts(instance, niche string) (map[string]int, error)
	TryAcquireSession(prospect, idDevice string) (bool, error)
	ReleaseSession(prospect, idDevice string) error
}

type wasapbotRepository struct {
	db *sql.DB
}

// NewWasapbotRepository returns a repository on the given pool.
func NewWasapbotRepository(db *sql.DB) WasapbotRepository {
	return &wasapbotRepository{db: db}
}

func (r *wasapbotRepository) Stage(prospect, instance string) (string, error) {
	var stage sql.NullString
	err := r.db.QueryRow(
		"SELECT stage FROM wasapBot_nodepath WHERE prospect_num = ? AND instance = ? ORDER BY id_prospect DESC LIMIT 1",
		prospect, instance,
	).Scan(&stage)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return stage.String, err
}

func (r *wasapbotRepository) SetStage(prospect, instance, stage string) error {
	today := time.Now().Format("2006-01-02")

	query := `UPDATE wasapBot_nodepath SET stage = ?, date_last = ? WHERE prospect_num = ? AND instance = ?`
	result, err := r.db.Exec(query, stage, today, prospect, instance)
	if err != nil {
		return err
	}
	if changed, err := result.RowsAffected(); err != nil || changed > 0 {
		return err
	}

	query = `
		INSERT INTO wasapBot_nodepath (prospect_num, instance, stage, date_start, date_last, execution_status)
		VALUES (?, ?, ?, ?, ?, 'active')
	`
	_, err = r.db.Exec(query, prospect, instance, stage, today, today)
	return err
}

func (r *wasapbotRepository) Counts(instance, niche string) (map[string]int, error) {
	query := `
		SELECT status, COUNT(*) AS total
		FROM wasapBot_nodepath
		WHERE instance = ?
	`
	args := []interface{}{instance}
	if niche != "" {
		query += " AND niche = ?"
		args = append(args, niche)
	}
	query += " GROUP BY status ORDER BY total DESC"

	rows, err := r.db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()

	counts := make(map[string]int)
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

// TryAcquireSession inserts the lock row; the unique key lets only one caller in.
func (r *wasapbotRepository) TryAcquireSession(prospect, idDevice string) (bool, error) {
	query := `
		INSERT INTO wasapBot_session_nodepath (id_prospect, id_device, ` + "`timestamp`" + `)
		VALUES (?, ?, ?)
	`
	_, err := r.db.Exec(query, prospect, idDevice, time.Now().Format("2006-01-02 15:04:05"))

	var refused *mysql.MySQLError
	if errors.As(err, &refused) && refused.Number == duplicateKey {
		return false, nil
	}
	return err == nil, err
}

// ReleaseSession deletes the lock row.
func (r *wasapbotRepository) ReleaseSession(prospect, idDevice string) error {
	_, err := r.db.Exec("DELETE FROM wasapBot_session_nodepath WHERE id_prospect = ? AND id_device = ?", prospect, idDevice)
	return err
}
