"""The words of one slice, asked or read again in a process of its own."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from dictcrawler.cluster.place import Cluster, arguments_of, given_to
from dictcrawler.cluster.rereading import Reread
from dictcrawler.errors import SliceLost
from dictcrawler.plan.freshness import read_refresh
from dictcrawler.runs.part import Part
from dictcrawler.storage.database import Database
from dictcrawler.storage.ledger import Ledger, RunRecord
from dictcrawler.storage.slices import Slice, Slices

logger = logging.getLogger(__name__)

GRACE = 20.0
"""Seconds for a crawl to store what it has when its worker is stopped."""

MOST_ATTEMPTS = 12
"""Attempts at one slice, kills of its machines included, until somebody has to look."""


@dataclass(slots=True)
class Slicing:
    """The slices that this worker has; ``silence`` is how long one may go unseen and still be asked for."""

    cluster: Cluster
    stores: Mapping[str, Database]
    machine: str
    silence: float
    settings: Mapping[str, str]
    taken: dict[str, list[Slice]]

    async def work(self, dictionary: str, run: str, low: int) -> None:
        """Ask the words of a slice, or read them again, and record what came of it; nothing when it is done or gone."""
        database = self.stores[dictionary]
        mine = await asyncio.to_thread(Slices(database).take, run, low, self.machine)
        if mine is None:
            return
        self.taken[dictionary].append(mine)
        try:
            status = await self._run_child(dictionary, mine)
            await asyncio.to_thread(self._conclude, database, mine, status)
        except asyncio.CancelledError:
            await asyncio.to_thread(self._conclude, database, mine, None)
            raise
        except SliceLost as error:
            logger.warning("%s", error)
        finally:
            self.taken[dictionary].remove(mine)

    def see(self) -> None:
        """Say of all slices here that they are being worked on."""
        for dictionary, mine in self.taken.items():
            if mine:
                Slices(self.stores[dictionary]).see(mine)

    async def _run_child(self, dictionary: str, mine: Slice) -> int:
        record = await asyncio.to_thread(Ledger(self.stores[dictionary]).run, mine.run)
        part = Part(kind="slice", slice=mine, silence=self.silence)
        command = self._reparse(record, part) if "reparse" in record.arguments else self._crawl(record, part)
        return await _run(*command)

    def _reparse(self, record: RunRecord, part: Part) -> tuple[str, ...]:
        """The command that reads a slice again."""
        of = Reread(store=self.cluster.store, data=str(self.cluster.data), arguments=record.arguments, part=part)
        return ("dictcrawler.cluster.rereading", of.as_text())

    def _crawl(self, record: RunRecord, part: Part) -> tuple[str, ...]:
        """The command that asks for a slice."""
        settings = dict(self.settings) | {"RUN_PART": part.as_text(), "STORE_URL": self.cluster.store}
        settings |= {"DATA_DIR": str(self.cluster.data), "PROGRESS_BAR": "False"}
        given = [option for name, value in given_to(record).items() for option in ("-a", f"{name}={value}")]
        options = [option for name, value in settings.items() for option in ("-s", f"{name}={value}")]
        return ("dictcrawler", "crawl", record.arguments["dictionary"], *given, *options)

    def _conclude(self, database: Database, mine: Slice, status: int | None) -> None:
        """Record how an attempt has ended; ``status`` is ``None`` when this worker was stopped."""
        ledger, slices = Ledger(database), Slices(database)
        asked = arguments_of(ledger.run(mine.run))
        left = ledger.count_pending(mine.run, asked.scope, read_refresh(asked.refresh), (mine.low, mine.high))
        # What has no pages here keeps the outcome that it had.
        if not left or (asked.reparse is not None and status == 0):
            slices.end(mine, "done")
        elif status is None:
            slices.end(mine, "todo")
        else:
            problem = f"{left} words left, the process on {self.machine} ended with status {status}"
            logger.warning("run %s, line %d, attempt %d: %s", mine.run, mine.low, mine.attempt, problem)
            slices.end(mine, "todo" if mine.attempt < MOST_ATTEMPTS else "failed", problem)


async def _run(*command: str) -> int:
    """Run a command in a process that ends with this one; its exit status."""
    ours = (sys.executable, "-m", "dictcrawler.cluster.child", str(os.getpid()))
    child = await asyncio.create_subprocess_exec(*ours, *command, stdin=asyncio.subprocess.DEVNULL)
    try:
        return await child.wait()
    finally:
        await _end(child)


async def _end(child: asyncio.subprocess.Process) -> None:
    """End a crawl that is still at work: it stores what it has."""
    if child.returncode is not None:
        return
    with suppress(ProcessLookupError):
        child.terminate()
    try:
        async with asyncio.timeout(GRACE):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()
