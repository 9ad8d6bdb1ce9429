"""The grammar of column types, and what the server makes of a type."""

from __future__ import annotations

from nodepath_cli.config import Dialect
from nodepath_cli.sql._ddl.nodes import TypeName
from nodepath_cli.sql._ddl.reader import Reader
from nodepath_cli.sql._ddl.refusal import Refusal, syntax_error
from nodepath_cli.sql.lexer import END, NUMBER, STRING, WORD
from nodepath_cli.sql.words import words_of

INTEGERS = {"tinyint": 4, "smallint": 6, "mediumint": 9, "int": 11, "bigint": 20}
"""Display width that MariaDB gives to a signed integer without one; an unsigned one has a digit less, but `bigint`."""
DECIMALS = frozenset({"decimal"})
FLOATS = frozenset({"float", "double"})
TEXTS = frozenset({"tinytext", "text", "mediumtext", "longtext"})
BLOBS = frozenset({"tinyblob", "blob", "mediumblob", "longblob"})
BINARIES = frozenset({"binary", "varbinary"})
TIMES = frozenset({"date", "time", "datetime", "timestamp", "year"})
SPATIAL = words_of("geometry point linestring polygon multipoint multilinestring multipolygon geometrycollection")
CHARACTER = TEXTS | {"char", "varchar", "enum", "set"}
"""Types that have a charset."""

_SYNONYMS = {
    "integer": "int",
    "int1": "tinyint",
    "int2": "smallint",
    "int3": "mediumint",
    "middleint": "mediumint",
    "int4": "int",
    "int8": "bigint",
    "bool": "tinyint",
    "boolean": "tinyint",
    "dec": "decimal",
    "numeric": "decimal",
    "fixed": "decimal",
    "number": "decimal",
    "real": "double",
    "float4": "float",
    "float8": "double",
    "character": "char",
    "nchar": "char",
    "varcharacter": "varchar",
    "nvarchar": "varchar",
    "varchar2": "varchar",
    "long": "mediumtext",
    "clob": "longtext",
    "raw": "varbinary",
    "geomcollection": "geometrycollection",
}
_KNOWN = (
    frozenset(INTEGERS)
    | DECIMALS
    | FLOATS
    | CHARACTER
    | BLOBS
    | BINARIES
    | TIMES
    | SPATIAL
    | frozenset({"bit", "json", "uuid", "inet4", "inet6", "vector", "serial", "xmltype"})
    | frozenset(_SYNONYMS)
)
_WIDEST = {**dict.fromkeys(INTEGERS, 255), "bit": 64}
_NATIONAL = frozenset({"nchar", "nvarchar", "national"})


def read_type(reader: Reader) -> TypeName:
    """Read a type with its length, sign and charset; raises Refusal for a word that is no type."""
    if reader.sqlite:
        return _sqlite_type(reader)
    if reader.kind != WORD:
        raise reader.error()
    words = _type_words(reader)
    word = words[1] if words[0] == "national" else words[0]
    base = _SYNONYMS.get(word, word)
    base = _joined(words, base)
    if word not in _KNOWN:
        near = word
        if reader.dialect.name == "mariadb":
            raise Refusal(4161, f"Unknown data type: '{near}'")
        raise Refusal(1064, f"syntax error near '{near}'")
    arguments = _arguments(reader, base)
    unsigned = zerofill = binary = compressed = False
    charset = "utf8mb3" if words[0] in _NATIONAL else None
    while True:
        if reader.accept("UNSIGNED"):
            unsigned = True
        elif reader.accept("ZEROFILL"):
            unsigned = zerofill = True
        elif reader.accept("SIGNED"):
            pass
        elif base in CHARACTER and (given := _charset(reader)):
            charset = given
        elif base in CHARACTER and reader.accept("BINARY"):
            binary = True
        elif reader.accept("COMPRESSED"):
            compressed = True
            if reader.operator("="):
                reader.advance()
                reader.advance()
        elif reader.accept("REF_SYSTEM_ID", "="):
            reader.number()
        else:
            break
    if charset == "binary" and base in CHARACTER and base not in ("enum", "set"):
        base, charset = _as_binary(base), None
        words = [base]
    text = _text(words, base, arguments, unsigned, zerofill)
    return TypeName(base, text, arguments, unsigned, zerofill, charset, binary, compressed)


