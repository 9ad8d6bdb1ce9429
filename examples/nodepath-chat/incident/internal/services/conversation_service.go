package services

import (
	"database/sql"
	"fmt"
	"time"
)

// ConversationService writes what was said to the conversation log.
type ConversationService struct {
	db *sql.DB
}

// NewConversationService returns a service on the given pool.
func NewConversationService(db *sql.DB) *ConversationService {
	return &ConversationService{db: db}
}

// Record writes the prospect's message and the answer together, or neither.
func (s *ConversationService) Record(prospect, message, reply, stage string) error {
	tx, err := s.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()

	statement, err := tx.Prepare(`
		INSERT INTO conversation_log_nodepath (id, prospect_num, sender, message, message_type, stage)
		VALUES (?, ?, ?, ?, 'text', ?)
	`)
	if err != nil {
		return err
	}
	defer statement.Close()

	stamp := time.Now().UnixNano()
	if _, err := statement.Exec(fmt.Sprintf("in-%d", stamp), prospect, "user", message, stage); err != nil {
		return err
	}
	if _, err := statement.Exec(fmt.Sprintf("out-%d", stamp), prospect, "bot", reply, stage); err != nil {
		return err
	}
	return tx.Commit()
}

// DeleteOlderThan removes old lines and says how many there were.
func (s *ConversationService) DeleteOlderThan(days int) (int64, error) {
	result, err := s.db.Exec("DELETE FROM conversation_log_nodepath WHERE created_at < DATE_SUB(NOW(), INTERVAL ? DAY)", days)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Busiest counts the messages of each device's prospects since a moment, the busiest device first.
func (s *ConversationService) Busiest(since time.Time) (map[string]int, error) {
	rows, err := s.db.Query(`
		SELECT a.id_device AS device, COUNT(c.id) AS messages
		FROM conversation_log_nodepath c
		INNER JOIN ai_whatsapp_nodepath a ON a.prospect_num = c.prospect_num
		WHERE c.created_at >= ?
		GROUP BY device
		HAVING messages > 0
		ORDER BY messages DESC
	`, since)
	if err != nil {
		return nil, err
	}
	defer rows.Close()

	busiest := make(map[string]int)
	for rows.Next() {
		var device string
		var messages int
		if err := rows.Scan(&device, &messages); err != nil {
			return nil, err
		}
		busiest[device] = messages
	}
	return busiest, rows.Err()
}
