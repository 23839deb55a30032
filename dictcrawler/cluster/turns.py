"""Turns at a host: which worker may send requests to it, and for which slice. Decided in the database, by its clock.

The queue too has a lock on each host, which keeps the slices in order and idle workers away. It is not reliable:
procrastinate lets a worker that wakes up end a job that another runs by now, and so frees the lock. A turn ends when
its worker gives it back, or was not seen for ``stall`` seconds. No other worker can end it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from dictcrawler.cluster.place import QUEUE_SCHEMA
from dictcrawler.storage import slices
from dictcrawler.storage.database import Database, insert_new
from dictcrawler.storage.slices import Slice

METADATA = sa.MetaData()
_TURNS = sa.Table(
    "dictcrawler_turns",
    METADATA,
    sa.Column("host", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text),
    sa.Column("seen_at", sa.DateTime(timezone=True)),
    schema=QUEUE_SCHEMA,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A slice that a worker has, in the store of ``dictionary``; ``host`` is ``None`` when it needs no requests."""

    dictionary: str
    slice: Slice
    host: str | None

    @property
    def holder(self) -> str:
        """A unique name of this turn's holder."""
        mine = self.slice
        return f"{self.dictionary} {mine.run} {mine.low} {mine.attempt}"


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns at hosts, with the slices in one store of the cluster.

    :raises StoreError: from every method, when the database cannot be read or written.
    """

    dictionary: str
    database: Database
    stall: timedelta

    def take(self, run: str, low: int, machine: str, host: str | None) -> Turn | None:
        """Take a slice and the turn at its host; ``None`` when one of them is not free, or the slice is done."""
        with self.database.begin() as connection:
            if host is not None and not self._is_free(connection, host):
                return None
            mine = slices.take(connection, run, low, machine, self.stall)
            if mine is None:
                return None
            turn = Turn(self.dictionary, mine, host)
            taken = _TURNS.update().where(_TURNS.c.host == host)
            connection.execute(taken.values(holder=turn.holder, seen_at=sa.func.now()))
            return turn

    def _is_free(self, connection: sa.Connection, host: str) -> bool:
        """Whether no worker has the turn; locked until the end of the transaction."""
        connection.execute(insert_new(_TURNS, connection.dialect).values(host=host))
        is_over = sa.or_(_TURNS.c.holder.is_(None), _TURNS.c.seen_at < sa.func.now() - self.stall)
        free = sa.select(_TURNS.c.host).where(_TURNS.c.host == host, is_over)
        return connection.execute(free.with_for_update(skip_locked=True)).first() is not None

    def see(self, turn: Turn) -> None:
        """Record that the worker of this turn is alive. Does nothing when it has lost the turn: the crawl of its slice
        is then not seen any more and ends by itself."""
        # In one transaction, so both get the same moment, however long this process sleeps in between.
        with self.database.begin() as connection:
            seen = _ours(turn).values(seen_at=sa.func.now()).returning(_TURNS.c.host)
            if turn.host is None or connection.execute(seen).first() is not None:
                slices.see(connection, turn.slice)

    def end(self, turn: Turn, state: str, problem: str | None = None) -> None:
        """Give a turn back, and record how the attempt has ended: ``done``, ``failed``, or ``todo`` for another one.

        :raises SliceLost: when another has taken the slice.
        """
        self.leave(turn)
        with self.database.begin() as connection:
            slices.end(connection, turn.slice, state, problem)

    def leave(self, turn: Turn) -> None:
        """Give a turn back if this worker still has it."""
        with self.database.begin() as connection:
            connection.execute(_ours(turn).values(holder=None, seen_at=None))


def _ours(turn: Turn) -> sa.Update:
    return _TURNS.update().where(_TURNS.c.host == turn.host, _TURNS.c.holder == turn.holder)
