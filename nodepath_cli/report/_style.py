"""A few terminal colours, without a library: a report must not wait for one to be imported."""

from __future__ import annotations

from msgspec import Struct

from nodepath_cli.audit.finding import Severity

_BY_SEVERITY = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}


class Style(Struct, frozen=True):
    """Colours, or none."""

    color: bool

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text

    def severity(self, severity: Severity, text: str) -> str:
        """Paint in the severity's colour."""
        return self._paint(_BY_SEVERITY[severity], text)

    def strong(self, text: str) -> str:
        """Paint what the eye should find first."""
        return self._paint("1", text)

    def faint(self, text: str) -> str:
        """Paint what frames the rest."""
        return self._paint("2", text)

    def good(self, text: str) -> str:
        """Paint what helps."""
        return self._paint("1;32", text)
