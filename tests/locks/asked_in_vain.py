"""Releases that ask for a token or key that no acquire has put there; and those that ask for the own one."""

from __future__ import annotations

from tests.locks import Case

_CODE = """
type Seals struct {
	db  *sql.DB
	gen func() string
	own string
}

func NewSeals(db *sql.DB) *Seals { return &Seals{db: db, gen: GENERATOR, own: uuid.NewString()} }

func (s *Seals) Acquire(ctx context.Context, job string) (bool, error) {
	res, err := s.db.ExecContext(ctx, `INSERT INTO job_leases (job, owner, lease_until) VALUES (?, ?, NOW(6) + INTERVAL 1 HOUR)
		ON DUPLICATE KEY UPDATE owner = IF(lease_until < NOW(6), VALUES(owner), owner),
		lease_until = IF(lease_until < NOW(6), VALUES(lease_until), lease_until)`, job, TAKEN)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

func (s *Seals) Release(ctx context.Context, job, mine string) error {
	BEFORE
	_, err := s.db.ExecContext(ctx, "DELETE FROM job_leases WHERE job = ? AND owner = ?", job, GIVEN)
	return err
}
"""
_HELPER = """
func token() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

func (s *Seals) once() string {
	once.Do(func() { s.own = uuid.NewString() })
	return s.own
}
"""


def _token(name: str, given: str, *rules: str, taken: str = "", before: str = "", generator: str = "") -> Case:
    code = _CODE.replace("TAKEN", taken or given).replace("GIVEN", given).replace("BEFORE", before)
    return Case(f"a token: {name}", rules, code.replace("GENERATOR", generator or "uuid.NewString") + _HELPER)


_OWN = 'if mine == "" {\n\t\tmine = uuid.NewString()\n\t}'

TOKENS = (
    _token("made anew", "uuid.NewString()", "NP402"),
    _token("made anew, as text", "uuid.New().String()", "NP402"),
    _token("made anew, in a longer text", 'fmt.Sprintf("%s-%s", job, uuid.NewString())', "NP402"),
    _token("in a variable", "again", "NP402", taken="uuid.NewString()", before="again := uuid.NewString()"),
    _token("by a field", "s.gen()", "NP402"),
    _token("by a field that may be anything", "s.gen()", generator="hostname"),
    _token("by a function", "token()", "NP402"),
    _token("the time", "fmt.Sprint(time.Now().UnixNano())", "NP402"),
    _token("the day", 'time.Now().Format("2006-01-02")'),
    _token("the hour", "time.Now().Truncate(time.Hour)"),
    _token("that of the process", "s.own"),
    _token("made once", "s.once()"),
    _token("what the caller gives", "mine", taken="s.own"),
    _token("what the caller gives, if anything", "mine", taken="s.own", before=_OWN),
    _token("of a name", "uuid.NewSHA1(space, []byte(job)).String()"),
    _token("of a cache", "lookUp(job, uuid.NewString())"),
)

_KEYS = """
func (r *Repo) Lock(id int64, owner string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO job_locks (name, owner, locked_at) VALUES (?, ?, NOW())", TAKEN, owner)
	var dup *mysql.MySQLError
	if errors.As(err, &dup) && dup.Number == 1062 {
		return false, nil
	}
	return err == nil, err
}

func (r *Repo) Unlock(id int64, owner string) error {
	_, err := r.db.Exec("DELETE FROM job_locks WHERE name = ? AND owner = ?", GIVEN, owner)
	return err
}

func jobName(id int64) string { return fmt.Sprintf("order:%d", id) }
"""
_OTHERS = """
func (r *Repo) LockUser(id int64, owner string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO job_locks (name, owner, locked_at) VALUES (?, ?, NOW())", NAME, owner)
	var dup *mysql.MySQLError
	if errors.As(err, &dup) && dup.Number == 1062 {
		return false, nil
	}
	return err == nil, err
}
"""


def _key(name: str, given: str, rule: str, taken: str = 'fmt.Sprintf("order:%d", id)', more: str = "") -> Case:
    code = _KEYS.replace("TAKEN", taken).replace("GIVEN", given) + more
    return Case(f"a key: {name}", (rule,), code)


KEYS = (
    _key("of a letter more", 'fmt.Sprintf("orders:%d", id)', "NP402"),
    _key("joined, of a letter more", '"orders:" + strconv.FormatInt(id, 10)', "NP402"),
    _key("a constant", '"order"', "NP402", taken='"orders"'),
    _key("the same", 'fmt.Sprintf("order:%d", id)', "NP405"),
    _key("joined", '"order:" + strconv.FormatInt(id, 10)', "NP405"),
    _key("by a function", "jobName(id)", "NP405"),
    _key("of other capitals", 'fmt.Sprintf("ORDER:%d", id)', "NP405"),
    _key("not known", "keyOf(id)", "NP405"),
    _key(
        "one of two",
        'fmt.Sprintf("user:%d", id)',
        "NP405",
        more=_OTHERS.replace("NAME", 'fmt.Sprintf("user:%d", id)'),
    ),
    _key(
        "one of two, which is not known", 'fmt.Sprintf("user:%d", id)', "NP405", more=_OTHERS.replace("NAME", "of(id)")
    ),
)

_COLUMN = """
func (r *Repo) Lock(room, guest string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO room_locks (room, holder, note) VALUES (?, ?, '')", room, guest)
	var dup *mysql.MySQLError
	if errors.As(err, &dup) && dup.Number == 1062 {
		return false, nil
	}
	return err == nil, err
}

func (r *Repo) NAME(ARGUMENT string) error {
	_, err := r.db.Exec("DELETE FROM room_locks WHERE COLUMN = ?", ARGUMENT)
	return err
}
"""


def _column(name: str, function: str, column: str, argument: str, *rules: str) -> Case:
    code = _COLUMN.replace("NAME", function).replace("COLUMN", column).replace("ARGUMENT", argument)
    return Case(f"a column: {name}", rules, code)


COLUMNS = (
    _column("that of the guest, for the room", "Unlock", "holder", "room", "NP402"),
    _column("that of the room", "Unlock", "room", "room", "NP405"),
    _column("that of the guest", "UnlockAll", "holder", "guest"),
    _column("that of the holder, as it is called", "UnlockAll", "holder", "holder"),
    _column("by a name that says nothing", "UnlockAll", "holder", "id"),
)
