"""Lock statements that serve several tables: how a program says which one it means, and what it does with the rows."""

from __future__ import annotations

from collections.abc import Mapping

AI, BOT, SUPPORT = "ai_whatsapp_session_nodepath", "wasapBot_session_nodepath", "support_desk_turn"

SCHEMA = "".join(
    f"""CREATE TABLE {table} (
    id_session INT NOT NULL AUTO_INCREMENT PRIMARY KEY, id_prospect VARCHAR(255) NOT NULL,
    id_device VARCHAR(255) NOT NULL, `timestamp` VARCHAR(255) NOT NULL, UNIQUE KEY uniq (id_prospect, id_device));
"""
    for table in (AI, BOT, SUPPORT)
)

_CALLER = """
func (r *Locks) Handle(phone, device string, reply func() error) error {
	ok, err := r.TryAcquireSession(phone, device)
	if err != nil || !ok {
		return err
	}
	defer r.ReleaseSession(phone, device)
	return reply()
}
"""
_METHODS = (
    """
func (r *Locks) TryAcquireSession(phone, device string) (bool, error) {
{acquire}
}

func (r *Locks) ReleaseSession(phone, device string) error {
{release}
}
"""
    + _CALLER
)

WAYS: Mapping[str, str] = {
    "a field that constructors fill": """
type Locks struct {
	db    *sql.DB
	table string
}

func NewChatLocks(db *sql.DB) *Locks { return &Locks{db: db, table: "AI"} }
func NewBotLocks(db *sql.DB) *Locks  { return &Locks{db, "BOT"} }
"""
    + _METHODS.replace("{acquire}", "{acquire:r.table}").replace("{release}", "{release:r.table}"),
    "a field that constructors fill with constants": """
const (
	chatTable = "AI"
	botTable  = "BOT"
)

type Locks struct {
	db    *sql.DB
	table string
}

func NewChatLocks(db *sql.DB) *Locks { return newLocks(db, chatTable) }
func NewBotLocks(db *sql.DB) *Locks  { return newLocks(db, botTable) }

func newLocks(db *sql.DB, table string) *Locks {
	r := &Locks{db: db}
	r.table = table
	return r
}
"""
    + _METHODS.replace("{acquire}", "{acquire:r.table}").replace("{release}", "{release:r.table}"),
    "a table's name by the kind, in a map": """
var tables = map[string]string{"chat": "AI", "bot": "BOT"}

type Locks struct {
	db   *sql.DB
	kind string
}
"""
    + _METHODS.replace("{acquire}", "{acquire:tables[r.kind]}").replace("{release}", "{release:tables[r.kind]}"),
    "a switch in a function of its own": """
type Locks struct {
	db   *sql.DB
	kind string
}

func (r *Locks) tableName() string {
	switch r.kind {
	case "chat":
		return "AI"
	default:
		return "BOT"
	}
}
"""
    + _METHODS.replace("{acquire}", "{acquire:r.tableName()}").replace("{release}", "{release:r.tableName()}"),
    "a switch in the functions": """
type Locks struct {
	db   *sql.DB
	kind string
}
"""
    + _METHODS.replace(
        "{acquire}", '\ttable := "AI"\n\tif r.kind == "bot" {\n\t\ttable = "BOT"\n\t}\n{acquire:table}'
    ).replace("{release}", '\ttable := "AI"\n\tif r.kind == "bot" {\n\t\ttable = "BOT"\n\t}\n{release:table}'),
    "functions that are given the name": """
type Locks struct{ db *sql.DB }
type BotLocks struct{ db *sql.DB }

func acquireSession(r *Locks, table, phone, device string) (bool, error) {
{acquire:table}
}

func releaseSession(r *Locks, table, phone, device string) error {
{release:table}
}

func (r *Locks) TryAcquireSession(phone, device string) (bool, error) {
	return acquireSession(r, "AI", phone, device)
}

func (r *Locks) ReleaseSession(phone, device string) error {
	return releaseSession(r, "AI", phone, device)
}

func (r *BotLocks) TryAcquireSession(phone, device string) (bool, error) {
	return acquireSession(&Locks{r.db}, "BOT", phone, device)
}

func (r *BotLocks) ReleaseSession(phone, device string) error {
	return releaseSession(&Locks{r.db}, "BOT", phone, device)
}
"""
    + _CALLER
    + _CALLER.replace("*Locks", "*BotLocks"),
    "a struct that two types embed": """
type base struct {
	db    *sql.DB
	table string
}

type ChatLocks struct{ base }
type BotLocks struct{ base }

func NewChatLocks(db *sql.DB) *ChatLocks { return &ChatLocks{base{db: db, table: "AI"}} }
func NewBotLocks(db *sql.DB) *BotLocks   { return &BotLocks{base{db, "BOT"}} }
"""
    + _METHODS.replace("*Locks", "*base")
    .replace("{acquire}", "{acquire:r.table}")
    .replace("{release}", "{release:r.table}"),
    "a configuration": """
type Config struct{ Table string }

type Locks struct {
	db  *sql.DB
	cfg Config
}

func New(db *sql.DB, cfg Config) *Locks { return &Locks{db: db, cfg: cfg} }

func All(db *sql.DB) []*Locks { return []*Locks{New(db, Config{Table: "AI"}), New(db, Config{Table: "BOT"})} }
"""
    + _METHODS.replace("{acquire}", "{acquire:r.cfg.Table}").replace("{release}", "{release:r.cfg.Table}"),
    "a method of a kind": """
type Kind string

const (
	Chat Kind = "chat"
	Bot  Kind = "bot"
)

func (k Kind) Table() string {
	if k == Bot {
		return "BOT"
	}
	return "AI"
}

type Locks struct {
	db   *sql.DB
	kind Kind
}
"""
    + _METHODS.replace("{acquire}", "{acquire:r.kind.Table()}").replace("{release}", "{release:r.kind.Table()}"),
    "methods that their callers give the name": """
type Locks struct{ db *sql.DB }

func (r *Locks) TryAcquireSession(table, phone, device string) (bool, error) {
{acquire:table}
}

func (r *Locks) ReleaseSession(table, phone, device string) error {
{release:table}
}
"""
    + "".join(
        _CALLER.replace("Handle(", f"Handle{name}(").replace("Session(phone", f'Session("{name}", phone')
        for name in ("AI", "BOT")
    ),
    "a generic type": """
type Locks[K comparable] struct {
	db    *sql.DB
	table string
	last  K
}

func New[K comparable](db *sql.DB, table string) *Locks[K] { return &Locks[K]{db: db, table: table} }

func Both(db *sql.DB) (*Locks[string], *Locks[int]) { return New[string](db, "AI"), New[int](db, "BOT") }
"""
    + _METHODS.replace("*Locks", "*Locks[K]")
    .replace("{acquire}", "{acquire:r.table}")
    .replace("{release}", "{release:r.table}"),
    "an interface that two types meet": """
type tabled interface{ Table() string }

type chat struct{}
type bot struct{}

func (chat) Table() string { return "AI" }
func (bot) Table() string  { return "BOT" }

type Locks struct {
	db *sql.DB
	tabled
}

func NewLocks(db *sql.DB) []*Locks { return []*Locks{{db, chat{}}, {db, bot{}}} }
"""
    + _METHODS.replace("{acquire}", "{acquire:r.Table()}").replace("{release}", "{release:r.Table()}"),
}
"""Programs with two lock tables; in braces, what takes and gives back a row of the table that stands behind a colon."""

