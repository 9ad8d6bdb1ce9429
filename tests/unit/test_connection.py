"""Failures of a connection are told apart, and TLS that was required is never given up."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pymysql
import pytest

from nodepath_cli.database_url import parse
from nodepath_cli.errors import AccessDenied, Busy, DatabaseError, NoDatabase, TlsFailure, Unreachable
from nodepath_cli.schema.connection import connect, driver_error, open_mysql, translated

GREETING = (
    b"\x0a8.0.36\0"
    + struct.pack("<I", 1)
    + b"saltsalt\0"
    + struct.pack("<H", 0xF7FF & ~0x0800)  # every capability but CLIENT_SSL
    + b"\x2d"
    + struct.pack("<HH", 2, 0x8F)
    + bytes([21])
    + bytes(10)
    + b"saltsaltsalt\0mysql_native_password\0"
)
"""The first packet of a server without TLS (MySQL internals manual, "Protocol::HandshakeV10")."""


@contextmanager
def server_without_tls(
    greeting: bytes = struct.pack("<I", len(GREETING))[:3] + b"\0" + GREETING, silent_seconds: float = 0
) -> Iterator[tuple[int, list[bytes]]]:
    """A server that greets, then keeps what the client says."""
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(10)
            time.sleep(silent_seconds)
            with contextlib.suppress(OSError):
                connection.sendall(greeting)
            heard.append(connection.recv(4096))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(listener.getsockname()[1]), heard
    finally:
        thread.join(10)
        listener.close()


@pytest.mark.parametrize("query", ["ssl_mode=REQUIRED", "tls=skip-verify", "tls=true", "ssl_verify_cert=true"])
def test_a_server_without_tls_hears_no_name_and_no_password(query: str) -> None:
    with server_without_tls() as (port, heard), pytest.raises(TlsFailure) as caught:
        open_mysql(parse(f"mysql://somebody:hush-hush@127.0.0.1:{port}/chat?{query}"))
    assert (caught.value.code, caught.value.exit_code) == ("tls", 4)
    assert b"somebody" not in b"".join(heard)


def test_plaintext_is_used_where_it_was_asked_for() -> None:
    with server_without_tls() as (port, heard), pytest.raises(Unreachable):
        open_mysql(parse(f"mysql://somebody:hush-hush@127.0.0.1:{port}/chat?tls=false"))
    assert b"somebody" in b"".join(heard)


@pytest.mark.parametrize(
    "greeting",
    [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n" * 9, b"\0\0\0\0", b"\x01\0\0\0\x0a", b""],
)
def test_a_service_of_another_kind(greeting: bytes) -> None:
    with server_without_tls(greeting) as (port, _), pytest.raises(Unreachable):
        open_mysql(parse(f"mysql://somebody:hush-hush@127.0.0.1:{port}/chat?timeout=2s"))


def test_a_service_that_says_nothing_is_not_waited_for_without_end() -> None:
    started = time.monotonic()
    with server_without_tls(silent_seconds=2.5) as (port, _):
        with pytest.raises(Unreachable):
            open_mysql(parse(f"mysql://somebody:hush-hush@127.0.0.1:{port}/chat?timeout=1s"))
        assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (1045, AccessDenied),
        (1044, AccessDenied),
        (1142, AccessDenied),
        (1049, NoDatabase),
        (2003, Unreachable),
        (2013, Unreachable),
        (2026, TlsFailure),
        (3159, TlsFailure),
        (1205, Busy),
        (1064, DatabaseError),
    ],
)
def test_server_errors_by_number(number: int, kind: type[DatabaseError]) -> None:
    url = parse("mysql://app:hush-hush@db.example/chat")
    found = translated(pymysql.err.OperationalError(number, "the server's words"), url)
    assert type(found) is kind
    assert "db.example:3306" in found.line()
    assert "hush" not in found.line()


def test_other_failures() -> None:
    url = parse("mysql://app:hush-hush@db.example/chat")
    assert type(translated(ssl.SSLError("bad"), url)) is TlsFailure
    assert type(translated(OSError("gone"), url)) is Unreachable
    needs = RuntimeError("'cryptography' package is required for sha256_password or caching_sha2_password auth methods")
    assert type(translated(needs, url)) is AccessDenied
    lite = parse("sqlite:///x.db")
    assert type(translated(sqlite3.OperationalError("database is locked"), lite)) is Busy
    assert type(translated(sqlite3.DatabaseError("file is not a database"), lite)) is NoDatabase


def test_the_drivers_error_is_found_behind_others() -> None:
    inner = pymysql.err.OperationalError(1045, "no")
    outer = RuntimeError("x")
    outer.__cause__ = inner
    assert driver_error(outer) is inner
    assert driver_error(RuntimeError("x")) is None


def test_an_engine_does_not_know_the_password() -> None:
    engine = connect(parse("mysql://app:hush-hush@db.example/chat"))
    assert "hush" not in f"{engine!r} {engine.url!r} {engine.url.render_as_string(hide_password=False)}"


def test_a_url_without_a_database_is_told_before_the_server_is_asked() -> None:
    with pytest.raises(NoDatabase):
        connect(parse("mysql://app@db.example/"))
