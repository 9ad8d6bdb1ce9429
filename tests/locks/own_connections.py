"""Locks by name on connections that are taken out of the pool and go back there."""

from __future__ import annotations

from tests.locks import Case

_TAKE = "NAME, err := db.Conn(ctx)\n\tif err != nil {\n\t\treturn err\n\t}\n\tdefer NAME.Close()"
_GET = """var got sql.NullInt64
	if err := CONN.QueryRowContext(ctx, "SELECT GET_LOCK(?, 10)", cell).Scan(&got); err != nil {
		return err
	}
	if got.Int64 != 1 {
		return errors.New("busy")
	}"""
_WORK = """
func Load(ctx context.Context, db *sql.DB, cell string, work func() error) error {
	if err := take(ctx, db, cell); err != nil {
		return err
	}
	defer giveBack(ctx, db, cell)
	return work()
}
"""


def _take(name: str) -> str:
    return _TAKE.replace("NAME", name)


def _get(name: str) -> str:
    return _GET.replace("CONN", name)


_TWO_FUNCTIONS = f"""
func take(ctx context.Context, db *sql.DB, cell string) error {{
	{_take("c")}
	{_get("c")}
	return nil
}}

func giveBack(ctx context.Context, db *sql.DB, cell string) error {{
	{_take("c")}
	_, err = c.ExecContext(ctx, "DO RELEASE_LOCK(?)", cell)
	return err
}}
{_WORK}"""
_HELPER = """
type Cell struct{ db *sql.DB }

func (c *Cell) on(ctx context.Context, query string, args ...any) (int64, error) {
	conn, err := c.db.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	var v sql.NullInt64
	err = conn.QueryRowContext(ctx, query, args...).Scan(&v)
	return v.Int64, err
}

func (c *Cell) Load(ctx context.Context, cell string, work func() error) error {
	got, err := c.on(ctx, "SELECT GET_LOCK(?, 10)", cell)
	if err != nil {
		return err
	}
	if got != 1 {
		return errors.New("busy")
	}
	defer c.on(ctx, "SELECT RELEASE_LOCK(?)", cell)
	return work()
}
"""


def _one(name: str, back: str, *rules: str, before: str = "") -> Case:
    code = f"""
func Load(ctx context.Context, db *sql.DB, cell string, work func() error) error {{
	{_take("conn")}
	{_get("conn")}
	{before}
	{back}
	return work()
}}
"""
    return Case(f"a connection: {name}", rules, code)


_OWN = 'defer conn.ExecContext(ctx, "DO RELEASE_LOCK(?)", cell)'
_LATE = 'defer func() {\n\t\t_, _ = conn.ExecContext(context.Background(), "DO RELEASE_LOCK(?)", cell)\n\t}()'
_OTHER = """defer func() {
		other, err := db.Conn(ctx)
		if err != nil {
			return
		}
		defer other.Close()
		_, _ = other.ExecContext(ctx, "DO RELEASE_LOCK(?)", cell)
	}()"""
_FORCED = """
func Force(ctx context.Context, db *sql.DB, cell string) error {
	other, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer other.Close()
	_, err = other.ExecContext(ctx, "DO RELEASE_LOCK(?)", cell)
	return err
}
"""
_KEPT = f"""
type Held struct{{ conn *sql.Conn }}

func take(ctx context.Context, db *sql.DB, cell string, held *Held) error {{
	{_take("c").replace("defer c.Close()", "held.conn = c")}
	{_get("c")}
	return nil
}}

func giveBack(ctx context.Context, held *Held, cell string) error {{
	defer held.conn.Close()
	_, err := held.conn.ExecContext(ctx, "DO RELEASE_LOCK(?)", cell)
	return err
}}
"""

CASES = (
    _one("its own", _OWN),
    _one("its own, in a function", _LATE),
    _one("another", _OTHER, "NP402"),
    Case("a connection: one for each function", ("NP402",), _TWO_FUNCTIONS),
    Case("a connection: one for each call", ("NP402",), _HELPER),
    Case("a connection: kept", (), _KEPT),
    Case("a connection: its own, and another that forces", (), _one("", _OWN).code + _FORCED),
    Case(
        "a connection: the pool has no other",
        (),
        _TWO_FUNCTIONS + "\nfunc Open(db *sql.DB) { db.SetMaxOpenConns(1) }\n",
    ),
)
