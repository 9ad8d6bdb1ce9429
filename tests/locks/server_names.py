"""Locks by name whose names the program makes: the one that is given back is the one that was asked for, or another."""

from __future__ import annotations

from tests.locks import Case

_CODE = """
const prefix = "order:"

func (r *Repo) Exclusive(ctx context.Context, id int64, work func() error) error {
	conn, err := r.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	BEFORE
	var got sql.NullInt64
	if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, 2)", TAKEN).Scan(&got); err != nil {
		return err
	}
	if got.Int64 != 1 {
		return errors.New("busy")
	}
	defer BACK
	return work()
}
"""
_BACK = 'conn.ExecContext(ctx, "SELECT RELEASE_LOCK(?)", NAME)'
_LATER = 'func() {\n\t\t_, _ = conn.ExecContext(context.Background(), "DO RELEASE_LOCK(?)", NAME)\n\t}()'


def _case(name: str, taken: str, given: str, *rules: str, back: str = _BACK, before: str = "") -> Case:
    code = _CODE.replace("TAKEN", taken).replace("BACK", back.replace("NAME", given)).replace("BEFORE", before)
    return Case(f"a name that is made: {name}", rules, code)


_MADE = 'fmt.Sprintf("order:%d", id)'

CASES = (
    _case("the same", _MADE, _MADE),
    _case("of a letter more", _MADE, 'fmt.Sprintf("orders:%d", id)', "NP402"),
    _case("of other capitals", _MADE, 'fmt.Sprintf("ORDER:%d", id)'),
    _case("put off in a function", _MADE, 'fmt.Sprintf("orders:%d", id)', "NP402", back=_LATER),
    _case("put off in a function, the same", _MADE, _MADE, back=_LATER),
    _case("joined", '"order:" + strconv.FormatInt(id, 10)', _MADE),
    _case("joined, another", '"order:" + strconv.FormatInt(id, 10)', '"job:" + strconv.FormatInt(id, 10)', "NP402"),
    _case("by a constant", "prefix + strconv.FormatInt(id, 10)", _MADE),
    _case("by a variable", "name", "name", before=f"name := {_MADE}"),
    _case("by a variable on one side", "name", 'fmt.Sprintf("%s", name)', before=f"name := {_MADE}"),
    _case("by a function", "lockName(id)", 'fmt.Sprintf("order:%d", id)'),
    _case("another end", 'fmt.Sprintf("%d:order", id)', 'fmt.Sprintf("%d:send", id)', "NP402"),
)