def _type_words(reader: Reader) -> list[str]:
    words = [reader.word.lower()]
    reader.advance()
    if words == ["national"]:
        words.append(reader.word.lower())
        reader.advance()
    varying = words[-1] in ("char", "character", "nchar") and reader.accept("VARYING")
    if varying or (words[-1] in ("char", "nchar") and reader.accept_any("VARCHAR", "VARCHARACTER")):
        words.append("varying")
    elif words[-1] == "double" and reader.accept("PRECISION"):
        words.append("precision")
    elif words[-1] == "long":
        following = reader.accept_any("VARCHAR", "VARCHARACTER", "VARBINARY", "CHAR", "BYTE")
        if following:
            words.append(following.lower())
            if following == "CHAR":
                reader.expect("VARYING")
    elif words[-1] in ("char", "character", "varchar") and reader.accept("BYTE"):
        words.append("byte")
    return words


def _joined(words: list[str], base: str) -> str:
    if words[-1] == "varying":
        return "varchar"
    if words[-1] == "byte":
        return _as_binary(base)
    if words[0] == "long" and words[-1] in ("varbinary", "byte"):
        return "mediumblob"
    return base


def _as_binary(base: str) -> str:
    """Return the binary type of a character type with CHARACTER SET binary."""
    return {"char": "binary", "varchar": "varbinary"}.get(base, base.replace("text", "blob"))


def _arguments(reader: Reader, base: str) -> tuple[str, ...]:
    if reader.word != "(":
        if base in ("enum", "set", "varchar", "varbinary"):
            raise reader.error()
        return ()
    reader.advance()
    found = []
    if base in ("enum", "set"):
        found.append(_member(reader))
        while reader.accept(","):
            found.append(_member(reader))
    elif reader.kind == NUMBER:
        found.append(_whole_number(reader))
        while reader.accept(","):
            found.append(_whole_number(reader))
        reader.accept_any("CHAR", "BYTE")
    else:
        raise reader.error()
    reader.expect(")")
    if base == "float" and len(found) == 1 and int(found[0]) > 53:
        raise Refusal(1063, "Incorrect column specifier")
    return tuple(found)


def _whole_number(reader: Reader) -> str:
    number = reader.number()
    if not number.isdecimal() or len(number) > 10:
        raise syntax_error(number)
    return number


def _member(reader: Reader) -> str:
    """Read a member of an ENUM or SET; the server drops blanks at its end."""
    if reader.kind == WORD and reader.peek_kind() == STRING:
        reader.advance()
    if reader.kind == NUMBER and reader.raw()[:2].lower() == "0x":
        digits = reader.number()[2:]
        return bytes.fromhex(digits.zfill(len(digits) + len(digits) % 2)).decode("utf-8", "replace")
    return reader.string().rstrip(" ")


def _charset(reader: Reader) -> str | None:
    if reader.accept("CHARACTER", "SET") or reader.accept("CHARSET") or reader.accept("CHAR", "SET"):
        reader.accept("=")
        return reader.name_or_string().lower()
    if reader.accept("ASCII"):
        return "latin1"
    if reader.accept("UNICODE"):
        return "ucs2"
    return None


def _text(words: list[str], base: str, arguments: tuple[str, ...], unsigned: bool, zerofill: bool) -> str:
    word = " ".join(words)
    if base in ("enum", "set"):
        members = ",".join("'" + member.replace("'", "''") + "'" for member in arguments)
        text = f"{word}({members})"
    else:
        text = f"{word}({','.join(arguments)})" if arguments else word
    return text + (" unsigned" if unsigned else "") + (" zerofill" if zerofill else "")


def _sqlite_type(reader: Reader) -> TypeName:
    """Read SQLite's type: any words up to a constraint, with up to two numbers (its manual, "CREATE TABLE")."""
    words = []
    while reader.kind != END and (reader.kind in (STRING, NUMBER) or reader.is_name()):
        if reader.word in _SQLITE_CONSTRAINTS:
            break
        words.append(reader.raw().strip("\"'`[]").lower())
        reader.advance()
    arguments: tuple[str, ...] = ()
    if words and reader.word == "(":
        arguments = tuple(part.strip() for part in reader.parenthesised().split(","))
    text = " ".join(words) + (f"({','.join(arguments)})" if arguments else "")
    return TypeName(words[0] if words else "", text, arguments)


_SQLITE_CONSTRAINTS = words_of(
    "CONSTRAINT PRIMARY NOT NULL UNIQUE CHECK DEFAULT COLLATE REFERENCES GENERATED AS AUTOINCREMENT ON"
)


