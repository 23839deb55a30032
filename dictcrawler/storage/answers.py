"""The last outcome and the last good entries of every word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
import sqlalchemy as sa

from dictcrawler.feeds import encode_line
from dictcrawler.feeds.checking import CheckedEntry, CheckedLookup, Terms
from dictcrawler.feeds.lifting import is_old
from dictcrawler.feeds.reader import Cited
from dictcrawler.model import Entry, Lookup, PageState, Status
from dictcrawler.storage.database import Database, timestamp, upsert
from dictcrawler.storage.rows import decoded, moment
from dictcrawler.storage.tables import ANSWERS, ENTRIES


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
        fence: Callable[[sa.Connection], None] | None = None,
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
            connection.execute(upsert(ANSWERS, connection.dialect), rows)
            answered = {slug: each for slug, each in latest.items() if each.lookup.status.is_answer}
            rows = [row for slug in answered for row in _entry_rows(scope, slug, answered[slug], before[slug])]
            connection.execute(ENTRIES.delete().where(ENTRIES.c.scope == scope, ENTRIES.c.slug.in_(list(answered))))
            if rows:
                connection.execute(ENTRIES.insert(), rows)

    def known(self, scope: str, slugs: Iterable[str]) -> dict[str, Lookup]:
        """The stored answers with entries for these words, by slug, including entries and pages."""
        found = [status.value for status in Status if status.has_entries]
        query = sa.select(ANSWERS).where(
            ANSWERS.c.scope == scope, ANSWERS.c.slug.in_(list(slugs)), ANSWERS.c.status.in_(found)
        )
        with self._database.begin() as connection:
            answers = connection.execute(query).all()
            entries = _entries_of(connection, scope, [row.slug for row in answers])
        return {
            row.slug: msgspec.structs.replace(
                decoded(row.lookup, Lookup, "answers", row.slug),
                entries=tuple(decoded(entry.line, Entry, "entries", row.slug) for entry in entries[row.slug]),
                pages=decoded(row.pages, tuple[PageState, ...], "answers", row.slug),
            )
            for row in answers
        }

    def outcomes(self, scope: str, slugs: Iterable[str]) -> dict[str, Lookup]:
        """The stored outcomes of these words by their slugs, without entries."""
        query = sa.select(ANSWERS.c.slug, ANSWERS.c.lookup)
        query = query.where(ANSWERS.c.scope == scope, ANSWERS.c.slug.in_(list(slugs)))
        with self._database.begin() as connection:
            return {row.slug: decoded(row.lookup, Lookup, "answers", row.slug) for row in connection.execute(query)}

    def has_entry(self, scope: str, entry_id: str) -> bool:
        """Whether any word of the scope still has this entry."""
        query = sa.select(ENTRIES.c.id).where(ENTRIES.c.scope == scope, ENTRIES.c.id == entry_id).limit(1)
        with self._database.begin() as connection:
            return connection.scalar(query) is not None

    def cited_digests(self) -> Iterator[str]:
        """The digests of the pages that all entries were read from, as a stream."""
        with self._database.stream(sa.select(ENTRIES.c.slug, ENTRIES.c.line)) as rows:
            for row in rows:
                yield decoded(row.line, Cited, "entries", row.slug).source.payload_digest


_EntryRows = Mapping[str, Sequence[sa.Row[tuple[object, ...]]]]


@dataclass(frozen=True, slots=True)
class _Before:
    """The stored state of a word: its failures since its last answer, and its rows in ``entries``."""

    failures: int
    entries: Sequence[sa.Row[tuple[object, ...]]]


def _before(connection: sa.Connection, scope: str, slugs: Iterable[str]) -> dict[str, _Before]:
    wanted = list(slugs)
    query = sa.select(ANSWERS.c.slug, ANSWERS.c.failures)
    query = query.where(ANSWERS.c.scope == scope, ANSWERS.c.slug.in_(wanted))
    failures: dict[str, int] = {row.slug: row.failures for row in connection.execute(query)}
    entries = _entries_of(connection, scope, wanted)
    return {slug: _Before(failures.get(slug, 0), entries[slug]) for slug in wanted}


def _entries_of(connection: sa.Connection, scope: str, slugs: Iterable[str]) -> _EntryRows:
    """The rows of ``entries`` by slug, ordered by position; slugs without rows are absent."""
    wanted = list(slugs)
    query = sa.select(ENTRIES).where(ENTRIES.c.scope == scope, ENTRIES.c.slug.in_(wanted))
    found: dict[str, list[sa.Row[tuple[object, ...]]]] = {slug: [] for slug in wanted}
    for row in connection.execute(query.order_by(ENTRIES.c.position)):
        found[row.slug].append(row)
    return found


def _answer_row(
    scope: str, slug: str, lookup: Lookup, before: _Before, due: Callable[[Lookup, int], datetime]
) -> dict[str, object]:
    failures = 0
    if not lookup.status.is_answer:
        failures = 1 + before.failures
        lookup = _with_stale_entries(lookup, before)
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
    kept = {row.id: row for row in before.entries}
    for position, entry in enumerate(answer.entries):
        row = {"scope": scope, "slug": slug, "position": position, "id": entry.id, "run": answer.lookup.run}
        old = kept.get(entry.id)
        if old is not None and old.content_hash == entry.content_hash and _is_of_today(old.line, entry):
            yield row | {"content_hash": old.content_hash, "fetched_at": old.fetched_at, "line": old.line}
        else:
            fetched_at = timestamp(entry.fetched_at)
            yield row | {"content_hash": entry.content_hash, "fetched_at": fetched_at, "line": entry.line}


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


def _with_stale_entries(lookup: Lookup, before: _Before) -> Lookup:
    """A word that failed today keeps its earlier entries, and records since when they are stale."""
    if not before.entries:
        return lookup
    since = min(moment(row.fetched_at, "entries", row.slug) for row in before.entries)
    return msgspec.structs.replace(lookup, entry_ids=tuple(row.id for row in before.entries), stale_since=since)
