"""How the times in text columns are written: their formats and the clocks that they are taken from."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from nodepath_cli.audit.locking.instants import argument, reads_present
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.sites import Site, times
from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import Moment, Outcome
from nodepath_cli.sql.row_access import Setting

_UTC = lazy(r"utc_|'\+00:00'", re.IGNORECASE)
_NOW_CALL = lazy(r"^(\w+)\s*\(?\s*(\d?)\s*\)?$")
_DATETIME = "2006-01-02 15:04:05"
_FORMATTED = lazy(r"^(?:date_format|time_format)\s*\((.*),\s*'([^']*)'\s*\)$", re.IGNORECASE | re.DOTALL)
_NOW = r"(?:now|current_timestamp|utc_timestamp|sysdate)\s*\(\s*\d?\s*\)"
_WHOLE = r"interval\b[^,()]*\b(?:second|minute|hour|day|week|month|year)"
_ADDED = lazy(
    rf"^(?:date_add|date_sub|adddate|subdate)\s*\(\s*(?P<inside>{_NOW})\s*,\s*{_WHOLE}\s*\)$|"
    rf"^(?P<before>{_NOW})\s*[-+]\s*{_WHOLE}$",
    re.IGNORECASE,
)
"""A time that is the present's form still, with whole seconds added."""

_CHAR = r"char\b\s*(?:\(\s*(?:2[6-9]|[3-9]\d|\d\d\d+)\s*\)\s*)?"
"""A text that nothing of a time is cut from."""
_CAST = lazy(
    rf"^cast\s*\(\s*(?P<cast>{_NOW})\s+as\s+{_CHAR}\)$|^convert\s*\(\s*(?P<converted>{_NOW})\s*,\s*{_CHAR}\)$",
    re.IGNORECASE,
)
_INJECTED = "injected"
"""A clock that the program was given: `s.clock.Now()`."""


class Style(Struct, frozen=True):
    """How a time is written."""

    form: str
    """A Go layout, or what else it is."""
    clock: str
    """`server`, `application`, `injected`, `application, UTC`, `server, UTC`."""

    @property
    def words(self) -> str:
        """The style for a message."""
        return f"{self.form} by the {self.clock} clock" if self.clock else self.form


class Mixture(Struct, frozen=True, eq=False):
    """A statement that writes a time otherwise than another one does."""

    site: Site
    column: str
    here: str
    there: str
    other: Site


def mixed(protocols: Protocols) -> Iterator[Mixture]:
    """Yield the statements that write a time into a text column in another style than most statements do."""
    found: dict[tuple[str, str], dict[Site, Style]] = defaultdict(dict)
    for site, column, style in _written(protocols):
        found[site.table, column].setdefault(site, style)
    for (_, column), styles in sorted(found.items(), key=lambda item: item[0]):
        usual = _usual(list(styles.values()))
        first = next(site for site, style in styles.items() if style == usual)
        for site, style in styles.items():
            if _differs(style, usual):
                yield Mixture(site, column, style.words, usual.words, first)


def _usual(styles: list[Style]) -> Style:
    """Return the style that most statements have, of two equal ones that which the server's own functions read."""
    return max(styles, key=lambda style: (styles.count(style), style.form == _DATETIME, -styles.index(style)))


def _differs(style: Style, usual: Style) -> bool:
    return style.form != usual.form or not _may_agree(style.clock, usual.clock)


def _may_agree(one: str, other: str) -> bool:
    """Say whether two clocks may be one; that which the program was given is any of its own, and not the server's."""
    if _INJECTED in (one, other):
        return not (one.startswith("server") or other.startswith("server"))
    return one == other or not one or not other


