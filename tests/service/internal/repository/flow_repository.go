package repository

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// Flow is a conversation graph.
type Flow struct {
	ID          string
	Name        string
	Description string
	Niche       sql.NullString
	IDDevice    sql.NullString
	Nodes       []byte
	Edges       []byte
}

// FlowRepository stores flows.
type FlowRepository struct {
	db *sql.DB
}

// NewFlowRepository returns a repository on the given pool.
func NewFlowRepository(db *sql.DB) *FlowRepository {
	return &FlowRepository{db: db}
}

// Create stores a new flow.
func (r *FlowRepository) Create(ctx context.Context, flow *Flow) error {
	query := `
		INSERT INTO chatbot_flows_nodepath (
			id, name, description, niche, id_device,
			nodes, edges, created_at, updated_at
		) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
	`
	now := time.Now()
	_, err := r.db.ExecContext(ctx, query,
		flow.ID, flow.Name, flow.Description, flow.Niche, flow.IDDevice, flow.Nodes, flow.Edges, now, now)
	return err
}

// Get returns a flow, nil where there is none.
func (r *FlowRepository) Get(id string) (*Flow, error) {
	var flow Flow
	err := r.db.QueryRow(sqlFlowByID, id).Scan(&flow.ID, &flow.Name, &flow.Description, &flow.Nodes, &flow.Edges)
	if err == sql.ErrNoRows {
		return nil, nil
	}
	return &flow, err
}

// List returns the flows of a device, or all.
func (r *FlowRepository) List(idDevice, niche string, page, size int) ([]Flow, error) {
	query := `
		SELECT id, name, description, niche, id_device
		FROM chatbot_flows_nodepath
		WHERE 1 = 1
	`
	var args []interface{}
	if idDevice != "" {
		query += " AND id_device = ?"
		args = append(args, idDevice)
	}
	if niche != "" {
		query += " AND niche LIKE ?"
		args = append(args, "%"+niche+"%")
	}
	query += " ORDER BY updated_at DESC, name"
	if size > 0 {
		query += " LIMIT ? OFFSET ?"
		args = append(args, size, page*size)
	}
	rows, err := r.db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var flows []Flow
	for rows.Next() {
		var f Flow
		if err := rows.Scan(&f.ID, &f.Name, &f.Description, &f.Niche, &f.IDDevice); err != nil {
			return nil, err
		}
		flows = append(flows, f)
	}
	return flows, rows.Err()
}

// Rename gives a flow another name and says whether there is such a flow.
func (r *FlowRepository) Rename(id, name string) (bool, error) {
	result, err := r.db.Exec("UPDATE chatbot_flows_nodepath SET name = ?, updated_at = NOW() WHERE id = ?", name, id)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// SaveGraph writes the nodes and edges of a flow.
func (r *FlowRepository) SaveGraph(id string, nodes, edges []byte) error {
	_, err := r.db.Exec(`UPDATE chatbot_flows_nodepath SET nodes = ?, edges = ? WHERE id = ?`, nodes, edges, id)
	return err
}

// Delete removes flows by their ids.
func (r *FlowRepository) Delete(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	marks := make([]string, len(ids))
	args := make([]interface{}, len(ids))
	for i, id := range ids {
		marks[i] = "?"
		args[i] = id
	}
	query := fmt.Sprintf("DELETE FROM chatbot_flows_nodepath WHERE id IN (%s)", strings.Join(marks, ", "))
	_, err := r.db.Exec(query, args...)
	return err
}

// Niches lists the niches that flows are made for, with how many flows each has.
func (r *FlowRepository) Niches() (map[string]int, error) {
	rows, err := r.db.Query("SELECT niche, COUNT(*) AS count FROM " + tableFlows + " WHERE niche IS NOT NULL GROUP BY niche ORDER BY count DESC")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	niches := map[string]int{}
	for rows.Next() {
		var niche string
		var count int
		if err := rows.Scan(&niche, &count); err != nil {
			return nil, err
		}
		niches[niche] = count
	}
	return niches, rows.Err()
}

// CopyTo copies all flows of a device to another one.
func (r *FlowRepository) CopyTo(from, to string) error {
	_, err := r.db.Exec(`
		INSERT INTO chatbot_flows_nodepath (id, name, description, niche, id_device, nodes, edges)
		SELECT UUID(), CONCAT(f.name, ' (copy)'), f.description, f.niche, ?, f.nodes, f.edges
		FROM chatbot_flows_nodepath f
		WHERE f.id_device = ?
	`, to, from)
	return err
}
