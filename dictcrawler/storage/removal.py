"""Deletes entries removed on request from the store, in one transaction, and then their traces in free space."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from dictcrawler.feeds import encode_line
from dictcrawler.model import Lookup
from dictcrawler.storage.connection import Connection
from dictcrawler.storage.database import CHUNK, Database
from dictcrawler.storage.refusals import REASON, Refused, without
from dictcrawler.storage.rows import decoded

_DELETE_WORDS = (
    "DELETE FROM entries WHERE slug IN (:slugs)",
    "DELETE FROM answers WHERE slug IN (:slugs)",
    "DELETE FROM pages WHERE slug IN (:slugs)",
)
_MARK_WORDS = "UPDATE keywords SET problem = :reason WHERE slug IN (:slugs) AND problem IS NULL"
_DELETE_BODIES = (
    "DELETE FROM pages WHERE digest IN (:digests)",
    "DELETE FROM payloads WHERE digest IN (:digests)",
)


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
            changed += sum(connection.change(statement, slugs=slugs) for statement in _DELETE_WORDS)
            changed += connection.change(_MARK_WORDS, slugs=slugs, reason=REASON)
        for digests in _chunks(refused.digests):
            changed += sum(connection.change(statement, digests=digests) for statement in _DELETE_BODIES)
        for urls in _chunks(refused.addresses):
            changed += connection.change("DELETE FROM pages WHERE asked_url IN (:urls)", urls=urls)
    return changed


def _drop_ids(connection: Connection, ids: list[str]) -> int:
    """Delete entries, and take their ids out of the answers of all words that lead to them."""
    for scope, slug in connection.rows("SELECT DISTINCT scope, slug FROM entries WHERE id IN (:ids)", ids=ids):
        stored = "SELECT lookup FROM answers WHERE scope = :scope AND slug = :slug"
        line = connection.value(stored, scope=scope, slug=slug)
        if line is not None:
            lookup = without(decoded(line, Lookup, "answers", slug), ids)
            update = "UPDATE answers SET lookup = :lookup, status = :status WHERE scope = :scope AND slug = :slug"
            values = {"lookup": encode_line(lookup), "status": lookup.status.value}
            connection.change(update, scope=scope, slug=slug, **values)
    return connection.change("DELETE FROM entries WHERE id IN (:ids)", ids=ids)


def _chunks(values: Collection[str]) -> Iterator[list[str]]:
    left = iter(values)
    while chunk := list(islice(left, CHUNK)):
        yield chunk
