"""What this process holds, to see that a crawl in it leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_PROCESS = Path("/proc/self")


@dataclass(frozen=True)
class Held:
    """Tasks of the running loop, child processes, open files, pipes and sockets, files that the kernel has locked."""

    tasks: frozenset[asyncio.Task[object]]
    children: frozenset[str]
    files: frozenset[str]
    locks: int

    @classmethod
    def now(cls) -> Self:
        """Look."""
        return cls(frozenset(asyncio.all_tasks()), frozenset(_children()), frozenset(_files()), _locks())


def _children() -> set[str]:
    return {child for task in (_PROCESS / "task").iterdir() for child in (task / "children").read_text().split()}


def _files() -> set[str]:
    found = set()
    for descriptor in (_PROCESS / "fd").iterdir():
        # The folder that is being listed is closed by now.
        with suppress(OSError):
            found.add(f"{descriptor.name} {descriptor.readlink()}")
    return found


def _locks() -> int:
    return sum(f" {os.getpid()} " in line for line in Path("/proc/locks").read_text().splitlines())
