"""The code fails between two statements of one pending revision (`nodepath audit-deploy`).

Why it matters: MySQL and MariaDB commit with every DDL statement. Between two of them the half-changed schema is what
the service meets, for as long as the second one waits for a lock or copies a table, and for good where it fails.

Example:

    ALTER TABLE orders_nodepath DROP COLUMN method;
    ALTER TABLE orders_nodepath ADD COLUMN method VARCHAR(20);

where a statement of the code uses `method`, which is there before and after, and not in between.

What to write instead: one ALTER TABLE with both changes, which the server does at once; for tables that take each
other's place one `RENAME TABLE a TO old, b TO a`. It is given for names that work before the revision, also where they
fail after it (NP202), and it does not change the order that the verdict asks for.
"""

from __future__ import annotations

from nodepath_cli.audit.finding import Rule, Severity

RULE = Rule(
    "NP203",
    "breaks-between-steps",
    Severity.WARNING,
    "a name that is missing between two statements of one pending revision (`nodepath audit-deploy`)",
)
