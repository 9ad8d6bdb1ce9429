"""Work that is picked out of a queue: by one worker alone, or by whoever comes at the same moment."""

from __future__ import annotations

from tests.locks import Case

_SELECT = "SELECT id FROM jobs WHERE status = 'pending' ORDER BY id LIMIT 1"
_MARK = "\"UPDATE jobs SET status = 'running', worker = ?, picked_at = NOW() WHERE id = ?\", worker, id"
_AGAIN = "\"UPDATE jobs SET status = 'running', worker = ?, picked_at = NOW() WHERE id = ? AND status = 'pending'\", worker, id"
_LOOK = """n, err := res.RowsAffected()
	if err != nil {
		return 0, err
	}
	if n == 0 {
		return 0, nil
	}"""

_PLAIN = """
func (r *Repo) NAME(ctx context.Context, worker string) (int64, error) {
	BEFORE
	var id int64
	err := r.db.QueryRowContext(ctx, "SELECT").Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	res, err := r.db.ExecContext(ctx, MARK)
	if err != nil {
		return 0, err
	}
	LOOK
	return id, nil
}
"""

_BEGIN = """tx, err := r.db.BeginTx(ctx, OPTIONS)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()"""


def _plain(
    name: str,
    *rules: str,
    select: str = _SELECT,
    mark: str = _MARK,
    look: str = "_ = res",
    before: str = "",
    called: str = "Next",
) -> Case:
    code = _PLAIN.replace("SELECT", select, 1).replace("MARK", mark).replace("LOOK", look).replace("BEFORE", before)
    return Case(f"a queue: {name}", rules, code.replace("NAME", called))


def _within(name: str, *rules: str, lock: str = "", options: str = "nil", read: str = "tx") -> Case:
    code = _PLAIN.replace("SELECT", _SELECT + lock, 1).replace("MARK", _MARK).replace("LOOK", "_ = res")
    code = code.replace("BEFORE", _BEGIN.replace("OPTIONS", options)).replace("NAME", "ClaimJob")
    code = code.replace("r.db.QueryRow", f"{read}.QueryRow").replace("r.db.Exec", "tx.Exec")
    code = code.replace("err := tx.Query", "err = tx.Query").replace("return id, nil", "return id, tx.Commit()")
    return Case(f"a queue in a transaction: {name}", rules, code)


_WORK = """
func (w *Worker) NAME(ctx context.Context) (bool, error) {
	var id int64
	err := w.db.QueryRowContext(ctx, "SELECT"GIVEN).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	MARK
	state := "done"
	if err := w.scan(ctx, id); err != nil {
		state = "failed"
	}
	_, err = w.db.ExecContext(ctx, "UPDATE jobs SET status = ? WHERE id = ?", state, id)
	return true, err
}

type Worker struct {
	db   *sql.DB
	name string
	scan func(ctx context.Context, id int64) error
}
"""
_RUNNING = """if _, err := w.db.ExecContext(ctx, "UPDATE jobs SET status = 'running' WHERE id = ?", id); err != nil {
		return false, err
	}"""
_STILL = """res, err := w.db.ExecContext(ctx, "UPDATE jobs SET status = 'running' WHERE id = ? AND status = 'pending'", id)
	if err != nil {
		return false, err
	}
	if n, _ := res.RowsAffected(); n != 1 {
		return false, nil
	}"""


def _work(
    name: str, *rules: str, called: str = "RunOne", select: str = _SELECT, mark: str = _RUNNING, given: str = ""
) -> Case:
    code = _WORK.replace("NAME", called).replace("SELECT", select).replace("GIVEN", given).replace("MARK", mark)
    return Case(f"a queue that is worked on: {name}", rules, code)


CASES = (
    *(_work(f"by {name}", "NP403", called=name) for name in ("RunOne", "Tick", "handleOne")),
    _work("asked again", mark=_STILL),
    _work("of the worker's own", select=_SELECT.replace("WHERE", "WHERE worker = ? AND"), given=", w.name"),
    _work("that failed before", select=_SELECT.replace("pending", "failed")),
    _plain("marked by its number alone", "NP403"),
    _plain("marked by its number alone, and counted", "NP403", look=_LOOK),
    _plain("asked again, and nobody looks", "NP403", mark=_AGAIN),
    _plain("asked again", mark=_AGAIN, look=_LOOK),
    _plain("under a mutex of the process", before="r.mu.Lock()\n\tdefer r.mu.Unlock()"),
    _plain(
        "no worker, and a name that says so",
        "NP403",
        mark="\"UPDATE jobs SET status = 'processing' WHERE id = ?\", id",
        called="claimNextJob",
    ),
    _plain("done", mark="\"UPDATE jobs SET status = 'done' WHERE id = ?\", id", called="PopJob"),
    _plain("no worker, no name", mark="\"UPDATE jobs SET status = 'processing' WHERE id = ?\", id", called="Migrate"),
    _plain("what is not asked for", mark='"UPDATE jobs SET picked_at = NOW() WHERE id = ?", id', called="TakeJob"),
    _plain("who has it", "NP403", select="SELECT id FROM jobs WHERE worker IS NULL LIMIT 1", called="Assign"),
    _plain("several at once", select="SELECT id FROM jobs WHERE status = 'pending' LIMIT 20"),
    _plain("by a key", select="SELECT id FROM jobs WHERE id = 7 LIMIT 1"),
    _within("not locked", "NP403"),
    _within("locked", lock=" FOR UPDATE"),
    _within("locked, and others skipped", lock=" FOR UPDATE SKIP LOCKED"),
    _within("one after the other", options="&sql.TxOptions{Isolation: sql.LevelSerializable}"),
    _within("locked outside of it", "NP403", lock=" FOR UPDATE", read="r.db"),
)