UPSERT = """	query := fmt.Sprintf("INSERT INTO %s (id_prospect, id_device, `timestamp`) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE `timestamp` = VALUES(`timestamp`)", TABLE)
	if _, err := r.db.Exec(query, phone, device, time.Now().Format("2006-01-02 15:04:05")); err != nil {
		return false, err
	}
	return true, nil"""
COUNTED = """	query := fmt.Sprintf("INSERT IGNORE INTO %s (id_prospect, id_device, `timestamp`) VALUES (?, ?, ?)", TABLE)
	res, err := r.db.Exec(query, phone, device, time.Now().Format("2006-01-02 15:04:05"))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err"""
LOCKING = """	tx, err := r.db.Begin()
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	var age int
	err = tx.QueryRow("SELECT TIMESTAMPDIFF(SECOND, `timestamp`, NOW()) FROM "+TABLE+" WHERE id_prospect = ? AND id_device = ? FOR UPDATE", phone, device).Scan(&age)
	if err == sql.ErrNoRows {
		_, err = tx.Exec("INSERT INTO "+TABLE+" (id_prospect, id_device, `timestamp`) VALUES (?, ?, NOW())", phone, device)
	} else if err == nil {
		if age <= 30 {
			return false, nil
		}
		_, err = tx.Exec("UPDATE "+TABLE+" SET `timestamp` = NOW() WHERE id_prospect = ? AND id_device = ?", phone, device)
	}
	if err != nil {
		return false, err
	}
	return true, tx.Commit()"""
TOUCH = """	query := fmt.Sprintf("UPDATE %s SET `timestamp` = ? WHERE id_prospect = ? AND id_device = ?", TABLE)
	_, err := r.db.Exec(query, time.Now().Format("2006-01-02 15:04:05"), phone, device)
	return err"""
DELETE = """	_, err := r.db.Exec("DELETE FROM "+TABLE+" WHERE id_prospect = ? AND id_device = ?", phone, device)
	return err"""
_PURGE = """
func Purge(db *sql.DB) error {{
	for _, table := range []string{{"{ai}", "{bot}"}} {{
		if _, err := db.Exec("DELETE FROM " + table + " WHERE `timestamp` < NOW() - INTERVAL 1 HOUR"); err != nil {{
			return err
		}}
	}}
	return nil
}}
"""

PROTOCOLS: Mapping[str, tuple[str, str, list[str]]] = {
    "V3": (UPSERT, TOUCH, ["NP401", "NP402"]),
    "an upsert with a DELETE": (UPSERT, DELETE, ["NP401"]),
    "V4": (LOCKING, DELETE, ["NP404", "NP406"]),
    "a counted INSERT that stays": (COUNTED, TOUCH, ["NP402"]),
    "a counted INSERT with a DELETE": (COUNTED, DELETE, []),
}
"""What takes a row, what gives it back, and what is said of it where old rows are purged by another function."""


def program(way: str, acquire: str, release: str, ai: str = AI, bot: str = BOT) -> str:
    """Return a file with one protocol for two tables."""
    code = WAYS[way]
    for name, body in (("acquire", acquire), ("release", release)):
        while (start := code.find("{" + name + ":")) >= 0:
            end = code.index("}", start)
            code = code[:start] + body.replace("TABLE", code[start:end].partition(":")[2]) + code[end + 1 :]
    return code.replace('"AI"', f'"{ai}"').replace('"BOT"', f'"{bot}"') + _PURGE.format(ai=ai, bot=bot)
