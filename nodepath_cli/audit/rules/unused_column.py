"""A column that no statement of the code names. `nodepath uses --unused` lists them; an audit does not.

Why it matters: a column that nobody uses can be dropped, in the last step of a rename for instance, and until then it
costs room and readers' time. The same list shows a column that a migration has made and that the code forgot.

Example:

    CREATE TABLE conversations (id INT NOT NULL PRIMARY KEY, stage VARCHAR(20), old_stage VARCHAR(20))

where every statement names `id` and `stage` only.

What to write instead: nothing in the code. Drop the column by a migration once other programs, reports and views on the
same database do not use it either. `SELECT *` and an INSERT without a column list use every column, and nothing is
proved of a table that a statement uses which was not fully understood: the list says so.
"""

from __future__ import annotations

from nodepath_cli.audit.finding import Rule, Severity

RULE = Rule("NP601", "unused-column", Severity.INFO, "a column that no statement names (`nodepath uses --unused`)")
