"""Another name or shape that the server refuses when it prepares the statement; the error number says which.

Why it matters: the statement fails at every call, as with an unknown column. Among the numbers: 1051 (`nosuch.*`), 1060
(a derived table with two columns of one name), 1066 (one alias twice), 1109 (a DELETE target that is not in FROM), 1110
(a column twice in an INSERT list), 1115 and 1273 (a character set or collation that there is not), 1253 (a collation of
another character set than the column has), 1267 (operands with different collations by COLLATE), 1191 and 1210 (MATCH
of columns without a full-text index, or of several tables), 1176 (`FORCE INDEX` of a key that is not there), 1235
(LIMIT in the subquery of IN, ALL, ANY or SOME), 1222 (UNION branches of different width), 1241 and 4078 (a row or a
subquery of several columns where one is meant, or of another width than what it is compared with), 1247 (an alias too
early), 1250 (a table name in the ORDER BY of a UNION), 1327 (an identifier in LIMIT), 1426 (`NOW(9)`), 1582 (a function
with more or fewer arguments than it takes), 1630 (`COUNT (a)`: the blank makes it another function's name), 1318 (a
stored function or procedure with another number of arguments than the schema's script gives it), 4015, 4074, 3593 and
3594 (a window function where none may stand), 1193 (a system variable that is one slip away from one that is used
much), 3568 (MySQL: FOR UPDATE OF a table that has an alias, by its own name), 3065 (MySQL: SELECT DISTINCT ordered by
what is not in its list). 1093 (a table that is changed and read by a subquery), 1221 (an UPDATE of several tables with
ORDER BY or LIMIT), 1055 and 1140 (ONLY_FULL_GROUP_BY: a column beside the groups or the aggregates) are MySQL's; where
nobody has said that the server is MySQL they are warnings. A name that is no function of either server is a warning
(1305) where another one was most probably meant, or where it begins with JSON_, as it may be a stored function; one
that the tree creates is none. Where the schema's script makes stored functions, every other name is one, and where it
makes procedures, every CALL of another procedure.

SET of such a variable is told, too, and a mode of sql_mode that there is not (1231).

Of DDL that a program sends, a column or key twice in one statement is told (1060, 1061, 1068), a key over a column that
CREATE TABLE does not have (1072), and AFTER, MODIFY and keys of a column that neither the table nor any other text of
the tree has (1054, 1072). A column that is there already, or gone, is none: boot code runs again and again. Of a
script's CREATE TABLE so are two columns with AUTO_INCREMENT (1075), a generated column or CHECK of a column that is not
there (1054), types and defaults that no server takes (1063, 1067, 1294, 1425, 1426, 1427, 1439; MySQL: 1101) and
unknown character sets and collations (1115, 1253, 1273). Its foreign keys are a warning where the tree makes no such
table, but one of nearly that name (1824), or the table without such a column (3734) or with another type (3780; MariaDB
answers 1005 to each).

Example:

    INSERT INTO orders_nodepath (product, amount, product) VALUES (?, ?, ?)

What to write instead: each name once, and only names that the clause can see.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.ddl_refused import refused_definition
from nodepath_cli.audit.finding import Hit, Rule, Severity
from nodepath_cli.audit.refused import refused
from nodepath_cli.sql.resolution import Resolution


def check(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield everything that the server refuses beside unknown and ambiguous names, wrong counts and wrong syntax."""
    yield from refused(resolution, context, syntax=False)
    yield from refused_definition(resolution, context)


RULE = Rule(
    "NP114", "invalid-reference", Severity.ERROR, "another name or shape that the server refuses at PREPARE", check
)
