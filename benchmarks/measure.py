"""Programs measured as whole processes: seconds by the clock and of the processor, and the peak of memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import server

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Cost:
    """``wall`` and ``cpu`` in seconds, ``peak`` in MiB: of a process and of all that it has waited for."""

    wall: float
    cpu: float
    peak: float


class Failed(Exception):
    """A program that was to be measured has failed."""


def run(command: list[str], *, folder: Path = ROOT, allowed: tuple[int, ...] = (0,)) -> Cost:
    """Run a program of this project to its end, in a folder.

    :raises Failed: when it ends with a status that is not ``allowed``; its errors are on ours.
    """
    given = os.environ | {"PYTHONPATH": str(ROOT)}
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=given, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        raise Failed(f"status {process.returncode}: {' '.join(command)}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def python(*arguments: str) -> list[str]:
    """A command of this interpreter."""
    return [sys.executable, *arguments]


def scrapy(*arguments: str) -> list[str]:
    """A command of Scrapy's in this environment."""
    return python("-m", "scrapy", *arguments)


@dataclass(frozen=True, slots=True)
class Served:
    """What a page server saw: pages asked for, and the seconds from the first request to the last reply."""

    pages: int
    seconds: float


@dataclass(slots=True)
class PageServer:
    """A running `benchmarks.server`; ``cpu`` are the seconds of the processor that it has taken."""

    url: str
    pid: int

    def told(self) -> Served:
        """What it saw since it was last asked."""
        with urllib.request.urlopen(f"{self.url}{server.ASKED}", timeout=60) as answer:  # noqa: S310
            return Served(**json.load(answer))

    @property
    def cpu(self) -> float:
        """From ``/proc``: Linux only."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(pages: int, latency_ms: float = 0) -> Iterator[PageServer]:
    """Serve so many pages in a process of its own."""
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
    """The median of several measurements, and the least and the greatest of them."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """Of at least one."""
        return cls(median(values), min(values), max(values))
