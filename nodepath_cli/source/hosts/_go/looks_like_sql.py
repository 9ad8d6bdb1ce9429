"""Telling SQL from English: a verb alone is not enough, the words that must follow it have to be there."""

from __future__ import annotations

import re
from functools import cache

from nodepath_cli.patterns import lazy
from nodepath_cli.source.spelling import meant_verb
from nodepath_cli.source.statement import HOLE

# A name as SQL or a template writes it: quoted, a hole, a placeholder of a template engine, or a verb that formats one
# (`%n`). Atomic groups keep the patterns linear: a name never gives characters back. No letter stands in it but for the
# verb's, in both cases, and without a look at their cases it is compiled in half the time.
_NAME = r"(?-i:(?>(?:[\w$@]|[^\x00-\x7f]|`[^`]*`|\"[^\"]*\"|\[[^\]]*\]|\$?\{\{?[^{}]*\}?\}|%\w+%|%[A-Za-z](?!\w))+))"
_NAMES = rf"(?>{_NAME}(?:\s*\.\s*{_NAME})*)"
_LEAD = lazy(r"(?>\s|\(|;|--[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|/\*(?!!).*?\*/)*", re.DOTALL)

_COMMENT = lazy(r"/\*(?!!).*?\*/", re.DOTALL)

_JOIN = r"(?:(?:left|right|inner|cross|outer|natural|straight_)\s*)*join\b"
_ARTICLE = r"(?!(?:the|a|an|your|this|that|these|all of|one of|any|some|to|of|with|for|and|or)\s+\w)"
_AFTER = r"(?:where|using|order|limit|inner|left|right|cross|join|returning|partition)"
# Cassandra's, in front of SET: https://cassandra.apache.org/doc/latest/cassandra/developing/cql/dml.html
_LIFETIME = r"(?:\s+using\s+(?:ttl|timestamp)\s+\S+(?:\s+and\s+(?:ttl|timestamp)\s+\S+)?)?"
_DML = {
    "select": [
        rf"\b(?=[\s(*`'\"{HOLE}@]).*?[\s)*`'\"\]{HOLE}]from\s*[\s(`\"\[{HOLE}]\s*{_ARTICLE}(?:[\w`\"\[({{$%@]|[^\x00-\x7f])",
        rf"\s+(?:distinct\s+|all\s+|sql_\w+\s+)*(?:\d+|\?|'|\"[^\"]*\"|null\b|true\b|false\b|@@?\w|\(|not\s|exists\s*\(|case\s|-?\d|"
        rf"cast\s*\(|[\w.]+\(|current_\w+|{HOLE})",
    ],
    "insert": [
        rf"\s+(?:(?:low_priority|delayed|high_priority|ignore|or\s+\w+)\s+)*into\s+{_NAMES}\s*(?:\(|values?\b|select\b|set\b|with\b|table\b|as\b|default\s+values|partition\b|{HOLE})",
        rf"\s+(?:ignore\s+)?{_NAMES}\s*(?:\([^)]*\)\s*(?:values?|select)\b|values\s*\(|set\s+{_NAMES}\s*=)",
    ],
    "replace": [
        rf"\s+(?:(?:low_priority|delayed)\s+)?into\s+{_NAMES}\s*(?:\(|values?\b|select\b|set\b|{HOLE})",
    ],
    "update": [
        rf"\s+(?:(?:low_priority|ignore|only|or\s+\w+)\s+)*{_NAMES}(?:\s+as)?(?:\s+(?!set\b|using\b){_NAME})?{_LIFETIME}\s+set\s*(?:{_NAMES}\s*=|{HOLE}|\(|$)",
        rf"\s+(?:ignore\s+)?{_NAMES}(?:\s+as)?(?:\s+(?!{_JOIN}){_NAME})?(?:\s*,|\s+{_JOIN})[^;]{{0,3000}}?\sset\s+{_NAMES}\s*=",
    ],
    "delete": [
        rf"\s+(?:(?:low_priority|quick|ignore)\s+)*(?:{_NAMES}(?:\s*\.\s*\*)?(?:\s*,\s*{_NAMES})*\s+)?from\s+{_ARTICLE}{_NAMES}(?:\s*(?:$|[;,)])|(?:\s+(?!{_AFTER}\b)(?:as\s+)?{_NAMES})?\s*(?:{_AFTER}\b|{HOLE}))",
    ],
    "with": [
        rf"\s+(?:recursive\s+)?{_NAME}\s*(?:\([^)]*\)\s*)?as\s+(?:(?:not\s+)?materialized\s+)?\(",
    ],
    "values": [r"\s+row\s*\("],
}
"""By a statement's verb: what may stand behind it."""
_CONTAINER = (
    rf"\s+(?:database|schema|user|role)\s+(?:if\s+(?:not\s+)?exists\s+)?{_NAMES}\s*"
    rf"(?:$|;|character|charset|collate|default|identified|{HOLE}|'|@)"
)
_DDL = {
    "create": [
        r"\s+(?:or\s+replace\s+)?(?:temporary\s+|temp\s+|unlogged\s+|virtual\s+)*table\s+(?:if\s+not\s+exists\s+)?"
        rf"{_NAMES}\s*(?:\(|as\b|like\b|select\b|using\b|{HOLE})",
        rf"\s+(?:unique\s+|fulltext\s+|spatial\s+)?index\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?{_NAMES}\s+(?:using\s+\w+\s+)?on\s+{_NAMES}",
        rf"\s+(?:or\s+replace\s+)?(?:algorithm\s*=\s*\w+\s+)?(?:definer\s*=\s*\S+\s+)?(?:sql\s+security\s+\w+\s+)?(?:materialized\s+)?view\s+(?:if\s+not\s+exists\s+)?{_NAMES}",
        rf"\s+(?:or\s+replace\s+)?(?:definer\s*=\s*\S+\s+)?(?:trigger|procedure|function|event|sequence|extension|type)\s+(?:if\s+not\s+exists\s+)?{_NAMES}\s*(?:\(|before|after|as|on|start|increment|$|;|{HOLE})",
        _CONTAINER,
    ],
    "alter": [
        _CONTAINER,
        rf"\s+(?:online\s+|ignore\s+)*table\s+(?:if\s+exists\s+|only\s+)*{_NAMES}\s*(?:\b(?:add|drop|modify|change|rename|alter|convert|engine|auto_increment|default|character|comment|order|enable|disable|partition|owner|row_format|collate|set|attach|algorithm|lock|force)\b|{HOLE}|$)",
        rf"\s+(?:view|sequence|index|type|trigger|event)\s+{_NAMES}\s+\w+",
    ],
    "drop": [
        _CONTAINER,
        rf"\s+(?:temporary\s+)?(?:table|view|index|trigger|procedure|function|event|sequence|type)\s+(?:concurrently\s+)?(?:if\s+exists\s+)?{_NAMES}(?:\s*,\s*{_NAMES})*\s*(?:$|;|cascade|restrict|on\s+{_NAMES})",
    ],
    "rename": [rf"\s+table\s+{_NAMES}\s+to\s+{_NAMES}"],
    "truncate": [rf"\s+(?:table\s+{_NAMES}|{_NAMES})\s*(?:$|;|restart|cascade)"],
}
_OF_TABLES = [rf"\s+(?:local\s+|no_write_to_binlog\s+)?tables?\s+{_NAMES}"]
_REPLICATING = (
    r"\s+(?:all\s+)?(?:slaves?|replica)(?:\s+(?:io_thread|sql_thread)(?:\s*,\s*(?:io|sql)_thread)?|"
    r"\s+until\s+\w+\s*=.*|\s+['\"][^'\"]*['\"])?\s*;?\s*$"
)
_OTHER = {
    "set": [
        r"\s+(?:session|global|local|persist|names|@@?\w+|transaction|character\s+set|foreign_key_checks|sql_mode|time_zone|autocommit|search_path|innodb_\w+|lock_wait_timeout|max_\w+)\b",
    ],
    "show": [
        r"\s+(?:full\s+|global\s+|session\s+|extended\s+)*(?:tables|columns|databases|schemas|create\s+\w+|index(?:es)?|keys|status|variables|processlist|engines?|grants|triggers|warnings|errors|plugins|binary|master|slave|replica|fields|table\s+status|procedure|function|events|open|collation|character)\b",
    ],
    "lock": [rf"\s+tables?\s+{_NAMES}"],
    "unlock": [r"\s+tables\b"],
    "explain": [
        r"\s+(?:extended\s+|analyze\s+|format\s*=\s*\w+\s+|query\s+plan\s+)*(?:select|insert|update|delete|replace|with)\b",
    ],
    **dict.fromkeys(("optimize", "analyze", "check", "repair", "checksum"), _OF_TABLES),
    "pragma": [r"\s+\w+"],
    "grant": [rf"\s+[\w\s,*().`]+\s+on\s+{_NAMES}"],
    "call": [rf"\s+{_NAMES}\s*\("],
    "savepoint": [r"\s+\w+\s*$"],
    "start": [_REPLICATING, r"\s+transaction\b"],
    "stop": [_REPLICATING],
    "change": [rf"\s+(?:master|replication\s+source)\s+(?:'[^']*'\s+)?to\s+(?:\w+\s*=|{HOLE})"],
    "purge": [rf"\s+(?:binary|master)\s+logs\s+(?:to|before)\s+(?:\?|'|{HOLE}|now|date)"],
    "flush": [
        r"\s+(?:(?:local|no_write_to_binlog)\s+)?(?:(?:binary|engine|error|general|relay|slow)\s+)?(?:logs|tables|privileges|status|hosts|user_resources)(?:\s+with\s+read\s+lock)?\s*;?\s*$",
    ],
    "reset": [r"\s+(?:master|(?:slave|replica)(?:\s+all|\s*/\*!.*?\*/)?)\s*;?\s*$"],
    "kill": [r"\s+(?:query\s+|connection\s+)?(?:\d+|\?)\s*$"],
}
_KINDS = {verb: kind for kind, verbs in (("dml", _DML), ("ddl", _DDL), ("other", _OTHER)) for verb in verbs}
_VERBS = "|".join(_KINDS)
_VERB = lazy(rf"(?:{_VERBS})\b", re.IGNORECASE)
_AT_SINK = lazy(
    rf"(?:{_VERBS}|begin|commit|rollback|vacuum|release|describe|desc|use|do|flush|revoke|prepare|execute|deallocate|handler|load|"
    r"attach|detach|reindex|copy|comment|merge|table|declare|fetch|close|end|abort|listen|notify|unlisten|reset|refresh|"
    r"install|uninstall|purge|change|stop|shutdown|xa|signal|get|help|import|cache|discard|reassign|cluster)\b",
    re.IGNORECASE,
)
_FIRST_WORD = lazy(r"[A-Za-z]{4,}\b")
_ALONE = frozenset(("begin", "commit", "rollback", "vacuum", "end", "abort", "analyze", "reindex", "checkpoint"))
_ENGLISH_START = lazy(r"(?:Select|Insert|Update|Delete|Replace|With|Create|Alter|Drop|Set|Show|Call)\s")
_SQL_MARK = lazy(
    rf"[?=*(),`;{HOLE}]|\b(?:WHERE|FROM|VALUES|SET|JOIN|INTO|TABLE)\b|"
    r"\b(?:select|from|where)\b.*\b(?:where|limit|order by)\b"
)

