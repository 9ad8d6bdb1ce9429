"""An ignore comment or an entry of the baseline that hides nothing any more.

Why it matters: the defect that it stood for is gone, and the next one at the same place would be hidden by it. Only
rules that ran and files that were read are judged, and no comment at a statement that was not fully understood.

Example:

    // nodepath: ignore[NP101] the column comes with release 12
    rows, err := db.Query("SELECT id_prospect FROM ai_whatsapp_session_nodepath")

after release 12, when the statement is right.

What to write instead: delete the comment. `nodepath baseline prune` takes such entries out of the baseline. A comment
that shall stay, as the statement is right on one server and wrong on another, names NP502, too.
"""

from __future__ import annotations

from nodepath_cli.audit.finding import Rule, Severity

RULE = Rule(
    "NP502", "unused-suppression", Severity.WARNING, "an ignore comment or baseline entry that hides nothing any more"
)
