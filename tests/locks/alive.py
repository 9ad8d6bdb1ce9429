"""Locks whose row is looked at before it is taken: what is asked of it keeps a held one, or it does not."""

from __future__ import annotations

from tests.locks import AI, Case

_TAKE = f"""
const lease = 30 * time.Second

func (r *Repo) TryAcquire(phone, device string) (bool, error) {{
	mine := time.Now().UTC().Format("2006-01-02 15:04:05.000000")
	_, err := r.db.Exec("INSERT INTO {AI} (id_prospect, id_device, timestamp) VALUES (?, ?, ?)", phone, device, mine)
	if err == nil {{
		return true, nil
	}}
	var dup *mysql.MySQLError
	if !errors.As(err, &dup) || dup.Number != 1062 {{
		return false, err
	}}
	var seen string
	if err := r.db.QueryRow("SELECT timestamp FROM {AI} WHERE id_prospect = ? AND id_device = ?", phone, device).Scan(&seen); err != nil {{
		return false, err
	}}
	at, err := time.Parse("2006-01-02 15:04:05.000000", seen)
	if err != nil {{
		return false, err
	}}
	ASKED
	res, err := r.db.Exec("UPDATE {AI} SET timestamp = ? WHERE id_prospect = ? AND id_device = ? AND timestamp = ?", mine, phone, device, seen)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n == 1, err
}}

func (r *Repo) Release(phone, device, mine string) error {{
	_, err := r.db.Exec("DELETE FROM {AI} WHERE id_prospect = ? AND id_device = ? AND timestamp = ?", phone, device, mine)
	return err
}}
"""
"""The protocol that is right: what was seen is compared with, and ASKED keeps a held row."""

_BUSY = "{ return false, nil }"


def swapping(name: str, asked: str, *rules: str) -> Case:
    """A takeover by what was seen, and what is asked before it."""
    return Case(f"a swap: {name}", rules, _TAKE.replace("ASKED", asked))


SWAPPED = (
    swapping("young is busy", f"if time.Since(at) < lease {_BUSY}"),
    swapping("old is busy", f"if time.Since(at) > lease {_BUSY}", "NP401"),
    swapping("old is busy, in seconds", f"if time.Since(at).Seconds() >= 30 {_BUSY}", "NP401"),
    swapping("young is busy, in seconds", f"if int(time.Since(at).Seconds()) <= 30 {_BUSY}"),
    swapping("young is busy, by a difference", f"if time.Now().UTC().Sub(at) < lease {_BUSY}"),
    swapping("old is busy, by a difference", f"if now := time.Now(); now.Sub(at) > lease {_BUSY}", "NP401"),
    swapping("young is busy, by its end", f"if at.Add(lease).After(time.Now()) {_BUSY}"),
    swapping("over is busy, by its end", f"if at.Add(lease).Before(time.Now()) {_BUSY}", "NP401"),
    swapping("young is busy, by the present", f"if time.Now().Before(at.Add(lease)) {_BUSY}"),
    swapping("over is busy, by the present", f"if time.Now().After(at.Add(lease)) {_BUSY}", "NP401"),
    swapping("young is busy, by a cutoff", f"if cutoff := time.Now().Add(-lease); at.After(cutoff) {_BUSY}"),
    swapping("old is busy, by a cutoff", f"if cutoff := time.Now().Add(-lease); at.Before(cutoff) {_BUSY}", "NP401"),
    swapping("stale as a name", f"stale := time.Since(at) > lease\n\tif !stale {_BUSY}"),
    swapping("stale as a name, wrong way round", f"stale := time.Since(at) > lease\n\tif stale {_BUSY}", "NP401"),
    swapping("nobody asks how old it is", "_ = at", "NP401"),
    swapping("busy is noted down only", 'if time.Since(at) < lease {\n\t\tfmt.Println("busy", phone)\n\t}', "NP401"),
    swapping("who waits sees that nobody is there", "time.Sleep(lease)\n\t_ = at"),
    swapping("what a caller says", f"if !r.over(at) {_BUSY}"),
    swapping("a clock that is handed in", f"if r.clock.Now().Sub(at) < lease {_BUSY}"),
    swapping("by the unix time", f"if time.Now().Unix()-at.Unix() < 30 {_BUSY}"),
    swapping("by the unix time, wrong way round", f"if time.Now().Unix()-at.Unix() > 30 {_BUSY}", "NP401"),
    swapping("by comparing", f"if at.Compare(time.Now().Add(-lease)) > 0 {_BUSY}"),
    swapping("by comparing, wrong way round", f"if at.Compare(time.Now().Add(-lease)) < 0 {_BUSY}", "NP401"),
    swapping("as a function says", f"if !r.clock.expired(at) {_BUSY}"),
    swapping("as a function says, wrong way round", f"if r.clock.expired(at) {_BUSY}", "NP401"),
    swapping("as another function says", f"if isFresh(seen) {_BUSY}"),
    swapping("as another function says, wrong way round", f"if !isFresh(seen) {_BUSY}", "NP401"),
    swapping("as a switch", "switch {\n\tcase time.Since(at) < lease:\n\t\treturn false, nil\n\t}"),
    swapping("only where the caller says so", f"if r.strict && time.Since(at) < lease {_BUSY}"),
    swapping("known from before", "if r.known[phone] != seen {\n\t\tr.known[phone] = seen\n\t\treturn false, nil\n\t}"),
    swapping("only where it is asked to", f"if !forced && time.Since(at) < lease {_BUSY}"),
)

