// Package database opens the connection pool and brings the tables up when the server boots.
package database

import (
	"database/sql"
	"fmt"
	"time"

	_ "github.com/go-sql-driver/mysql"
)

const createFlowsTable = `
CREATE TABLE IF NOT EXISTS chatbot_flows_nodepath (
    id VARCHAR(255) NOT NULL PRIMARY KEY,
    name VARCHAR(255) NOT NULL,
    description TEXT,
    niche TEXT,
    id_device VARCHAR(255),
    nodes JSON,
    edges JSON,
    created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    KEY idx_flows_device (id_device)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`

const createDeviceTable = `
CREATE TABLE IF NOT EXISTS device_setting_nodepath (
    id VARCHAR(255) NOT NULL PRIMARY KEY,
    device_id VARCHAR(255),
    provider ENUM('whacenter','wablas','waha') DEFAULT 'wablas',
    webhook_id VARCHAR(500),
    phone_number VARCHAR(20),
    api_key TEXT,
    id_device VARCHAR(255),
    user_id CHAR(36),
    created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    UNIQUE KEY uniq_device (id_device)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`

const createAIWhatsappTable = `
CREATE TABLE IF NOT EXISTS ai_whatsapp_nodepath (
    id_prospect INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    flow_reference VARCHAR(255),
    execution_id VARCHAR(255) UNIQUE,
    id_device VARCHAR(255),
    niche VARCHAR(300),
    prospect_name VARCHAR(255),
    prospect_num VARCHAR(255),
    stage VARCHAR(255),
    conv_last TEXT,
    conv_current TEXT,
    execution_status ENUM('active','completed','failed'),
    flow_id VARCHAR(255),
    current_node_id VARCHAR(255),
    waiting_for_reply TINYINT(1) DEFAULT 0,
    human INT DEFAULT 0,
    created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    KEY idx_ai_prospect (prospect_num, id_device)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`

const createAISessionTable = `
CREATE TABLE IF NOT EXISTS ai_whatsapp_session_nodepath (
    id_sessionX INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    id_prospect VARCHAR(255) NOT NULL,
    id_device VARCHAR(255) NOT NULL,
    timestamp VARCHAR(255) NOT NULL,
    UNIQUE KEY uniq_ai_whatsapp_session (id_prospect, id_device),
    KEY idx_ai_whatsapp_session_device (id_device)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`

const createWasapbotTable = `
CREATE TABLE IF NOT EXISTS wasapBot_nodepath (
    id_prospect INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    execution_status ENUM('active','completed','failed'),
    flow_id VARCHAR(255),
    current_node_id VARCHAR(255),
    prospect_num VARCHAR(100),
    niche VARCHAR(300),
    instance VARCHAR(255),
    stage VARCHAR(200),
    conv_last TEXT,
    date_start VARCHAR(50),
    date_last VARCHAR(50),
    status VARCHAR(200) DEFAULT 'Prospek',
    KEY idx_wasapbot_prospect (prospect_num)
) ENGINE=InnoDB DEFAULT CHARSET=latin1`

const createWasapbotSessionTable = `
CREATE TABLE IF NOT EXISTS wasapBot_session_nodepath (
    id_sessionY INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    id_prospect VARCHAR(255) NOT NULL,
    id_device VARCHAR(255) NOT NULL,
    timestamp VARCHAR(255) NOT NULL,
    UNIQUE KEY uniq_wasapbot_session (id_prospect, id_device),
    KEY idx_wasapbot_session_device (id_device)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`

const createConversationTable = `
CREATE TABLE IF NOT EXISTS conversation_log_nodepath (
    id VARCHAR(255) NOT NULL PRIMARY KEY,
    prospect_num VARCHAR(255) NOT NULL,
    sender ENUM('user','bot','staff') NOT NULL,
    message TEXT NOT NULL,
    stage VARCHAR(255),
    created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    KEY idx_conversation_prospect (prospect_num, created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`

// addedColumn is a column that came after its table: databases that have the table get it by ALTER.
type addedColumn struct {
	table      string
	name       string
	definition string
}

// Open returns a pool for the given data source name.
func Open(dsn string) (*sql.DB, error) {
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(20)
	db.SetConnMaxLifetime(5 * time.Minute)
	return db, db.Ping()
}

// Prepare creates the tables that are missing and adds the columns that came later.
func Prepare(db *sql.DB) error {
	tables := []string{
		createFlowsTable,
		createDeviceTable,
		createAIWhatsappTable,
		createAISessionTable,
		createWasapbotTable,
		createWasapbotSessionTable,
		createConversationTable,
	}
	for _, statement := range tables {
		if _, err := db.Exec(statement); err != nil {
			return fmt.Errorf("create table: %w", err)
		}
	}
	return addColumns(db)
}

func addColumns(db *sql.DB) error {
	columns := []addedColumn{
		{"device_setting_nodepath", "instance", "TEXT NULL"},
		{"ai_whatsapp_nodepath", "last_node_id", "VARCHAR(255) NULL"},
		{"conversation_log_nodepath", "message_type", "ENUM('text','image','audio') DEFAULT 'text'"},
	}
	for _, c := range columns {
		exists, err := columnExists(db, c.table, c.name)
		if err != nil {
			return err
		}
		if exists {
			continue
		}
		statement := fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s %s", c.table, c.name, c.definition)
		if _, err := db.Exec(statement); err != nil {
			return fmt.Errorf("add column %s.%s: %w", c.table, c.name, err)
		}
	}
	return nil
}

func columnExists(db *sql.DB, table, column string) (bool, error) {
	var count int
	err := db.QueryRow(`
		SELECT COUNT(*)
		FROM INFORMATION_SCHEMA.COLUMNS
		WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COLUMN_NAME = ?
	`, table, column).Scan(&count)
	return count > 0, err
}
