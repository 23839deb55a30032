"""Deletes entries removed on request from the store, in one transaction, and then their traces in free space."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

import sqlalchemy as sa

from dictcrawler.feeds import encode_line
from dictcrawler.model import Lookup
from dictcrawler.storage.database import CHUNK, Database
from dictcrawler.storage.refusals import REASON, Refused, without
from dictcrawler.storage.rows import decoded
from dictcrawler.storage.tables import ANSWERS, ENTRIES, KEYWORDS, PAGES, PAYLOADS


def remove(database: Database, refused: Refused) -> int:
    """Remove the entries, the answers and the rows of pages; returns the number of rows changed.

    Words of unfinished runs are marked, so that the run continues without them.

    :raises StoreError: when the store cannot be read or written; nothing is changed then.
    """
    changed = 0
    with database.begin() as connection:
        for ids in _chunks(refused.entries):
            changed += _drop_ids(connection, ids)
        for slugs in _chunks(refused.words):
            for table in (ENTRIES, ANSWERS, PAGES):
                changed += connection.execute(table.delete().where(table.c.slug.in_(slugs))).rowcount
            of_words = (KEYWORDS.c.slug.in_(slugs), KEYWORDS.c.problem.is_(None))
            changed += connection.execute(KEYWORDS.update().where(*of_words).values(problem=REASON)).rowcount
        for digests in _chunks(refused.digests):
            for table in (PAGES, PAYLOADS):
                changed += connection.execute(table.delete().where(table.c.digest.in_(digests))).rowcount
        for urls in _chunks(refused.addresses):
            changed += connection.execute(PAGES.delete().where(PAGES.c.asked_url.in_(urls))).rowcount
    return changed


def _drop_ids(connection: sa.Connection, ids: Collection[str]) -> int:
    """Delete entries, and take their ids out of the answers of all words that lead to them."""
    of_ids = ENTRIES.c.id.in_(ids)
    words = connection.execute(sa.select(ENTRIES.c.scope, ENTRIES.c.slug).where(of_ids).distinct()).all()
    for word in words:
        is_word = (ANSWERS.c.scope == word.scope, ANSWERS.c.slug == word.slug)
        row = connection.execute(sa.select(ANSWERS.c.lookup).where(*is_word)).one_or_none()
        if row is not None:
            lookup = without(decoded(row.lookup, Lookup, "answers", word.slug), ids)
            values = {"lookup": encode_line(lookup), "status": lookup.status.value}
            connection.execute(ANSWERS.update().where(*is_word).values(**values))
    return int(connection.execute(ENTRIES.delete().where(of_ids)).rowcount)


def _chunks(values: Collection[str]) -> Iterator[list[str]]:
    left = iter(values)
    while chunk := list(islice(left, CHUNK)):
        yield chunk
