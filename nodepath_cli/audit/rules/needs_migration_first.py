"""The code uses a name that a pending revision brings and that is not there yet (`nodepath audit-deploy`).

Why it matters: deployed before the migration has run, every call of the statement fails with 1054 or 1146. That is how
the incident of the session locks began: the code had the new names, the migration had never run.

Example:

    INSERT INTO ai_whatsapp_session_nodepath (phone_number, device_id, timestamp) VALUES (?, ?, ?)

while the database has `id_prospect` and `id_device`, and a pending revision renames them.

What to write instead: nothing in the code; run the migration first. Where the same revision takes names that running
code still uses, neither order is safe: add the new column beside the old one, fill both, deploy, and drop the old one
in a later revision. Other errors that a revision cures count, too, such as a required column that gets a default.
"""

from __future__ import annotations

from nodepath_cli.audit.finding import Rule, Severity

RULE = Rule(
    "NP201",
    "needs-migration-first",
    Severity.ERROR,
    "a name that a pending revision brings and that is not there yet (`nodepath audit-deploy`)",
)
