"""The parts of a run that several machines share: ranges of lines, each with the attempt that may write for it.

Each time a slice is taken, its attempt grows by one. Every write for a slice names the attempt in the same transaction,
so a machine that returns after another took over its slice changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from dictcrawler.errors import SliceLost
from dictcrawler.storage.database import Database
from dictcrawler.storage.tables import RUNS, SLICES


@dataclass(frozen=True, slots=True)
class Slice:
    """The lines ``low`` to ``high`` of a run's word list, both included; ``attempt`` is 0 until it is first taken."""

    run: str
    low: int
    high: int
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class SliceRow:
    """The state of one slice: ``todo``, ``doing``, ``done`` or ``failed``."""

    slice: Slice
    lane: int
    state: str
    machine: str | None
    seen_at: datetime | None
    problem: str | None


class Slices:
    """The table of slices, on a database server.

    :raises StoreError: from every method, when the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def time_left(self, mine: Slice, silence: timedelta) -> timedelta:
        """How long this attempt may continue if its machine sends no further sign of life.

        :raises SliceLost: when another has the slice, or its machine has not been seen for so long that one may.
        """
        query = sa.select(SLICES.c.attempt, (sa.func.now() - SLICES.c.seen_at).label("silent"))
        with self._database.begin() as connection:
            row = connection.execute(query.where(SLICES.c.run == mine.run, SLICES.c.low == mine.low)).one_or_none()
        if row is None or row.attempt != mine.attempt or row.silent > silence:
            raise SliceLost(mine.run, mine.low, mine.attempt)
        left: timedelta = silence - row.silent
        return left

    def is_due(self, run: str, low: int) -> bool:
        """Whether a slice is neither done nor gone."""
        query = sa.select(SLICES.c.low).where(SLICES.c.run == run, SLICES.c.low == low)
        with self._database.begin() as connection:
            return connection.scalar(query.where(SLICES.c.state.in_(("todo", "doing")))) is not None

    def of(self, run: str) -> list[SliceRow]:
        """All slices of a run, in the order of its list."""
        query = sa.select(SLICES).where(SLICES.c.run == run).order_by(SLICES.c.low)
        with self._database.begin() as connection:
            return [
                SliceRow(
                    Slice(row.run, row.low, row.high, row.attempt),
                    row.lane,
                    row.state,
                    row.machine,
                    row.seen_at,
                    row.problem,
                )
                for row in connection.execute(query)
            ]


def take(connection: sa.Connection, run: str, low: int, machine: str, stall: timedelta) -> Slice | None:
    """Take a slice for a new attempt; ``None`` when it is done or gone, or its machine was seen within ``stall``."""
    is_free = sa.or_(SLICES.c.state == "todo", SLICES.c.seen_at < sa.func.now() - stall)
    taken = (
        SLICES.update()
        .where(SLICES.c.run == run, SLICES.c.low == low, SLICES.c.state.in_(("todo", "doing")), is_free)
        .values(attempt=SLICES.c.attempt + 1, state="doing", machine=machine, seen_at=sa.func.now())
        .returning(SLICES.c.high, SLICES.c.attempt)
    )
    row = connection.execute(taken).one_or_none()
    return None if row is None else Slice(run, low, row.high, row.attempt)


def see(connection: sa.Connection, mine: Slice) -> None:
    """Say that the machine which has this slice is alive."""
    connection.execute(_of(mine).values(seen_at=sa.func.now()))


def end(connection: sa.Connection, mine: Slice, state: str, problem: str | None = None) -> None:
    """Record that this attempt has ended: ``done``, ``failed``, or ``todo`` to give it back.

    :raises SliceLost: when another has taken the slice.
    """
    ended = connection.execute(_of(mine).values(state=state, problem=problem).returning(SLICES.c.low))
    if ended.first() is None:
        raise SliceLost(mine.run, mine.low, mine.attempt)


def fence(connection: sa.Connection, mine: Slice) -> tuple[str | None, datetime]:
    """Hold the slice to the end of this transaction; the wall that somebody has met for its run, and the moment by the
    server's clock.

    :raises SliceLost: when another has taken the slice.
    """
    held = sa.select(SLICES.c.attempt).where(SLICES.c.run == mine.run, SLICES.c.low == mine.low)
    if connection.scalar(held.with_for_update(read=True)) != mine.attempt:
        raise SliceLost(mine.run, mine.low, mine.attempt)
    of_run = sa.select(RUNS.c.wall, sa.func.clock_timestamp().label("now")).where(RUNS.c.id == mine.run)
    row = connection.execute(of_run).one()
    return row.wall, row.now


def _of(mine: Slice) -> sa.Update:
    return SLICES.update().where(SLICES.c.run == mine.run, SLICES.c.low == mine.low, SLICES.c.attempt == mine.attempt)
