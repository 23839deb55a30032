"""Keeps the queue consistent with the store: every due slice has a job, and no job waits for a dead worker.

Each worker does this every few seconds, one at a time. Nothing else puts jobs into the queue, so whatever dies,
the next round repairs it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued

from dictcrawler.cluster import queue
from dictcrawler.cluster.place import arguments_of
from dictcrawler.cluster.queue import CRAWL, PUBLISH, REPARSE, Job
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.storage.database import Database
from dictcrawler.storage.ledger import Ledger
from dictcrawler.storage.shared_runs import SharedRuns
from dictcrawler.storage.slices import Slices
from dictcrawler.storage.transactions import SqlDatabase

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 300
"""Most seconds before a slice that has failed several times is tried again."""

DAYS_KEPT = 7
"""How long the queue remembers jobs that have failed, and workers that were killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A job that a queue must have: the task, its arguments, its lock and the pause before it, in seconds.

    ``queue`` is that of the task, or of one machine; ``visited`` are the machines that lack pages of a slice.
    """

    task: str
    dictionary: str
    run: str
    low: int | None
    lock: str | None = None
    pause: int = 0
    queue: str = ""
    visited: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """A name under which only one job may wait."""
        return f"{self.task} {self.dictionary} {self.run} {self.low or ''}".strip()


def due(stores: Mapping[str, Database], known: list[Job]) -> Iterator[Due]:
    """The jobs that the queue lacks."""
    for dictionary, database in stores.items():
        for run in SharedRuns(database).at_work():
            yield from _due(dictionary, database, run, [job for job in known if job.run == run])


def _due(dictionary: str, database: Database, run: str, known: list[Job]) -> Iterator[Due]:
    rows, arguments = Slices(database).of(run), arguments_of(Ledger(database).run(run))
    task = CRAWL if arguments.reparse is None else REPARSE
    queued = {job.low for job in known if not job.has_failed}
    if all(row.state == "done" for row in rows) and None not in queued:
        failures = sum(job.has_failed and job.low is None for job in known)
        publish = f"publish {dictionary}"
        yield Due(task=PUBLISH, dictionary=dictionary, run=run, low=None, lock=publish, pause=_pause(failures))
    for row in rows:
        if row.state in ("todo", "doing") and row.slice.low not in queued:
            pause = _pause(row.slice.attempt) if row.problem else 0
            lock = _lock(arguments, row.lane)
            yield Due(task=task, dictionary=dictionary, run=run, low=row.slice.low, lock=lock, pause=pause)


def _lock(arguments: CrawlArguments, lane: int) -> str | None:
    """Limits the machines that send requests to a host to one, or to the number of lanes."""
    if arguments.host is None or arguments.reparse is not None:
        return None
    return f"host {arguments.host} {lane}" if lane else f"host {arguments.host}"


def _pause(failures: int) -> int:
    return min(2**failures, LONGEST_PAUSE) if failures else 0


async def defer(app: procrastinate.App, missing: Iterable[Due]) -> None:
    """Put jobs into the queue."""
    for each in missing:
        given: dict[str, str | int] = {"dictionary": each.dictionary, "run": each.run}
        given |= {} if each.low is None else {"low": each.low}
        given |= {"visited": " ".join(each.visited)} if each.visited else {}
        pause = {"seconds": each.pause} if each.pause else None
        queue = each.queue or each.task
        job = app.configure_task(each.task, queue=queue, lock=each.lock, queueing_lock=each.name, schedule_in=pause)
        with suppress(AlreadyEnqueued):
            await job.defer_async(**given)


async def release(app: procrastinate.App, stall: float) -> None:
    """Return the jobs of silent workers to the queue."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stall):
        logger.warning("%s %s of a worker that fell silent goes to others", job.task_name, job.task_kwargs)
        await app.job_manager.retry_job(job)


async def look_after(
    app: procrastinate.App, database: SqlDatabase, stores: Mapping[str, Database], stall: float
) -> None:
    """One round, unless another worker is doing it."""
    with ExitStack() as round_:
        # In threads: a database that hangs must not keep this worker from its signs of life.
        if await asyncio.to_thread(round_.enter_context, queue.alone(database)):
            await release(app, stall)
            await defer(app, await asyncio.to_thread(_missing, database, stores))
            await asyncio.to_thread(queue.forget_silent, database, DAYS_KEPT)
            await app.job_manager.delete_old_jobs(DAYS_KEPT * 24, include_failed=True, include_aborted=True)


def _missing(database: SqlDatabase, stores: Mapping[str, Database]) -> list[Due]:
    return list(due(stores, queue.jobs(database)))
