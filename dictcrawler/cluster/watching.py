"""The state of a cluster: words, slices, workers, and the reason why a run waits."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import msgspec

from dictcrawler.cluster import queue
from dictcrawler.cluster.place import Cluster, arguments_of
from dictcrawler.cluster.queue import PUBLISH, Job, Member
from dictcrawler.errors import StoreError
from dictcrawler.plan.freshness import read_refresh
from dictcrawler.storage.database import Database
from dictcrawler.storage.ledger import Ledger
from dictcrawler.storage.shared_runs import SharedRuns
from dictcrawler.storage.slices import Slices


class SliceState(msgspec.Struct, kw_only=True):
    """A slice that is being processed or has a problem."""

    low: int
    high: int
    state: str
    attempt: int
    machine: str | None
    problem: str | None


class RunState(msgspec.Struct, kw_only=True):
    """A shared run: finished words of all, words a second on average, seconds left at that rate; ``waits_for`` is the
    reason why it does not continue."""

    run: str
    dictionary: str
    feed: str | None
    state: str
    words: int
    done: int
    rate: float
    seconds_left: float | None
    slices: dict[str, int]
    at_work: list[SliceState]
    wall: str | None
    reason_to_withhold: str | None
    waits_for: str | None


class WorkerState(msgspec.Struct, kw_only=True):
    """A worker, and the seconds since it was last seen."""

    name: str
    version: str
    queues: tuple[str, ...]
    concurrency: int
    seconds_unseen: float
    is_alive: bool


class ClusterState(msgspec.Struct, kw_only=True):
    """The state of all runs and workers."""

    runs: list[RunState]
    workers: list[WorkerState]


def state(cluster: Cluster, only: str | None = None) -> ClusterState:
    """The state of all runs, or of ``only`` one.

    :raises ClusterError: when there is no cluster.
    :raises StoreError: when there is no such run.
    """
    with cluster.queue() as database:
        queue.refuse_unprepared(database)
        members, jobs = queue.members(database), queue.jobs(database)
    with cluster.stores() as stores:
        runs = [
            _run_state(dictionary, database, run, members, [job for job in jobs if job.run == run])
            for dictionary, database in stores.items()
            for run in SharedRuns(database).at_work()
            if only in (None, run)
        ]
    if only is not None and not runs:
        raise StoreError(f"no machines are at work on a run {only!r}; `dictcrawler runs` lists what was published")
    return ClusterState(runs=runs, workers=[_worker_state(member) for member in members])


def cancel(cluster: Cluster, run: str) -> str:
    """End a run without publishing it; returns its dictionary. Its answers stay in the store.

    :raises StoreError: when no machines are working on it, or it is being published.
    """
    with cluster.stores() as stores:
        for dictionary, database in stores.items():
            if SharedRuns(database).cancel(run, database.now()):
                return dictionary
    raise StoreError(f"no machines are at work on a run {run!r}, or it is being published")


def _run_state(dictionary: str, database: Database, run: str, members: list[Member], jobs: list[Job]) -> RunState:
    ledger, rows = Ledger(database), Slices(database).of(run)
    record = ledger.run(run)
    arguments = arguments_of(record)
    _, words = ledger.count_keywords(run)
    done = words - ledger.count_pending(run, arguments.scope, read_refresh(arguments.refresh))
    rate = done / max(1.0, _seconds(record.started_at, database.now()))
    return RunState(
        run=run,
        dictionary=dictionary,
        feed=record.feed,
        state=record.state,
        words=words,
        done=done,
        rate=round(rate, 3),
        seconds_left=round((words - done) / rate) if rate else None,
        slices=dict(Counter(row.state for row in rows)),
        at_work=[
            SliceState(
                low=row.slice.low,
                high=row.slice.high,
                state=row.state,
                attempt=row.slice.attempt,
                machine=row.machine,
                problem=row.problem,
            )
            for row in rows
            if row.state in ("doing", "failed") or (row.problem and row.state != "done")
        ],
        wall=record.wall,
        reason_to_withhold=record.reason_to_withhold,
        waits_for=_waits_for({row.state for row in rows}, members, jobs),
    )


def _waits_for(states: set[str], members: list[Member], jobs: list[Job]) -> str | None:
    alive = [member for member in members if member.is_alive]
    failed = sum(job.has_failed for job in jobs)
    if "failed" in states:
        return "somebody to look at the slices that have failed, then `dictcrawler cluster cancel`"
    if not alive:
        return "a worker: none is alive"
    if states <= {"done"} and not any(PUBLISH in member.queues for member in alive):
        return "a worker with --publish: none is alive"
    if states <= {"done"} and failed:
        return f"its publication, which has failed {failed} times: see the log of the worker with --publish"
    served = {name for member in alive for name in member.queues}
    if machines := sorted({job.queue for job in jobs if job.state == "todo" and job.low is not None} - served):
        return f"a worker whose data folder has the pages that another machine has kept: {', '.join(machines)}"
    return None


def _worker_state(member: Member) -> WorkerState:
    return WorkerState(
        name=member.name,
        version=member.version,
        queues=member.queues,
        concurrency=member.concurrency,
        seconds_unseen=round(member.silence.total_seconds(), 1),
        is_alive=member.is_alive,
    )


def _seconds(since: datetime, now: datetime) -> float:
    return (now - since).total_seconds()
