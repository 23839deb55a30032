"""Finds all that goes with a word that is removed on request: its entries, pages, recordings, and other words for it.

* The entries of a word are those with it as headword, homographs too, wherever they are. If it only leads to entries
  of another word, as a spelling or an inflected form does, these go.
* With them go the idioms, phrasal verbs and other parts of its page, unless a word of the list leads to them alone.
* Other words that lead to nothing else are removed too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dictcrawler.feeds import ENTRIES, LOOKUPS, read_heads
from dictcrawler.model import Pronunciation, Record, digest_of
from dictcrawler.storage.database import Database
from dictcrawler.storage.refusals import Kind, Refused, slug_of
from dictcrawler.storage.rows import decoded

Row = tuple[Kind, str, str]
_EMPTY = digest_of(b"")


class _Leading(Record, frozen=True, kw_only=True, forbid_unknown_fields=False):
    normalized: str
    entry_ids: tuple[str, ...]


class _Headword(Record, frozen=True, kw_only=True, forbid_unknown_fields=False):
    id: str
    headword: str


class _Source(Record, frozen=True, kw_only=True, forbid_unknown_fields=False):
    url: str
    retrieved_from: str
    payload_digest: str


class _Form(Record, frozen=True, kw_only=True, forbid_unknown_fields=False):
    pronunciations: tuple[Pronunciation, ...] = ()


class _Citing(Record, frozen=True, kw_only=True, forbid_unknown_fields=False):
    id: str
    pronunciations: tuple[Pronunciation, ...]
    inflected_forms: tuple[_Form, ...]
    source: _Source


@dataclass(frozen=True, slots=True)
class Stock:
    """Where entries of a dictionary are: its published runs and its store, if there is one."""

    runs: tuple[Path, ...]
    database: Database | None
    slug: Callable[[str], str]

    def leading(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each word that leads to entries, as its slug, and their ids; a word of several runs comes several times."""
        for file in self._files(LOOKUPS):
            for lookup in read_heads(file, _Leading):
                if lookup.entry_ids and (slug := slug_of(self.slug, lookup.normalized)) is not None:
                    yield slug, lookup.entry_ids
        for slug, line in self._rows("SELECT slug, lookup FROM answers"):
            yield slug, decoded(line, _Leading, "answers", slug).entry_ids

    def headwords(self) -> Iterator[tuple[str, str]]:
        """The id and the headword of each entry."""
        for file in self._files(ENTRIES):
            yield from ((head.id, head.headword) for head in read_heads(file, _Headword))
        for slug, line in self._rows("SELECT slug, line FROM entries"):
            head = decoded(line, _Headword, "entries", slug)
            yield head.id, head.headword

    def citing(self) -> Iterator[_Citing]:
        """All entries, reduced to their pages and recordings."""
        for file in self._files(ENTRIES):
            yield from read_heads(file, _Citing)
        for slug, line in self._rows("SELECT slug, line FROM entries"):
            yield decoded(line, _Citing, "entries", slug)

    def _files(self, name: str) -> Iterator[Path]:
        """The files of this name; one that several runs share comes once."""
        seen = set()
        for run in self.runs:
            file = next((each for each in (run / name, run / f"{name}.gz") if each.exists()), None)
            if file is None:
                continue
            state = file.stat()
            if (state.st_dev, state.st_ino) not in seen:
                seen.add((state.st_dev, state.st_ino))
                yield file

    def _rows(self, query: str) -> Iterator[tuple[str, bytes]]:
        if self.database is not None:
            with self.database.stream(query) as rows:
                yield from rows


@dataclass(slots=True)
class Closure:
    """The rows of the registry for some requested words; ``empty`` are words that nothing was found of."""

    words: dict[str, set[str]] = field(default_factory=dict)
    entries: dict[str, set[str]] = field(default_factory=dict)
    headwords: dict[str, str] = field(default_factory=dict)
    digests: dict[str, set[str]] = field(default_factory=dict)
    addresses: dict[str, set[str]] = field(default_factory=dict)
    sounds: dict[str, set[str]] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)

    def rows(self) -> Iterator[Row]:
        """The entries for the registry."""
        kinds: list[tuple[Kind, dict[str, set[str]]]] = [
            ("word", self.words),
            ("entry", self.entries),
            ("digest", self.digests),
            ("address", self.addresses),
            ("sound", self.sounds),
        ]
        for kind, values in kinds:
            yield from ((kind, value, word) for value, words in values.items() for word in sorted(words))


