"""The last outcome and the last good entries of every word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from dictcrawler.feeds import encode_line
from dictcrawler.feeds.checking import CheckedEntry, CheckedLookup, Terms
from dictcrawler.feeds.lifting import is_old
from dictcrawler.feeds.reader import Cited
from dictcrawler.model import Entry, Lookup, PageState, Status
from dictcrawler.storage.connection import Connection
from dictcrawler.storage.database import Database, timestamp
from dictcrawler.storage.rows import decoded, moment

_ANSWER = """
INSERT INTO answers (scope, slug, run, status, failures, answered_at, due_at, lookup, pages)
VALUES (:scope, :slug, :run, :status, :failures, :answered_at, :due_at, :lookup, :pages)
ON CONFLICT (scope, slug) DO UPDATE SET
    run = excluded.run, status = excluded.status, failures = excluded.failures, answered_at = excluded.answered_at,
    due_at = excluded.due_at, lookup = excluded.lookup, pages = excluded.pages
"""
_ENTRY = """
INSERT INTO entries (scope, slug, position, id, content_hash, run, fetched_at, line)
VALUES (:scope, :slug, :position, :id, :content_hash, :run, :fetched_at, :line)
"""


class _StatedSource(Terms, frozen=True):
    text_coverage: float | None = None
    structure: float | None = None


class _Stated(msgspec.Struct):
    source: _StatedSource


class Answers:
    """Outcomes and entries by the slug of their word.

    :raises StoreError: from every method, when the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self,
        scope: str,
        answers: Iterable[tuple[str, CheckedLookup]],
        due: Callable[[Lookup, int], datetime],
        fence: Callable[[Connection], None] | None = None,
    ) -> None:
        """Store outcomes, ``(slug, checked lookup)``, in one transaction: all or none.

        If a slug occurs twice, its last outcome counts. ``due(lookup, failures)`` returns when the word is due again,
        after that many failures in a row. ``fence`` is called first in the transaction and may raise to refuse it.
        """
        latest = dict(sorted(dict(answers).items()))
        if not latest:
            return
        with self._database.begin() as connection:
            if fence is not None:
                fence(connection)
            before = _before(connection, scope, latest)
            rows = [_answer_row(scope, slug, each.lookup, before[slug], due) for slug, each in latest.items()]
            # First, and sorted: others who answer one of these words wait here, and no two wait for each other.
            connection.change_many(_ANSWER, rows)
            answered = {slug: each for slug, each in latest.items() if each.lookup.status.is_answer}
            rows = [row for slug in answered for row in _entry_rows(scope, slug, answered[slug], before[slug])]
            of_words = "DELETE FROM entries WHERE scope = :scope AND slug IN (:slugs)"
            connection.change(of_words, scope=scope, slugs=list(answered))
            if rows:
                connection.change_many(_ENTRY, rows)

    def known(self, scope: str, slugs: Iterable[str]) -> dict[str, Lookup]:
        """The stored answers with entries for these words, by slug, including entries and pages."""
        found = [status.value for status in Status if status.has_entries]
        query = """
            SELECT slug, lookup, pages FROM answers WHERE scope = :scope AND slug IN (:slugs) AND status IN (:found)
        """
        with self._database.begin() as connection:
            answers = connection.rows(query, scope=scope, slugs=list(slugs), found=found)
            entries = _entries_of(connection, scope, [slug for slug, _, _ in answers])
        return {
            slug: msgspec.structs.replace(
                decoded(lookup, Lookup, "answers", slug),
                entries=tuple(decoded(entry.line, Entry, "entries", slug) for entry in entries[slug]),
                pages=decoded(pages, tuple[PageState, ...], "answers", slug),
            )
            for slug, lookup, pages in answers
        }

    def outcomes(self, scope: str, slugs: Iterable[str]) -> dict[str, Lookup]:
        """The stored outcomes of these words by their slugs, without entries."""
        query = "SELECT slug, lookup FROM answers WHERE scope = :scope AND slug IN (:slugs)"
        with self._database.begin() as connection:
            rows = connection.rows(query, scope=scope, slugs=list(slugs))
        return {slug: decoded(lookup, Lookup, "answers", slug) for slug, lookup in rows}

    def has_entry(self, scope: str, entry_id: str) -> bool:
        """Whether any word of the scope still has this entry."""
        query = "SELECT id FROM entries WHERE scope = :scope AND id = :id LIMIT 1"
        with self._database.begin() as connection:
            return connection.value(query, scope=scope, id=entry_id) is not None

    def cited_digests(self) -> Iterator[str]:
        """The digests of the pages that all entries were read from, as a stream."""
        with self._database.stream("SELECT slug, line FROM entries") as rows:
            for slug, line in rows:
                yield decoded(line, Cited, "entries", slug).source.payload_digest