def _written(protocols: Protocols) -> Iterator[tuple[Site, str, Style]]:
    for site in protocols.sites.with_times():
        for setting in times(site):
            style = _of_sql(setting)
            if style is not None:
                yield site, setting.column, style
    # Who takes a lock may hand its time on to the function that writes it.
    for ways in (*protocols.timed.values(), *protocols.ways.values()):
        for way in ways:
            for run in way.runs:
                for setting in times(run.site) if run.site else ():
                    style = _of_program(setting, run) or _asked_before(setting, run, way)
                    if style is not None and run.site is not None:
                        yield run.site, setting.column, style


def _of_sql(setting: Setting) -> Style | None:
    value = setting.value
    if value.kind == "now":
        return _of_function(value.text)
    formatted = _FORMATTED.match(value.text) if value.clock and not value.columns else None
    if formatted is not None:
        return _formatted(formatted)
    added = _ADDED.match(value.text) if value.clock and not value.columns else None
    if added is not None:
        return _of_function(added["inside"] or added["before"])
    return _as_text(value.text) if value.clock and not value.columns else None


def _as_text(text: str) -> Style | None:
    """Return the style of a time of the server that is made a text without a format: `CAST(NOW(6) AS CHAR)`."""
    found = _CAST.match(text)
    return _of_function(found["cast"] or found["converted"]) if found is not None else None


def _of_function(text: str) -> Style | None:
    found = _NOW_CALL.match(text)
    name, digits = (found.group(1).upper(), int(found.group(2) or 0)) if found else ("", 0)
    clock = "server, UTC" if name.startswith("UTC_") else "server"
    if name == "UNIX_TIMESTAMP":
        return Style("unix seconds" if not digits else "unix seconds with a fraction", "")
    if name in ("NOW", "SYSDATE", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP", "UTC_TIMESTAMP"):
        return Style(_DATETIME + ("." + "0" * digits if digits else ""), clock)
    if name in ("CURDATE", "CURRENT_DATE", "UTC_DATE"):
        return Style("2006-01-02", clock)
    return None


def _layout(pattern: str) -> str:
    """Return a format of DATE_FORMAT as a Go layout, as far as their parts are the same."""
    pairs = (
        *("%Y=2006", "%m=01", "%d=02", "%H=15", "%i=04", "%s=05", "%S=05", "%f=000000", "%T=15:04:05", "%y=06"),
        *("%e=2", "%p=PM", "%h=03", "%I=03", "%M=January", "%b=Jan"),
    )
    parts = dict(each.split("=", 1) for each in pairs)
    return re.sub(r"%.", lambda match: parts.get(match.group(), match.group()), pattern)


def _asked_before(setting: Setting, run: Run, way: Way) -> Style | None:
    """Return the style of a time that the server was asked for before: `SELECT DATE_FORMAT(NOW(6), '...')`."""
    given = argument(run, setting.value)
    if not isinstance(given, Outcome) or given.aspect != "row":
        return None
    texts = [text for each in way.runs if each.ran.number == given.run for _, text in each.ran.texts]
    if len(texts) != 1 or not reads_present(texts[0]):
        return None
    text = re.sub(r"(?i)^\s*select\s+|\s*(?:\bas\s+\w+\s*)?(?:\bfrom\s+dual\s*)?;?\s*$", "", texts[0])
    found = _FORMATTED.match(text)
    # What a driver makes of a time that is no text is not told here.
    return _formatted(found) if found is not None else _as_text(text)


def _formatted(found: re.Match[str]) -> Style:
    return Style(_layout(found.group(2)), "server, UTC" if _UTC.search(found.group(1)) else "server")


def _of_program(setting: Setting, run: Run) -> Style | None:
    value = argument(run, setting.value)
    if not isinstance(value, Moment):
        return None
    if value.form.startswith("unix"):
        return Style(value.form, "")
    # The driver writes a time.Time with microseconds, in the zone of the data source name's loc.
    form = _DATETIME + ".999999" if value.form == "time" else value.form
    clock = {"utc": "application, UTC", "local": "application", "injected": _INJECTED}.get(value.zone, "")
    return Style(form, clock)