def server_type(column_type: TypeName, dialect: Dialect) -> TypeName:
    """Return the type as the server stores it: `bool` is `tinyint(1)`, `serial` is `bigint unsigned`, a TEXT(n) the
    smallest text that holds n.

    Raises Refusal for a length that the type cannot have. Facts: manual, "Data Types"; MariaDB 10.11 measured.
    """
    base, arguments = column_type.base, column_type.arguments
    if base == "serial":
        return TypeName("bigint", "bigint(20) unsigned", ("20",), unsigned=True)
    if base in ("text", "blob") and arguments:
        size = int(arguments[0])
        for limit, name in ((255, "tiny"), (65535, ""), (16777215, "medium")):
            if size <= limit:
                return _with(column_type, name + base, ())
        return _with(column_type, "long" + base, ())
    if base == "json" and dialect.name == "mariadb":
        return _with(column_type, "longtext", ())
    if base == "float" and len(arguments) == 1:
        return _with(column_type, "double" if int(arguments[0]) > 24 else "float", ())
    if base == "bit" and arguments == ("0",):
        return _with(column_type, base, ())
    if base in ("char", "binary") and arguments and int(arguments[0]) > 255:
        raise Refusal(1074, "Column length too big for column (max = 255); use BLOB or TEXT instead")
    if base == "decimal" or (base in FLOATS and len(arguments) == 2):
        _check_decimal(base, arguments)
    if arguments and base in TIMES and base != "year" and int(arguments[0]) > 6:
        raise Refusal(1426, f"Too big precision {arguments[0]} specified. Maximum is 6")
    if arguments and base in _WIDEST and int(arguments[0]) > _WIDEST[base]:
        raise Refusal(1439, f"Display width out of range for column (max = {_WIDEST[base]})")
    return column_type


def as_binary(column_type: TypeName) -> TypeName:
    """Return the binary type that a character type is in a table with CHARACTER SET binary."""
    if column_type.base not in CHARACTER or column_type.base in ("enum", "set"):
        return column_type
    base = _as_binary(column_type.base)
    text = _text([base], base, column_type.arguments, unsigned=False, zerofill=False)
    return TypeName(base, text, column_type.arguments)


def _check_decimal(base: str, arguments: tuple[str, ...]) -> None:
    precision = int(arguments[0]) if arguments else 10
    scale = int(arguments[1]) if len(arguments) > 1 else 0
    if base == "decimal" and precision == 0:
        precision = 10
    if base == "decimal" and precision > 65:
        raise Refusal(1426, "Too big precision specified. Maximum is 65")
    if scale > (38 if base == "decimal" else 30):
        raise Refusal(1425, "Too big scale specified. Maximum is 38")
    if scale > precision:
        raise Refusal(1427, "For float(M,D), double(M,D) or decimal(M,D), M must be >= D")
    if precision > 255:
        raise Refusal(1439, "Display width out of range for column (max = 255)")


def _with(column_type: TypeName, base: str, arguments: tuple[str, ...]) -> TypeName:
    return TypeName(
        base,
        base,
        arguments,
        column_type.unsigned,
        column_type.zerofill,
        column_type.charset,
        column_type.binary,
        column_type.compressed,
    )


def column_type_text(text: str, dialect: Dialect) -> str:
    """Return a type as written (`Column.type`) in the spelling of information_schema's COLUMN_TYPE on MariaDB.

    A text that is no type comes back as it is.
    """
    try:
        parsed = server_type(read_type(Reader(text, dialect)), dialect)
    except Refusal:
        return text
    base, arguments = parsed.base, parsed.arguments
    if base in INTEGERS:
        default = "1" if text.split("(")[0].split()[0] in ("bool", "boolean") else str(_width(base, parsed.unsigned))
        width = arguments[0] if arguments else default
        rendered = f"{base}({width})"
    elif base == "decimal":
        precision = arguments[0] if arguments and arguments[0] != "0" else "10"
        rendered = f"decimal({precision},{arguments[1] if len(arguments) > 1 else 0})"
    elif base in ("enum", "set"):
        rendered = _text([base], base, arguments, unsigned=False, zerofill=False)
    elif base in ("char", "binary", "bit", "year"):
        rendered = f"{base}({arguments[0] if arguments else {'year': '4'}.get(base, '1')})"
    elif base in TIMES and arguments == ("0",):
        rendered = base
    else:
        rendered = f"{base}({','.join(arguments)})" if arguments else base
    return rendered + (" unsigned" if parsed.unsigned else "") + (" zerofill" if parsed.zerofill else "")


def _width(base: str, unsigned: bool) -> int:
    width = INTEGERS[base]
    return width - 1 if unsigned and base != "bigint" else width
