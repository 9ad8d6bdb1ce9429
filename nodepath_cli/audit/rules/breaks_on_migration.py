"""The code uses a name that is there and that a pending revision drops or renames (`nodepath audit-deploy`).

Why it matters: the statement works today, and fails from the moment at which the revision runs. The code that runs at
that moment is what counts: `--base REF` checks it beside the code that is to be deployed.

Example:

    SELECT id_prospect FROM ai_whatsapp_session_nodepath

while a pending revision has `ALTER TABLE ai_whatsapp_session_nodepath CHANGE id_prospect phone_number VARCHAR(255)`.

What to write instead: deploy code that no longer uses the name before the revision runs (`--contract TABLE.COLUMN`
proves that nothing uses it any more), or add the new name beside the old one first. Whatever else the server refuses
after the revision counts, too: a NOT NULL column without a default that an INSERT leaves out (1364), a member that an
ENUM loses, a column that makes another one ambiguous, a table that is dropped.
"""

from __future__ import annotations

from nodepath_cli.audit.finding import Rule, Severity

RULE = Rule(
    "NP202",
    "breaks-on-migration",
    Severity.ERROR,
    "a name that is there and that a pending revision drops or renames (`nodepath audit-deploy`)",
)
