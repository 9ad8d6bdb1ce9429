"""Claims that ask for error 1062: of an INSERT that gives it, and of one that never does."""

from __future__ import annotations

from tests.locks import Case

_CODE = """
func (r *Repo) NAME(ctx context.Context, phone, via string) (bool, error) {
	RES, err := r.db.ExecContext(ctx, STATEMENT)
	var dup *mysql.MySQLError
	switch {
	case err == nil:
		GOT
	case errors.As(err, &dup) && dup.Number == 1062:
		return LATE, nil
	default:
		return false, err
	}
}
"""
_INSERT = '"VERB sms_sent (phone, via, sent_at) VALUES (?, ?, NOW())TAIL", phone, via'
_COUNT = """n, err := RES.RowsAffected()
		return n == 1, err"""


def _case(
    name: str,
    verb: str,
    *rules: str,
    tail: str = "",
    called: str = "ClaimSend",
    got: str = "return true, nil",
    late: str = "false",
    statement: str = _INSERT,
) -> Case:
    code = _CODE.replace("STATEMENT", statement.replace("VERB", verb).replace("TAIL", tail)).replace("NAME", called)
    code = code.replace("GOT", got).replace("LATE", late).replace("RES", "_" if got == "return true, nil" else "res")
    return Case(f"1062 of a claim: {name}", rules, code)


_UPDATE = " ON DUPLICATE KEY UPDATE via = VALUES(via), sent_at = VALUES(sent_at)"

CASES = (
    _case("INSERT", "INSERT INTO"),
    _case("INSERT IGNORE", "INSERT IGNORE INTO", "NP401"),
    _case("REPLACE", "REPLACE INTO", "NP401"),
    _case("an upsert", "INSERT INTO", "NP401", tail=_UPDATE),
    _case("INSERT IGNORE, counted", "INSERT IGNORE INTO", got=_COUNT),
    _case("an upsert, counted", "INSERT INTO", tail=" ON DUPLICATE KEY UPDATE phone = phone", got=_COUNT),
    _case("of something that is stored", "INSERT IGNORE INTO", called="SaveSend"),
    _case("which says yes, too", "INSERT IGNORE INTO", late="true"),
    _case(
        "an upsert that may meet two keys",
        "",
        statement='"INSERT INTO users (email, name) VALUES (?, ?) ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id), email = VALUES(email)", phone, via',
        called="TakeName",
    ),
)
