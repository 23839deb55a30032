"""The sample of macmillandictionary.com: its addresses, redirects and two of its layouts.

The American edition is served in generation C, the British one in generation B, and "not found" pages in the layout of
their edition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from types import ModuleType
from urllib.parse import unquote

from dictcrawler.errors import ArgumentError
from dictcrawler.model import LexicalEntry
from dictcrawler.sample.macmillan import american, british, generation_b, generation_c, synthetic
from dictcrawler.sample.macmillan.authoring import PREFIXES
from dictcrawler.sample.macmillan.html import own_id, spelling_path
from dictcrawler.sample.pages import Document, Redirect, Reply, SamplePages
from dictcrawler.sample.writing import slug_of

_ENTRY = re.compile(r"(?:/us)?/dictionary/(american|british)/([^/]+)")
_HOMOGRAPH = re.compile(r"_\d+$")
_SPELLING = re.compile(r"(?:/us)?/spellcheck/(american|british)/")
_ROBOTS = """User-agent: *
Disallow: /search/
Disallow: /us/search/
"""


def pages(words: int = 0) -> SamplePages:
    """All sample pages, with this many generated words in the American edition.

    :raises ArgumentError: unless 0 ≤ words ≤ 999 999.
    """
    if not 0 <= words <= synthetic.LIMIT:
        raise ArgumentError("words", f"{words} is out of range", f"0 to {synthetic.LIMIT}")
    return MacmillanPages(words)


@dataclass(frozen=True)
class _Edition:
    """The hand-written pages of one edition, by the last part of their address."""

    name: str
    layout: ModuleType
    written: Mapping[str, tuple[LexicalEntry, ...]]
    bare: Mapping[str, str]
    redirects: Mapping[str, str]

    @classmethod
    def of(cls, name: str, layout: ModuleType, data: ModuleType) -> _Edition:
        written = {own_id(page[0].id): page for page in data.PAGES}
        return cls(name, layout, written, data.SERVED_BY_BARE_WORD, data.REDIRECTS)

    @cached_property
    def headwords(self) -> tuple[str, ...]:
        """Each headword that has a page, once, in the order of the pages."""
        return tuple(dict.fromkeys(page[0].headword for page in self.written.values()))

    @cached_property
    def parts_of_speech(self) -> Mapping[str, str]:
        return {page[0].id: ", ".join(page[0].raw_parts_of_speech) for page in self.written.values()}

    def siblings(self, slug: str) -> tuple[str, ...]:
        """The pages of a bare word: the one served at its address, then those it links to."""
        first = self.bare.get(slug, slug)
        if first not in self.written:
            return ()
        if first == slug:
            return (first,)
        relations = self.written[first][0].relations
        return (first, *(own_id(item.to or "") for item in relations if item.type == "homograph"))


class MacmillanPages(SamplePages):
    """See :class:`~dictcrawler.sample.pages.SamplePages`; editions are ``american`` and ``british``."""

    def __init__(self, words: int) -> None:
        self._words = words
        self._editions = {
            "american": _Edition.of("american", generation_c, american),
            "british": _Edition.of("british", generation_b, british),
        }

    def words(self) -> Iterator[str]:
        """The American headwords."""
        yield from self._editions["american"].headwords
        yield from map(synthetic.name, range(1, self._words + 1))

    def truth(self, word: str, edition: str | None = None) -> tuple[LexicalEntry, ...]:
        """By headword, inflected form or address."""
        there = self._edition(edition)
        slug = word if _HOMOGRAPH.search(word) else slug_of(word)
        slug = there.redirects.get(slug, slug)
        generated = self._generated(there, slug)
        if generated is not None:
            number, homograph = generated
            numbers = ("1", "2") if homograph is None and synthetic.has_homograph(number) else (homograph,)
            return _flat(synthetic.entries(number, one) for one in numbers)
        return _flat(there.written[page] for page in there.siblings(slug))

    def suggestions(self, word: str, edition: str | None = None) -> tuple[str, ...]:
        """The hand-written headwords with the most similar spelling."""
        return tuple(get_close_matches(word.lower(), self._edition(edition).headwords, n=10, cutoff=0.5))

    def reply(self, path: str, query: Mapping[str, str]) -> Reply | None:
        """Entries, misses and robots.txt."""
        if path == "/robots.txt":
            return Document(_ROBOTS, "text/plain")
        if found := _ENTRY.fullmatch(path):
            return self._entry(self._editions[found[1]], unquote(found[2]))
        if found := _SPELLING.fullmatch(path):
            return self._miss(self._editions[found[1]], query.get("q", ""))
        return None

    def _edition(self, name: str | None) -> _Edition:
        return self._editions[name or "american"]

    def _generated(self, edition: _Edition, slug: str) -> tuple[int, str | None] | None:
        return synthetic.number_of(slug, self._words) if edition.name == "american" else None

    def _entry(self, edition: _Edition, slug: str) -> Reply:
        if (generated := self._generated(edition, slug)) is not None:
            number, homograph = generated
            first = "1" if synthetic.has_homograph(number) else None
            return Document(synthetic.page(number, homograph or first))
        if slug in edition.redirects:
            return Redirect(f"{PREFIXES[edition.name]}/{edition.redirects[slug]}", 301)
        served = edition.bare.get(slug, slug)
        if served in edition.written:
            return Document(edition.layout.entry_page(edition.written[served], edition.parts_of_speech))
        return Redirect(spelling_path(edition.name, slug))

    def _miss(self, edition: _Edition, word: str) -> Document:
        offered = self.suggestions(word, edition.name)
        return Document(edition.layout.miss_page(word, offered, edition.name))


def _flat(groups: Iterable[tuple[LexicalEntry, ...]]) -> tuple[LexicalEntry, ...]:
    return tuple(entry for group in groups for entry in group)
