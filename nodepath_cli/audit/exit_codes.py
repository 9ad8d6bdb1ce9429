"""What an audit's report means for the exit code."""

from __future__ import annotations

from nodepath_cli.audit.finding import Report, Severity
from nodepath_cli.config import Settings
from nodepath_cli.errors import EXIT_CLEAN, EXIT_COVERAGE, EXIT_FINDINGS


def exit_code(report: Report, settings: Settings) -> int:
    """Return the exit code: where several apply, the first of 2, 4, 3, 1, 5 wins."""
    if report.error is not None:
        return report.error.exit_code
    limit = Severity(settings.fail_on).rank
    if any(finding.severity.rank >= limit for finding in report.findings):
        return EXIT_FINDINGS
    if report.cross_check is not None and report.cross_check.disagreements:
        return EXIT_FINDINGS
    return EXIT_COVERAGE if short_of_coverage(report, settings) else EXIT_CLEAN


def coverage(report: Report) -> float:
    """Return the percentage of statements that were understood at least in part; 100 where there are none."""
    counts = report.counts
    return 100 * (counts.resolved + counts.partial) / counts.statements if counts.statements else 100.0


def short_of_coverage(report: Report, settings: Settings) -> str | None:
    """Return why the run is short of what `--strict` or `--min-coverage` asks for, or None where it is not."""
    unresolved = report.counts.unresolved
    if settings.strict and unresolved:
        return "1 statement is unresolved (--strict)" if unresolved == 1 else f"{unresolved} are unresolved (--strict)"
    if settings.strict and report.unread:
        number = len(report.unread)
        return f"{number} {'file was' if number == 1 else 'files were'} not read (--strict)"
    if settings.min_coverage is not None and coverage(report) < settings.min_coverage:
        return f"coverage is {coverage(report):.1f} %, below {settings.min_coverage:g} % (--min-coverage)"
    return None
