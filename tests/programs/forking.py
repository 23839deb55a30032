"""Crawls that start in a third of the time, and in which changes to the disk can be made to fail.

Each is a fork of one process that has imported everything (`tests.support.forked`). A fork can arm a fault before it
does anything; see ``faults.c``.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.forked import DEVNULL, Forks, Process

ROOT = Path(__file__).parents[2]
LONGEST = 60.0
"""Seconds after which a crawl counts as hanging."""
KILL = -1


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
        self._forks = Forks(**({"LD_PRELOAD": str(library)} if library else {}))
        self._library = library
        self._log = Path(os.devnull)
        self._crawl: Process | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._forks.close()

    def run(self, data: Path, *arguments: str, fault: Fault | None = None) -> Ended:
        """Run ``scrapy crawl`` with these arguments to its end."""
        self.start(data, *arguments, fault=fault)
        return self.wait()

    def start(self, data: Path, *arguments: str, fault: Fault | None = None) -> int:
        """Begin a crawl and return its process id. `wait` for it before the next one."""
        self._log = data.with_name(f"{data.name}.log")
        strike = fault or Fault(0, 0)
        armed = (str(self._library), f"{data}/", strike.call, str(strike.k), str(int(strike.sticky)), str(strike.error))
        with self._log.open("wb") as log:
            self._crawl = self._forks.start(
                *("scrapy", "crawl", *arguments, "-s", f"DATA_DIR={data}"),
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                streams=(DEVNULL, log.fileno(), log.fileno()),
                before=("tests.programs.forking:arm", *armed) if self._library else (),
            )
        return self._crawl.pid

    def has_ended(self) -> bool:
        """Whether `wait` would return at once."""
        return self._begun.poll() is not None

    def wait(self) -> Ended:
        """The end of the crawl that was started."""
        try:
            status = self._begun.wait(LONGEST)
        except subprocess.TimeoutExpired:
            self._begun.kill()
            self._begun.wait()
            return Ended(None, self._log.read_text())
        return Ended(status, self._log.read_text())

    @property
    def _begun(self) -> Process:
        assert self._crawl is not None
        return self._crawl


def arm(library: str, folder: str, call: str, *numbers: str) -> None:
    """Make a change below a folder fail in this process; ``numbers`` are those of a `Fault`: k, sticky, error."""
    ctypes.CDLL(library).faults_arm(folder.encode(), call.encode(), *map(int, numbers))
