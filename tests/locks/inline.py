"""Locks without a function of their own: taken, worked under and given back where they are needed."""

from __future__ import annotations

from tests.locks import Case

_INSERT = "INSERT INTO job_locks (name) VALUES (?)"
_UPSERT = (
    "INSERT INTO job_locks (name, locked_until) VALUES (?, NOW() + INTERVAL 30 SECOND) "
    "ON DUPLICATE KEY UPDATE locked_until = NOW() + INTERVAL 30 SECOND"
)
_DELETE = 'r.db.Exec("DELETE FROM job_locks WHERE name = ?", name)'
_DEFERRED = f"defer {_DELETE}"
_LITERAL = f"defer func() {{\n\t\tif _, err := {_DELETE}; err != nil {{\n\t\t\tlog(err)\n\t\t}}\n\t}}()"
_NAMED = "defer r.drop(name)"
_DROP = f"\nfunc (r *Repo) drop(name string) {{\n\t{_DELETE}\n}}\n"
_OWN = 'defer r.db.Exec("DELETE FROM job_locks WHERE name = ? AND owner = ?", name, me)'


def handling(insert: str, release: str, table: str = "job_locks") -> str:
    """A function that takes the row of a key, works and gives it back."""
    code = f"""
func (r *Repo) Handle(ctx context.Context, name string) error {{
	_, err := r.db.Exec("{insert}", name)
	var taken *mysql.MySQLError
	if errors.As(err, &taken) && taken.Number == 1062 {{
		return errors.New("busy")
	}}
	if err != nil {{
		return err
	}}
	{release}
	return r.reply(ctx, name)
}}

func (r *Repo) reply(ctx context.Context, name string) error {{
	return send(ctx, name)
}}
"""
    return (code + (_DROP if release == _NAMED else "")).replace("job_locks", table)


def taking_over(release: str) -> str:
    """The same with a lease."""
    return f"""
func (r *Repo) Handle(ctx context.Context, name, me string) error {{
	res, err := r.db.Exec("UPDATE job_locks SET owner = ?, locked_until = NOW() + INTERVAL 30 SECOND WHERE name = ? AND (owner IS NULL OR locked_until < NOW())", me, name)
	if err != nil {{
		return err
	}}
	if n, err := res.RowsAffected(); err != nil || n == 0 {{
		return errors.New("busy")
	}}
	{release}
	return r.reply(ctx, name)
}}

func (r *Repo) reply(ctx context.Context, name string) error {{
	return send(ctx, name)
}}
"""


def at_the_end(release: str) -> str:
    """An acquire whose caller gives the row back behind its work."""
    return called("").replace("\t\n\treturn send(ctx, name)", f"\terr = send(ctx, name)\n\t{release}\n\treturn err")


def called(release: str) -> str:
    """An acquire whose caller gives the row back by itself."""
    return f"""
func (r *Repo) TryLock(name, me string) (bool, error) {{
	res, err := r.db.Exec("UPDATE job_locks SET owner = ?, locked_until = NOW() + INTERVAL 30 SECOND WHERE name = ? AND (owner IS NULL OR locked_until < NOW())", me, name)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n == 1, err
}}

func (r *Repo) Handle(ctx context.Context, name, me string) error {{
	ok, err := r.TryLock(name, me)
	if err != nil || !ok {{
		return err
	}}
	{release}
	return send(ctx, name)
}}
"""


_FREE = 'defer r.db.Exec("UPDATE job_locks SET owner = NULL WHERE name = ?", name)'
_KEEP = 'defer r.db.Exec("UPDATE job_locks SET locked_until = NULL WHERE name = ?", name)'

CASES = (
    *(
        Case(f"{title}, given back by {how}", rules, handling(insert, release))
        for title, insert, rules in (
            ("an INSERT in the place where it is needed", _INSERT, ("NP405",)),
            ("an upsert in the place where it is needed", _UPSERT, ("NP401",)),
        )
        for how, release in (
            ("a call", _DEFERRED),
            ("a literal", _LITERAL),
            ("a function with a name", _NAMED),
        )
    ),
    Case("a lease in the place where it is needed, whoever has it", ("NP406",), taking_over(_DEFERRED)),
    Case("a lease in the place where it is needed", (), taking_over(_OWN)),
    Case("a caller puts off a call that frees whoever has it", ("NP406",), called(_FREE)),
    Case("a caller puts off a call that keeps the lock", ("NP402",), called(_KEEP)),
    Case("a caller puts off a call that asks whose it is", (), called(_OWN)),
    *(
        Case(f"a caller gives back at its end: {title}", rules, at_the_end(release.removeprefix("defer ")))
        for title, release, rules in (
            ("whoever has it", _FREE, ("NP406",)),
            ("nothing", _KEEP, ("NP402",)),
            ("its own", _OWN, ()),
        )
    ),
    Case(
        "a caller of a claim writes down that it is done",
        (),
        """
func (r *Repo) ClaimTask(nombor, siapa string) (bool, error) {
	res, err := r.db.Exec("UPDATE tugas SET keadaan = 'jalan', pemilik = ?, luput = NOW() + INTERVAL 1 MINUTE WHERE nombor = ? AND (keadaan = 'baru' OR luput < NOW())", siapa, nombor)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func (r *Repo) Jalankan(ctx context.Context, nombor, siapa string) error {
	ok, err := r.ClaimTask(nombor, siapa)
	if err != nil || !ok {
		return err
	}
	if err := send(ctx, nombor); err != nil {
		return err
	}
	_, err = r.db.Exec("UPDATE tugas SET muatan = '' WHERE nombor = ?", nombor)
	return err
}
""",
    ),
)

_VISIT = "INSERT INTO visits (visitor, last_seen) VALUES (?, NOW())"

ORDINARY = (
    Case(
        "a row as long as a function runs: who is there",
        (),
        handling(_VISIT, _DEFERRED.replace("name =", "visitor ="), "visits"),
    ),
    Case("a row as long as a function runs: a setting", (), handling(_INSERT, _DEFERRED, "settings")),
    Case("a row as long as a function runs: a counter", (), handling(_INSERT, _DEFERRED, "counters")),
    Case(
        "a row that is put back where something fails",
        (),
        handling(_INSERT, "defer func() {\n\t\tif err != nil {\n\t\t\t" + _DELETE + "\n\t\t}\n\t}()", "settings"),
    ),
)
