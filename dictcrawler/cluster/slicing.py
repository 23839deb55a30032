"""Processes one slice, by crawling or reparsing its words in a separate process."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec
import procrastinate

from dictcrawler.cluster import upkeep
from dictcrawler.cluster.place import Cluster, arguments_of, given_to
from dictcrawler.cluster.queue import REPARSE, reparses_on
from dictcrawler.cluster.rereading import Reread
from dictcrawler.cluster.turns import Turn, Turns
from dictcrawler.cluster.upkeep import Due
from dictcrawler.errors import SliceLost
from dictcrawler.plan.freshness import read_refresh
from dictcrawler.runs.part import Part
from dictcrawler.runs.reparse import SliceRead
from dictcrawler.storage.database import Database
from dictcrawler.storage.ledger import Ledger, RunRecord
from dictcrawler.storage.machine import machine
from dictcrawler.storage.slices import Slices

logger = logging.getLogger(__name__)

GRACE = 20.0
"""Seconds for a crawl to store its outcomes when its worker is stopped."""

TRIES = 20
"""How often a worker checks whether a host is free, within the time after which it must be."""

MOST_ATTEMPTS = 12
"""Attempts at one slice, including those ended by a killed machine, before it counts as failed."""


STOP_AFTER = 2 / 3
"""As a share of the time after which others take a slice: by then its crawl has stopped if its worker is not seen."""


@dataclass(slots=True)
class Slicing:
    """The slices of this worker; others may take one that was not seen for ``stall`` seconds."""

    cluster: Cluster
    stores: Mapping[str, Database]
    machine: str
    stall: float
    settings: Mapping[str, str]
    taken: list[Turn] = field(default_factory=list)

    async def work(
        self, context: procrastinate.JobContext, dictionary: str, run: str, low: int, visited: str = ""
    ) -> None:
        """Crawl or reparse the words of a slice and record the result; does nothing when it is done or gone.

        A reparse moves to a machine that has the pages missing here, unless it has ``visited`` that one.
        """
        turns = Turns(dictionary, self.stores[dictionary], timedelta(seconds=self.stall))
        turn = await self._take(turns, run, low, context.job.lock)
        if turn is None:
            return
        self.taken.append(turn)
        try:
            status, read = await self._run_child(turns.database, turn)
            elsewhere = None if read is None else _elsewhere(turn, {*visited.split(), machine()}, read)
            await asyncio.to_thread(self._conclude, turns, turn, status, elsewhere)
            if elsewhere is not None:
                await upkeep.defer(context.app, [elsewhere])
        except asyncio.CancelledError:
            await asyncio.to_thread(self._conclude, turns, turn, None)
            raise
        except SliceLost as error:
            logger.warning("%s", error)
        finally:
            self.taken.remove(turn)

    async def _take(self, turns: Turns, run: str, low: int, host: str | None) -> Turn | None:
        """Take a slice when its host is free. A silent worker's host becomes free a moment after its job."""
        for _ in range(TRIES):
            turn = await asyncio.to_thread(turns.take, run, low, self.machine, host)
            if turn is not None or not await asyncio.to_thread(Slices(turns.database).is_due, run, low):
                return turn
            await asyncio.sleep(self.stall / TRIES)
        return None

    def see(self) -> None:
        """Record for all slices here that this worker is alive."""
        for turn in tuple(self.taken):
            Turns(turn.dictionary, self.stores[turn.dictionary], timedelta(seconds=self.stall)).see(turn)

    async def _run_child(self, database: Database, turn: Turn) -> tuple[int, SliceRead | None]:
        """Process a slice; the exit status, and the result of a reparse."""
        record = await asyncio.to_thread(Ledger(database).run, turn.slice.run)
        part = Part(kind="slice", slice=turn.slice, silence=self.stall * STOP_AFTER)
        if "reparse" in record.arguments:
            status, printed = await _run(*self._reparse(record, part), stdout=PIPE)
            return status, msgspec.json.decode(printed, type=SliceRead) if status == 0 else None
        status, _ = await _run(*self._crawl(record, part))
        return status, None

    def _reparse(self, record: RunRecord, part: Part) -> tuple[str, ...]:
        """The command that reparses a slice."""
        of = Reread(store=self.cluster.store, data=str(self.cluster.data), arguments=record.arguments, part=part)
        return ("dictcrawler.cluster.rereading", of.as_text())

    def _crawl(self, record: RunRecord, part: Part) -> tuple[str, ...]:
        """The command that crawls a slice."""
        settings = dict(self.settings) | {"RUN_PART": part.as_text(), "STORE_URL": self.cluster.store}
        settings |= {"DATA_DIR": str(self.cluster.data), "PROGRESS_BAR": "False"}
        given = [option for name, value in given_to(record).items() for option in ("-a", f"{name}={value}")]
        options = [option for name, value in settings.items() for option in ("-s", f"{name}={value}")]
        return ("dictcrawler", "crawl", record.arguments["dictionary"], *given, *options)

    def _conclude(self, turns: Turns, turn: Turn, status: int | None, elsewhere: Due | None = None) -> None:
        """Record how an attempt has ended; ``status`` is ``None`` when this worker was stopped."""
        ledger, mine = Ledger(turns.database), turn.slice
        arguments = arguments_of(ledger.run(mine.run))
        left = ledger.count_pending(mine.run, arguments.scope, read_refresh(arguments.refresh), (mine.low, mine.high))
        if elsewhere is not None:
            turns.end(turn, "todo")
        # Words without pages anywhere keep their outcome.
        elif not left or (arguments.reparse is not None and status == 0):
            turns.end(turn, "done")
        elif status is None:
            turns.end(turn, "todo")
        else:
            problem = f"{left} words left, the process on {self.machine} ended with status {status}"
            logger.warning("run %s, line %d, attempt %d: %s", mine.run, mine.low, mine.attempt, problem)
            turns.end(turn, "todo" if mine.attempt < MOST_ATTEMPTS else "failed", problem)


def _elsewhere(turn: Turn, visited: Collection[str], read: SliceRead) -> Due | None:
    """The job that continues a slice on the next machine that has its missing pages."""
    mine, left = turn.slice, sorted(read.machines.difference(visited))
    if not left:
        if read.not_kept:
            text = "run %s, line %d: the pages of %d words are missing here: their outcome stays"
            logger.warning(text, mine.run, mine.low, read.not_kept)
        return None
    logger.info("run %s, line %d: %s has kept further pages", mine.run, mine.low, left[0])
    return Due(
        task=REPARSE,
        dictionary=turn.dictionary,
        run=mine.run,
        low=mine.low,
        queue=reparses_on(left[0]),
        visited=tuple(sorted(visited)),
    )


async def _run(*command: str, stdout: int | None = None) -> tuple[int, bytes]:
    """Run a command in a process that ends with this one; returns its exit status, and its output if that is a pipe."""
    ours = (sys.executable, "-m", "dictcrawler.cluster.child", str(os.getpid()))
    child = await asyncio.create_subprocess_exec(*ours, *command, stdin=DEVNULL, stdout=stdout)
    try:
        printed, _ = await child.communicate()
        return await child.wait(), printed or b""
    finally:
        await _end(child)


async def _end(child: asyncio.subprocess.Process) -> None:
    """End a running crawl, which stores its outcomes first."""
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