_ROW = """
type Gate struct {
	db *sql.DB
}

func (g *Gate) TryLock(ctx context.Context, room, me string) (bool, error) {
	tx, err := g.db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	READ
	ASKED
	if _, err := tx.ExecContext(ctx, "UPDATE gates SET holder = ?, until = NOW() + INTERVAL 60 SECOND WHERE room = ?", me, room); err != nil {
		return false, err
	}
	return true, tx.Commit()
}

func (g *Gate) Unlock(ctx context.Context, room, me string) error {
	_, err := g.db.ExecContext(ctx, "UPDATE gates SET holder = NULL, until = NULL WHERE room = ? AND holder = ?", room, me)
	return err
}
"""
_READ = """var TARGETS
	if err := tx.QueryRowContext(ctx, "SELECT VALUES FROM gates WHERE room = ? FOR UPDATE", room).Scan(PLACES); err != nil {
		return false, err
	}"""


def locking(name: str, values: str, targets: str, asked: str, *rules: str) -> Case:
    """A row that is locked and read before it is changed by its key."""
    places = ", ".join(f"&{each.split()[0].strip(',')}" for each in targets.split("; "))
    read = _READ.replace("VALUES", values).replace("PLACES", places)
    read = read.replace("var TARGETS", "\n\t".join(f"var {each}" for each in targets.split("; ")))
    return Case(f"a locked row: {name}", rules, _ROW.replace("READ", read).replace("ASKED", asked))


LOCKED = (
    locking("free by the server", "holder IS NULL OR until < NOW()", "free bool", f"if !free {_BUSY}"),
    locking("free is busy", "holder IS NULL OR until < NOW()", "free bool", f"if free {_BUSY}", "NP401"),
    locking(
        "busy is noted down",
        "holder IS NULL OR until < NOW() AS free",
        "free bool",
        'if !free {\n\t\tfmt.Println("busy")\n\t}',
        "NP401",
    ),
    locking("held by the server", "until > NOW()", "held int", f"if held == 1 {_BUSY}"),
    locking("held is free", "until > NOW() AS held", "held int", f"if held == 0 {_BUSY}", "NP401"),
    locking("case", "CASE WHEN until < NOW() THEN 1 ELSE 0 END", "over int", f"if over != 1 {_BUSY}"),
    locking(
        "by the program's clock",
        "holder, until",
        "who sql.NullString; end sql.NullTime",
        f"if who.Valid && end.Time.After(time.Now()) {_BUSY}",
    ),
    locking(
        "by the program's clock, the wrong way round",
        "holder, until",
        "who sql.NullString; end sql.NullTime",
        f"if who.Valid && end.Time.Before(time.Now()) {_BUSY}",
        "NP401",
    ),
    locking("who is asked only", "holder", "who sql.NullString", f"if who.Valid && who.String != me {_BUSY}", "NP405"),
    locking("nobody is busy", "holder", "who sql.NullString", f"if !who.Valid {_BUSY}", "NP401"),
    locking(
        "the time that is left",
        "TIMESTAMPDIFF(SECOND, NOW(), until)",
        "left sql.NullInt64",
        f"if left.Int64 > 0 {_BUSY}",
    ),
    locking(
        "the time that is left is none",
        "TIMESTAMPDIFF(SECOND, NOW(), until)",
        "left sql.NullInt64",
        f"if left.Int64 < 0 {_BUSY}",
        "NP401",
    ),
    locking("until by the program", "until", "end time.Time", f"if time.Until(end) > 0 {_BUSY}"),
    locking(
        "until by the program, the wrong way round",
        "until",
        "end time.Time",
        f"if time.Until(end) <= 0 {_BUSY}",
        "NP401",
    ),
)

