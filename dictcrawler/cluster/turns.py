"""Turns at a host: which worker may send requests to it, and for which slice. Decided in the database, by its clock.

The queue too has a lock on each host, which keeps the slices in order and idle workers away. It is not reliable:
procrastinate lets a worker that wakes up end a job that another runs by now, and so frees the lock. A turn ends when
its worker gives it back, or was not seen for ``stall`` seconds. No other worker can end it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from dictcrawler.storage import slices
from dictcrawler.storage.connection import Connection
from dictcrawler.storage.database import Database
from dictcrawler.storage.slices import Slice

# With its schema, `dictcrawler.cluster.place.QUEUE_SCHEMA`: turns are taken on the connections of a dictionary's store.
TABLE = """
    CREATE TABLE IF NOT EXISTS dictcrawler_queue.dictcrawler_turns (
        host TEXT NOT NULL,
        holder TEXT,
        seen_at TIMESTAMP WITH TIME ZONE,
        PRIMARY KEY (host)
    )
"""

_ENTER_HOST = "INSERT INTO dictcrawler_queue.dictcrawler_turns (host) VALUES (:host) ON CONFLICT DO NOTHING"
_LOCK_FREE = """
    SELECT host FROM dictcrawler_queue.dictcrawler_turns
    WHERE host = :host AND (holder IS NULL OR seen_at < now() - CAST(:stall AS interval))
    FOR UPDATE SKIP LOCKED
"""
_TAKE = "UPDATE dictcrawler_queue.dictcrawler_turns SET holder = :holder, seen_at = now() WHERE host = :host"
_SEE = "UPDATE dictcrawler_queue.dictcrawler_turns SET seen_at = now() WHERE host = :host AND holder = :holder"
_LEAVE = """
    UPDATE dictcrawler_queue.dictcrawler_turns SET holder = NULL, seen_at = NULL
    WHERE host = :host AND holder = :holder
"""


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
            connection.change(_TAKE, host=host, holder=turn.holder)
            return turn

    def _is_free(self, connection: Connection, host: str) -> bool:
        """Whether no worker has the turn; locked until the end of the transaction."""
        connection.change(_ENTER_HOST, host=host)
        return connection.row(_LOCK_FREE, host=host, stall=self.stall) is not None

    def see(self, turn: Turn) -> None:
        """Record that the worker of this turn is alive. Does nothing when it has lost the turn: the crawl of its slice
        is then not seen any more and ends by itself."""
        # In one transaction, so both get the same moment, however long this process sleeps in between.
        with self.database.begin() as connection:
            if turn.host is None or connection.change(_SEE, host=turn.host, holder=turn.holder):
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
            connection.change(_LEAVE, host=turn.host, holder=turn.holder)
