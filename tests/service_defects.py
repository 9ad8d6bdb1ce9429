"""Defects for the tree in `tests/service`: one small edit each, and what must be reported for it.

Every edit was made on a copy of the tree, the program was run on a driver that records what it sends, and MariaDB
10.11 with the tree's own tables was asked: it answers the error number that stands here, and accepts everything else.
The clause is in MySQL's words (its manual), since that is the default dialect.

An edit is written as one text: `WHERE «nich|niche» = ?` means that the file holds `WHERE niche = ?` once, that the
defect puts `nich` there, and that the finding frames exactly this.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FLOWS = "internal/repository/flow_repository.go"
PROSPECTS = "internal/repository/ai_whatsapp_repository.go"
BOT = "internal/repository/wasapbot_repository.go"
LOCKS = "internal/repository/session_repository.go"
DEVICES = "internal/repository/device_repository.go"
QUERIES = "internal/repository/queries.go"
USERS = "internal/services/user_service.go"
ORDERS = "internal/services/order_service.go"
ENGINE = "internal/services/flow_engine.go"
STAGES = "internal/handlers/stage_handler.go"
HEALTH = "internal/handlers/health_handler.go"
ADMIN = "internal/handlers/admin_handler.go"
WEBHOOK = "internal/whatsapp/webhook.go"
REPORTS = "internal/reports/report.go"
SCHEMA = "internal/database/schema.go"
MIGRATE = "internal/database/migrate.go"
LABELS_MADE = "migrations/000001_stage_labels.up.sql"
LABELS = "migrations/000002_stage_label_colour.up.sql"

FIELD, WHERE, ON, USING = "field list", "where clause", "on clause", "from clause"
GROUP, HAVING, ORDER, IN = "group statement", "having clause", "order clause", "IN/ALL/ANY subquery"

ERRNO = {"NP101": 1054, "NP102": 1146, "NP103": 1052, "NP104": 1136, "NP105": 1364}

_EDIT = re.compile("«([^|]*)[|]([^»]*)»", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding is expected: lines and columns, 1-based, in characters, the end exclusive.

    A finding about a whole statement (NP104, NP105) lies anywhere between the two lines.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Defect:
    """One planted defect."""

    file: str
    edit: str
    """The text with the edit in it, as the module says."""
    rule: str
    identifier: str | None
    clause: str | None = None
    suggestion: str | None = None
    """A replacement that must be among the suggestions."""
    seen: tuple[str, str] | None = None
    """Another file and a text of it, the reported part between « and »: the edit is right as such, but breaks that."""

    follows: bool = False
    """The reported name stands right behind the edit's text."""

    @property
    def errno(self) -> int:
        """The server's answer."""
        return ERRNO[self.rule]

    @property
    def whole(self) -> bool:
        """The finding is about the whole statement."""
        return self.rule in ("NP104", "NP105")

    @property
    def name(self) -> str:
        """A short name for the test's id."""
        stem = self.file.rsplit("/", 1)[1].split(".")[0]
        return f"{self.rule}-{stem}-{self.identifier or 'count'}"

    def plant(self, text: str) -> str:
        """Return the file's text with the defect in it."""
        return self._marked(text).replace("«", "").replace("»", "")

    def place(self, text: str, seen_text: str | None = None) -> Place:
        """Return where the finding must be; `text` is the file as it was, `seen_text` that of the file in `seen`."""
        if self.seen is None or seen_text is None:
            return _place(self.file, self._marked(text))
        path, marked = self.seen
        return _place(path, _once(seen_text, marked.replace("«", "").replace("»", ""), marked))

    def _marked(self, text: str) -> str:
        old, name = _EDIT.sub(r"\2", self.edit), self.identifier if self.follows else ""
        new = _EDIT.sub(r"\1", self.edit) + f"«{name}»" if self.follows else _EDIT.sub(r"«\1»", self.edit)
        return _once(text, f"{old}{name}", new)