SCAN = 4_000
"""How many characters of a text are looked at: the words that decide stand at its beginning."""


def sql_kind(text: str) -> str | None:
    """Return `dml`, `ddl` or `other` where a text is a SQL statement by its own words, else None."""
    start = _skip(text)
    verb = _VERB.match(text, start)
    if not verb:
        return None
    head = _COMMENT.sub(" ", text[start : start + SCAN])
    if _ENGLISH_START.match(head) and not _SQL_MARK.search(head):
        return None
    word = verb.group().casefold()
    return _KINDS[word] if _behind(word).match(head, len(word)) else None


# Each takes milliseconds to compile, and most programs use few of the verbs.
@cache
def _behind(verb: str) -> re.Pattern[str]:
    """Return the pattern of what may stand behind a verb."""
    given = _DML.get(verb) or _DDL.get(verb) or _OTHER[verb]
    return re.compile("|".join(f"(?:{each})" for each in given), re.IGNORECASE | re.DOTALL)


def sql_kind_at_sink(text: str) -> str | None:
    """Return the kind of a text that a method of a database receives as its SQL: the verb is enough there."""
    kind = sql_kind(text)
    if kind is not None:
        return kind
    start = _skip(text)
    found = _AT_SINK.match(text, start)
    if not found:
        return None
    word = found.group().lower()
    if word not in _ALONE and not text[found.end() :].strip(" \t\r\n;"):
        # One word says no more than a name does: what the call is logged or measured as.
        return None
    if word in ("create", "alter", "drop", "rename", "truncate"):
        return "ddl"
    return "dml" if word in ("select", "insert", "update", "delete", "replace", "with") else "other"


def kind_behind_hole(text: str) -> str | None:
    """Return the kind of a statement that a part known only at run time stands in front of, most likely a comment."""
    begin = text.lstrip()
    return sql_kind(begin.lstrip(f"{HOLE} \t\r\n")) if begin.startswith(HOLE) else None


def misspelled_kind(text: str) -> str | None:
    """Return the kind of a text that would be SQL but for a slip in its first word (`SELEC id FROM t`), else None."""
    start = _skip(text)
    found = _FIRST_WORD.match(text, start)
    if found is None:
        return None
    verb = meant_verb(found.group())
    return sql_kind(verb + text[found.end() :]) if verb and not _AT_SINK.match(text, start) else None


def _skip(text: str) -> int:
    found = _LEAD.match(text[: SCAN * 4])
    return found.end() if found else 0
