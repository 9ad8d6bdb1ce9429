// Package whatsapp receives messages from the providers.
package whatsapp

import (
	"database/sql"
	"errors"
	"fmt"
	"log"
	"strings"
)

// ErrNoDevice begins with a verb of SQL and is none.
var ErrNoDevice = errors.New("select a device from the list first")

var keywords = []string{"SELECT", "INSERT INTO", "UPDATE", "DELETE FROM", "DROP TABLE", "UNION SELECT"}

// Webhook stores what comes in.
type Webhook struct {
	db *sql.DB
}

// NewWebhook returns a webhook on the given pool.
func NewWebhook(db *sql.DB) *Webhook {
	return &Webhook{db: db}
}

// Suspicious says whether a text looks like an attempt to inject SQL.
func (w *Webhook) Suspicious(text string) bool {
	upper := strings.ToUpper(text)
	for _, keyword := range keywords {
		if strings.Contains(upper, keyword) {
			return true
		}
	}
	return strings.HasPrefix(upper, "SELECT password FROM accounts")
}

// Receive finds the device of a webhook and writes the message to the log.
func (w *Webhook) Receive(webhook, number, text string) error {
	filter := fmt.Sprintf("WHERE webhook_id='%s'", webhook)
	log.Printf("looking for device, filter=%s", filter)

	var idDevice string
	// old: SELECT device FROM devices WHERE hook = ?
	// query := "SELECT device_name FROM device_settings WHERE hook = ?"
	query := `
		SELECT id_device -- the name that the provider knows
		FROM device_setting_nodepath
		/* one row: the column webhook_nr is gone */
		WHERE webhook_id = ?
		LIMIT 1`
	err := w.db.QueryRow(query, webhook).Scan(&idDevice)
	if err == sql.ErrNoRows {
		return ErrNoDevice
	}
	if err != nil {
		return fmt.Errorf("select device from device_settings failed: %w", err)
	}
	log.Println("INSERT INTO log of messages for", idDevice)
	if _, err := w.db.Exec("INSERT INTO conversation_log_nodepath (id, prospect_num, sender, message, message_type) VALUES (UUID(), ?, 'user', ?, 'text')", number, text); err != nil {
		return fmt.Errorf("insert into message_log failed: %w", err)
	}
	_, err = w.db.Exec(
		"UPDATE ai_whatsapp_nodepath SET conv_current = ?, waiting_for_reply = 0 WHERE prospect_num = ? AND id_device = ?",
		text, number, idDevice,
	)
	return err
}

// Help is sent to the operator.
func (w *Webhook) Help() string {
	return "Update your settings where the panel says so. Delete from your phone what you no longer need."
}

// Answered says whether the bot answered a message with an emoji: “✓” and “é” are more than one byte each.
func (w *Webhook) Answered(number string) (bool, error) {
	var count int
	err := w.db.QueryRow("SELECT COUNT(*) FROM conversation_log_nodepath WHERE message LIKE '%✓ é%' AND prospect_num = ? AND sender = 'bot'", number).Scan(&count)
	return count > 0, err
}

// Quiet escapes quotes in an interpreted literal.
func (w *Webhook) Quiet(number string) error {
	_, err := w.db.Exec("UPDATE conversation_log_nodepath\n\tSET message = \"\", stage = 'it\\'s \"done\"'\n\tWHERE prospect_num = ?\tAND sender = 'user'", number)
	return err
}
