"""Which files and functions can have to do with SQL at all: byte searches that keep everything else unread."""

from __future__ import annotations

import re

from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.syntax import GoFile

_VERBS = (
    rb"select|(?:insert|replace)\s+(?:into|ignore|low_priority|delayed)|insert|update|delete|with\s+\w+|values\s+row|"
    rb"(?:create|alter|drop|truncate|rename|lock|unlock)\s+(?:table|view|index|unique|or|temporary|database|trigger|procedure|if|user)|"
    rb"(?:start|stop|reset)(?=\s+(?:slave|replica|master)\b)|change(?=\s+(?:master|replication)\s)|"
    rb"purge(?=\s+(?:binary|master)\s+logs)|flush(?=\s+(?:binary|tables|logs|privileges|status|hosts))|"
    rb"set|show|explain|pragma|call|truncate|optimize|analyze|"
    # `alter /* by whom */ table`
    rb"(?:create|alter|drop|rename|lock|unlock|insert|replace|start|stop|reset|change|purge|flush)(?=\s+/\*|/\*)"
)
_LETTERS = b"acdefiloprstuvw"
"""The first letters of the verbs: mostly there is another one, which is faster to see than that no verb matches."""
# The look-behind tests, where an alternation would do, leave a set of first characters that the search skips to.
SQL_WORDS = lazy(rb"[\"`(;/](?=[\s" + _LETTERS + rb"])(?:(?<=[\"`(;])|(?<=\*/))\s*+(?:" + _VERBS + rb")(?:\s|/\*)")
"""A literal that begins as SQL does, in a text in lower case: to look for both cases takes twice as long.

English sentences do so too: this only says where to look.
"""
_LOWER = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ`(;", b'abcdefghijklmnopqrstuvwxyz"""')
_SPACE = b" \t\n\r\f\v"
_SQUEEZED_VERBS = _VERBS.replace(rb"\s+", b"").replace(rb"\s", b"").replace(rb"\b", b"")
_SQUEEZED = lazy(b'"(?=[' + _LETTERS + b"])(?:" + _SQUEEZED_VERBS + b")")
"""SQL_WORDS on a text without spaces in lower case, where a quote stands for each character that may be in front."""
_COMMENTED = lazy(rb"\*/(?:" + _SQUEEZED_VERBS + b")")
_QUOTE, _OPENING = ord('"'), ord("(")
_PROSE = lazy(
    rb"\"(?:(?:[Uu]pdate|[Dd]elete|[Ii]nsert|[Ss]elect|[Cc]all)(?: [A-Za-z][A-Za-z'-]*)+[.:!]?|"
    rb"(?:[Uu]pdate|[Dd]elete|[Ii]nsert)\s[^\"\\=?`]*[^\"\\=?`\s])\""
)
"""A literal of words, of which the first is a verb that SQL goes on from with more than words, not all in capitals; or,
where it always goes on with another word of its own (SET, FROM, INTO), anything that can be in a sentence."""
_SUBQUERY = lazy(rb"\s*(?:select|with|values|table)\b", re.IGNORECASE)
"""What SQL has behind a parenthesis; all else there is Go's own (`func merge(update Value)`)."""
_CALLED = lazy(rb"\s*call\s+(?![\w`%@\"])", re.IGNORECASE)
"""A call of nothing (`call := func() {`)."""
_SQL_WORD = lazy(
    rb"(?i:\b(?:set|from|into|values?|where|select|join|table|row|index|view|database|schema|user|trigger)\b)|"
    # `insert orders (id, total)`
    rb"\s[\w.]+\s?\(\s*\w+(?:\s*,\s*\w+)+\s*\)"
)
_NEVER_ALONE = lazy(
    rb"\s*(?i:set|call|show|explain|with)\s+(?:(?:to|by|the|a|an|this|that|it|is|in|on|of|for|from|with|when|if|and|or|"
    rb"as|at|up|no|not|only|we|will|be|all|any|some|its|their|your|these|those|below|above)\b)(?!\s*(?:[=(.,]|(?i:as)\b))"
)
"""Verbs that SQL begins with, and a word behind them that it does not go on with."""
_TOLD = lazy(
    rb"(?:\b(?:errors\.New|log\.Print(?:f|ln)?|(?:Debug|Info|Warn|Warning|Error|Fatal|Panic|Trace)(?:f|ln|w)?)\(|"
    rb"\b(?:Wrapf?|WithMessagef?)\(\s*\w*(?:[Ee]rr\w*|\be),)\s*$"
)
"""What makes an error of a text, or logs it."""
_SHOWN = lazy(rb"\b(?:Usage|UsageText|Short|Long|Description|Help|Example):\s*$")
"""What tells a text to the user of a command line, or is a field of the program's own that may hold SQL."""
_WHOLE = lazy(
    rb"(?i:\s*(?:select\b[^\"]*?\sfrom\s|(?:insert|replace)\s+(?:ignore\s+)?into\s+\S+\s*(?:\(|values|select\b|set\b)|"
    rb"update\s+\S+\s+set\s|delete\s+from\s+[\w.]+(?:\s+where\b|\s*[\"`;])|create\s+table\s+[^\"(]+\())"
)
"""A statement by more than its first words."""
_TOLD_LENGTH = 40
_GIVEN_LENGTH = 100
_BUILDING = lazy(
    rb"(?:(?:Write(?:String)?|printf|Sprint(?:ln)?|append|Join|Concat)\(|append\(\s*[\w.]+,)$", re.IGNORECASE
)
_GAP = rb"(?:\s|/\*[^*]*\*/)+"
SQL_TEXT = lazy(
    # A double quote ends a literal, but where a backslash is in front of it or the literal is in backquotes.
    rb"(?i:\bselect\b(?:[^\"\\]|\\.)*?\bfrom\b|`[^`]*?\bselect\b[^`]*?\bfrom\b|"
    rb"\b(?:insert|replace)" + _GAP + rb"(?:ignore\s+)?into\s|"
    rb"\bupdate" + _GAP + rb"\S+\s+(?:set|using\s+(?:ttl|timestamp))\s|\bdelete" + _GAP + rb"from\s|"
    rb"\b(?:create|alter|drop|truncate|rename)" + _GAP + rb"(?:table|view|index|unique|database|trigger)\s|"
    rb"\bselect\s+[\w@]+\s*\(|"
    rb"\bwith\s+(?:recursive\s+)?\w+\s+as\s*\()"
)
"""Whole statements and the beginnings that nothing else has: what makes a name carry SQL to other files."""
_CALL = lazy(
    rb"\.(?:Exec|Query(?:Row)?x?|Prepare(?:x|Named)?|Must(?:Exec|Prepare)|Named(?:Exec|Query)|"
    # `pool.Get(key)` is none: a database is given what to fill, and with it the SQL.
    rb"(?:Get(?=(?:Context|Ctx)?\(\s*(?:&|[\w.\[\]*]+(?:\([^()]*\))?\s*,))|Select(?:One|Int|Str)?|Raw))(?:Context|Ctx)?\("
)
"""Calls of methods that a database has."""
_UNCALLED = lazy(rb"\.(?:Exec|Query)\w*+(?![\w(])")
_METHOD_VALUE = lazy(rb"\b(\w+)(?::|\s=)\s*[\w.]+\.(?:Must|Named)?(?:Exec|Query(?:Row)?)x?(?:Context)?\b(?!\s*[(.])")
"""A field or variable that gets a method of a database (`exec: db.ExecContext`)."""
_SHARED = lazy(rb"\.(?:Get|Select|SelectOne|SelectInt|SelectStr|Raw)(?:Context|Ctx)?\(")
"""Those that other things have too: what stands in front decides."""
_SHARED_NAMES = frozenset((b"Get", b"Sel", b"Raw"))
"""What the names of those begin with."""
_OWN_NAMES = (b".GetContext(", b".SelectContext(")
"""Those of them that hardly anything but a database has."""
_HANDED = lazy(
    rb"\.(?:Must)?(?:Exec|Query|Prepare)(?:[A-Z]\w*)?\((?:[\w.()]+,\s*)?(?:\w+\.)*\w*(?i:db|(?<!c)tx|conn)\s*,"
)
"""Calls of functions that are named like these, with a database among their arguments."""
_STEP = b".Migration{"
_STEPS = lazy(rb"\.Migration\{[^{}]*\b(?:Up|Script):")
"""What a migration tool is given to run."""
_HANDLE = lazy(rb"(?i:db|tx|conn|dbx|sqlx?|pool|sess|session|database|dbmap|querier|trx|txn)(?:\([^)]*\))?$")
_FILE = 1_500
"""What it costs to see what a file declares, in bytes of functions with SQL."""
_LONGEST_HANDLE = len("database")
_TEXT_RESULT = lazy(r"\bstring\b|\bfunc\b|\b(?:strings\.)?Builder\b|\bany\b|interface\{\}")
_CLOSURE = lazy(r"\{\s*return func\(\w+ \*")
"""The body of a functional option: a closure over its arguments that changes what it is given."""
_NAMED_RESULT = lazy(
    r"\b(?!(?:bool|byte|rune|string|any|map|chan|func|interface|struct|u?int(?:8|16|32|64|ptr)?|float(?:32|64)|"
    r"complex(?:64|128))\b)[A-Za-z]\w*\b(?!\.)|\*\w+"
)


