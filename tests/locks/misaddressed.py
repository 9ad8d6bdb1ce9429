"""Releases by the number of a row, which is what the acquire has got, or is another column's."""

from __future__ import annotations

from tests.locks import Case

_ACQUIRE = """
func (r *Repo) Acquire(phone, device string) (RESULT, error) {
	if _, err := r.db.Exec("DELETE FROM chat_session_locks WHERE phone_number = ? AND device_id = ? AND locked_at < NOW() - INTERVAL 30 SECOND", phone, device); err != nil {
		return NONE, err
	}
	res, err := r.db.Exec("INSERT INTO chat_session_locks (phone_number, device_id, locked_at) VALUES (?, ?, NOW())", phone, device)
	var dup *mysql.MySQLError
	if errors.As(err, &dup) && dup.Number == 1062 {
		return NONE, BUSY
	}
	if err != nil {
		return NONE, err
	}
	GOT
}
"""
_RELEASE = """
func (r *Repo) Release(ARGUMENTS) error {
	_, err := r.db.Exec("DELETE FROM chat_session_locks WHERE CONDITION", VALUES)
	return err
}
"""


def _case(name: str, arguments: str, condition: str, values: str, *rules: str, numbered: bool = False) -> Case:
    code = _ACQUIRE.replace("RESULT", "int64" if numbered else "bool").replace("NONE", "0" if numbered else "false")
    code = code.replace("BUSY", 'errors.New("busy")' if numbered else "nil")
    code = code.replace("GOT", "return res.LastInsertId()" if numbered else "_ = res\n\treturn true, nil")
    release = _RELEASE.replace("ARGUMENTS", arguments).replace("CONDITION", condition).replace("VALUES", values)
    return Case(f"a number: {name}", rules, code + release)


CASES = (
    _case("by the key", "phone, device string", "phone_number = ? AND device_id = ?", "phone, device", "NP406"),
    _case("by the phone as a number", "phone, device string", "id = ?", "phone", "NP402"),
    _case("by the device as a number", "phone, device string", "id = ? AND phone_number = ?", "device, phone", "NP402"),
    _case("by the number", "id int64", "id = ?", "id", numbered=True),
    _case("by a number of another name", "session int64", "id = ?", "session"),
    _case("by what it is called there, too", "phone int64", "id = ?", "phone", numbered=True),
)
