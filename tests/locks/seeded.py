"""A lock in rows that are there before anybody takes them; `VALUES` stands for what they are made with."""

from __future__ import annotations

SCHEMA = """
CREATE TABLE send_session_nodepath (lock_key VARCHAR(64) PRIMARY KEY, owner VARCHAR(64), expires_at DATETIME(6));
"""
SOURCE = """package store

import (
	"context"
	"database/sql"
)

func acquire(ctx context.Context, db *sql.DB, key, owner string) (bool, error) {
	res, err := db.ExecContext(ctx, "UPDATE send_session_nodepath SET owner = ?, expires_at = NOW(6) + INTERVAL 30 SECOND WHERE lock_key = ? AND (owner IS NULL OR expires_at < NOW(6))", owner, key)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func release(ctx context.Context, db *sql.DB, key, owner string) error {
	_, err := db.ExecContext(ctx, "UPDATE send_session_nodepath SET owner = NULL, expires_at = NULL WHERE lock_key = ? AND owner = ?", key, owner)
	return err
}

func seed(ctx context.Context, db *sql.DB, keys []string) error {
	for _, key := range keys {
		if _, err := db.ExecContext(ctx, "INSERT IGNORE INTO send_session_nodepath (VALUES)", key); err != nil {
			return err
		}
	}
	return nil
}
"""
