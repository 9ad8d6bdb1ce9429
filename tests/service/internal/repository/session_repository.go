package repository

import (
	"database/sql"
	"errors"
	"time"

	"github.com/go-sql-driver/mysql"
)

const stamp = "2006-01-02 15:04:05"

// SessionRepository holds the locks that keep two messages of one prospect apart.
type SessionRepository struct {
	db *sql.DB
}

// NewSessionRepository returns a repository on the given pool.
func NewSessionRepository(db *sql.DB) *SessionRepository {
	return &SessionRepository{db: db}
}

// AcquireAI takes the lock of the AI's conversation.
func (r *SessionRepository) AcquireAI(prospect, device string) (bool, error) {
	query := `INSERT INTO ai_whatsapp_session_nodepath (id_prospect, id_device, ` + "`timestamp`" + `) VALUES (?, ?, ?)`
	return r.insert(query, prospect, device)
}

// AcquireBot takes the lock of the scripted bot's conversation.
func (r *SessionRepository) AcquireBot(prospect, device string) (bool, error) {
	query := `
		INSERT INTO wasapBot_session_nodepath
			(id_prospect, id_device, ` + "`timestamp`" + `)
		VALUES (?, ?, ?)`
	return r.insert(query, prospect, device)
}

func (r *SessionRepository) insert(query, prospect, device string) (bool, error) {
	_, err := r.db.Exec(query, prospect, device, time.Now().Format(stamp))
	var refused *mysql.MySQLError
	if errors.As(err, &refused) && refused.Number == 1062 {
		return false, nil
	}
	return err == nil, err
}

// TakeOver claims a lock that nobody has renewed since it was seen.
func (r *SessionRepository) TakeOver(prospect, device, seen string) (bool, error) {
	query := "UPDATE ai_whatsapp_session_nodepath SET `timestamp` = ? WHERE id_prospect = ? AND id_device = ? AND `timestamp` = ?"
	result, err := r.db.Exec(query, time.Now().Format(stamp), prospect, device, seen)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// Seen returns the time text of a lock.
func (r *SessionRepository) Seen(prospect, device string) (string, error) {
	var seen string
	err := r.db.QueryRow("SELECT s.`timestamp` FROM ai_whatsapp_session_nodepath s WHERE s.id_prospect = ? AND s.id_device = ?", prospect, device).Scan(&seen)
	return seen, err
}

// Release gives a lock back that is still ours.
func (r *SessionRepository) Release(prospect, device, mine string) error {
	_, err := r.db.Exec(`DELETE FROM ai_whatsapp_session_nodepath WHERE id_prospect = ? AND id_device = ? AND timestamp = ?`, prospect, device, mine)
	return err
}

// ReleaseBot gives a lock of the scripted bot back.
func (r *SessionRepository) ReleaseBot(prospect, device string) error {
	_, err := r.db.Exec("DELETE FROM wasapBot_session_nodepath WHERE id_prospect = ? AND id_device = ?", prospect, device)
	return err
}

// Expire removes the panel's sessions that are over.
func (r *SessionRepository) Expire() error {
	_, err := r.db.Exec(sqlExpiredSessions)
	return err
}

// Held counts the locks of a device in both tables.
func (r *SessionRepository) Held(device string) (int, error) {
	var held int
	err := r.db.QueryRow(`
		SELECT COUNT(*) FROM (
			SELECT id_sessionX AS id, id_device FROM ai_whatsapp_session_nodepath
			UNION ALL
			SELECT id_sessionY, id_device FROM wasapBot_session_nodepath
		) AS locks
		WHERE locks.id_device = ?
	`, device).Scan(&held)
	return held, err
}

// Oldest returns the locks of a table in order of age.
func (r *SessionRepository) Oldest(bot bool) (*sql.Rows, error) {
	var query string
	if bot {
		query = "SELECT id_prospect, `timestamp` FROM wasapBot_session_nodepath ORDER BY `timestamp` LIMIT 20"
	} else {
		query = "SELECT id_prospect, `timestamp` FROM ai_whatsapp_session_nodepath ORDER BY `timestamp` LIMIT 20"
	}
	return r.db.Query(query)
}
