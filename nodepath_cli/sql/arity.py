"""How many arguments the functions of MySQL and MariaDB take.

Measured on MariaDB 10.11, which answers 1582 to another number or, where the function has a grammar of its own, 1064.
Where MySQL's manual has more or fewer, the range holds both; functions that differ in more than that are left out.
"""

from __future__ import annotations

from nodepath_cli.sql.words import words_of

NATIVE = 1582
GRAMMAR = 1064

WRONG_COUNT = "Incorrect parameter count in the call to native function"
"""How the server's message for it begins."""
_MANY = 1 << 30

_RANGES: tuple[tuple[int, int, int, str], ...] = (
    (NATIVE, 0, 0, "CONNECTION_ID DATABASE FOUND_ROWS PI ROW_COUNT SCHEMA UUID UUID_SHORT VERSION"),
    (GRAMMAR, 0, 0, "CURDATE USER UTC_DATE ROW_NUMBER RANK DENSE_RANK"),
    (GRAMMAR, 0, 1, "CURTIME NOW SYSDATE UTC_TIME UTC_TIMESTAMP"),
    (NATIVE, 0, 1, "LAST_INSERT_ID RAND UNIX_TIMESTAMP"),
    (
        *(GRAMMAR, 1, 1),
        "ASCII AVG BIT_AND BIT_OR BIT_XOR COUNT DATE DAY HOUR MAX MIN MINUTE MONTH SECOND STD STDDEV STDDEV_POP "
        "STDDEV_SAMP SUM TIME VARIANCE VAR_POP VAR_SAMP YEAR NTILE FIRST_VALUE",
    ),
    (
        *(NATIVE, 1, 1),
        "ABS ACOS ASIN BIN BIT_COUNT BIT_LENGTH CEIL CEILING CHAR_LENGTH CHARACTER_LENGTH COERCIBILITY COLLATION COS "
        "COT DAYNAME DAYOFMONTH DAYOFWEEK DAYOFYEAR DEGREES EXP FLOOR FROM_BASE64 FROM_DAYS HEX INET_ATON INET_NTOA "
        "INET6_ATON INET6_NTOA ISNULL IS_FREE_LOCK IS_USED_LOCK JSON_DEPTH JSON_QUOTE JSON_TYPE JSON_UNQUOTE "
        "JSON_VALID LAST_DAY LCASE LENGTH LN LOG10 LOG2 LOWER LTRIM MD5 MICROSECOND MONTHNAME OCT OCTET_LENGTH ORD "
        "QUARTER QUOTE RADIANS RELEASE_LOCK REVERSE RTRIM SEC_TO_TIME SHA SHA1 SIGN SIN SLEEP SOUNDEX SPACE SQRT TAN "
        "TIME_TO_SEC TO_BASE64 TO_DAYS TO_SECONDS UCASE UNHEX UPPER WEEKDAY WEEKOFYEAR",
    ),
    (GRAMMAR, 1, 2, "TIMESTAMP"),
    (NATIVE, 1, 2, "ATAN ATAN2 CRC32 FROM_UNIXTIME JSON_KEYS JSON_LENGTH LOG ROUND WEEK YEARWEEK"),
    (NATIVE, 1, _MANY, "COALESCE CONCAT"),
    (GRAMMAR, 2, 2, "ADDDATE LEFT MOD REPEAT RIGHT SUBDATE TRUNCATE"),
    (
        *(NATIVE, 2, 2),
        "ADDTIME DATEDIFF FIND_IN_SET GET_LOCK IFNULL INSTR MAKEDATE NULLIF PERIOD_ADD PERIOD_DIFF POW POWER SHA2 "
        "STRCMP STR_TO_DATE SUBTIME TIMEDIFF TIME_FORMAT",
    ),
    (NATIVE, 2, 3, "DATE_FORMAT FORMAT JSON_CONTAINS LOCATE LPAD RPAD"),
    (
        *(NATIVE, 2, _MANY),
        "CONCAT_WS ELT FIELD GREATEST JSON_EXTRACT JSON_MERGE_PATCH JSON_MERGE_PRESERVE JSON_REMOVE LEAST MAKE_SET",
    ),
    (GRAMMAR, 3, 3, "IF REPLACE"),
    (NATIVE, 3, 3, "CONV CONVERT_TZ MAKETIME SUBSTRING_INDEX"),
    (NATIVE, 3, _MANY, "JSON_ARRAY_APPEND JSON_ARRAY_INSERT JSON_CONTAINS_PATH JSON_INSERT JSON_REPLACE JSON_SET"),
)
_TAKES = {word: (errno, least, most) for errno, least, most, words in _RANGES for word in words_of(words)}


def refusal(word: str, count: int) -> int | None:
    """Return the server's error number for a function with so many arguments, None where it takes them.

    `word` is its name in upper case. A function that is not known here may take any number.
    """
    errno, least, most = _TAKES.get(word, (0, 0, _MANY))
    return None if least <= count <= most else errno
