"""Ways of writing locks in Go, with what the lock rules must say of each; and code that only looks like one."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = """package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jmoiron/sqlx"
)

type Repo struct {
	db *sql.DB
}

"""

SCHEMA = """
CREATE TABLE ai_whatsapp_session_nodepath (
    id_sessionX INT NOT NULL AUTO_INCREMENT PRIMARY KEY, id_prospect VARCHAR(255) NOT NULL,
    id_device VARCHAR(255) NOT NULL, `timestamp` VARCHAR(255) NOT NULL,
    UNIQUE KEY uniq_ai_whatsapp_session (id_prospect, id_device));
CREATE TABLE chat_session_locks (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, phone_number VARCHAR(255) NOT NULL, device_id VARCHAR(255) NOT NULL,
    locked_at TIMESTAMP NULL, last_activity TIMESTAMP NULL, UNIQUE KEY uniq (phone_number, device_id));
CREATE TABLE chat_session (
    id_session INT NOT NULL AUTO_INCREMENT PRIMARY KEY, id_prospect VARCHAR(255) NOT NULL,
    id_device VARCHAR(255) NOT NULL, `timestamp` VARCHAR(255) NOT NULL, UNIQUE KEY uq_sess (id_prospect, id_device));
CREATE TABLE parcel_lease (parcel_id BIGINT NOT NULL PRIMARY KEY, lease_until DATETIME(6) NOT NULL);
CREATE TABLE iface_session (
    id_session INT NOT NULL AUTO_INCREMENT PRIMARY KEY, id_prospect VARCHAR(255) NOT NULL,
    id_device VARCHAR(255) NOT NULL, locked_at DATETIME(6) NOT NULL, UNIQUE KEY uq_sess (id_prospect, id_device));
CREATE TABLE login_pause (visitor VARCHAR(40) NOT NULL PRIMARY KEY, locked_at DATETIME NOT NULL);
CREATE TABLE visits (visitor VARCHAR(40) NOT NULL PRIMARY KEY, last_seen DATETIME NOT NULL);
CREATE TABLE job_locks (
    name VARCHAR(100) NOT NULL PRIMARY KEY, owner VARCHAR(100) NULL, locked_until DATETIME(6) NULL,
    locked_at DATETIME(6) NULL, locked TINYINT NOT NULL DEFAULT 0);
CREATE TABLE job_leases (job VARCHAR(100) NOT NULL PRIMARY KEY, owner VARCHAR(100) NULL, lease_until DATETIME(6) NOT NULL);
CREATE TABLE busy (phone VARCHAR(40) NOT NULL PRIMARY KEY, since DATETIME NOT NULL);
CREATE TABLE settings (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(100) NOT NULL UNIQUE, value TEXT, updated_at DATETIME);
CREATE TABLE counters (name VARCHAR(100) NOT NULL PRIMARY KEY, n INT NOT NULL DEFAULT 0);
CREATE TABLE cache (k VARCHAR(100) NOT NULL PRIMARY KEY, body TEXT, expires_at DATETIME);
CREATE TABLE user_sessions (token CHAR(36) NOT NULL PRIMARY KEY, user_id INT NOT NULL, last_seen DATETIME);
CREATE TABLE users (id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(200) NOT NULL UNIQUE, name VARCHAR(100), seen_at VARCHAR(40), locked TINYINT NOT NULL DEFAULT 0);
CREATE TABLE account_locks (user_id INT NOT NULL PRIMARY KEY, reason VARCHAR(200), until DATETIME);
CREATE TABLE followers (user_id INT NOT NULL, follows INT NOT NULL, PRIMARY KEY (user_id, follows));
CREATE TABLE messages (id VARCHAR(64) NOT NULL PRIMARY KEY, body TEXT, status VARCHAR(20), sent_at VARCHAR(40));
CREATE TABLE jobs (id INT AUTO_INCREMENT PRIMARY KEY, status VARCHAR(20) NOT NULL, worker VARCHAR(100), picked_at DATETIME);
CREATE TABLE gates (room VARCHAR(40) NOT NULL PRIMARY KEY, holder VARCHAR(60) NULL, until DATETIME NULL, version INT NOT NULL DEFAULT 0);
CREATE TABLE room_locks (
    room VARCHAR(40) NOT NULL PRIMARY KEY, holder VARCHAR(60) NULL, until DATETIME NULL, note VARCHAR(20) NOT NULL);
CREATE TABLE lanes (
    lane VARCHAR(40) NOT NULL, place INT NOT NULL, occupant VARCHAR(60) NOT NULL, since DATETIME NOT NULL,
    PRIMARY KEY (lane, place));
