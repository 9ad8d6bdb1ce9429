"""SQL that nodepath could not follow, and why.

Why it matters: what was not understood was not checked. It is listed, so that nobody takes silence for proof.

Example:

    rows, err := db.Query(buildQuery(filter))

where `buildQuery` reads the SQL from a file.

What to write instead: nothing, if the statement is tested elsewhere. Otherwise write the SQL where it can be read: a
literal, a constant, or a format whose varying part is a value. A table that no source defines is named by `--schema` or
`external-tables`. `--strict` makes the run fail (exit code 5) while anything is unresolved, `--min-coverage` sets a
limit.
"""

from __future__ import annotations

from nodepath_cli.audit.finding import Rule, Severity

RULE = Rule("NP501", "unresolved-sql", Severity.INFO, "SQL that could not be followed, and why")