_WORKING = """
func (r *Repo) WithGate(ctx context.Context, room string, work func(*sql.Tx) error) error {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var version int
	if err := tx.QueryRowContext(ctx, "SELECT version FROM gates WHERE room = ? FOR UPDATE", room).Scan(&version); err != nil {
		return err
	}
	if err := work(tx); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE gates SET version = ?, until = NOW() WHERE room = ?", version, room); err != nil {
		return err
	}
	return tx.Commit()
}
"""

WORKING = (Case("a row that is locked as long as the work lasts", (), _WORKING),)

_WATCHING = """
type Node struct {
	db   *sql.DB
	me   string
	seen int
}

func (n *Node) Elect(ctx context.Context, room string) (bool, error) {
	var holder string
	var version int
	if err := n.db.QueryRowContext(ctx, "SELECT holder, version FROM gates WHERE room = ?", room).Scan(&holder, &version); err != nil {
		return false, err
	}
	if ASKED {
		n.seen = version
		return false, nil
	}
	res, err := n.db.ExecContext(ctx, "UPDATE gates SET holder = ?, version = ? WHERE room = ? AND version = ?", n.me, version+1, room, version)
	if err != nil {
		return false, err
	}
	rows, err := res.RowsAffected()
	return rows == 1, err
}

func (n *Node) Resign(ctx context.Context, room string) error {
	_, err := n.db.ExecContext(ctx, "UPDATE gates SET holder = '' WHERE room = ? AND holder = ?", room, n.me)
	return err
}
"""

WATCHED = (
    Case("a holder that has not moved", (), _WATCHING.replace("ASKED", "version != n.seen")),
    Case("a holder that is there", ("NP405",), _WATCHING.replace("ASKED", 'holder != ""')),
)

_SEEDED = """
func (r *Repo) Acquire(ctx context.Context, room, me string) (bool, error) {
	if _, err := r.db.ExecContext(ctx, "INSERT IGNORE INTO gates (room, holder, until) VALUES (?, NULL, NULL)", room); err != nil {
		return false, err
	}
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	var free bool
	if err := tx.QueryRowContext(ctx, "SELECT holder IS NULL OR until < NOW() FROM gates WHERE room = ?LOCK", room).Scan(&free); err != nil {
		return false, err
	}
	if !free {
		return false, nil
	}
	if _, err := tx.ExecContext(ctx, "UPDATE gates SET holder = ?, until = NOW() + INTERVAL 1 MINUTE WHERE room = ?", me, room); err != nil {
		return false, err
	}
	return true, tx.Commit()
}

func (r *Repo) Release(ctx context.Context, room, me string) error {
	_, err := r.db.ExecContext(ctx, "UPDATE gates SET holder = NULL, until = NULL WHERE room = ? AND holder = ?", room, me)
	return err
}
"""
_LEASED = """
func (r *Repo) Take(ctx context.Context, session, agent string) (int64, error) {
	_, err := r.db.ExecContext(ctx, "INSERT INTO agent_session_lease (session, agent, version, renewed_at) VALUES (?, ?, 1, NOW(3))", session, agent)
	if err == nil {
		return 1, nil
	}
	var dup *mysql.MySQLError
	if !errors.As(err, &dup) || dup.Number != 1062 {
		return 0, err
	}
	var version int64
	var stale bool
	if err := r.db.QueryRowContext(ctx, "SELECT version, renewed_at < NOW(3) - INTERVAL 30 SECOND FROM agent_session_lease WHERE session = ?", session).Scan(&version, &stale); err != nil {
		return 0, err
	}
	if !stale {
		return 0, errors.New("taken")
	}
	res, err := r.db.ExecContext(ctx, "UPDATE agent_session_lease SET agent = ?, version = version + 1, renewed_at = NOW(3) WHERE session = ? AND version = ?", agent, session, version)
	if err != nil {
		return 0, err
	}
	if n, _ := res.RowsAffected(); n != 1 {
		return 0, errors.New("taken")
	}
	return version + 1, nil
}

func (r *Repo) Drop(ctx context.Context, session, agent string) error {
	_, err := r.db.ExecContext(ctx, "DELETE FROM agent_session_lease WHERE GIVEN)
	return err
}
"""

SEEDED = (
    Case("an empty row first, then locked", (), _SEEDED.replace("LOCK", " FOR UPDATE")),
    Case("an empty row first, then read", ("NP403",), _SEEDED.replace("LOCK", "")),
    Case("a session's lease", (), _LEASED.replace("GIVEN", 'session = ? AND agent = ?", session, agent')),
    Case("a session's lease, whoever has it", ("NP406",), _LEASED.replace("GIVEN", 'session = ?", session')),
    Case(
        "a session's lease, which nobody finds old",
        ("NP401",),
        _LEASED.replace("GIVEN", 'session = ? AND agent = ?", session, agent').replace("if !stale {", "if stale {"),
    ),
)
