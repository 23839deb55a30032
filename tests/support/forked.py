"""Programs that start in a third of the time: each is a fork of one process that has imported all of dictcrawler.

A forked program is a process like any other: it has its own streams, environment, signals and exit status. Only its
imports are done already (by `tests.support.fork_server`), so the seed of its hashes is that of the other forks.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from subprocess import DEVNULL, PIPE
from types import TracebackType
from typing import IO, Self

ROOT = Path(__file__).parents[2]
OF_THE_INTERPRETER = ("PYTHON", "LANG", "LC_", "LD_", "MALLOC_", "OPENSSL_")
"""Beginnings of variables that a process reads once, at its start."""
Streams = tuple[int, int, int]
"""Standard input, output and error: a descriptor each, or ``PIPE`` or ``DEVNULL``."""
PIPES = (DEVNULL, PIPE, PIPE)


class Process:
    """A forked program, with those methods of `subprocess.Popen` that tests use."""

    def __init__(self, pid: int, reply: socket.socket, streams: Iterable[int | None]) -> None:
        self.pid = pid
        self._reply = reply
        writes, *reads = streams
        self.stdin: IO[str] | None = None if writes is None else os.fdopen(writes, "w")
        self.stdout, self.stderr = (None if fd is None else os.fdopen(fd) for fd in reads)
        self.returncode: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in (self.stdin, self.stdout, self.stderr):
            if stream is not None:
                stream.close()
        self.wait()

    def poll(self) -> int | None:
        """The exit status, negative for a signal; ``None`` while the program runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit status.

        :raises subprocess.TimeoutExpired: when it takes longer than this many seconds.
        """
        if self.returncode is None:
            if not select.select([self._reply], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("a forked program", timeout or 0)
            self.returncode = os.waitstatus_to_exitcode(int(self._reply.recv(20)))
            self._reply.close()
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Read both streams to their ends and wait for the exit status."""
        deadline = None if timeout is None else time.monotonic() + timeout
        if self.stdin is not None:
            self.stdin.close()
        texts = ["", ""]
        readers = [
            threading.Thread(target=_read, args=(stream, texts, at), daemon=True)
            for at, stream in enumerate((self.stdout, self.stderr))
            if stream is not None and not stream.closed
        ]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(_left(deadline))
            if reader.is_alive():
                raise subprocess.TimeoutExpired("a forked program", timeout or 0)
        self.wait(_left(deadline))
        return texts[0], texts[1]

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the program has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def _read(stream: IO[str], texts: list[str], at: int) -> None:
    with stream:
        texts[at] = stream.read()


def _left(deadline: float | None) -> float | None:
    return None if deadline is None else max(0.0, deadline - time.monotonic())


Program = Process | subprocess.Popen[str]


class Forks:
    """The process that has imported everything, which forks a program at each `start`."""

    def __init__(self, **more: str) -> None:
        """``more``: further variables of its environment, such as ``LD_PRELOAD``."""
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._parent = subprocess.Popen(
                [sys.executable, "-m", "tests.support.fork_server"],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT)} | more,
                stdin=theirs.fileno(),
                # No files, in which the streams of the forks would seek.
                stdout=PIPE,
                stderr=subprocess.STDOUT,
            )
        assert self._parent.stdout is not None
        self._output = self._parent.stdout

    def close(self) -> None:
        """End the process; programs that still run go on."""
        self._socket.close()
        self._parent.wait()
        self._output.close()

    def start(
        self,
        module: str,
        *arguments: str,
        env: Mapping[str, str],
        streams: Streams = PIPES,
        before: tuple[str, ...] = (),
    ) -> Process:
        """Start ``python -m module`` with these arguments, in the project.

        ``before``: the place of a function, as ``module:name``, and the arguments with which it is called first.
        """
        ours: list[int | None] = []
        theirs: list[int] = []
        for stream, direction in zip(streams, (1, 0, 0), strict=True):
            if stream == PIPE:
                pipe = os.pipe()
                ours.append(pipe[direction])
                theirs.append(pipe[not direction])
            else:
                ours.append(None)
                theirs.append(os.open(os.devnull, os.O_RDWR) if stream == DEVNULL else os.dup(stream))
        reply, their_reply = socket.socketpair(type=socket.SOCK_SEQPACKET)
        order = {"command": [module, *arguments], "env": dict(env), "before": before}
        reply.send(json.dumps(order).encode())
        socket.send_fds(self._socket, [b"."], [their_reply.fileno(), *theirs])
        their_reply.close()
        for fd in theirs:
            os.close(fd)
        if not (pid := reply.recv(20)):
            raise RuntimeError(os.read(self._output.fileno(), 65_536).decode())
        return Process(int(pid), reply, ours)


def start(
    module: str,
    *arguments: str,
    env: Mapping[str, str],
    streams: Streams = PIPES,
    before: tuple[str, ...] = (),
) -> Program:
    """`Forks.start`, or a start of Python where its interpreter needs other variables or forks are not safe."""
    env = dict(env) | {"PYTHONPATH": env.get("PYTHONPATH", str(ROOT))}
    if sys.platform == "linux":
        forks, of_the_interpreter = _shared()
        if before or of_the_interpreter == _of_the_interpreter(env):
            return forks.start(module, *arguments, env=env, streams=streams, before=before)
    stdin, stdout, stderr = streams
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=env,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        text=True,
    )


def run(module: str, *arguments: str, env: Mapping[str, str], timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """`start`, to the end of the program."""
    process = start(module, *arguments, env=env)
    out, log = process.communicate(timeout=timeout)
    return subprocess.CompletedProcess([module, *arguments], process.wait(), out, log)


@cache
def _shared() -> tuple[Forks, dict[str, str]]:
    forks = Forks()
    atexit.register(forks.close)
    return forks, _of_the_interpreter(os.environ | {"PYTHONPATH": str(ROOT)})


def _of_the_interpreter(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(OF_THE_INTERPRETER)}
