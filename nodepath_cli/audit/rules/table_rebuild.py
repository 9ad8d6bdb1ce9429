"""An ALTER TABLE copies the table and keeps every write waiting until it is done, or rewrites all rows.

Why it matters: with ALGORITHM=COPY, no write gets through for as long as the copy takes, minutes on a large table, and
the service's connections pile up behind it. A rebuild in place lets writes go on, but needs the table's size once more
on the disk and delays every replica.

Example:

    ALTER TABLE messages MODIFY id BIGINT NOT NULL AUTO_INCREMENT;

What to write instead: a form that the server does at once or in place (a column at the end, a longer VARCHAR, a member
behind the others: which, depends on the version), said in the statement with `ALGORITHM=INPLACE, LOCK=NONE`, so that it
fails instead of blocking; or a tool that copies in the background (gh-ost, pt-online-schema-change).

What blocks writes is a warning, what only rewrites the rows an information. MariaDB's answers were asked of a server,
MySQL's are those of its manual ("Online DDL Operations"), for the version of `--dialect`.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from nodepath_cli.audit.finding import MigrationHit, Rule, Severity
from nodepath_cli.audit.history import History
from nodepath_cli.sql.ddl import nodes
from nodepath_cli.sql.online_ddl import Algorithm, cost


def check(history: History) -> Iterator[MigrationHit]:
    """Yield each ALTER TABLE of an existing table that blocks writes or rewrites its rows."""
    for change in history.changes:
        ddl = change.ddl
        if not isinstance(ddl, nodes.AlterTable) or change.is_new(ddl.name.name):
            continue
        found = cost(
            change.sql, change.before, change.after, history.dialect, foreign_key_checks=change.checks_foreign_keys
        )
        if found is None or (found.algorithm < Algorithm.REBUILD and not found.blocks_writes):
            continue
        server = " ".join([history.dialect.name, ".".join(map(str, history.dialect.version))]).strip()
        table, why = ddl.name.name, f" ({found.why})" if found.why else ""
        if found.blocks_writes:
            how = "copies" if found.algorithm is Algorithm.COPY else "changes"
            yield change.hit(f"{how} {table} and blocks writes meanwhile on {server}{why}", table=table)
        else:
            hit = change.hit(
                f"rewrites all rows of {ddl.name.name} on {server}; writes go on{why}", table=ddl.name.name
            )
            yield replace(hit, severity=Severity.INFO)


RULE = Rule(
    "NP304",
    "table-rebuild",
    Severity.WARNING,
    "an ALTER TABLE copies the table and blocks writes, or rewrites all rows",
    check_migrations=check,
)
