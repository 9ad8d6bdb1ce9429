"""A private MariaDB in a temporary folder: its own data, its own socket, no network."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pymysql
from pymysql.cursors import Cursor

START_SECONDS = 60.0


class NoServer(RuntimeError):
    """MariaDB is not installed, or did not start."""


@dataclass
class PrivateMariaDB:
    """Starts with `with`, ends with it; the server dies with the test run."""

    folder: Path
    options: tuple[str, ...] = ()
    _process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> str:
        """Path of the server's socket."""
        return str(self.folder / "s.sock")

    def __enter__(self) -> PrivateMariaDB:
        """Install the system tables and start the server.

        Raises NoServer where MariaDB is missing or does not come up: a machine without it fails loudly.
        """
        daemon = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin:/usr/libexec")
        installer = shutil.which("mariadb-install-db")
        if not daemon or not installer:
            raise NoServer("MariaDB is not installed: apt-get install mariadb-server")
        as_root = ["--user=root"] if os.geteuid() == 0 else []
        data = self.folder / "data"
        subprocess.run(
            [
                installer,
                "--no-defaults",
                f"--datadir={data}",
                # As below: several may be set up at one time.
                f"--tmpdir={self.folder}",
                "--auth-root-authentication-method=normal",
                *as_root,
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self.start()
        return self

    def start(self) -> None:
        """Start the server on the data that it has, also after `kill`. Raises NoServer where it does not come up."""
        daemon = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin:/usr/libexec")
        as_root = ["--user=root"] if os.geteuid() == 0 else []
        log = (self.folder / "error.log").open("ab")
        self._process = subprocess.Popen(
            [
                daemon or "mariadbd",
                "--no-defaults",
                f"--datadir={self.folder / 'data'}",
                f"--socket={self.socket}",
                f"--pid-file={self.folder / 'pid'}",
                # A server that starts clears its folder for temporary tables: two in one folder spoil each other's.
                f"--tmpdir={self.folder}",
                "--skip-networking",
                "--innodb-buffer-pool-size=32M",
                "--innodb-flush-log-at-trx-commit=0",
                "--character-set-server=utf8mb4",
                "--skip-log-bin",
                *self.options,
                *as_root,
            ],
            stdout=log,
            stderr=log,
        )
        log.close()
        self._wait()

    def kill(self) -> None:
        """End the server as a power failure of its process would: SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                self.connect().close()
                return
            except pymysql.err.OperationalError:
                time.sleep(0.05)
        raise NoServer("MariaDB did not start: " + (self.folder / "error.log").read_text(errors="replace")[-2000:])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def connect(self, database: str | None = None) -> pymysql.connections.Connection[Cursor]:
        """Return an autocommit connection as root."""
        return pymysql.connect(unix_socket=self.socket, user="root", database=database, autocommit=True)

    def url(self, database: str) -> str:
        """Return the URL of a database for `--database-url`."""
        return f"mysql://root@localhost/{database}?unix_socket={self.socket}"
