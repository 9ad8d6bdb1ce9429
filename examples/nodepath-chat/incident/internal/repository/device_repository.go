package repository

import (
	"database/sql"
	"errors"
	"strings"
)

// Device is one connected messenger account and its provider.
type Device struct {
	ID       string
	IDDevice string
	Provider string
	Instance sql.NullString
}

// DeviceRepository reads and writes device settings.
type DeviceRepository interface {
	ByDevice(idDevice string) (*Device, error)
	Save(device Device) error
	Update(id string, updates map[string]interface{}) error
	FlowIDs(idDevice string) ([]string, error)
}

type deviceRepository struct {
	db *sql.DB
}

// NewDeviceRepository returns a repository on the given pool.
func NewDeviceRepository(db *sql.DB) DeviceRepository {
	return &deviceRepository{db: db}
}

func (r *deviceRepository) ByDevice(idDevice string) (*Device, error) {
	query := `
		SELECT id, id_device, provider, instance
		FROM device_setting_nodepath
		WHERE id_device = ?
		LIMIT 1
	`
	var device Device
	err := r.db.QueryRow(query, idDevice).Scan(&device.ID, &device.IDDevice, &device.Provider, &device.Instance)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &device, err
}

func (r *deviceRepository) Save(device Device) error {
	_, err := r.db.Exec(`
		INSERT INTO device_setting_nodepath (id, id_device, provider, instance, created_at)
		VALUES (?, ?, ?, ?, NOW())
		ON DUPLICATE KEY UPDATE provider = VALUES(provider), instance = VALUES(instance)
	`, device.ID, device.IDDevice, device.Provider, device.Instance)
	return err
}

// Update writes the given columns; the caller has checked their names.
func (r *deviceRepository) Update(id string, updates map[string]interface{}) error {
	var parts []string
	var args []interface{}
	for field, value := range updates {
		parts = append(parts, field+" = ?")
		args = append(args, value)
	}
	args = append(args, id)
	query := "UPDATE device_setting_nodepath SET " + strings.Join(parts, ", ") + ", updated_at = NOW() WHERE id = ?"
	_, err := r.db.Exec(query, args...)
	return err
}

func (r *deviceRepository) FlowIDs(idDevice string) ([]string, error) {
	rows, err := r.db.Query(`
		SELECT f.id
		FROM chatbot_flows_nodepath f
		JOIN device_setting_nodepath d ON d.id_device = f.id_device
		WHERE d.id_device = ? AND f.nodes IS NOT NULL
		ORDER BY f.updated_at DESC
	`, idDevice)
	if err != nil {
		return nil, err
	}
	defer rows.Close()

	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