def _once(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise ValueError(f"{text.count(old)} times in the file: {old!r}")
    return text.replace(old, new)


def _place(path: str, marked: str) -> Place:
    before, rest = marked.split("«")
    inside = rest.split("»")[0]
    return Place(path, *_position(before), *_position(before + inside))


def _position(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _parts(edit: str) -> tuple[str, str]:
    """The name that the edit puts in, and the one that was there."""
    found = _EDIT.search(edit)
    if found is None:
        raise ValueError(f"no edit in {edit!r}")
    return found.group(1), found.group(2)


def _column(file: str, edit: str, clause: str) -> Defect:
    return Defect(file, edit, "NP101", _parts(edit)[0].rsplit(".", 1)[-1], clause)


def _near(file: str, edit: str, clause: str) -> Defect:
    """An unknown column whose right name must be suggested."""
    new, old = _parts(edit)
    return Defect(file, edit, "NP101", new, clause, old)


def _qualifier(file: str, edit: str, column: str, clause: str) -> Defect:
    """Another qualifier before a column; the edit ends before the column's name."""
    return Defect(file, edit, "NP101", column, clause, follows=True)


def _elsewhere(file: str, edit: str, seen: tuple[str, str], suggestion: str | None) -> Defect:
    """Another column in the tables that the server creates; the statement is as it was."""
    text = seen[1]
    return Defect(file, edit, "NP101", text[text.index("«") + 1 : text.index("»")], FIELD, suggestion, seen)


def _table(file: str, edit: str) -> Defect:
    new, old = _parts(edit)
    return Defect(file, edit, "NP102", new, None, old)


def _ambiguous(file: str, edit: str, clause: str) -> Defect:
    return Defect(file, edit, "NP103", _parts(edit)[0], clause)


def _count(file: str, edit: str) -> Defect:
    return Defect(file, edit, "NP104", None)


def _required(file: str, edit: str, column: str) -> Defect:
    return Defect(file, edit, "NP105", column)


UNKNOWN_COLUMNS = (
    # Select lists: plain, qualified, in a function, in a constant of another file, in a subquery, after a comment.
    _near(FLOWS, "SELECT id, «nmae|name», description, niche, id_device\n", FIELD),
    _near(QUERIES, '"SELECT id, name, description, «node|nodes», edges FROM "', FIELD),
    _near(QUERIES, '«prospects_name|prospect_name», stage, niche, human"', FIELD),
    _column(QUERIES, "SELECT d.id, d.«owner_id|user_id», u.email", FIELD),
    _column(ENGINE, "COALESCE(«introduction|intro», '')", FIELD),
    _near(ENGINE, "COALESCE(«prospect_nama|prospect_name», '')", FIELD),
    _column(WEBHOOK, "SELECT «device_name|id_device» -- the name", FIELD),
    _near(REPORTS, "a.prospect_num, a.stage, c.«messages|message»", FIELD),
    _near(REPORTS, "MIN(«stages|stage») AS first_stage", FIELD),
    _column(REPORTS, "CASE WHEN «exec_status|execution_status» = 'completed'", FIELD),
    _column(REPORTS, "SELECT day.date, SUM(day.«amount|total»)", FIELD),
    _near(REPORTS, "w.tarikh_gaji, w.«marketer|marketer_id» FROM", FIELD),
    _column(REPORTS, "u.email, u.phone, d.«devices_id|id_device», SUM", FIELD),
    _near(ADMIN, "SELECT 'user', u.id, u.«created_on|created_at»", FIELD),
    _column(HEALTH, "SELECT ID, USER, TIME, «STATUS|STATE», INFO", FIELD),
    _column(HEALTH, "SELECT COLUMN_NAME, DATA_TYPE, «NULLABLE|IS_NULLABLE»", FIELD),
    _near(ORDERS, "SELECT amount, status, product, «methods|method» FROM", FIELD),
    _near(DEVICES, "SELECT id_device, api_key, «api_option|api_key_option» FROM", FIELD),
    _near(LOCKS, "SELECT «id_sessionX|id_sessionY», id_device FROM", FIELD),
    # Backquoted names: the finding frames what is inside the quotes.
    _near(LOCKS, "SELECT s.`«timestmp|timestamp»` FROM", FIELD),
    # WHERE: in fragments that are added under a condition, joined from a slice, spliced in from a variable.
    _near(FLOWS, '" AND «nich|niche» LIKE ?"', WHERE),
    _column(FLOWS, 'SET name = ?, updated_at = NOW() WHERE «flow_id|id» = ?"', WHERE),
    _near(FLOWS, "WHERE «ids|id» IN (%s)", WHERE),
    _near(PROSPECTS, '"«stge|stage» = ?")', WHERE),
    _near(PROSPECTS, "(prospect_name LIKE ? OR «prospect_number|prospect_num» LIKE ?)", WHERE),
    _near(PROSPECTS, 'conditions := []string{"«device_id|id_device» = ?"}', WHERE),
    _near(PROSPECTS, "WHERE «waiting_reply|waiting_for_reply» = 1\n", WHERE),
    _column(PROSPECTS, "WHERE «phone_number|prospect_num» IN (`+placeholders", WHERE),
    _column(QUERIES, "\" AND «status|execution_status» = 'active'\"", WHERE),
    _column(BOT, '"WHERE w.«id_device|instance» = ?"', WHERE),
    _column(BOT, '" AND w.«date_begin|date_start» BETWEEN ? AND ?"', WHERE),
    _near(BOT, '") AND «instances|instance» IS NOT NULL"', WHERE),
    _near(LOCKS, 'AND `«locked_at|timestamp»` = ?"', WHERE),
    _column(LOCKS, "WHERE locks.«id_prospect|id_device» = ?", WHERE),
    _column(DEVICES, "WHERE «phone|phone_number» = ? AND id <> ?", WHERE),
    _column(DEVICES, '" WHERE «ident|id» = ?")', WHERE),
    _near(DEVICES, "FROM %s WHERE «user|user_id» = ?", WHERE),
    _near(USERS, "WHERE email = ? AND «active|is_active» = 1", WHERE),
    _column(USERS, "SELECT 1 FROM user_sessions_nodepath s WHERE s.user_id = u.«uid|id»", WHERE),
    _column(USERS, 'SET user_id = NULL WHERE «owner|user_id» = ?",\n\t\t"UPDATE orders', WHERE),
    _near(ADMIN, '"number":  "«prospect_no|prospect_num»"', WHERE),
    _near(ADMIN, '"keyword": "«keyword_iklan|keywordiklan»"', WHERE),
    _near(REPORTS, '" AND a.«is_human|human» = ?"', WHERE),
    _column(REPORTS, "l WHERE l.prospect_num = a.«prospect_phone|prospect_num»)", WHERE),
    _near(ENGINE, "WHERE «execution_state|execution_status» = 'active'\", table", WHERE),
    _near(ENGINE, "WHERE a.execution_status = 'completed' AND c.«senders|sender»", WHERE),
    # Columns count characters: these stand behind letters of more than one byte, and behind escapes.
    _near(WEBHOOK, "'%✓ é%' AND «prospect_mum|prospect_num» = ?", WHERE),
    _near(WEBHOOK, "WHERE prospect_num = ?\\tAND «sendr|sender»", WHERE),
    # ON, USING.
    _column(QUERIES, "ON u.«user_id|id» = d.user_id", ON),
    _near(DEVICES, "ON f.«device_id|id_device» = d.id_device", ON),
    _column(REPORTS, "o.user_id = u.id AND o.«state|status» = 'Success'", ON),
    _column(ENGINE, "AND older.«text|message» = newer.message", ON),
    _column(REPORTS, "ON then_.keyword = now_.«keywordiklan|keyword»", ON),
    _column(STAGES, "USING («label|stage»)", USING),
    # GROUP BY, HAVING, ORDER BY.
    _near(REPORTS, "GROUP BY «niches|niche»\n", GROUP),
    _near(REPORTS, "GROUP BY «marketer_id|marketer»\n", GROUP),
    _near(STAGES, "GROUP BY v.stage, l.label, l.«color|colour»", GROUP),
    _column(PROSPECTS, "HAVING «totals|total» > 0", HAVING),
    _near(REPORTS, "MAX(«update_at|updated_at») > DATE_SUB", HAVING),
    _column(FLOWS, '" ORDER BY updated_at DESC, «title|name»"', ORDER),
    _column(BOT, "ORDER BY w.«updated_at|date_last» DESC", ORDER),
    _column(PROSPECTS, "ORDER BY «order_date|date_order» DESC", ORDER),
    _column(STAGES, '" ORDER BY stage, «id|stageSetValue_id»"', ORDER),
    _near(PROSPECTS, "ORDER BY «created|created_at»\n\t\tLIMIT 500", ORDER),
    _column(ORDERS, "ORDER BY o.«date_created|created_at» %s", ORDER),
    # The left operand of IN (subquery), and the subquery itself.
    _column(USERS, "AND u.«user_id|id» NOT IN", IN),
    _near(USERS, "o WHERE o.«userid|user_id» IS NOT NULL", WHERE),
    # INSERT: the column list, SET, the SELECT, and what follows ON DUPLICATE KEY UPDATE.
    _near(PROSPECTS, "niche, stage, flow_id, «flow_ref|flow_reference», execution_id,", FIELD),
    _near(BOT, "«peringkat_skolah|peringkat_sekolah», umur, kerja, sijil, stage", FIELD),
    _column(ORDERS, "INSERT INTO orders_nodepath SET product = ?, amount = ?, «buyer_id|user_id» = ?", FIELD),
    _near(ORDERS, "(product, amount, «pay_method|method») VALUES %s", FIELD),
    _column(FLOWS, "f.description, f.niche, ?, f.«graph|nodes», f.edges", FIELD),
    _near(LOCKS, "ai_whatsapp_session_nodepath («phone_number|id_prospect», id_device, ` +", FIELD),
    _near(LOCKS, '(id_prospect, id_device, ` + "`«last_activity|timestamp»`" + `)\n\t\tVALUES', FIELD),
    _near(DEVICES, "«webhook|webhook_id» = VALUES(webhook_id),", FIELD),
    _near(DEVICES, "provider = VALUES(«providers|provider»),", FIELD),
    _column(DEVICES, "COALESCE(VALUES(instance), «old_instance|instance»)", FIELD),
    _column(REPORTS, "ON DUPLICATE KEY UPDATE «msg|message» = VALUES(message)", FIELD),
    # UPDATE: both sides of SET, a SET list that grows, a joined UPDATE.
    _near(PROSPECTS, "SET last_node_id = «current_node|current_node_id»,\n", FIELD),
    _near(PROSPECTS, "SET balas = ?, «updated_today|update_today» = CURDATE()", FIELD),
    _column(PROSPECTS, '"today": "«today|update_today»"', FIELD),
    _column(PROSPECTS, "SET %s, «modified_at|updated_at» = NOW() WHERE", FIELD),
    _column(BOT, "SET temp_stage = «phase|stage», stage = ?", FIELD),
    _near(BOT, "SET «input|user_input» = ?, conv_last = CONCAT", FIELD),
    _column(DEVICES, '", «secret|webhook_secret» = ?"', FIELD),
    _near(DEVICES, "d.id_erp = u.«mail|email»", FIELD),
    _column(USERS, "SET «last_seen|last_login» = NOW()", FIELD),
    _column(ORDERS, "THEN «state|status» ELSE ? END", FIELD),
    _near(LABELS, "SET «color|colour» = '#22aa44'", FIELD),
)

WRONG_ALIASES = (
    # A name that an alias hides, and aliases that are not there: the column is reported, not its qualifier.
    _qualifier(USERS, "WHERE «user_sessions_nodepath|s».", "token", WHERE),
    _qualifier(ADMIN, "MAX(«ai|a».", "updated_at", FIELD),
    _qualifier(REPORTS, "GROUP BY u.id, «usr|u».", "full_name", GROUP),
)

CHANGED_TABLES = (
    # The code is as it was; the tables that the server creates have another column.
    _elsewhere(SCHEMA, "«stage_before|temp_stage» VARCHAR(200)", (BOT, "SET «temp_stage» = stage, stage = ?"), None),
    _elsewhere(
        MIGRATE, 'name: "«webhook_token|webhook_secret»"', (DEVICES, '", «webhook_secret» = ?"'), "webhook_token"
    ),
    _elsewhere(
        MIGRATE,
        "ADD COLUMN «state|status» VARCHAR(50) DEFAULT 'Trial'",
        (USERS, "(id, email, full_name, password, «status»)"),
        None,
    ),
)

UNKNOWN_TABLES = (
    _table(BOT, "UPDATE «wasapbot_nodepath|wasapBot_nodepath» SET nota = ?"),
    _table(BOT, '"SELECT COUNT(*) FROM «WasapBot_nodepath|wasapBot_nodepath» w "'),
    _table(LOCKS, "DELETE FROM «wasapBot_session|wasapBot_session_nodepath»"),
    _table(LOCKS, "AS id, id_device FROM «ai_whatsapp_session|ai_whatsapp_session_nodepath»"),
    _table(ORDERS, "REPLACE INTO «order_nodepath|orders_nodepath»"),
    _table(USERS, "JOIN «users_nodepath|user_nodepath» u ON s.user_id"),
    _table(QUERIES, '"«chatbot_flow_nodepath|chatbot_flows_nodepath»"'),
    _table(STAGES, '"DELETE FROM «stagesetvalue_nodepath|stageSetValue_nodepath»'),
    _table(ENGINE, "c FROM «conversation_logs_nodepath|conversation_log_nodepath» AS c"),
    _table(ENGINE, 'table = "«wasapBot|wasapBot_nodepath»"'),
    _table(ADMIN, '"«user_node_path|user_nodepath»", "conversation_log_nodepath"}'),
    _table(DEVICES, 'table: "«device_settings_nodepath|device_setting_nodepath»"'),
    _table(REPORTS, "FROM «conversation_log|conversation_log_nodepath» l WHERE"),
)

AMBIGUOUS_COLUMNS = (
    _ambiguous(QUERIES, "SELECT «id|d.id», d.user_id, u.email", FIELD),
    _ambiguous(ADMIN, "WHERE «id|own.id» IS NULL", WHERE),
    _ambiguous(REPORTS, "SELECT a.prospect_num, «stage|a.stage», c.message", FIELD),
    _ambiguous(REPORTS, "  AND c.sender = 'user'\n\t\tORDER BY «created_at|c.created_at»", ORDER),
    _ambiguous(ENGINE, "ON older.prospect_num = «prospect_num|newer.prospect_num»", ON),
    _ambiguous(DEVICES, "WHERE «id_device|d.id_device» = ?\n\t`, idDevice)", WHERE),
    _ambiguous(DEVICES, "WHERE «id|u.id» = ?", WHERE),
    _ambiguous(REPORTS, "u.email, u.phone, «created_at|d.id_device»\n", GROUP),
)

COUNTS = (
    _count(FLOWS, "edges, created_at«\n\t\t) VALUES (?,|, updated_at\n\t\t) VALUES (?,»"),
    _count(LOCKS, "`«)\n\t\tVALUES (?, ?)|)\n\t\tVALUES (?, ?, ?)»`\n\treturn r.insert(query, prospect, device)"),
    _count(ORDERS, "«VALUES (?, 0)|VALUES (?, 0, 'forgotten')»"),
    _count(USERS, "«VALUES (UUID(), ?, ?, NULL, DATE_ADD|VALUES (UUID(), ?, ?, DATE_ADD»"),
    _count(
        REPORTS,
        "«(id, prospect_num, sender, message)\n\t\tSELECT CONCAT('report-', ?), 'report', "
        "CONCAT(COUNT(*), ' prospects')\n\t\tFROM ai_whatsapp_nodepath\n\t\tWHERE DATE(created_at) = ?"
        "|(id, prospect_num, sender, message)\n\t\tSELECT CONCAT('report-', ?), 'report', 'staff', "
        "CONCAT(COUNT(*), ' prospects')\n\t\tFROM ai_whatsapp_nodepath\n\t\tWHERE DATE(created_at) = ?»",
    ),
    _count(LABELS_MADE, "«('Details')|('Details', 'Asked for details')»"),
)

REQUIRED = (
    _required(
        USERS,
        "«(id, email, password, status)\n\t\t\tVALUES (?, ?, ?, 'Trial')"
        "|(id, email, full_name, password, status)\n\t\t\tVALUES (?, ?, ?, ?, 'Trial')»",
        "full_name",
    ),
    _required(
        USERS,
        "«(id, user_id, token) VALUES (UUID(), ?, ?)"
        "|(id, user_id, token, expires_at) VALUES (UUID(), ?, ?, DATE_ADD(NOW(), INTERVAL 7 DAY))»",
        "expires_at",
    ),
    _required(ORDERS, "orders_nodepath SET «product = ?, user_id|product = ?, amount = ?, user_id»", "amount"),
    _required(ORDERS, "«(id, amount) VALUES (?, 0)|(id, amount, product) VALUES (?, 0, 'forgotten')»", "product"),
    _required(
        WEBHOOK,
        "«(id, prospect_num, sender, message_type) VALUES (UUID(), ?, 'user', 'text')"
        "|(id, prospect_num, sender, message, message_type) VALUES (UUID(), ?, 'user', ?, 'text')»",
        "message",
    ),
    _required(
        LOCKS,
        '«(id_prospect, id_device) VALUES (?, ?)|(id_prospect, id_device, ` + "`timestamp`" + `) VALUES (?, ?, ?)»',
        "timestamp",
    ),
    _required(
        STAGES,
        "«(stage, type_inputData, columnsData, inputHardCode)\n\t\tVALUES (?, ?, ?, ?)"
        "|(id_device, stage, type_inputData, columnsData, inputHardCode)\n\t\tVALUES (?, ?, ?, ?, ?)»",
        "id_device",
    ),
    _required(
        FLOWS,
        "«(id, name, niche, id_device, nodes, edges)\n\t\tSELECT UUID(), CONCAT(f.name, ' (copy)'), f.niche,"
        "|(id, name, description, niche, id_device, nodes, edges)\n"
        "\t\tSELECT UUID(), CONCAT(f.name, ' (copy)'), f.description, f.niche,»",
        "description",
    ),
)

DEFECTS = UNKNOWN_COLUMNS + WRONG_ALIASES + CHANGED_TABLES + UNKNOWN_TABLES + AMBIGUOUS_COLUMNS + COUNTS + REQUIRED
