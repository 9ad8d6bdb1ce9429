"""A database is found in whatever form its URL has, and its password is never shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodepath_cli.database_parameters import CONNECT_SECONDS
from nodepath_cli.database_tls import Plain, Preferred, Required
from nodepath_cli.database_url import configured, find, is_url, parse
from nodepath_cli.errors import ConfigError, NodepathError, TlsError, UsageError

SECRET = "s3cr@t/p#w%d:x?y"
ENCODED = "s3cr%40t%2Fp%23w%25d%3Ax%3Fy"


@pytest.mark.parametrize("scheme", ["mysql", "mysql+pymysql", "mariadb", "mariadb+pymysql", "MySQL"])
@pytest.mark.parametrize("password", [SECRET, ENCODED])
def test_a_url_with_a_raw_or_encoded_password(scheme: str, password: str) -> None:
    url = parse(f"{scheme}://app:{password}@db.example:3307/chat")
    assert (url.host, url.port, url.user, url.password, url.database) == ("db.example", 3307, "app", SECRET, "chat")
    assert url.dialect == ("mariadb" if scheme.lower().startswith("mariadb") else "mysql")
    assert url.masked == f"{scheme}://app:***@db.example:3307/chat"


def test_a_percent_sign_without_two_hex_digits_is_itself_and_with_them_is_decoded() -> None:
    assert parse("mysql://u:50%off@h/d").password == "50%off"
    assert parse("mysql://u:a%41b@h/d").password == "aAb"
    assert parse("mysql://u:a%2541b@h/d").password == "a%41b"


@pytest.mark.parametrize(
    ("dsn", "host", "port", "socket"),
    [
        ("app:{}@tcp(db.example:3307)/chat?parseTime=true&loc=Local", "db.example", 3307, None),
        ("app:{}@tcp(db.example)/chat", "db.example", 3306, None),
        ("app:{}@tcp([::1]:3306)/chat", "::1", 3306, None),
        ("app:{}@tcp(:3310)/chat", "127.0.0.1", 3310, None),
        ("app:{}@unix(/run/mysqld/mysqld.sock)/chat?charset=utf8", None, 3306, "/run/mysqld/mysqld.sock"),
        ("app:{}@/chat?parseTime=true", "127.0.0.1", 3306, None),
    ],
)
def test_the_go_drivers_dsn(dsn: str, host: str | None, port: int, socket: str | None) -> None:
    url = parse(dsn.format(SECRET))
    assert (url.host, url.port, url.socket) == (host, port, socket)
    assert (url.user, url.password, url.database) == ("app", SECRET, "chat")
    assert url.masked == dsn.format("***")


def test_the_go_driver_decodes_nothing_in_a_bare_dsn_and_golang_migrates_form_does() -> None:
    assert parse("u:a%40b@tcp(h)/d").password == "a%40b"
    assert parse("mysql://u:a%40b@tcp(h:3306)/d").password == "a@b"


def test_go_only_parameters_are_dropped_and_the_charset_is_kept() -> None:
    url = parse(
        "mysql://u:p@h/d?charset=utf8mb4,utf8&parseTime=True&loc=Asia%2FKuala_Lumpur&collation=utf8mb4_unicode_ci"
        "&interpolateParams=true&multiStatements=true&clientFoundRows=true&allowNativePasswords=true"
        "&readTimeout=1s&writeTimeout=1s&maxAllowedPacket=0"
    )
    assert url.connect_args() == {
        "host": "h",
        "port": 3306,
        "user": "u",
        "password": b"p",
        "database": "d",
        "charset": "utf8mb4",
        "connect_timeout": CONNECT_SECONDS,
    }
    assert parse("mysql://u:p@h/d?charset=latin1").charset == "latin1"


@pytest.mark.parametrize(("text", "seconds"), [("5s", 5), ("500ms", 1), ("2m", 120), ("7", 7)])
def test_the_connect_timeout_in_the_go_drivers_words(text: str, seconds: int) -> None:
    assert parse(f"u:p@tcp(h)/d?timeout={text}").connect_args()["connect_timeout"] == seconds


@pytest.mark.parametrize("path", ["/run/a@b/mysql.sock", "/run/mysqld/mysqld.sock"])
def test_a_socket_as_a_parameter_even_with_an_at_sign(path: str) -> None:
    url = parse(f"mysql://root@localhost/d?unix_socket={path}")
    assert (url.user, url.password, url.socket) == ("root", None, path)
    assert url.connect_args()["unix_socket"] == path


def test_an_ipv6_address() -> None:
    url = parse("mysql://u:p@[2001:db8::1]:3307/d")
    assert (url.host, url.port, url.place) == ("2001:db8::1", 3307, "[2001:db8::1]:3307")


def test_sqlite_paths_are_relative_with_three_slashes_and_absolute_with_four() -> None:
    assert parse("sqlite:///lock.db").database == "lock.db"
    assert parse("sqlite:////var/lock.db").database == "/var/lock.db"
    assert parse("sqlite:///lock.db").dialect == "sqlite"


@pytest.mark.parametrize(
    "text",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite://lock.db",
        "postgres://u:hush-hush@h/d",
        "hush-hush",
        "",
        "mysql://u:hush-hush",
        "mysql://u:hush-hush@h:99999/d",
        "mysql://u:hush-hush@h:0/d",
        "mysql://u:hush-hush@a b/d",
        "u:hush-hush@tcp(h)",
        "u:hush-hush@udp(h)/d",
        "u:hush-hush@unix()/d",
        "mysql://u:hush\nhush@h/d",
        "mysql://u:hush-hush@h/d%00",
        "sqlite:///x%00.db",
        "mysql://u:hush-hush@h/d?charset=a'b",
        "mysql://u:hush-hush@h/d?timeout=soon",
        "u:hush-hush@tcp(a b)/d",
        "u:hush-hush@h/d",
    ],
)
def test_a_url_that_cannot_be_read_is_one_line_without_its_password(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    line = caught.value.line()
    assert "hush" not in line
    assert "\n" not in line
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", Preferred()),
        ("tls=false", Plain()),
        ("tls=preferred", Preferred()),
        ("tls=skip-verify", Required("nothing")),
        ("tls=true", Required("identity")),
        ("ssl-mode=DISABLED", Plain()),
        ("ssl_mode=required", Required("nothing")),
        ("ssl-mode=VERIFY_CA&ssl-ca=/c/ca.pem", Required("authority", "/c/ca.pem")),
        ("ssl_mode=VERIFY_IDENTITY&ssl_ca=/c/ca.pem", Required("identity", "/c/ca.pem")),
        ("ssl_ca=/c/a@b.pem", Required("authority", "/c/a@b.pem")),
        ("ssl_mode=preferred&ssl_ca=/c/ca.pem", Required("authority", "/c/ca.pem")),
        ("ssl_cert=/c/c.pem&ssl_key=/c/k.pem", Required("nothing", None, "/c/c.pem", "/c/k.pem")),
        ("ssl_verify_cert=true&ssl_ca=/c/ca.pem", Required("authority", "/c/ca.pem")),
        ("ssl_verify_identity=true", Required("identity")),
        ("ssl_verify_cert=false", Required("nothing")),
        ("ssl_disabled=true", Plain()),
    ],
)
def test_what_the_tls_parameters_ask_for(query: str, expected: object) -> None:
    assert parse(f"mysql://u:p@h/d?{query}").tls == expected
    assert parse(f"u:p@tcp(h)/d?parseTime=true&{query}").tls == expected


@pytest.mark.parametrize(
    "query",
    [
        "tls=custom",
        "tls=",
        "ssl_mode=on",
        "ssl-mode=VERIFY",
        "sslmode=require",
        "useSSL=true",
        "requireSSL=true",
        "tls=true&ssl_mode=DISABLED",
        "ssl_mode=DISABLED&ssl_ca=/c/ca.pem",
        "ssl_key=/c/k.pem",
        "ssl_verify_cert=maybe",
        "ssl_ca=",
        "tls=true&tls=false",
        "tlsmode=x",
        "ssl=1",
    ],
)
def test_tls_that_is_not_understood_is_never_plaintext(query: str) -> None:
    with pytest.raises(TlsError) as caught:
        parse(f"mysql://u:hush-hush@h/d?{query}")
    assert (caught.value.exit_code, caught.value.code) == (2, "tls")
    assert "hush" not in caught.value.line()


def test_plaintext_is_asked_for_and_not_fallen_into() -> None:
    assert parse("mysql://u:p@h/d?tls=false").connect_args()["ssl_disabled"] is True
    assert "ssl" in parse("mysql://u:p@h/d?tls=skip-verify").connect_args()


def test_a_tls_file_that_is_not_there_is_a_configuration_error() -> None:
    with pytest.raises(TlsError, match="no-such-ca"):
        parse("mysql://u:p@h/d?ssl_ca=/nowhere/no-such-ca.pem").connect_args()


def test_passwords_in_parameters_are_masked_too() -> None:
    assert "hush" not in parse("mysql://u@h/d?password=hush&x=1").masked


def test_the_places_are_asked_in_order() -> None:
    environ = {
        "NODEPATH_DATABASE_URL": "mysql://h/nodepath",
        "MYSQL_URI": "u:p@tcp(h)/uri",
        "DATABASE_URL": "mysql://h/database",
        "MYSQL_HOST": "db.example",
        "MYSQL_PORT": "3310",
        "MYSQL_USER": "app",
        "MYSQL_PASSWORD": SECRET,
        "MYSQL_DATABASE": "parts",
    }
    assert configured("mysql://h/option", environ, "mysql://h/file").database == "option"
    for variable, expected in [
        ("NODEPATH_DATABASE_URL", "nodepath"),
        ("MYSQL_URI", "uri"),
        ("DATABASE_URL", "database"),
    ]:
        assert configured(None, environ, "mysql://h/file").database == expected
        environ[variable] = "  "
    parts = configured(None, environ, "mysql://h/file")
    assert (parts.host, parts.port, parts.user, parts.password) == ("db.example", 3310, "app", SECRET)
    assert parts.masked == "mysql://app:***@db.example:3310/parts"
    assert configured(None, {}, "mysql://h/file").database == "file"


def test_nothing_configured_names_the_ways() -> None:
    with pytest.raises(ConfigError) as caught:
        configured(None, {})
    assert (caught.value.exit_code, caught.value.code) == (2, "config")
    for way in ("--database-url", "NODEPATH_DATABASE_URL", "MYSQL_URI", "MYSQL_HOST", "nodepath.toml"):
        assert way in caught.value.line()
    assert find(None, {}) is None


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"MYSQL_URI": "postgres://u:hush@h/d"}, "MYSQL_URI"),
        ({"MYSQL_HOST": "h", "MYSQL_PASSWORD": "hush"}, "MYSQL_DATABASE"),
        ({"MYSQL_HOST": "h", "MYSQL_DATABASE": "d", "MYSQL_PORT": "hush"}, "MYSQL_PORT"),
        ({"MYSQL_HOST": "h/hush", "MYSQL_DATABASE": "d"}, "MYSQL_HOST"),
    ],
)
def test_a_variable_that_cannot_be_read_is_named_without_its_value(environ: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        configured(None, environ)
    assert named in caught.value.line()
    assert "hush" not in caught.value.line()


def test_a_path_is_no_url() -> None:
    assert not is_url("db/schema.sql")
    assert not is_url("head")
    assert is_url("u:p@tcp(h)/d")
    assert is_url("mysql://h/d")


PASSWORDS = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters="\x7f"), min_size=8)


@given(PASSWORDS)
def test_no_password_is_ever_shown(password: str) -> None:
    marked = "Zq7" + password + "Zq7"
    for form in ("mysql://u:{}@h:3306/d?charset=utf8mb4", "u:{}@tcp(h:3306)/d?parseTime=true"):
        try:
            url = parse(form.format(marked))
        except NodepathError as error:
            assert "Zq7" not in error.line()
        else:
            assert "Zq7" not in f"{url} {url!r} {url.masked} {url.place}"


@given(st.text(max_size=60))
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    for form in (text, "mysql://" + text, "u:p@" + text, "mysql://u:p@h/d?" + text):
        try:
            assert parse(form).masked
        except NodepathError as error:
            assert error.exit_code == 2
