"""Locks whose unique key has the owner in it, and keys in which an owner is part of the thing that is locked."""

from __future__ import annotations

from dataclasses import dataclass

from tests.locks import HEAD

_CODE = (
    HEAD
    + """
var ErrTaken = errors.New("taken")

func (r *Repo) FUNCTION(ctx context.Context, thing, who string) error {
	BEFORE
	_, err := r.db.ExecContext(ctx, "INSERT INTO TABLE (THING, WHO, locked_at) VALUES (?, ?, NOW())", thing, who)
	var dup *mysql.MySQLError
	if errors.As(err, &dup) && dup.Number == 1062 {
		return ErrTaken
	}
	return err
}

func (r *Repo) Unlock(ctx context.Context, thing, who string) error {
	_, err := r.db.ExecContext(ctx, "DELETE FROM TABLE WHERE THING = ? AND WHO = ?", thing, who)
	return err
}

func (r *Repo) Run(ctx context.Context, thing, who string, work func() error) error {
	if err := r.FUNCTION(ctx, thing, who); err != nil {
		return err
	}
	defer r.Unlock(ctx, thing, who)
	return work()
}
"""
)


@dataclass(frozen=True)
class Keyed:
    """A table with its key, the code, and what it deserves."""

    name: str
    rules: tuple[str, ...]
    schema: str
    code: str


def _case(
    name: str,
    *rules: str,
    key: str = "tool, owner",
    thing: str = "tool",
    who: str = "owner",
    more: str = "",
    table: str = "tool_locks",
    function: str = "Lock",
    before: str = "",
) -> Keyed:
    schema = (
        f"CREATE TABLE {table} (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, {thing} VARCHAR(40) NOT NULL, "
        f"{who} VARCHAR(40) NOT NULL, locked_at DATETIME NOT NULL{more}, UNIQUE KEY uq ({key}));"
    )
    code = _CODE.replace("FUNCTION", function).replace("TABLE", table).replace("THING", thing).replace("WHO", who)
    return Keyed(name, rules, schema, code.replace("BEFORE", before))


_LOOKS = """var n int
	if err := r.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM tool_locks WHERE tool = ?", thing).Scan(&n); err != nil || n > 0 {
		return ErrTaken
	}"""

CASES = (
    _case("the owner in it", "NP401"),
    _case("the worker in it", "NP401", who="worker", key="tool, worker"),
    _case("the thing alone", "NP405", key="tool"),
    _case("the thing alone, beside it", "NP405", more=", UNIQUE KEY one (tool)"),
    _case("a repository of an owner", "NP405", thing="owner", who="repo", key="owner, repo"),
    _case("an owner of some kind", "NP405", thing="kind", key="kind, owner"),
    _case("the number of an owner", "NP405", who="owner_id", key="tool, owner_id"),
    _case("several may read", "NP405", table="shared_tool_locks"),
    _case("another one has it", "NP405", more=", held_by VARCHAR(40) NULL"),
)
LOOKED = _case("who looks before", before=_LOOKS)
