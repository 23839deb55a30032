"""Words and entries removed on request (``dictcrawler forget``), which are neither looked up nor stored again.

A row of ``refused`` has a kind, a value and the requested word (as its slug) that it belongs to:

* ``word``: the slug of a word that is not looked up;
* ``entry``: the id of an entry;
* ``digest``: the digest of a page that such an entry was read from;
* ``address``: a URL of such a page;
* ``sound``: the URL of a recording that only such entries name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from dictcrawler.errors import InvalidKeyword
from dictcrawler.model import Lookup, Status
from dictcrawler.storage.database import Database

REASON = 'removed on request: not looked up (docs/operating.md, "Removing an entry on request")'

Kind = Literal["word", "entry", "digest", "address", "sound"]


@dataclass(frozen=True, slots=True)
class Refused:
    """The registry in memory: the values of each kind, and for each value the requested words."""

    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    entries: Mapping[str, frozenset[str]] = field(default_factory=dict)
    digests: Mapping[str, frozenset[str]] = field(default_factory=dict)
    addresses: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sounds: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def requested(self) -> set[str]:
        """The slugs that somebody named."""
        return {word for words in self.words.values() for word in words}

    def problem(self, slug: str | None) -> str | None:
        """Why a word is not looked up; ``None`` when it is."""
        return REASON if slug in self.words else None

    def refused_in(self, lookup: Lookup, slug: Callable[[str], str]) -> set[str]:
        """The ids of the entries of a lookup that were removed on request, or are new ones of such a word."""
        if not self.words:
            return set()
        return {
            entry.id
            for entry in lookup.entries
            if entry.id in self.entries or slug_of(slug, entry.headword) in self.words
        }

    def requested_for(self, lookup: Lookup, refused: set[str], slug: Callable[[str], str]) -> set[str]:
        """The requested words because of which these entries of a lookup are refused."""
        of_entries = [
            self.entries.get(entry.id) or self.words.get(slug_of(slug, entry.headword) or "", frozenset())
            for entry in lookup.entries
            if entry.id in refused
        ]
        return {word for words in of_entries for word in words}


def admitted(lookup: Lookup, refused: set[str]) -> Lookup:
    """The lookup without these entries; a word that leads to nothing else ends as ``removed``."""
    if not refused:
        return lookup
    entries = tuple(entry for entry in lookup.entries if entry.id not in refused)
    return without(msgspec.structs.replace(lookup, entries=entries), refused)


def without(lookup: Lookup, refused: Iterable[str]) -> Lookup:
    """The lookup without the ids of these entries; one that has no other ids ends as ``removed``."""
    gone = set(refused)
    left = tuple(each for each in lookup.entry_ids if each not in gone)
    if len(left) == len(lookup.entry_ids):
        return lookup
    if left:
        return msgspec.structs.replace(lookup, entry_ids=left)
    return Lookup(
        keyword=lookup.keyword,
        line=lookup.line,
        normalized=lookup.normalized,
        dictionary=lookup.dictionary,
        edition=lookup.edition,
        status=Status.REMOVED,
        entry_ids=(),
        suggestions=(),
        attempts=lookup.attempts,
        error=REASON,
        fetched_at=lookup.fetched_at,
        duplicate_of=lookup.duplicate_of,
        run=lookup.run,
    )


def slug_of(slug: Callable[[str], str], text: str) -> str | None:
    """The slug of a text; ``None`` when it can be no address."""
    try:
        return slug(text)
    except InvalidKeyword:
        return None


class Refusals:
    """The table ``refused``.

    :raises StoreError: from every method, when the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self) -> Refused:
        """The whole registry."""
        found: dict[str, dict[str, set[str]]] = {}
        with self._database.begin() as connection:
            for kind, value, word in connection.rows("SELECT kind, value, word FROM refused"):
                found.setdefault(kind, {}).setdefault(value, set()).add(word)
        of_kind = {kind: {value: frozenset(words) for value, words in values.items()} for kind, values in found.items()}
        return Refused(
            words=of_kind.get("word", {}),
            entries=of_kind.get("entry", {}),
            digests=of_kind.get("digest", {}),
            addresses=of_kind.get("address", {}),
            sounds=of_kind.get("sound", {}),
        )

    def add(self, rows: Iterable[tuple[Kind, str, str]]) -> None:
        """Add rows (kind, value, requested word), all or none; those that are there already stay."""
        added = [{"kind": kind, "value": value, "word": word} for kind, value, word in rows]
        statement = "INSERT INTO refused (kind, value, word) VALUES (:kind, :value, :word) ON CONFLICT DO NOTHING"
        if added:
            with self._database.begin() as connection:
                connection.change_many(statement, added)

    def undo(self, word: str) -> bool:
        """Allow a requested word, and all that was refused because of it, to be looked up again; whether it was one."""
        with self._database.begin() as connection:
            words = set(connection.column(f"{_WORDS} AND word = :word", word=word))
            connection.change("DELETE FROM refused WHERE word = :word", word=word)
            for slug in words.difference(connection.column(_WORDS)):
                again = "UPDATE keywords SET problem = NULL WHERE slug = :slug AND problem = :reason"
                connection.change(again, slug=slug, reason=REASON)
                removed = "DELETE FROM answers WHERE slug = :slug AND status = :status"
                connection.change(removed, slug=slug, status=Status.REMOVED.value)
        return bool(words)


_WORDS = "SELECT value FROM refused WHERE kind = 'word'"
