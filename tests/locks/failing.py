"""INSERTs whose error is looked at, or is not."""

from __future__ import annotations

from tests.locks import Case


def inserting(failed: str, end: str = "return true, nil", results: str = "(bool, error)") -> str:
    """An acquire that does something where its INSERT has failed."""
    return f"""
func (r *Repo) TryLock(ctx context.Context, name, owner string) {results} {{
	if _, err := r.db.ExecContext(ctx, "DELETE FROM job_locks WHERE name = ? AND locked_until < NOW(6)", name); err != nil {{
		panic(err)
	}}
	if _, err := r.db.ExecContext(ctx, "INSERT INTO job_locks (name, owner, locked_until) VALUES (?, ?, NOW(6) + INTERVAL 30 SECOND)", name, owner); err != nil {{
		{failed}
	}}
	{end}
}}

func (r *Repo) Unlock(ctx context.Context, name, owner string) error {{
	_, err := r.db.ExecContext(ctx, "DELETE FROM job_locks WHERE name = ? AND owner = ?", name, owner)
	return err
}}
"""


_HELD = """var holder string
		if err := r.db.QueryRow("SELECT owner FROM job_locks WHERE name = ?", name).Scan(&holder); err != nil || holder != owner {
			return false, err
		}"""
_TAKEN = """var taken *mysql.MySQLError
		if errors.As(err, &taken) && taken.Number == 1062 {
			return false, nil
		}
		fmt.Println("no locks without a database", err)"""

_FAILED = tuple(
    Case(f"an INSERT has failed: {name}", rules, code)
    for name, rules, code in (
        ("that is logged", ("NP401",), inserting('fmt.Println("lock", name, err)')),
        (
            "that is logged, and true is returned there",
            ("NP401",),
            inserting('fmt.Println("lock", name, err)\n\t\treturn true, nil'),
        ),
        (
            "that is logged, and no error is returned",
            ("NP401",),
            inserting('fmt.Println("lock", name, err)', "return nil", "error"),
        ),
        ("nothing is done", ("NP401",), inserting("_ = err")),
        ("false is returned", (), inserting("return false, err")),
        ("false is returned without the error", (), inserting("return false, nil")),
        ("an error is returned", (), inserting('return fmt.Errorf("busy: %w", err)', "return nil", "error")),
        ("the function panics", (), inserting("panic(err)")),
        ("the program ends", (), inserting("os.Exit(1)")),
        ("the program ends with a log entry", (), inserting("log.Fatal(err)")),
        ("a function is asked", (), inserting("return r.mine(ctx, name, owner)")),
        ("the key is not taken, and work goes on", (), inserting(_TAKEN)),
        ("the holder is read", (), inserting(_HELD)),
    )
)


def thrown(call: str) -> str:
    """An acquire that calls its INSERT in some way and then answers true."""
    insert = 'r.db.ExecContext(ctx, "INSERT INTO job_locks (name, owner, locked_until) VALUES (?, ?, NOW(6) + INTERVAL 30 SECOND)", name, owner)'
    code = inserting("return false, err").replace("if _, err := " + insert + "; err != nil {", "if false {")
    assert insert not in code
    return code.replace("	if false {", "	" + call.replace("CALL", insert) + "\n	if false {")


CASES = (
    *_FAILED,
    *(
        Case(f"the outcome of an INSERT is {name}", rules, thrown(call))
        for name, rules, call in (
            ("thrown away", ("NP401",), "_, _ = CALL"),
            ("not looked at", ("NP401",), "CALL"),
            ("not looked at, behind a comment", ("NP401",), "// take it\n	CALL"),
            ("given to a function", (), "must(CALL)"),
            ("given to a function on another line", (), "must(\n		CALL)"),
            ("kept", (), "_, failed := CALL\n	must(nil, failed)"),
        )
    ),
)
