package database

import "database/sql"

// WithTransaction runs the work in a transaction: committed where it returns nil, else rolled back.
func WithTransaction(db *sql.DB, work func(tx *sql.Tx) error) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if err := work(tx); err != nil {
		if undo := tx.Rollback(); undo != nil {
			return undo
		}
		return err
	}
	return tx.Commit()
}