_SENDING = """
func (r *Repo) SendNext(ctx context.Context) error {
	var id, body string
	if err := r.db.QueryRowContext(ctx, "SELECT id, body FROM messages WHERE status = 'new' ORDER BY sent_at LIMIT 1").Scan(&id, &body); err != nil {
		return err
	}
	if err := send(body); err != nil {
		return err
	}
	_, err := r.db.ExecContext(ctx, "UPDATE messages SET status = 'sent' WHERE id = ?", id)
	return err
}
"""
_NAMED = """
func (r *Repo) ClaimNext(ctx context.Context, worker string) (int64, error) {
	conn, err := r.db.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	var got int
	if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK('jobs', 5)").Scan(&got); err != nil {
		return 0, err
	}
	if got != 1 {
		return 0, errors.New("busy")
	}
	defer conn.ExecContext(ctx, "SELECT RELEASE_LOCK('jobs')")
	var id int64
	if err := conn.QueryRowContext(ctx, "SELECT id FROM jobs WHERE status = 'pending' LIMIT 1").Scan(&id); err != nil {
		return 0, err
	}
	_, err = conn.ExecContext(ctx, "UPDATE jobs SET status = 'running', worker = ? WHERE id = ?", worker, id)
	return id, err
}
"""
_MARKED = """
func (r *Repo) Claim(ctx context.Context, worker string) (int64, error) {
	if _, err := r.db.ExecContext(ctx, "UPDATE jobs SET status = 'running', worker = ? WHERE status = 'pending' ORDER BY id LIMIT 1", worker); err != nil {
		return 0, err
	}
	var id int64
	err := r.db.QueryRowContext(ctx, "SELECT id FROM jobs WHERE worker = ? AND status = 'running' LIMIT 1", worker).Scan(&id)
	return id, err
}
"""
_LAST_ONE = """
func (r *Repo) TakeNumber(ctx context.Context) (string, error) {
	var name string
	if err := r.db.QueryRowContext(ctx, "SELECT name FROM counters WHERE n < 10 ORDER BY n LIMIT 1").Scan(&name); err != nil {
		return "", err
	}
	_, err := r.db.ExecContext(ctx, "UPDATE counters SET n = n + 1 WHERE name = ?", name)
	return name, err
}
"""

OTHERS = (
    Case("a queue: sent and then marked", (), _SENDING),
    Case("a queue: a lock by name around it", (), _NAMED),
    Case("a queue: marked first, read then", (), _MARKED),
    Case("a queue: a counter of the least used", (), _LAST_ONE),
)

_COMMITTED = """
func (r *Repo) Next(ctx context.Context, mechanic string) (id int64, err error) {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	if err = tx.QueryRowContext(ctx, "SELECT id FROM jobs WHERE status = 'open' ORDER BY id LIMIT 1 FOR UPDATE SKIPPING").Scan(&id); err != nil {
		return 0, err
	}
	INSIDE
	if err = tx.Commit(); err != nil {
		return 0, err
	}
	BEHIND
	return id, err
}
"""
_INSIDE = """if _, err = tx.ExecContext(ctx, "UPDATE jobs SET status = 'doing', picked_at = NOW() WHERE id = ?", id); err != nil {
		return 0, err
	}"""
_BEHIND = "_, err = r.db.ExecContext(ctx, \"UPDATE jobs SET status = 'doing', picked_at = NOW() WHERE id = ?\", id)"
_DONE = _BEHIND.replace("doing", "done")
_AGAIN_BEHIND = """res, err := r.db.ExecContext(ctx, "UPDATE jobs SET status = 'doing' WHERE id = ? AND status = 'open'", id)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return 0, err
	}"""


def _committed(name: str, inside: str, behind: str, *rules: str, lock: str = "SKIP LOCKED") -> Case:
    code = _COMMITTED.replace("INSIDE", inside).replace("BEHIND", behind).replace("SKIPPING", lock)
    return Case(f"a queue: {name}", rules, code)


COMMITTED = (
    _committed("marked behind the commit", "", _BEHIND, "NP403"),
    _committed("marked behind the commit, and locked", "", _BEHIND, "NP403", lock=""),
    _committed("done behind the commit", "", _DONE, "NP403"),
    _committed("marked before the commit", _INSIDE, ""),
    _committed("marked before the commit, and done behind it", _INSIDE, _DONE),
    _committed(
        "marked by another function before the commit",
        "if err = r.mark(ctx, tx, id); err != nil {\n\t\treturn 0, err\n\t}",
        _DONE,
    ),
    _committed("asked again behind the commit", "", _AGAIN_BEHIND),
)
