// Package database holds the tables and brings them up at boot.
package database

const options = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"

const createFlows = `
	CREATE TABLE IF NOT EXISTS chatbot_flows_nodepath (
		id VARCHAR(255) NOT NULL PRIMARY KEY,
		name VARCHAR(255) NOT NULL,
		description TEXT NOT NULL,
		niche TEXT,
		id_device VARCHAR(255),
		nodes JSON,
		edges JSON,
		created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
		updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
	) ` + options

const createDevices = `
	CREATE TABLE IF NOT EXISTS device_setting_nodepath (
		id VARCHAR(255) NOT NULL PRIMARY KEY,
		device_id VARCHAR(255),
		api_key_option ENUM('openai/gpt-4.1','openai/gpt-5-mini','google/gemini-2.5') DEFAULT 'openai/gpt-4.1',
		webhook_id VARCHAR(500),
		provider ENUM('whacenter','wablas','waha') DEFAULT 'wablas',
		phone_number VARCHAR(20),
		api_key TEXT,
		id_device VARCHAR(255),
		id_erp VARCHAR(255),
		id_admin VARCHAR(255),
		user_id CHAR(36),
		created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
		updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
	) ` + options

const createAIWhatsapp = `
	CREATE TABLE IF NOT EXISTS ai_whatsapp_nodepath (
		id_prospect INT NOT NULL AUTO_INCREMENT,
		flow_reference VARCHAR(255),
		execution_id VARCHAR(255),
		date_order DATETIME,
		id_device VARCHAR(255),
		niche VARCHAR(300),
		prospect_name VARCHAR(255),
		prospect_num VARCHAR(255),
		intro VARCHAR(300),
		stage VARCHAR(255),
		conv_last TEXT,
		conv_current TEXT,
		execution_status ENUM('active','completed','failed'),
		flow_id VARCHAR(255),
		current_node_id VARCHAR(255),
		last_node_id VARCHAR(255),
		waiting_for_reply TINYINT(1) DEFAULT 0,
		balas VARCHAR(255),
		human INT DEFAULT 0,
		keywordiklan VARCHAR(255),
		marketer VARCHAR(255),
		created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
		updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
		update_today DATETIME,
		PRIMARY KEY (id_prospect),
		UNIQUE KEY uniq_execution (execution_id),
		KEY idx_prospect_device (prospect_num, id_device)
	) ` + options

// The scripted bot's table came over from an older system and kept its character set.
const createWasapbot = `
	CREATE TABLE IF NOT EXISTS wasapBot_nodepath (
		id_prospect INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
		flow_reference VARCHAR(255),
		execution_id VARCHAR(255),
		execution_status ENUM('active','completed','failed'),
		flow_id VARCHAR(255),
		current_node_id VARCHAR(255),
		last_node_id VARCHAR(255),
		waiting_for_reply TINYINT(1) DEFAULT 0,
		marketer_id VARCHAR(200),
		prospect_num VARCHAR(100),
		niche VARCHAR(300),
		instance VARCHAR(255),
		peringkat_sekolah VARCHAR(200),
		alamat VARCHAR(200),
		nama VARCHAR(100),
		pakej VARCHAR(200),
		no_fon VARCHAR(100),
		cara_bayaran VARCHAR(200),
		tarikh_gaji VARCHAR(200),
		stage VARCHAR(200),
		temp_stage VARCHAR(200),
		conv_start VARCHAR(200),
		conv_last TEXT,
		date_start VARCHAR(50),
		date_last VARCHAR(50),
		status VARCHAR(200) DEFAULT 'Prospek',
		staff_cls VARCHAR(200),
		umur VARCHAR(200),
		kerja VARCHAR(200),
		sijil VARCHAR(200),
		user_input TEXT,
		alasan VARCHAR(200),
		nota VARCHAR(200)
	) ENGINE=InnoDB DEFAULT CHARSET=latin1`

const createConversations = `
	CREATE TABLE IF NOT EXISTS conversation_log_nodepath (
		id VARCHAR(255) NOT NULL PRIMARY KEY,
		prospect_num VARCHAR(255) NOT NULL,
		sender ENUM('user','bot','staff') NOT NULL,
		message TEXT NOT NULL,
		message_type ENUM('text','image','audio') DEFAULT 'text',
		stage VARCHAR(255),
		ai_response JSON,
		created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP
	) ` + options

const createOrders = `
	CREATE TABLE IF NOT EXISTS orders_nodepath (
		id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
		amount DECIMAL(10,2) NOT NULL,
		collection_id VARCHAR(255),
		status ENUM('Pending','Processing','Success','Failed') DEFAULT 'Pending',
		bill_id VARCHAR(255),
		url VARCHAR(255),
		product VARCHAR(255) NOT NULL,
		method VARCHAR(255) DEFAULT 'billplz',
		user_id CHAR(36),
		created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
		updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
	) ` + options

const createUsers = `
	CREATE TABLE IF NOT EXISTS user_nodepath (
		id CHAR(36) NOT NULL PRIMARY KEY,
		email VARCHAR(255) NOT NULL UNIQUE,
		full_name VARCHAR(255) NOT NULL,
		password VARCHAR(255) NOT NULL,
		is_active TINYINT(1) DEFAULT 1,
		last_login TIMESTAMP NULL,
		created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP
	) ` + options

const createUserSessions = `
	CREATE TABLE IF NOT EXISTS user_sessions_nodepath (
		id CHAR(36) NOT NULL PRIMARY KEY,
		user_id CHAR(36) NOT NULL,
		token VARCHAR(255) NOT NULL UNIQUE,
		expires_at DATETIME NOT NULL,
		created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
		KEY idx_sessions_user (user_id)
	) ` + options

const createAISessions = `
	CREATE TABLE IF NOT EXISTS ai_whatsapp_session_nodepath (
		id_sessionX INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
		id_prospect VARCHAR(255) NOT NULL,
		id_device VARCHAR(255) NOT NULL,
		timestamp VARCHAR(255) NOT NULL,
		UNIQUE KEY uniq_ai_whatsapp_session (id_prospect, id_device),
		KEY idx_ai_whatsapp_session_device (id_device)
	) ` + options

const createWasapbotSessions = `
	CREATE TABLE IF NOT EXISTS wasapBot_session_nodepath (
		id_sessionY INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
		id_prospect VARCHAR(255) NOT NULL,
		id_device VARCHAR(255) NOT NULL,
		timestamp VARCHAR(255) NOT NULL,
		UNIQUE KEY uniq_wasapbot_session (id_prospect, id_device),
		KEY idx_wasapbot_session_device (id_device)
	) ` + options
