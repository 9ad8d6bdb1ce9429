package repository

import (
	"database/sql"
	"fmt"
	"strings"
)

// Device is a connected messenger account.
type Device struct {
	ID       string
	IDDevice string
	Provider string
	Webhook  sql.NullString
	Instance sql.NullString
	UserID   sql.NullString
}

// DeviceRepository stores devices.
type DeviceRepository struct {
	db    *sql.DB
	table string
}

// NewDeviceRepository returns a repository on the given pool.
func NewDeviceRepository(db *sql.DB) *DeviceRepository {
	return &DeviceRepository{db: db, table: "device_setting_nodepath"}
}

// Upsert writes a device under its id.
func (r *DeviceRepository) Upsert(d *Device) error {
	_, err := r.db.Exec(`
		INSERT INTO device_setting_nodepath (id, device_id, id_device, provider, webhook_id, instance, user_id)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON DUPLICATE KEY UPDATE
			provider = VALUES(provider),
			webhook_id = VALUES(webhook_id),
			instance = COALESCE(VALUES(instance), instance),
			updated_at = CURRENT_TIMESTAMP
	`, d.ID, d.IDDevice, d.IDDevice, d.Provider, d.Webhook, d.Instance, d.UserID)
	return err
}

// Owner returns the user of a device and the address to write to.
func (r *DeviceRepository) Owner(idDevice string) (id, email sql.NullString, err error) {
	var device string
	err = r.db.QueryRow(sqlDeviceOwner, idDevice).Scan(&device, &id, &email)
	return id, email, err
}

// All returns the devices of a user.
func (r *DeviceRepository) All(userID string) ([]Device, error) {
	query := fmt.Sprintf("SELECT id, id_device, provider, webhook_id, instance, user_id FROM %s WHERE user_id = ?", r.table)
	rows, err := r.db.Query(query, userID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var devices []Device
	for rows.Next() {
		var d Device
		if err := rows.Scan(&d.ID, &d.IDDevice, &d.Provider, &d.Webhook, &d.Instance, &d.UserID); err != nil {
			return nil, err
		}
		devices = append(devices, d)
	}
	return devices, rows.Err()
}

// Keys returns the API key of each of the devices.
func (r *DeviceRepository) Keys(ids []string) (map[string]string, error) {
	keys := map[string]string{}
	if len(ids) == 0 {
		return keys, nil
	}
	query := "SELECT id_device, api_key, api_key_option FROM device_setting_nodepath WHERE id_device IN ("
	args := []interface{}{}
	for i, id := range ids {
		if i > 0 {
			query += ","
		}
		query += "?"
		args = append(args, id)
	}
	query += ")"
	rows, err := r.db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, key, option string
		if err := rows.Scan(&id, &key, &option); err != nil {
			return nil, err
		}
		keys[id] = option + ":" + key
	}
	return keys, rows.Err()
}

// Patch writes only the fields that are set.
func (r *DeviceRepository) Patch(id string, provider, webhook, secret *string) error {
	var b strings.Builder
	args := []interface{}{}
	b.WriteString("UPDATE device_setting_nodepath SET updated_at = NOW()")
	if provider != nil {
		b.WriteString(", provider = ?")
		args = append(args, *provider)
	}
	if webhook != nil {
		b.WriteString(", webhook_id = ?")
		args = append(args, *webhook)
	}
	if secret != nil {
		b.WriteString(", webhook_secret = ?")
		args = append(args, *secret)
	}
	b.WriteString(" WHERE id = ?")
	_, err := r.db.Exec(b.String(), append(args, id)...)
	return err
}

// Exists says whether the provider's number is taken by another device.
func (r *DeviceRepository) Exists(number, exceptID string) (exists bool, err error) {
	err = r.db.QueryRow("SELECT EXISTS(SELECT 1 FROM device_setting_nodepath WHERE phone_number = ? AND id <> ?)", number, exceptID).Scan(&exists)
	return exists, err
}

// Remove deletes a device with its flows.
func (r *DeviceRepository) Remove(idDevice string) error {
	_, err := r.db.Exec(`
		DELETE d, f
		FROM device_setting_nodepath d
		LEFT JOIN chatbot_flows_nodepath f ON f.id_device = d.id_device
		WHERE d.id_device = ?
	`, idDevice)
	return err
}

// Reassign moves the devices of one user to another, with an entry of who had them in the ERP's field.
func (r *DeviceRepository) Reassign(from, to string) error {
	_, err := r.db.Exec(`
		UPDATE device_setting_nodepath d
		INNER JOIN user_nodepath u ON u.id = d.user_id
		SET d.user_id = ?, d.id_erp = u.email, d.id_admin = NULL
		WHERE u.id = ?
	`, to, from)
	return err
}
