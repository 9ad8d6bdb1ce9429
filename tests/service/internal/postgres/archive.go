// Package postgres writes old conversations to the archive, which is another server of another kind.
package postgres

import (
	"database/sql"

	_ "github.com/lib/pq"
)

// Archive is the archive's database.
type Archive struct {
	db *sql.DB
}

// Store keeps a line and returns its number.
func (a *Archive) Store(prospect, line string) (int64, error) {
	var id int64
	err := a.db.QueryRow(`INSERT INTO archived_lines (prospect, line, meta) VALUES ($1, $2, '{}'::jsonb) RETURNING id`, prospect, line).Scan(&id)
	return id, err
}

// Find looks a line up without regard to case.
func (a *Archive) Find(text string) (*sql.Rows, error) {
	return a.db.Query("SELECT id, line FROM archived_lines WHERE line ILIKE $1 ORDER BY id DESC LIMIT 10", "%"+text+"%")
}
