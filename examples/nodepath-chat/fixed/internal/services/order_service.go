package services

import (
	"database/sql"
	"fmt"
	"strings"
)

// OrderService keeps the orders that come in over the payment page.
type OrderService struct {
	db *sql.DB
}

// NewOrderService returns a service on the given pool.
func NewOrderService(db *sql.DB) *OrderService {
	return &OrderService{db: db}
}

// Create writes a new order and returns its number.
func (s *OrderService) Create(product string, amount float64, userID string) (int64, error) {
	result, err := s.db.Exec(
		`INSERT INTO orders_nodepath (product, amount, user_id, status, method) VALUES (?, ?, ?, 'Pending', 'billplz')`,
		product, amount, userID,
	)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// Settle notes the outcome that the payment provider reports for a bill.
func (s *OrderService) Settle(billID string, paid bool) error {
	status := "Failed"
	if paid {
		status = "Success"
	}
	_, err := s.db.Exec(`UPDATE orders_nodepath SET status = ?, updated_at = NOW() WHERE bill_id = ?`, status, billID)
	return err
}

// TotalsByStatus adds up the amounts, of all orders or of those with one of the given states.
func (s *OrderService) TotalsByStatus(states []string) (map[string]float64, error) {
	query := "SELECT status, SUM(amount) AS total FROM orders_nodepath GROUP BY status"
	var args []interface{}
	if len(states) > 0 {
		marks := strings.TrimSuffix(strings.Repeat("?,", len(states)), ",")
		query = fmt.Sprintf("SELECT status, SUM(amount) AS total FROM orders_nodepath WHERE status IN (%s) GROUP BY status", marks)
		for _, state := range states {
			args = append(args, state)
		}
	}
	rows, err := s.db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()

	totals := make(map[string]float64)
	for rows.Next() {
		var status string
		var total float64
		if err := rows.Scan(&status, &total); err != nil {
			return nil, err
		}
		totals[status] = total
	}
	return totals, rows.Err()
}
