"""Packages that take locks by methods of the same names, and what is said of each."""

from __future__ import annotations

SCHEMA = """
CREATE TABLE hydrants (no VARCHAR(20) PRIMARY KEY, station VARCHAR(20) NOT NULL, touched_at DATETIME NOT NULL);
CREATE TABLE bay_locks (bay INT PRIMARY KEY, owner VARCHAR(40) NULL, locked_at DATETIME NULL);
CREATE TABLE signal_locks (id BIGINT AUTO_INCREMENT PRIMARY KEY, no VARCHAR(20) NOT NULL UNIQUE, owner VARCHAR(40) NOT NULL, locked_at DATETIME NOT NULL);
CREATE TABLE gate_locks (gate VARCHAR(20) PRIMARY KEY, owner VARCHAR(40) NOT NULL, expires_at DATETIME NOT NULL);
"""

_HYDRANT_REPO = """package repo

import (
	"database/sql"
	"time"
)

type Guards struct{ DB *sql.DB }

func (g Guards) Begin(no, station string) (bool, error) {
	query := `INSERT INTO hydrants (no, station, touched_at) VALUES (?, ?, ?)
		ON DUPLICATE KEY UPDATE touched_at = VALUES(touched_at)`
	if _, err := g.DB.Exec(query, no, station, time.Now().UTC()); err != nil {
		return false, err
	}
	return true, nil
}

func (g Guards) End(no string) error {
	_, err := g.DB.Exec(`UPDATE hydrants SET touched_at = ? WHERE no = ?`, time.Now().UTC(), no)
	return err
}
"""

_HYDRANT = """package hydrant

import (
	"errors"

	"example.org/yard/hydrant/repo"
)

type Test struct {
	Guards repo.Guards
	Open   func(no string) error
}

func (t *Test) Run(no, station string) error {
	acquired, err := t.Guards.Begin(no, station)
	if err != nil {
		return err
	}
	if !acquired {
		return errors.New("another station tests it")
	}
	defer func() {
		_ = t.Guards.End(no)
	}()
	return t.Open(no)
}
"""

_BAY = """package bay

import (
	"context"
	"database/sql"
)

type Bays struct{ db *sql.DB }

func (b *Bays) Lock(ctx context.Context, bay int, owner string) (int64, error) {
	res, err := b.db.ExecContext(ctx, `UPDATE bay_locks SET owner = ?, locked_at = NOW()
		WHERE bay = ? AND (owner IS NULL OR locked_at < NOW() - INTERVAL 5 MINUTE)`, owner, bay)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (b *Bays) Unlock(ctx context.Context, bay int, owner string) error {
	_, err := b.db.ExecContext(ctx, `UPDATE bay_locks SET owner = NULL, locked_at = NULL WHERE bay = ? AND owner = ?`, bay, owner)
	return err
}

type Wash struct {
	bays  *Bays
	start func(bay int) error
}

func (w *Wash) Start(ctx context.Context, bay int, owner string) error {
	if _, err := w.bays.Lock(ctx, bay, owner); err != nil {
		return err
	}
	defer w.bays.Unlock(ctx, bay, owner)
	return w.start(bay)
}
"""

_SIGNAL = """package signal

import (
	"context"
	"database/sql"
)

type Signals struct{ db *sql.DB }

func (s *Signals) Lock(ctx context.Context, no, owner string) (int64, error) {
	res, err := s.db.ExecContext(ctx, `INSERT INTO signal_locks (no, owner, locked_at) VALUES (?, ?, NOW())
		ON DUPLICATE KEY UPDATE owner = VALUES(owner), locked_at = VALUES(locked_at)`, no, owner)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

func (s *Signals) Unlock(ctx context.Context, id int64) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM signal_locks WHERE id = ?`, id)
	return err
}

func (s *Signals) Test(ctx context.Context, no, owner string, fn func() error) error {
	id, err := s.Lock(ctx, no, owner)
	if err != nil || id == 0 {
		return err
	}
	defer s.Unlock(ctx, id)
	return fn()
}
"""

_GATE = """package gate

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/go-sql-driver/mysql"
)

type Locks interface {
	Lock(ctx context.Context, gate, owner string) (bool, error)
	Unlock(ctx context.Context, gate, owner string) error
}

type Gates struct{ db *sql.DB }

func (g *Gates) Lock(ctx context.Context, gate, owner string) (bool, error) {
	if _, err := g.db.ExecContext(ctx, `DELETE FROM gate_locks WHERE gate = ? AND expires_at < NOW()`, gate); err != nil {
		return false, err
	}
	_, err := g.db.ExecContext(ctx, `INSERT INTO gate_locks (gate, owner, expires_at) VALUES (?, ?, NOW() + INTERVAL 5 MINUTE)`, gate, owner)
	var me *mysql.MySQLError
	if errors.As(err, &me) && me.Number == 1062 {
		return false, nil
	}
	return err == nil, err
}

func (g *Gates) Unlock(ctx context.Context, gate, owner string) error {
	_, err := g.db.ExecContext(ctx, `DELETE FROM gate_locks WHERE gate = ? AND owner = ?`, gate, owner)
	return err
}

type Keeper struct {
	mu    sync.Mutex
	locks Locks
	open  int
}

func (k *Keeper) Open(ctx context.Context, gate, owner string, fn func() error) error {
	ok, err := k.locks.Lock(ctx, gate, owner)
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("gate is in use")
	}
	defer k.locks.Unlock(ctx, gate, owner)
	return fn()
}

func (k *Keeper) Count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.open
}
"""

_MEMORY = 'package memory\n\nimport "sync"\n\ntype Count struct {\n\tmu sync.Mutex\n\tn  int\n}\n' + "".join(
    f"\nfunc (c *Count) Add{number}() {{\n\tc.mu.Lock()\n\tdefer c.mu.Unlock()\n\tc.n += {number}\n}}\n"
    for number in range(60)
)

PACKAGES = {
    "hydrant": {"hydrant/repo/repo.go": _HYDRANT_REPO, "hydrant/hydrant.go": _HYDRANT},
    "bay": {"bay/bay.go": _BAY},
    "signal": {"signal/signal.go": _SIGNAL},
    "gate": {"gate/gate.go": _GATE},
    "memory": {"memory/memory.go": _MEMORY},
}
ALONE = {
    "hydrant": [("hydrant/repo/repo.go", "NP401"), ("hydrant/repo/repo.go", "NP402")],
    "bay": [("bay/bay.go", "NP401")],
    "signal": [("signal/signal.go", "NP401")],
    "gate": [],
    "memory": [],
}
