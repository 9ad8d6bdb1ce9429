"""The exit code is the first that applies of 2, 4, 3, 1, 5."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nodepath_cli.audit.exit_codes import exit_code, short_of_coverage
from nodepath_cli.audit.finding import Counts, Report
from nodepath_cli.config import Settings
from nodepath_cli.errors import UsageError
from tests.snapshots.reports import BEHIND_WIDE_CHARACTERS, CLEAN, FORMER_NAME, WHOLE_STATEMENT

ERROR = replace(CLEAN, findings=(FORMER_NAME,))
WARNING = replace(CLEAN, findings=(BEHIND_WIDE_CHARACTERS,))
INFO = replace(CLEAN, findings=(WHOLE_STATEMENT,))
UNRESOLVED = replace(CLEAN, counts=Counts(1, 10, 7, 2, 1))
UNREAD = replace(CLEAN, unread=("x.go", "y.go"))
BROKEN = UsageError("no such path: x", "name one")


@pytest.mark.parametrize(
    ("report", "settings", "code"),
    [
        (CLEAN, Settings(), 0),
        (ERROR, Settings(), 1),
        (WARNING, Settings(), 0),
        (WARNING, Settings(fail_on="warning"), 1),
        (INFO, Settings(fail_on="warning"), 0),
        (INFO, Settings(fail_on="info"), 1),
        (UNRESOLVED, Settings(), 0),
        (UNRESOLVED, Settings(fail_on="info"), 0),
        (UNRESOLVED, Settings(strict=True), 5),
        (UNRESOLVED, Settings(min_coverage=90.0), 0),
        (UNRESOLVED, Settings(min_coverage=90.1), 5),
        (CLEAN, Settings(strict=True, min_coverage=100.0), 0),
        (UNREAD, Settings(), 0),
        (UNREAD, Settings(strict=True), 5),
        (replace(CLEAN, counts=Counts()), Settings(min_coverage=100.0), 0),
        (replace(UNRESOLVED, findings=(FORMER_NAME,)), Settings(strict=True), 1),
        (replace(ERROR, error=BROKEN), Settings(), 2),
    ],
)
def test_the_exit_code(report: Report, settings: Settings, code: int) -> None:
    assert exit_code(report, settings) == code


def test_what_is_short_is_said_with_its_option() -> None:
    assert short_of_coverage(UNRESOLVED, Settings(strict=True)) == "1 statement is unresolved (--strict)"
    assert short_of_coverage(UNRESOLVED, Settings(min_coverage=95.0)) == (
        "coverage is 90.0 %, below 95 % (--min-coverage)"
    )
    assert short_of_coverage(UNREAD, Settings(strict=True)) == "2 files were not read (--strict)"
    assert short_of_coverage(CLEAN, Settings(strict=True)) is None