def calls_database(text: bytes) -> bool:
    """Say whether a text has calls of database methods, by their names and by what they are called on."""
    for found in _CALL.finditer(text):
        dot = found.start()
        shared = text[dot + 1 : dot + 4] in _SHARED_NAMES
        if (not shared or found.group() in _OWN_NAMES) and not text.startswith(b")", found.end()):
            return True
        if not shared:
            continue
        start = dot - _LONGEST_HANDLE
        if text[dot - 1 : dot] == b")":
            # `db()`: the handle and its parentheses hold no other closing one.
            start = text.rfind(b")", 0, dot - 1) + 1
        if _HANDLE.search(text, max(start, 0), dot):
            return True
    return False


def method_values(text: bytes) -> set[str]:
    """Return the fields and variables that a text gives methods of a database: calls of them send SQL."""
    return {name.decode() for name in _METHOD_VALUE.findall(text)} if _UNCALLED.search(text) else set()


def hands_database(text: bytes) -> bool:
    """Say whether a function's text gives a database to another package's function that is named as one that runs SQL.

    Too many have such a name to look into a file for it alone.
    """
    return bool(_HANDED.search(text))


def makes_steps(text: bytes) -> bool:
    """Say whether a text makes the steps of a migration tool (`&migrate.Migration{Id: m.id, Up: m.up[driver]}`)."""
    return _STEP in text and bool(_STEPS.search(text))


