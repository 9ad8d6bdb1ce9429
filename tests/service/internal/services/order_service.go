package services

import (
	"database/sql"
	"fmt"
	"strings"
)

// Order is a purchase over the payment page.
type Order struct {
	ID      int
	Amount  float64
	Status  string
	Product string
	Method  sql.NullString
}

// OrderService keeps orders.
type OrderService struct {
	db *sql.DB
}

// NewOrderService returns a service on the given pool.
func NewOrderService(db *sql.DB) *OrderService {
	return &OrderService{db: db}
}

// Create stores an order and reads it back on the same connection.
func (s *OrderService) Create(product string, amount float64, userID string) (*Order, error) {
	tx, err := s.db.Begin()
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	if _, err := tx.Exec("INSERT INTO orders_nodepath SET product = ?, amount = ?, user_id = ?, status = 'Pending'", product, amount, userID); err != nil {
		return nil, err
	}
	var order Order
	if err := tx.QueryRow("SELECT LAST_INSERT_ID()").Scan(&order.ID); err != nil {
		return nil, err
	}
	err = tx.QueryRow(`SELECT amount, status, product, method FROM orders_nodepath WHERE id = ?`, order.ID).
		Scan(&order.Amount, &order.Status, &order.Product, &order.Method)
	if err != nil {
		return nil, err
	}
	return &order, tx.Commit()
}

// Bill notes where the payment page of an order is.
func (s *OrderService) Bill(id int, billID, collection, url string) error {
	query := "UPDATE orders_nodepath SET bill_id = ?, collection_id = ?, url = ?, status = 'Processing' WHERE id = ?"
	_, err := s.db.Exec(query, billID, collection, url, id)
	return err
}

// Import stores many orders in one statement.
func (s *OrderService) Import(orders []Order) error {
	if len(orders) == 0 {
		return nil
	}
	values := make([]string, 0, len(orders))
	args := make([]interface{}, 0, 3*len(orders))
	for _, order := range orders {
		values = append(values, "(?, ?, ?)")
		args = append(args, order.Product, order.Amount, order.Method)
	}
	query := fmt.Sprintf("INSERT INTO orders_nodepath (product, amount, method) VALUES %s", strings.Join(values, ","))
	_, err := s.db.Exec(query, args...)
	return err
}

// ByStatus lists orders with the joined name of the buyer, in the order that the panel asks for.
func (s *OrderService) ByStatus(status string, newest bool) (*sql.Rows, error) {
	direction := "ASC"
	if newest {
		direction = "DESC"
	}
	query := fmt.Sprintf(`
		SELECT o.id, o.amount, o.status, o.product, u.full_name
		FROM orders_nodepath o
		LEFT JOIN user_nodepath u ON u.id = o.user_id
		WHERE o.status = ?
		ORDER BY o.created_at %s
	`, direction)
	return s.db.Query(query, status)
}

// Revenue sums up the successful orders of each month.
func (s *OrderService) Revenue(userID string) (*sql.Rows, error) {
	baseWhere := "status = 'Success'"
	args := []interface{}{}
	if userID != "" {
		baseWhere = baseWhere + " AND user_id = ?"
		args = append(args, userID)
	}
	return s.db.Query("SELECT DATE_FORMAT(created_at, '%Y-%m') AS date, SUM(amount) AS total, COUNT(*) AS count FROM orders_nodepath WHERE "+baseWhere+" GROUP BY date ORDER BY date", args...)
}

// Settle sets the outcome of a bill; the case in the statement keeps a success a success.
func (s *OrderService) Settle(billID, outcome string) error {
	_, err := s.db.Exec(`
		UPDATE orders_nodepath
		SET status = CASE WHEN status = 'Success' THEN status ELSE ? END, updated_at = NOW()
		WHERE bill_id = ?
	`, outcome, billID)
	return err
}

// Forget replaces an order by an empty one with the same number.
func (s *OrderService) Forget(id int) error {
	_, err := s.db.Exec("REPLACE INTO orders_nodepath (id, amount, product) VALUES (?, 0, 'forgotten')", id)
	return err
}
