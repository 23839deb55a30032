"""Runs that several machines work on: shared once their word list is read, and published by one of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from dictcrawler.storage.database import Database, timestamp
from dictcrawler.storage.ledger import SHARED, Lines, delete_list

_ADD_SLICE = """
    INSERT INTO slices (run, low, high, lane, attempt, state) VALUES (:run, :low, :high, :lane, 0, 'todo')
    ON CONFLICT DO NOTHING"""

_BEGIN_PUBLISHING = """
    UPDATE runs SET state = 'publishing'
    WHERE id = :run AND state IN (:shared)
    AND NOT EXISTS (SELECT * FROM slices WHERE slices.run = :run AND slices.state != 'done')"""


class SharedRuns:
    """The rows of ``runs`` that are shared.

    :raises StoreError: from every method, when the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def at_work(self, feed: str | None = None) -> list[str]:
        """The runs that several machines are working on: all, or those of a feed."""
        of_all = "SELECT id FROM runs WHERE state IN (:shared) ORDER BY id"
        of_feed = "SELECT id FROM runs WHERE state IN (:shared) AND feed = :feed ORDER BY id"
        with self._database.begin() as connection:
            return connection.column(of_all if feed is None else of_feed, shared=SHARED, feed=feed)

    def last_published(self, feed: str) -> str | None:
        """The run of a feed that was published last and not withheld."""
        published = "SELECT id FROM runs WHERE feed = :feed AND state = 'complete'"
        with self._database.begin() as connection:
            found: str | None = connection.value(f"{published} ORDER BY finished_at DESC, id DESC LIMIT 1", feed=feed)
        return found

    def share(self, run: str, slices: Iterable[Lines], lanes: int, reason: str | None) -> None:
        """Share a run among all machines, cut into ranges of lines, ``lanes`` of which are looked up at
        once. Existing slices are kept. ``reason``: why it is to be withheld, if that is known already."""
        rows = [
            {"run": run, "low": low, "high": high, "lane": number % lanes} for number, (low, high) in enumerate(slices)
        ]
        with self._database.begin() as connection:
            begun = "UPDATE runs SET state = 'shared', ailment = :reason WHERE id = :run AND state = 'running'"
            if connection.change(begun, run=run, reason=reason) and rows:
                connection.change_many(_ADD_SLICE, rows)

    def meet_wall(self, run: str, wall: str) -> None:
        """Record the wall that one machine has met, for all machines working on the run."""
        with self._database.begin() as connection:
            connection.change("UPDATE runs SET wall = :wall WHERE id = :run AND wall IS NULL", run=run, wall=wall)

    def withhold(self, run: str, reason: str) -> None:
        """Record why a run may not be ``latest``. The first reason is kept."""
        with self._database.begin() as connection:
            first = "UPDATE runs SET ailment = :reason WHERE id = :run AND ailment IS NULL"
            connection.change(first, run=run, reason=reason)

    def begin_publishing(self, run: str) -> bool:
        """Whether this run is to be published now: all its words are done and it has not been published or ended."""
        with self._database.begin() as connection:
            return connection.change(_BEGIN_PUBLISHING, run=run, shared=SHARED) == 1

    def cancel(self, run: str, at: datetime) -> bool:
        """End a shared run without publishing it. Its answers are kept; machines working on it lose their slices."""
        with self._database.begin() as connection:
            ended = "UPDATE runs SET state = 'abandoned', finished_at = :at WHERE id = :run AND state = 'shared'"
            if not connection.change(ended, run=run, at=timestamp(at)):
                return False
            delete_list(connection, run)
            return True