def has_sql_words(text: bytes) -> bool:
    """Say whether a literal of a text begins as SQL does, and not as an English sentence or in a comment.

    What a call gets that has the name of a database method counts, be it a sentence.
    """
    for found in SQL_WORDS.finditer(text.lower()):
        if _elsewhere(text, found.start()):
            continue
        if not _sentence(text, found) or _SHARED.search(text, max(0, found.start() - _GIVEN_LENGTH), found.start()):
            return True
    return False


def _remark(text: bytes, offset: int) -> bool:
    """Say whether a place lies on a line that is a comment."""
    return text[text.rfind(b"\n", 0, offset) + 1 : offset + 2].lstrip().startswith(b"//")


def _elsewhere(text: bytes, start: int) -> bool:
    """Say whether what begins with a verb is surely no SQL: in a comment, in an error or a log line, or Go's own."""
    before = max(0, start - _TOLD_LENGTH)
    if _remark(text, start) or _TOLD.search(text, before, start):
        return True
    if _SHOWN.search(text, before, start) and not _WHOLE.match(text, start + 1):
        return True
    if _NEVER_ALONE.match(text, start + 1) or _CALLED.match(text, start + 1):
        return True
    return text[start] == _OPENING and not _SUBQUERY.match(text, start + 1)


def _sentence(text: bytes, found: re.Match[bytes]) -> bool:
    """Say whether what begins with a verb is an English sentence: words alone, whole in its literal, handed to a call.

    Where it may be the beginning of a longer text (assigned, added to, written to a builder, with a space at its end)
    it is none.
    """
    start = found.start()
    if text[start] != _QUOTE:
        return False
    whole = _PROSE.match(text, start)
    if whole is None or _SQL_WORD.search(text, found.end() - 1, whole.end()):
        return False
    before = text[max(0, start - 40) : start].rstrip()
    after = text[whole.end() : whole.end() + 20].lstrip()
    return before.endswith((b"(", b",", b":", b"return", b"{")) and not (
        _BUILDING.search(before) or after.startswith(b"+")
    )


def concerns_sql(text: bytes) -> bool:
    """Say whether a file has SQL words, database calls or steps of migrations.

    Nearly all files have none, which costs little to see.
    """
    squeezed = text.translate(_LOWER, _SPACE)
    may = _SQUEEZED.search(squeezed) or (b"*/" in squeezed and _COMMENTED.search(squeezed))
    return (bool(may) and has_sql_words(text)) or calls_database(text) or makes_steps(text)


def costs(text: bytes) -> list[tuple[int, int]]:
    """Return about what it costs to evaluate a file's functions with SQL, in their bytes, each with where it begins.

    Of all that a text shows at a glance, their length tells most of it (measured on seven public trees); what a file
    costs beside that is as much as some lines, and comes first.
    """
    found = [(0, _FILE)]
    start = -len(b"\nfunc")
    for part in text.split(b"\nfunc"):
        if calls_database(part) or has_sql_words(part) or makes_steps(part):
            found.append((max(start, 0), len(part)))
        start += len(b"\nfunc") + len(part)
    return found


def touches_sql(file: GoFile, node: Node) -> bool:
    """Say whether a function's text has SQL words or database calls."""
    text = file.data[node.start_byte : node.end_byte]
    return calls_database(text) or has_sql_words(text) or hands_database(text)


def returns_text(file: GoFile, node: Node) -> bool:
    """Say whether a function may return a text, or a function that puts one somewhere (`Where(c string) option`)."""
    return bool(_TEXT_RESULT.search(_results(file, node))) or _returns_closure(file, node)


def returns_struct(file: GoFile, node: Node) -> bool:
    """Say whether a function may return something that holds a text."""
    return bool(_NAMED_RESULT.search(_results(file, node)))


def _returns_closure(file: GoFile, node: Node) -> bool:
    body = node.child_by_field_name("body")
    return body is not None and bool(_CLOSURE.match(file.source(body)))


def _results(file: GoFile, node: Node) -> str:
    result = node.child_by_field_name("result")
    return file.source(result).replace("error", "") if result is not None else ""
