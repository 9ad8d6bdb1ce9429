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
    (NATIVE, 0, 0, "CONNECTION_ID DATABASE FOUND_ROWS PI RELEASE_ALL_LOCKS ROW_COUNT SCHEMA UUID UUID_SHORT VERSION"),
    (
        *(GRAMMAR, 0, 0),
        "CURDATE CURRENT_DATE USER CURRENT_USER SESSION_USER SYSTEM_USER UTC_DATE ROW_NUMBER RANK DENSE_RANK "
        "CUME_DIST PERCENT_RANK",
    ),
    (
        *(GRAMMAR, 0, 1),
        "CURTIME CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP NOW SYSDATE UTC_TIME UTC_TIMESTAMP",
    ),
    (NATIVE, 0, 1, "LAST_INSERT_ID RAND UNIX_TIMESTAMP"),
    (
        *(GRAMMAR, 1, 1),
        "ASCII AVG BIT_AND BIT_OR BIT_XOR CHARSET COUNT DATE DAY HOUR MAX MIN MINUTE MONTH SECOND STD STDDEV "
        "STDDEV_POP STDDEV_SAMP SUM TIME TRIM VARIANCE VAR_POP VAR_SAMP YEAR NTILE FIRST_VALUE",
    ),
    (
        *(NATIVE, 1, 1),
        "ABS ACOS ASIN BIN BIT_COUNT BIT_LENGTH CEIL CEILING CHAR_LENGTH CHARACTER_LENGTH COERCIBILITY COLLATION "
        "COMPRESS COS COT DAYNAME DAYOFMONTH DAYOFWEEK DAYOFYEAR DEGREES EXP FLOOR FROM_BASE64 FROM_DAYS HEX INET_ATON "
        "INET_NTOA INET6_ATON INET6_NTOA ISNULL IS_FREE_LOCK IS_IPV4 IS_IPV4_COMPAT IS_IPV4_MAPPED IS_IPV6 "
        "IS_USED_LOCK JSON_DEPTH JSON_QUOTE JSON_TYPE JSON_UNQUOTE LOAD_FILE RANDOM_BYTES UNCOMPRESS "
        "UNCOMPRESSED_LENGTH JSON_VALID LAST_DAY LCASE LENGTH LN LOG10 LOG2 LOWER LTRIM MD5 MICROSECOND MONTHNAME OCT "
        "OCTET_LENGTH ORD QUARTER QUOTE RADIANS RELEASE_LOCK REVERSE RTRIM SEC_TO_TIME SHA SHA1 SIGN SIN SLEEP SOUNDEX "
        "SPACE SQRT TAN TIME_TO_SEC TO_BASE64 TO_DAYS TO_SECONDS UCASE UNHEX UPPER WEEKDAY WEEKOFYEAR",
    ),
    (GRAMMAR, 1, 2, "TIMESTAMP"),
    (NATIVE, 1, 2, "ATAN ATAN2 CRC32 FROM_UNIXTIME JSON_KEYS JSON_LENGTH LOG ROUND WEEK YEARWEEK"),
    (GRAMMAR, 1, 3, "LAG LEAD"),
    (NATIVE, 1, _MANY, "COALESCE CONCAT"),
    (GRAMMAR, 1, _MANY, "CHAR GROUP_CONCAT"),
    (GRAMMAR, 2, 2, "ADDDATE JSON_OBJECTAGG LEFT MOD NTH_VALUE REPEAT RIGHT SUBDATE TRUNCATE"),
    (
        *(NATIVE, 2, 2),
        "ADDTIME BENCHMARK DATEDIFF EXTRACTVALUE FIND_IN_SET GET_LOCK IFNULL INSTR JSON_OVERLAPS MAKEDATE NAME_CONST "
        "NULLIF PERIOD_ADD PERIOD_DIFF POW POWER SHA2 "
        "STRCMP STR_TO_DATE SUBTIME TIMEDIFF TIME_FORMAT",
    ),
    (GRAMMAR, 2, 3, "MID SUBSTR SUBSTRING"),
    (NATIVE, 2, 3, "DATE_FORMAT FORMAT JSON_CONTAINS LOCATE LPAD RPAD"),
    (NATIVE, 2, 5, "REGEXP_SUBSTR"),
    (NATIVE, 2, 6, "AES_DECRYPT AES_ENCRYPT REGEXP_INSTR"),
    (
        *(NATIVE, 2, _MANY),
        "CONCAT_WS ELT FIELD GREATEST JSON_EXTRACT JSON_MERGE JSON_MERGE_PATCH JSON_MERGE_PRESERVE JSON_REMOVE LEAST "
        "MAKE_SET",
    ),
    (GRAMMAR, 3, 3, "IF REPLACE"),
    (NATIVE, 3, 3, "CONV CONVERT_TZ MAKETIME SUBSTRING_INDEX UPDATEXML"),
    (NATIVE, 3, 5, "EXPORT_SET"),
    (NATIVE, 3, 6, "REGEXP_REPLACE"),
    (
        *(NATIVE, 3, _MANY),
        "JSON_ARRAY_APPEND JSON_ARRAY_INSERT JSON_CONTAINS_PATH JSON_INSERT JSON_REPLACE JSON_SEARCH JSON_SET",
    ),
    (NATIVE, 0, _MANY, "JSON_OBJECT"),
)
_IN_PAIRS = words_of("JSON_ARRAY_APPEND JSON_ARRAY_INSERT JSON_INSERT JSON_OBJECT JSON_REPLACE JSON_SET")
"""What takes two arguments more, or none: a path and its value, a key and its value."""
PRECISE = words_of("CURTIME CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP NOW SYSDATE UTC_TIME UTC_TIMESTAMP")
"""What takes the number of digits behind the seconds: a whole number that stands there, 6 at most."""
MOST_DIGITS = 6
TOO_PRECISE = 1426
_TAKES = {word: (errno, least, most) for errno, least, most, words in _RANGES for word in words_of(words)}


def refusal(word: str, count: int) -> int | None:
    """Return the server's error number for a function with so many arguments, None where it takes them.

    `word` is its name in upper case. A function that is not known here may take any number.
    """
    errno, least, most = _TAKES.get(word, (0, 0, _MANY))
    paired = word not in _IN_PAIRS or (count - least) % 2 == 0
    return None if least <= count <= most and paired else errno
