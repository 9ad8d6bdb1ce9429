-- How the customer paid; the bill is looked up by the payment provider's number.
ALTER TABLE orders_nodepath ADD COLUMN method VARCHAR(50) DEFAULT 'billplz' AFTER product;
CREATE INDEX idx_orders_bill ON orders_nodepath (bill_id);
