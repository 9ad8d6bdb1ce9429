-- Orders that the payment page writes. Run by hand before the release that sells something.
CREATE TABLE IF NOT EXISTS orders_nodepath (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    amount DECIMAL(10,2) NOT NULL,
    status ENUM('Pending','Processing','Success','Failed') DEFAULT 'Pending',
    bill_id VARCHAR(255),
    product VARCHAR(255) NOT NULL,
    user_id CHAR(36),
    created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