def close_over(stock: Stock, requested: Iterable[str], known: Refused) -> Closure:
    """Everything to be removed with the requested words, which are slugs; ``known`` is what was removed on request
    before.

    :raises FeedError: when a run cannot be read.
    :raises StoreError: when the store cannot be read.
    """
    asked = set(requested)
    found = Closure(words={word: {word} for word in asked})
    _find_entries(stock, asked, found)
    _find_other_words(stock, found)
    _find_pages(stock, found)
    has_entries = {word for words in found.entries.values() for word in words}
    found.empty = asked - has_entries - known.requested
    return found


def _find_entries(stock: Stock, asked: set[str], found: Closure) -> None:
    led: dict[str, set[str]] = {word: set() for word in asked}
    for slug, ids in stock.leading():
        if slug in asked:
            led[slug].update(ids)
    reached = {entry_id for ids in led.values() for entry_id in ids}
    own: dict[str, set[str]] = {word: set() for word in asked}
    for entry_id, headword in stock.headwords():
        word = slug_of(stock.slug, headword)
        if word is not None and word in own:
            own[word].add(entry_id)
        if word in own or entry_id in reached:
            found.headwords[entry_id] = headword
    for word in asked:
        for entry_id in own[word] or led[word]:
            found.entries.setdefault(entry_id, set()).add(word)
    _add_parts(stock, led, found)


def _add_parts(stock: Stock, led: dict[str, set[str]], found: Closure) -> None:
    """Add the further entries of the words' pages, unless they are reached without them: by their own headword, or
    by a word that leads to no entry that goes.
    """
    parts = {entry_id for ids in led.values() for entry_id in ids} - found.entries.keys()
    if not parts:
        return
    elsewhere = set()
    for slug, reached in stock.leading():
        is_apart = found.entries.keys().isdisjoint(reached)
        elsewhere |= {
            entry_id
            for entry_id in parts.intersection(reached if slug not in led else ())
            if is_apart or slug_of(stock.slug, found.headwords.get(entry_id, "")) == slug
        }
    for word, ids in led.items():
        for entry_id in ids & parts - elsewhere:
            found.entries.setdefault(entry_id, set()).add(word)


def _find_other_words(stock: Stock, found: Closure) -> None:
    """Add the words that lead to entries that go, and to no others."""
    led: defaultdict[str, set[str]] = defaultdict(set)
    for slug, ids in stock.leading():
        if found.entries.keys() >= set(ids):
            led[slug].update(ids)
    # Another run or the store may have another answer.
    for slug, ids in stock.leading():
        if slug in led and not found.entries.keys() >= set(ids):
            del led[slug]
    for slug, led_to in led.items():
        for entry_id in led_to:
            found.words.setdefault(slug, set()).update(found.entries[entry_id])


def _find_pages(stock: Stock, found: Closure) -> None:
    named: set[str] = set()
    for entry in stock.citing():
        files = set(_sounds_of(entry))
        words = found.entries.get(entry.id)
        if words is None:
            named |= files
            continue
        for url in files:
            found.sounds.setdefault(url, set()).update(words)
        found.digests.setdefault(entry.source.payload_digest, set()).update(words)
        for url in (entry.source.url, entry.source.retrieved_from):
            found.addresses.setdefault(url, set()).update(words)
    for url in named & found.sounds.keys():
        # Another entry has the same recording.
        del found.sounds[url]
    if stock.database is not None:
        _find_kept_pages(stock.database, found)


def _sounds_of(entry: _Citing) -> Iterator[str]:
    for said in (*entry.pronunciations, *(each for form in entry.inflected_forms for each in form.pronunciations)):
        yield from filter(None, (said.sound_file, *said.alternate_sound_files))


def _find_kept_pages(database: Database, found: Closure) -> None:
    """Add the pages that were fetched for the words, and earlier ones of the same addresses.

    A page that another word was answered with too, such as one that says "not found", is not the entry's.
    """
    query = "SELECT slug, asked_url, digest FROM pages"
    candidates: dict[str, set[str]] = {}
    with database.stream(query) as rows:
        for slug, url, digest in rows:
            if slug in found.words:
                for value in (url, digest):
                    candidates.setdefault(value, set()).update(found.words[slug])
            if url in found.addresses:
                found.digests.setdefault(digest, set()).update(found.addresses[url])
    elsewhere = {_EMPTY}
    with database.stream(query) as rows:
        for slug, url, digest in rows:
            if slug not in found.words:
                elsewhere.update({url, digest} & candidates.keys())
    for value in candidates.keys() - elsewhere:
        values = found.digests if value.startswith("sha256:") else found.addresses
        values.setdefault(value, set()).update(candidates[value])
    found.digests.pop(_EMPTY, None)
