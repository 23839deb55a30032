"""The resources of this process, to check that a crawl in it leaves nothing behind."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_PROCESS = Path("/proc/self")


@dataclass(frozen=True)
class Held:
    """Tasks of the running loop, child processes, open files (which include locks), pipes and sockets."""

    tasks: frozenset[asyncio.Task[object]]
    children: frozenset[str]
    files: frozenset[str]

    @classmethod
    def now(cls) -> Self:
        """Take stock."""
        return cls(frozenset(asyncio.all_tasks()), frozenset(_children()), frozenset(_files()))

    async def is_so_again(self) -> bool:
        """Whether no task and no process is left now, and soon no file either.

        A server of the test is in this process too, and closes its end of a connection a little later.
        """
        now = Held.now()
        if (now.tasks, now.children) != (self.tasks, self.children):
            return False
        until = time.monotonic() + 5
        while Held.now().files != self.files and time.monotonic() < until:  # noqa: ASYNC110 - the kernel tells no event
            await asyncio.sleep(0.01)
        return Held.now() == self


def _children() -> set[str]:
    found: set[str] = set()
    for thread in (_PROCESS / "task").iterdir():
        # A thread may end while they are listed; Linux then gives its children to another one.
        with suppress(FileNotFoundError, ProcessLookupError):
            found.update((thread / "children").read_text().split())
    return found


def _files() -> set[str]:
    found = set()
    for descriptor in (_PROCESS / "fd").iterdir():
        # The folder that was being listed is closed by now.
        with suppress(OSError):
            found.add(f"{descriptor.name} {descriptor.readlink()}")
    return found
