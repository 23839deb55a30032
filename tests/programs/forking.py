"""Crawls that start in a third of the time: each is a fork of one process that has imported everything.

`Crawls` starts that process (this file, run as a program) and orders one crawl after the other from it. A fork can arm
a fault before it does anything; see ``faults.c``.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import pkgutil
import runpy
import select
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]
LONGEST = 60.0
"""Seconds after which a crawl counts as hanging."""
KILL = -1
PRELOADED = (
    "_strptime", "aiohttp.web", "dictcrawler.crawling.coroutine", "dictcrawler.crawling.download_handler",
    "dictcrawler.dictionaries.macmillan", "dictcrawler.extensions", "dictcrawler.middlewares", "dictcrawler.pipelines",
    "dictcrawler.sample.macmillan", "dictcrawler.settings", "queuelib.rrqueue", "scrapy.cmdline",
    "scrapy.core.downloader.handlers.http11", "scrapy.core.downloader.tls", "scrapy.core.scheduler",
    "scrapy.dupefilters", "scrapy.extensions.closespider", "scrapy.extensions.corestats", "scrapy.extensions.logcount",
    "scrapy.extensions.logstats", "scrapy.extensions.memdebug", "scrapy.extensions.memusage",
    "scrapy.extensions.remote_control", "scrapy.extensions.spiderstate", "scrapy.extensions.telnet",
    "scrapy.extensions.throttle", "scrapy.logformatter", "scrapy.pqueues", "scrapy.squeues", "scrapy.statscollectors",
    "sqlalchemy.dialects.sqlite.pysqlite", "sqlite3", "tldextract", "twisted.internet.asyncioreactor", "uvloop",
)  # fmt: skip
PACKAGES = (
    "dictcrawler.commands", "dictcrawler.spiders", "scrapy.commands", "scrapy.downloadermiddlewares",
    "scrapy.spidermiddlewares",
)  # fmt: skip
"""Of these, every module is loaded."""


@dataclass(frozen=True)
class Fault:
    """The ``k``-th change below the data folder fails with ``error`` (an errno), or is a kill.

    With a ``call``, such as ``symlink``, only calls of that name count.
    """

    k: int
    error: int
    sticky: bool = False
    call: str = ""


@dataclass(frozen=True)
class Ended:
    """How a crawl ended. ``status`` is negative for a signal, ``None`` when it hung and was killed."""

    status: int | None
    log: str

    @property
    def struck(self) -> str | None:
        """The failed change, such as ``17 fsync``; ``None`` when the crawl had fewer changes."""
        return next((line[8:] for line in self.log.splitlines() if line.startswith("faults: ")), None)

    @property
    def last_line(self) -> str:
        lines = self.log.splitlines()
        return lines[-1] if lines else ""


def compile_faults(folder: Path) -> Path | None:
    """The library that makes changes fail, or ``None`` where it cannot be built."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        return None
    library = folder / "faults.so"
    source = Path(__file__).with_name("faults.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


class Crawls:
    """A context in which crawls can be started, one at a time."""

    def __init__(self, library: Path | None = None) -> None:
        preload = {"LD_PRELOAD": str(library)} if library else {}
        self._library = library
        self._log = Path(os.devnull)
        self._parent = subprocess.Popen(
            [sys.executable, __file__],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | preload,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._parent.communicate(timeout=LONGEST)

    def run(self, data: Path, *arguments: str, fault: Fault | None = None) -> Ended:
        """Run ``scrapy crawl`` with these arguments to its end."""
        child = self.start(data, *arguments, fault=fault)
        return self.wait(child)

    def start(self, data: Path, *arguments: str, fault: Fault | None = None) -> int:
        """Begin a crawl and return its process id. `wait` for it before the next one."""
        self._log = data.with_name(f"{data.name}.log")
        order = {
            "command": ["scrapy", "crawl", *arguments, "-s", f"DATA_DIR={data}"],
            "log": str(self._log),
            "library": self._library and str(self._library),
            "folder": str(data),
            "call": fault.call if fault else "",
            "fault": [fault.k, int(fault.sticky), fault.error] if fault else [0, 0, 0],
        }
        print(json.dumps(order), file=self._parent.stdin)
        return int(self._answer())

    def has_ended(self) -> bool:
        """Whether `wait` would return at once."""
        return bool(select.select([self._parent.stdout], [], [], 0)[0])

    def wait(self, child: int) -> Ended:
        """The end of the crawl that was started."""
        if select.select([self._parent.stdout], [], [], LONGEST)[0]:
            return Ended(int(self._answer()), self._log.read_text())
        os.kill(child, signal.SIGKILL)
        self._answer()
        return Ended(None, self._log.read_text())

    def _answer(self) -> str:
        assert self._parent.stdout is not None
        return self._parent.stdout.readline()


def _serve() -> None:
    for name in PRELOADED:
        importlib.import_module(name)
    for package in map(importlib.import_module, PACKAGES):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    while line := sys.stdin.readline():
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(order)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(order: dict[str, Any]) -> None:
    log = os.open(str(order["log"]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    if order["library"]:
        library = ctypes.CDLL(str(order["library"]))
        library.faults_arm(f"{order['folder']}/".encode(), order["call"].encode(), *order["fault"])
    sys.argv = order["command"]
    runpy.run_module("scrapy", run_name="__main__")


if __name__ == "__main__":
    _serve()
