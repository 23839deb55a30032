"""The parts of a run that several machines share: ranges of lines, each with the attempt that may write for it.

Each time a slice is taken, its attempt grows by one. Every write for a slice names the attempt in the same transaction,
so a machine that returns after another took over its slice changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dictcrawler.errors import SliceLost, StoreError
from dictcrawler.storage.connection import Connection
from dictcrawler.storage.database import Database

_SILENCE = "SELECT attempt, now() - seen_at FROM slices WHERE run = :run AND low = :low"

_DUE = "SELECT low FROM slices WHERE run = :run AND low = :low AND state IN ('todo', 'doing')"

_SLICES = """
    SELECT low, high, attempt, lane, state, machine, seen_at, problem
    FROM slices WHERE run = :run
    ORDER BY low"""

_TAKE = """
    UPDATE slices SET attempt = attempt + 1, state = 'doing', machine = :machine, seen_at = now()
    WHERE run = :run AND low = :low AND state IN ('todo', 'doing')
    AND (state = 'todo' OR seen_at < now() - CAST(:stall AS interval))
    RETURNING high, attempt"""

_SEE = "UPDATE slices SET seen_at = now() WHERE run = :run AND low = :low AND attempt = :attempt"

_END = """
    UPDATE slices SET state = :state, problem = :problem
    WHERE run = :run AND low = :low AND attempt = :attempt"""

_HOLD = "SELECT attempt FROM slices WHERE run = :run AND low = :low FOR SHARE"


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
        with self._database.begin() as connection:
            row = connection.row(_SILENCE, run=mine.run, low=mine.low)
        if row is None or row[0] != mine.attempt or row[1] > silence:
            raise SliceLost(mine.run, mine.low, mine.attempt)
        left: timedelta = silence - row[1]
        return left

    def is_due(self, run: str, low: int) -> bool:
        """Whether a slice is neither done nor gone."""
        with self._database.begin() as connection:
            return connection.value(_DUE, run=run, low=low) is not None

    def of(self, run: str) -> list[SliceRow]:
        """All slices of a run, in the order of its list."""
        with self._database.begin() as connection:
            rows = connection.rows(_SLICES, run=run)
        return [SliceRow(Slice(run, low, high, attempt), *state) for low, high, attempt, *state in rows]


def take(connection: Connection, run: str, low: int, machine: str, stall: timedelta) -> Slice | None:
    """Take a slice for a new attempt; ``None`` when it is done or gone, or its machine was seen within ``stall``."""
    row = connection.row(_TAKE, run=run, low=low, machine=machine, stall=stall)
    return None if row is None else Slice(run, low, *row)


def see(connection: Connection, mine: Slice) -> None:
    """Say that the machine which has this slice is alive."""
    connection.change(_SEE, run=mine.run, low=mine.low, attempt=mine.attempt)


def end(connection: Connection, mine: Slice, state: str, problem: str | None = None) -> None:
    """Record that this attempt has ended: ``done``, ``failed``, or ``todo`` to give it back.

    :raises SliceLost: when another has taken the slice.
    """
    of = {"run": mine.run, "low": mine.low, "attempt": mine.attempt}
    if not connection.change(_END, state=state, problem=problem, **of):
        raise SliceLost(mine.run, mine.low, mine.attempt)


def fence(connection: Connection, mine: Slice) -> tuple[str | None, datetime]:
    """Hold the slice to the end of this transaction; the wall that somebody has met for its run, and the moment by the
    server's clock.

    :raises SliceLost: when another has taken the slice.
    """
    if connection.value(_HOLD, run=mine.run, low=mine.low) != mine.attempt:
        raise SliceLost(mine.run, mine.low, mine.attempt)
    row = connection.row("SELECT wall, clock_timestamp() FROM runs WHERE id = :run", run=mine.run)
    if row is None:
        raise StoreError(f"no run {mine.run!r}")
    return row[0], row[1]
