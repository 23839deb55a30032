"""Begins a run, once, by an operator's command; after that it belongs to all workers."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field

from dictcrawler import dictionaries
from dictcrawler.cluster import queue, upkeep
from dictcrawler.cluster.place import Cluster
from dictcrawler.errors import ArgumentError, SharedRun
from dictcrawler.feeds.soundness import Limits
from dictcrawler.plan import arguments
from dictcrawler.runs import reparse
from dictcrawler.runs.part import Part
from dictcrawler.storage.database import Database
from dictcrawler.storage.shared_runs import SharedRuns
from dictcrawler.storage.slices import Slices


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterCrawl:
    """The crawl that an operator wants: ``given`` are the crawl's own arguments, ``settings`` those of its beginning.

    Slices have about ``words`` words; ``per_host`` of them may be processed at once for one host.
    """

    dictionary: str
    given: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    words: int = 600
    per_host: int = 1


@dataclass(frozen=True, slots=True)
class Begun:
    """The shared run, ``None`` when it could not be begun, and the exit status of its beginning."""

    run: str | None
    slices: int
    status: int


def begin(cluster: Cluster, request: ClusterCrawl) -> Begun:
    """Read the word list and all else that is read once, look up the canary, cut the run into slices, queue them.

    :raises ArgumentError: when an argument of the crawl is wrong.
    :raises SharedRun: when machines are working on a run of this feed.
    :raises ClusterError: when there is no cluster, or one of another version.
    """
    parsed = arguments.read(dictionaries.load(request.dictionary), request.given)
    if request.per_host > 1 and parsed.asks_the_public:
        raise ArgumentError(
            "per-host", f"{parsed.host} is not yours", "1, or a mirror (base_url=) or archive of your own"
        )
    with cluster.queue() as database:
        queue.refuse_unprepared(database)
    with closing(Database(cluster.store_url(request.dictionary))) as database:
        if at_work := SharedRuns(database).at_work(parsed.feed):
            raise SharedRun(at_work[0])
        status = _read_list(cluster, request)
        if status:
            return Begun(None, 0, status)
        [run] = SharedRuns(database).at_work(parsed.feed)
        slices = len(Slices(database).of(run))
    asyncio.run(_queue(cluster))
    return Begun(run, slices, status)


def begin_reparse(cluster: Cluster, dictionary: str, given: Mapping[str, str], words: int) -> Begun:
    """Share a reparse of the latest run of this machine's feed among all machines.

    :raises DictcrawlerError: when that fails.
    """
    with cluster.queue() as database:
        queue.refuse_unprepared(database)
    planned = reparse.plan(dictionary, given, cluster.data, cluster.store)
    run = reparse.share(planned, Limits(), words)
    with closing(Database(cluster.store_url(dictionary))) as database:
        slices = len(Slices(database).of(run))
    asyncio.run(_queue(cluster))
    return Begun(run, slices, 0)


def _read_list(cluster: Cluster, request: ClusterCrawl) -> int:
    """Begin the run in a crawl's process: it looks up the canary and reads an archive's index as any crawl does."""
    part = Part(kind="begin", words=request.words, lanes=request.per_host)
    settings = dict(request.settings) | {"RUN_PART": part.as_text(), "STORE_URL": cluster.store}
    settings |= {"DATA_DIR": str(cluster.data)}
    given = [option for name, value in request.given.items() for option in ("-a", f"{name}={value}")]
    options = [option for name, value in settings.items() for option in ("-s", f"{name}={value}")]
    command = (sys.executable, "-m", "dictcrawler.cluster.child", str(os.getpid()), "dictcrawler", "crawl")
    return subprocess.run([*command, request.dictionary, *given, *options], check=False).returncode  # noqa: S603 - our own program


async def _queue(cluster: Cluster) -> None:
    """Put the run's slices into the queue, a moment before the workers would do so."""
    app = queue.application(cluster)
    with cluster.queue() as database, cluster.stores() as stores:
        async with app.open_async():
            await upkeep.defer(app, list(upkeep.due(stores, queue.jobs(database))))
