package services

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"flowdesk/internal/database"
)

// UserService keeps accounts and their sessions.
type UserService struct {
	db *sql.DB
}

// NewUserService returns a service on the given pool.
func NewUserService(db *sql.DB) *UserService {
	return &UserService{db: db}
}

// Register creates an account with its first session, both or neither.
func (s *UserService) Register(id, email, name, hash, token string) error {
	return database.WithTransaction(s.db, func(tx *sql.Tx) error {
		var taken int
		if err := tx.QueryRow("SELECT COUNT(*) FROM user_nodepath WHERE email = ?", email).Scan(&taken); err != nil {
			return err
		}
		if taken > 0 {
			return errors.New("select another address: this one is taken")
		}
		_, err := tx.Exec(`
			INSERT INTO user_nodepath (id, email, full_name, password, status)
			VALUES (?, ?, ?, ?, 'Trial')
		`, id, email, name, hash)
		if err != nil {
			return err
		}
		_, err = tx.Exec(
			`INSERT INTO user_sessions_nodepath (id, user_id, token, expires_at) VALUES (UUID(), ?, ?, DATE_ADD(NOW(), INTERVAL 7 DAY))`,
			id, token,
		)
		return err
	})
}

// Login notes the moment and returns the password's hash.
func (s *UserService) Login(ctx context.Context, email string) (id, hash string, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT id, password FROM user_nodepath WHERE email = ? AND is_active = 1", email).Scan(&id, &hash)
	if err != nil {
		return "", "", err
	}
	_, err = s.db.ExecContext(ctx, "UPDATE user_nodepath SET last_login = NOW() WHERE id = ?", id)
	return id, hash, err
}

// Session returns whose token it is.
func (s *UserService) Session(token string) (userID, email string, expires time.Time, err error) {
	query := `
		SELECT s.user_id, u.email, s.expires_at
		FROM user_sessions_nodepath s
		JOIN user_nodepath u ON s.user_id = u.id
		WHERE s.token = ? AND s.expires_at > NOW() AND u.is_active = 1
	`
	err = s.db.QueryRow(query, token).Scan(&userID, &email, &expires)
	return userID, email, expires, err
}

// Logout ends a session.
func (s *UserService) Logout(token string) error {
	_, err := s.db.Exec("DELETE FROM user_sessions_nodepath WHERE token = ?", token)
	return err
}

// Close removes an account and what belongs to it.
func (s *UserService) Close(id string) error {
	tx, err := s.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, query := range []string{
		"DELETE FROM user_sessions_nodepath WHERE user_id = ?",
		"UPDATE device_setting_nodepath SET user_id = NULL WHERE user_id = ?",
		"UPDATE orders_nodepath SET user_id = NULL WHERE user_id = ?",
		"DELETE FROM user_nodepath WHERE id = ?",
	} {
		if _, err := tx.Exec(query, id); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Inactive lists accounts that have no session and no order.
func (s *UserService) Inactive() (*sql.Rows, error) {
	return s.db.Query(`
		SELECT u.id, u.email, u.created_at
		FROM user_nodepath u
		WHERE NOT EXISTS (SELECT 1 FROM user_sessions_nodepath s WHERE s.user_id = u.id)
		  AND u.id NOT IN (SELECT o.user_id FROM orders_nodepath o WHERE o.user_id IS NOT NULL)
		ORDER BY u.last_login, u.created_at
	`)
}

// SetPhone writes the number that the account is reached by.
func (s *UserService) SetPhone(id, phone string) error {
	const query = "UPDATE user_nodepath SET phone = ? WHERE id = ?"
	result, err := s.db.Exec(query, phone, id)
	if err != nil {
		return err
	}
	_, err = result.RowsAffected()
	return err
}
