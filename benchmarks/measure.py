"""Measures programs as whole processes: wall-clock and processor seconds, and the peak of memory."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import server

ROOT = Path(__file__).parents[1]
TICK = 0.05
"""Seconds between two looks at a process."""
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Cost:
    """``wall`` and ``cpu`` in seconds, of a process and its children; ``peak`` in MiB, of the process itself."""

    wall: float
    cpu: float
    peak: float


class Failed(Exception):
    """A program to be measured has failed."""


def run(command: list[str], *, folder: Path = ROOT, allowed: tuple[int, ...] = (0,)) -> Cost:
    """Run a program of this project to its end, in a folder.

    :raises Failed: when it ends with a status that is not ``allowed``; its errors are on our standard error.
    """
    # Where Python may not write its compiled modules, each start compiles ours, and those of installed packages not.
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    given["PYTHONPATH"] = str(ROOT)
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=given, stdout=subprocess.DEVNULL)
    watch = _Watch(process.pid)
    watch.start()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    wall = time.perf_counter() - began
    peak = watch.peak()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        raise Failed(f"status {process.returncode}: {' '.join(command)}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak)


class _Watch(threading.Thread):
    """Polls the peak memory of a running process until it ends: Linux only.

    ``ru_maxrss`` would start at the size of this process, its parent.
    """

    def __init__(self, pid: int) -> None:
        super().__init__()
        self._path = Path(f"/proc/{pid}/status")
        self._has_ended = threading.Event()
        self._peak = 0

    def run(self) -> None:
        """Look."""
        while not self._has_ended.wait(TICK):
            found = _PEAK.search(self._path.read_text(encoding="utf-8"))
            self._peak = int(found[1]) if found else self._peak

    def peak(self) -> float:
        """The peak in MiB, after the process has ended and before it is waited for."""
        self._has_ended.set()
        self.join()
        return self._peak / 1024


def python(*arguments: str) -> list[str]:
    """A command of this interpreter."""
    return [sys.executable, *arguments]


def scrapy(*arguments: str) -> list[str]:
    """A command of Scrapy's in this environment."""
    return python("-m", "scrapy", *arguments)


@dataclass(frozen=True, slots=True)
class Served:
    """The counts of a page server: pages requested, and the seconds from the first request to the last reply."""

    pages: int
    seconds: float


@dataclass(slots=True)
class PageServer:
    """A running `benchmarks.server`; ``cpu`` is its processor time in seconds."""

    url: str
    pid: int

    def report(self) -> Served:
        """The counts since the last report."""
        with urllib.request.urlopen(f"{self.url}{server.COUNT}", timeout=60) as answer:  # noqa: S310
            return Served(**json.load(answer))

    @property
    def cpu(self) -> float:
        """From ``/proc``: Linux only."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(pages: int, latency_ms: float = 0) -> Iterator[PageServer]:
    """Serve this many pages in a process of its own."""
    command = python("-m", "benchmarks.server", "--pages", str(pages), "--latency-ms", str(latency_ms))
    given = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=given, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().strip() if process.stdout else ""
            if not url:
                raise Failed("the page server did not start")
            yield PageServer(url, process.pid)
        finally:
            process.terminate()


@dataclass(frozen=True, slots=True)
class Spread:
    """The median, minimum and maximum of several measurements."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """Of at least one."""
        return cls(median(values), min(values), max(values))
