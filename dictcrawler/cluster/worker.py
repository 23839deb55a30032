"""A worker: takes slices from the queue until it is stopped, and maintains the queue.

It reports that it is alive from its event loop, which must never block: crawls are processes, queries of the store
run in threads. It waits for a database that is unavailable.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import procrastinate
from procrastinate.exceptions import ConnectorException

from dictcrawler.cluster import queue, upkeep
from dictcrawler.cluster.place import Cluster
from dictcrawler.cluster.publishing import Publishing
from dictcrawler.cluster.queue import CRAWL, PUBLISH, REPARSE, Member
from dictcrawler.cluster.slicing import Slicing
from dictcrawler.errors import ArgumentError, StoreError
from dictcrawler.feeds.soundness import Limits
from dictcrawler.storage.database import Database
from dictcrawler.storage.machine import machine
from dictcrawler.storage.transactions import SqlDatabase
from dictcrawler.storage.warc_files import machines_in
from dictcrawler.version import __version__

logger = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds before an unavailable database is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a worker works: slices at once; ``beat`` is the interval of its signs of life and ``stall`` how long
    others wait without one, in seconds; ``settings`` are those of its crawls. ``machines``: the kept pages of these are
    in its data folder."""

    name: str
    concurrency: int = 1
    publishes: bool = False
    beat: float = 5.0
    stall: float = 30.0
    settings: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    machines: frozenset[str] = frozenset()

    @property
    def member(self) -> Member:
        """The worker in the form that others see."""
        of_pages = map(queue.reparses_on, sorted(self.machines))
        queues = (CRAWL, REPARSE, *of_pages, *((PUBLISH,) if self.publishes else ()))
        return Member(
            name=self.name, version=__version__, queues=queues, concurrency=self.concurrency, stall=self.stall
        )


def machines_with_pages(data: Path) -> frozenset[str]:
    """This machine, and all whose kept pages are in its data folder."""
    return frozenset({machine()}.union(*map(machines_in, (data / "pages").glob("*"))))


async def work(cluster: Cluster, manner: Manner) -> None:
    """Work until SIGTERM or SIGINT, then give back the slices in progress.

    :raises ClusterError: when there is no cluster, or one of another version.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    while not stopped.is_set():
        try:
            await _connected(cluster, manner, stopped)
        # Also a refused URL: a server that is restored refuses it for a while.
        except (ConnectorException, StoreError, ArgumentError) as error:
            if isinstance(error, queue.ClusterError):
                raise
            logger.error("the database fails, it is tried again: %s", error.__cause__ or error)  # noqa: TRY400
            with suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), PATIENCE)


async def _connected(cluster: Cluster, manner: Manner, stopped: asyncio.Event) -> None:
    """Work as long as the database is available."""
    with ExitStack() as opened:
        database = opened.enter_context(cluster.queue())
        await asyncio.to_thread(queue.refuse_unprepared, database)
        stores = await asyncio.to_thread(opened.enter_context, cluster.stores())
        slicing = Slicing(cluster, stores, manner.name, manner.stall, manner.settings)
        app = queue.application(cluster, connections=manner.concurrency + 4)
        publishing = Publishing(cluster, manner.limits, _reports(manner))
        _add_tasks(app, slicing, publishing, stores)
        await asyncio.to_thread(queue.see, database, manner.member)
        logger.info("%s works: %s", manner.name, ", ".join(manner.member.queues))
        async with app.open_async():
            works: list[asyncio.Future[Any]] = [
                asyncio.ensure_future(_serve(app, manner)),
                asyncio.ensure_future(_stay_alive(database, slicing, manner)),
                asyncio.ensure_future(_look_after(app, database, stores, manner)),
                asyncio.ensure_future(stopped.wait()),
            ]
            try:
                ended, _ = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
            finally:
                await _cancel(works)
            for work_ in ended:
                work_.result()
        await asyncio.to_thread(queue.leave, database, manner.name)


async def _cancel(works: list[asyncio.Future[Any]]) -> None:
    # Serving stops first: meanwhile the slices that it gives back are still seen.
    for work_ in works:
        work_.cancel()
        with suppress(asyncio.CancelledError, ConnectorException, StoreError, ArgumentError):
            await work_


async def _serve(app: procrastinate.App, manner: Manner) -> None:
    await app.run_worker_async(
        queues=list(manner.member.queues),
        name=manner.name,
        concurrency=manner.concurrency,
        install_signal_handlers=False,
        # `Slicing.work` handles the stop: it ends its crawls and gives their slices back.
        shutdown_graceful_timeout=0.1,
        update_heartbeat_interval=manner.beat,
        stalled_worker_timeout=manner.stall,
        fetch_job_polling_interval=manner.beat,
        delete_jobs="successful",
    )


async def _stay_alive(database: SqlDatabase, slicing: Slicing, manner: Manner) -> None:
    while True:
        await asyncio.to_thread(slicing.see)
        await asyncio.to_thread(queue.see, database, manner.member)
        await asyncio.sleep(manner.beat)


async def _look_after(
    app: procrastinate.App, database: SqlDatabase, stores: Mapping[str, Database], manner: Manner
) -> None:
    while True:
        await upkeep.look_after(app, database, stores, manner.stall)
        await asyncio.sleep(manner.beat)


def _reports(manner: Manner) -> Path | None:
    """The folder for the pages of runs. The settings are what the operator typed: a plain mapping, not Scrapy's."""
    typed = manner.settings
    return Path(typed["REPORTS_DIR"]) if typed.get("REPORTS_DIR") else None


def _add_tasks(
    app: procrastinate.App, slicing: Slicing, publishing: Publishing, stores: Mapping[str, Database]
) -> None:
    async def publish(context: procrastinate.JobContext, dictionary: str, run: str) -> None:
        publisher = f"{context.job.id}-{context.job.attempts}"
        await asyncio.to_thread(publishing.publish, stores[dictionary], run, publisher)

    app.task(name=CRAWL, pass_context=True)(slicing.work)
    app.task(name=REPARSE, pass_context=True)(slicing.work)
    app.task(name=PUBLISH, pass_context=True)(publish)