class _StoredEntry(NamedTuple):
    id: str
    content_hash: str
    fetched_at: str
    line: bytes


@dataclass(frozen=True, slots=True)
class _Before:
    """The stored state of a word: its failures since its last answer, and its entries."""

    failures: int
    entries: Sequence[_StoredEntry]


def _before(connection: Connection, scope: str, slugs: Iterable[str]) -> dict[str, _Before]:
    wanted = list(slugs)
    query = "SELECT slug, failures FROM answers WHERE scope = :scope AND slug IN (:slugs)"
    failures: dict[str, int] = dict(connection.rows(query, scope=scope, slugs=wanted))
    entries = _entries_of(connection, scope, wanted)
    return {slug: _Before(failures.get(slug, 0), entries[slug]) for slug in wanted}


def _entries_of(connection: Connection, scope: str, slugs: list[str]) -> dict[str, list[_StoredEntry]]:
    """The stored entries of each of these words, ordered by position."""
    query = """
        SELECT slug, id, content_hash, fetched_at, line FROM entries
        WHERE scope = :scope AND slug IN (:slugs) ORDER BY position
    """
    found: dict[str, list[_StoredEntry]] = {slug: [] for slug in slugs}
    for slug, *entry in connection.rows(query, scope=scope, slugs=slugs):
        found[slug].append(_StoredEntry(*entry))
    return found


def _answer_row(
    scope: str, slug: str, lookup: Lookup, before: _Before, due: Callable[[Lookup, int], datetime]
) -> dict[str, object]:
    failures = 0
    if not lookup.status.is_answer:
        failures = 1 + before.failures
        lookup = _with_stale_entries(slug, lookup, before)
    return {
        "scope": scope,
        "slug": slug,
        "run": lookup.run,
        "status": lookup.status.value,
        "failures": failures,
        "answered_at": timestamp(lookup.checked_at or lookup.fetched_at or datetime.now(UTC)),
        "due_at": timestamp(due(lookup, failures)),
        "lookup": encode_line(lookup),
        "pages": msgspec.json.encode(lookup.pages),
    }


def _entry_rows(scope: str, slug: str, answer: CheckedLookup, before: _Before) -> Iterator[dict[str, object]]:
    """The rows of a word's entries. An entry with unchanged content, terms and proofs keeps its line and citation."""
    stored = {entry.id: entry for entry in before.entries}
    for position, entry in enumerate(answer.entries):
        old = stored.get(entry.id)
        if old is not None and old.content_hash == entry.content_hash and _is_of_today(old.line, entry):
            fetched_at, line = old.fetched_at, old.line
        else:
            fetched_at, line = timestamp(entry.fetched_at), entry.line
        yield {
            "scope": scope,
            "slug": slug,
            "position": position,
            "id": entry.id,
            "content_hash": entry.content_hash,
            "run": answer.lookup.run,
            "fetched_at": fetched_at,
            "line": line,
        }


def _is_of_today(line: bytes, entry: CheckedEntry) -> bool:
    """Whether the stored line has the rights, the licence and the proofs of today's, and names authors exactly when
    today's line does. The authors themselves may have changed with the page.

    With the proofs (``text_coverage``, ``structure``) of an earlier page, a redesign that adds parts unknown to the
    parser would go unnoticed: the content is the same.
    """
    today = entry.terms
    try:
        stated = msgspec.json.decode(line, type=_Stated).source
    except msgspec.DecodeError:
        # A damaged line is replaced by the new one.
        return False
    if is_old(line) or (stated.text_coverage, stated.structure) != (entry.text_coverage, entry.structure):
        return False
    is_attributed = (stated.attribution is None) == (today.attribution is None)
    return is_attributed and (stated.rights, stated.license) == (today.rights, today.license)


def _with_stale_entries(slug: str, lookup: Lookup, before: _Before) -> Lookup:
    """A word that failed today keeps its earlier entries, and records since when they are stale."""
    if not before.entries:
        return lookup
    since = min(moment(entry.fetched_at, "entries", slug) for entry in before.entries)
    return msgspec.structs.replace(lookup, entry_ids=tuple(entry.id for entry in before.entries), stale_since=since)
