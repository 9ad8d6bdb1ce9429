"""Callers that do not go by the answer of an acquire, and those that do."""

from __future__ import annotations

from tests.locks import Case

_LOCKS = """
type Locker interface {
	Acquire(ctx context.Context, name, owner string) (bool, error)
	Release(ctx context.Context, name, owner string) error
}

type Locks struct{ db *sql.DB }

func (l *Locks) Acquire(ctx context.Context, name, owner string) (bool, error) {
	ACQUIRE
}

func (l *Locks) Release(ctx context.Context, name, owner string) error {
	_, err := l.db.ExecContext(ctx, "DELETE FROM job_locks WHERE name = ? AND owner = ?", name, owner)
	return err
}

type Jobs struct {
	locks KIND
	save  func(name string) error
}
"""
_COUNTED = """res, err := l.db.ExecContext(ctx, "INSERT IGNORE INTO job_locks (name, owner, locked_at) VALUES (?, ?, NOW())", name, owner)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, err
	}
	return n == 1, nil"""
_REFUSED = """_, err := l.db.ExecContext(ctx, "INSERT INTO job_locks (name, owner, locked_at) VALUES (?, ?, NOW())", name, owner)
	var dup *mysql.MySQLError
	if errors.As(err, &dup) && dup.Number == 1062 {
		return false, ANSWER
	}
	return err == nil, err"""
_JOB = """
func (j *Jobs) Put(ctx context.Context, name, owner string) error {
	CALL
	BACK
	return j.save(name)
}
"""
_BACK = "defer j.locks.Release(ctx, name, owner)"
_DROPPED = "if _, err := j.locks.Acquire(ctx, name, owner); err != nil {\n\t\treturn err\n\t}"
_ASKED = "ok, err := j.locks.Acquire(ctx, name, owner)\n\tif err != nil || !ok {\n\t\treturn err\n\t}"


def _case(
    name: str, call: str, *rules: str, acquire: str = _COUNTED, kind: str = "*Locks", back: str = _BACK, more: str = ""
) -> Case:
    job = _JOB.replace("CALL", call).replace("BACK", back)
    return Case(f"an answer: {name}", rules, _LOCKS.replace("ACQUIRE", acquire).replace("KIND", kind) + job + more)


_MORE = _JOB.replace("Put", "Take").replace("CALL", _ASKED).replace("BACK", _BACK)
_TOKENS = """
type Tokens struct{}

func (t *Tokens) Acquire(ctx context.Context, name, owner string) (int, error) { return len(name), ctx.Err() }

func (t *Tokens) Release(ctx context.Context, name, owner string) error { return ctx.Err() }
"""

CASES = (
    _case("thrown away", _DROPPED, "NP401"),
    _case("thrown away, 1062", _DROPPED, "NP401", acquire=_REFUSED.replace("ANSWER", "nil"), kind="Locker"),
    _case("assigned to nothing", "var err error\n\t_, err = j.locks.Acquire(ctx, name, owner)\n\t_ = err", "NP401"),
    _case(
        "logged",
        'ok, err := j.locks.Acquire(ctx, name, owner)\n\tif !ok {\n\t\tfmt.Println("busy", err)\n\t}',
        "NP401",
    ),
    _case("asked for", _ASKED, "NP405"),
    _case("asked for elsewhere", _DROPPED, "NP401", "NP405", more=_MORE),
    _case(
        "given back by who has it",
        "ok, err := j.locks.Acquire(ctx, name, owner)\n\tif err != nil {\n\t\treturn err\n\t}",
        "NP405",
        back=f"if ok {{\n\t\t{_BACK}\n\t}}",
    ),
    _case("told by an error", _DROPPED, "NP405", acquire=_REFUSED.replace("ANSWER", "err")),
    _case("told by an error of its own", _DROPPED, "NP405", acquire=_REFUSED.replace("ANSWER", 'errors.New("busy")')),
    _case("another's of that name", _DROPPED, "NP405", kind="*Tokens", more=_TOKENS),
    _case(
        "asked for again and again",
        "for {\n\t\tok, err := j.locks.Acquire(ctx, name, owner)\n\t\tif err != nil {\n\t\t\treturn err\n\t\t}\n"
        "\t\tif ok {\n\t\t\tbreak\n\t\t}\n\t\ttime.Sleep(time.Second)\n\t}",
        "NP405",
    ),
)
