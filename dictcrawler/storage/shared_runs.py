"""Runs that several machines work on: shared once their word list is read, and published by one of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from dictcrawler.storage.database import Database, insert_new, timestamp
from dictcrawler.storage.ledger import SHARED, Lines
from dictcrawler.storage.tables import KEYWORDS, RUNS, SLICES


class SharedRuns:
    """The rows of ``runs`` that are shared.

    :raises StoreError: from every method, when the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def at_work(self, feed: str | None = None) -> list[str]:
        """The runs that several machines are working on: all, or those of a feed."""
        query = sa.select(RUNS.c.id).where(RUNS.c.state.in_(SHARED))
        query = query if feed is None else query.where(RUNS.c.feed == feed)
        with self._database.begin() as connection:
            return list(connection.scalars(query.order_by(RUNS.c.id)))

    def last_published(self, feed: str) -> str | None:
        """The run of a feed that was published last and not withheld."""
        query = sa.select(RUNS.c.id).where(RUNS.c.feed == feed, RUNS.c.state == "complete")
        with self._database.begin() as connection:
            return connection.scalar(query.order_by(RUNS.c.finished_at.desc(), RUNS.c.id.desc()).limit(1))

    def share(self, run: str, slices: Iterable[Lines], lanes: int, reason: str | None) -> None:
        """Share a run among all machines, cut into ranges of lines, ``lanes`` of which are looked up at
        once. Existing slices are kept. ``reason``: why it is to be withheld, if that is known already."""
        rows = [
            {"run": run, "low": low, "high": high, "lane": number % lanes, "attempt": 0, "state": "todo"}
            for number, (low, high) in enumerate(slices)
        ]
        with self._database.begin() as connection:
            begun = sa.and_(RUNS.c.id == run, RUNS.c.state == "running")
            shared = connection.execute(
                RUNS.update().where(begun).values(state="shared", reason_to_withhold=reason).returning(RUNS.c.id)
            )
            if shared.first() is not None and rows:
                connection.execute(insert_new(SLICES, connection.dialect), rows)

    def meet_wall(self, run: str, wall: str) -> None:
        """Record the wall that one machine has met, for all machines working on the run."""
        with self._database.begin() as connection:
            connection.execute(RUNS.update().where(RUNS.c.id == run, RUNS.c.wall.is_(None)).values(wall=wall))

    def withhold(self, run: str, reason: str) -> None:
        """Record why a run may not be ``latest``. The first reason is kept."""
        with self._database.begin() as connection:
            first = RUNS.update().where(RUNS.c.id == run, RUNS.c.reason_to_withhold.is_(None))
            connection.execute(first.values(reason_to_withhold=reason))

    def begin_publishing(self, run: str) -> bool:
        """Whether this run is to be published now: all its words are done and it has not been published or ended."""
        left = sa.exists().where(SLICES.c.run == run, SLICES.c.state != "done")
        due = sa.and_(RUNS.c.id == run, RUNS.c.state.in_(SHARED), ~left)
        with self._database.begin() as connection:
            claimed = RUNS.update().where(due).values(state="publishing").returning(RUNS.c.id)
            return connection.execute(claimed).first() is not None

    def cancel(self, run: str, at: datetime) -> bool:
        """End a shared run without publishing it. Its answers are kept; machines working on it lose their slices."""
        with self._database.begin() as connection:
            ended = RUNS.update().where(RUNS.c.id == run, RUNS.c.state == "shared")
            ended = ended.values(state="abandoned", finished_at=timestamp(at))
            if connection.execute(ended.returning(RUNS.c.id)).first() is None:
                return False
            connection.execute(KEYWORDS.delete().where(KEYWORDS.c.run == run))
            connection.execute(SLICES.delete().where(SLICES.c.run == run))
            return True