CREATE TABLE kuncian (
    tugas VARCHAR(60) NOT NULL PRIMARY KEY, pemilik VARCHAR(60) NULL, sejak DATETIME NULL, dikunci TINYINT NOT NULL DEFAULT 0);
CREATE TABLE meja (nombor VARCHAR(20) NOT NULL PRIMARY KEY, penjaga VARCHAR(60) NULL, tamat_pada DATETIME NULL);
CREATE TABLE device_tokens (device VARCHAR(40) NOT NULL PRIMARY KEY, token VARCHAR(100) NULL, expires_at DATETIME NULL);
CREATE TABLE who_is_here (visitor VARCHAR(40) NOT NULL PRIMARY KEY, node VARCHAR(60) NOT NULL, expires_at DATETIME NOT NULL);
CREATE TABLE cases (case_no VARCHAR(20) NOT NULL PRIMARY KEY, owner VARCHAR(60) NULL, since DATETIME NULL);
CREATE TABLE sms_sent (phone VARCHAR(20) NOT NULL PRIMARY KEY, via VARCHAR(20) NOT NULL, sent_at DATETIME NOT NULL);
CREATE TABLE pins (phone VARCHAR(20) NOT NULL PRIMARY KEY, code VARCHAR(8) NOT NULL, expires_at DATETIME NOT NULL);
CREATE TABLE web_names (label VARCHAR(60) NOT NULL PRIMARY KEY, owner VARCHAR(60) NOT NULL, until DATETIME NOT NULL);
CREATE TABLE gifts (gift VARCHAR(20) NOT NULL PRIMARY KEY, used_by VARCHAR(40) NULL, used_at DATETIME NULL);
CREATE TABLE tugas (
    nombor VARCHAR(20) NOT NULL PRIMARY KEY, keadaan VARCHAR(20) NOT NULL, muatan TEXT, pemilik VARCHAR(60) NULL, luput DATETIME NULL);
CREATE TABLE kunci_api (kunci VARCHAR(64) NOT NULL PRIMARY KEY, syarikat VARCHAR(60) NOT NULL, skop TEXT, tamat DATETIME NULL);
CREATE TABLE simpanan (k VARCHAR(60) NOT NULL PRIMARY KEY, isi VARCHAR(250) NULL, luput DATETIME NULL);
CREATE TABLE sudah_terima (webhook VARCHAR(60) NOT NULL PRIMARY KEY, pembekal VARCHAR(20) NOT NULL, pada DATETIME NOT NULL);
CREATE TABLE attendance (pelajar VARCHAR(20) NOT NULL PRIMARY KEY, kelas VARCHAR(20) NOT NULL, masuk_pada DATETIME NOT NULL);
CREATE TABLE phone_gate (phone VARCHAR(40) NOT NULL PRIMARY KEY, ticket VARCHAR(40) NOT NULL, opened_at DATETIME(6) NOT NULL);
CREATE TABLE guards (
    lane VARCHAR(40) NOT NULL, place INT NOT NULL, holder VARCHAR(60) NOT NULL,
    taken_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), PRIMARY KEY (lane, place));
CREATE TABLE job_locks_audit (name VARCHAR(100) NOT NULL, owner VARCHAR(100) NULL, at DATETIME NULL);
CREATE TABLE agent_session_lease (
    session VARCHAR(64) NOT NULL PRIMARY KEY, agent VARCHAR(64) NOT NULL, version BIGINT NOT NULL, renewed_at DATETIME(3) NOT NULL);
CREATE TABLE stock (sku VARCHAR(40) NOT NULL PRIMARY KEY, left_over INT NOT NULL);
"""


@dataclass(frozen=True)
class Case:
    """A file of Go code and the rules that it breaks."""

    name: str
    rules: tuple[str, ...]
    """All NP4xx findings, in order of their ids; each once."""
    code: str
    """What stands behind the imports."""

    @property
    def source(self) -> str:
        """The whole file."""
        return HEAD + self.code


AI = "ai_whatsapp_session_nodepath"

RELEASE_DELETE = f"""
func (r *Repo) ReleaseSession(prospect, device string) error {{
	_, err := r.db.Exec("DELETE FROM {AI} WHERE id_prospect = ? AND id_device = ?", prospect, device)
	return err
}}
"""

RELEASE_TOUCH = f"""
func (r *Repo) ReleaseSession(prospect, device string) error {{
	query := `
		UPDATE {AI}
		SET timestamp = ?
		WHERE id_prospect = ? AND id_device = ?
	`
	_, err := r.db.Exec(query, time.Now().Format("2006-01-02 15:04:05"), prospect, device)
	return err
}}
"""
