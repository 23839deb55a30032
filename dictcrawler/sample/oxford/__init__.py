"""The sample of oxfordlearnersdictionaries.com in its markup since 2020.

The address of a word returns its entry, a redirect to the first of its homographs, or a miss: in the English edition
status 404 with suggestions, in the American one a redirect to the spelling page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import count
from urllib.parse import quote_plus, unquote

from dictcrawler.errors import ArgumentError
from dictcrawler.model import LexicalEntry
from dictcrawler.sample.macmillan import synthetic
from dictcrawler.sample.oxford import entries, oald10
from dictcrawler.sample.oxford.authoring import LANGUAGES
from dictcrawler.sample.pages import Document, Redirect, Reply, SamplePages
from dictcrawler.sample.writing import slug_of

_ENTRY = re.compile(r"/definition/(english|american_english)/([^/]+)")
_SPELLING = re.compile(r"/spellcheck/(english|american_english)/")
_HOMOGRAPH = re.compile(r"_\d+$")
_TITLES = {"english": "Oxford Advanced Learner's Dictionary", "american_english": "Oxford Advanced American Dictionary"}
_ROBOTS = """User-agent: *
Disallow: /info/
Disallow: /search/
Disallow: /search
"""


def pages(words: int = 0) -> SamplePages:
    """All sample pages, with this many generated words in the English edition.

    :raises ArgumentError: unless 0 ≤ words ≤ 999 999.
    """
    if not 0 <= words <= synthetic.LIMIT:
        raise ArgumentError("words", f"{words} is out of range", f"0 to {synthetic.LIMIT}")
    return OxfordPages(words)


class OxfordPages(SamplePages):
    """See :class:`~dictcrawler.sample.pages.SamplePages`; editions are ``english`` and ``american_english``."""

    def __init__(self, words: int) -> None:
        self._words = words
        self._written = {
            edition: {page[0].id.split(":")[2]: page for page in entries.PAGES if page[0].edition == edition}
            for edition in LANGUAGES
        }

    def words(self) -> Iterator[str]:
        """The headwords of the English edition."""
        yield from self._headwords("english")
        yield from map(synthetic.name, range(1, self._words + 1))

    def truth(self, word: str, edition: str | None = None) -> tuple[LexicalEntry, ...]:
        """By headword, inflected form or address."""
        there = edition or "english"
        slug = word if _HOMOGRAPH.search(word) else slug_of(word)
        slug = entries.REDIRECTS[there].get(slug, slug)
        page = self._page(there, slug)
        if not _HOMOGRAPH.search(slug):
            page += tuple(entry for other in self._homographs(there, slug) for entry in other)
        return page

    def suggestions(self, word: str, edition: str | None = None) -> tuple[str, ...]:
        """The hand-written headwords with the most similar spelling."""
        return tuple(get_close_matches(word.lower(), self._headwords(edition or "english"), n=10, cutoff=0.5))

    def reply(self, path: str, query: Mapping[str, str]) -> Reply | None:
        """Entries, misses and robots.txt; searching is forbidden and gets no answer."""
        if path == "/robots.txt":
            return Document(_ROBOTS, "text/plain")
        if found := _ENTRY.fullmatch(path):
            return self._entry(found[1], unquote(found[2]))
        if found := _SPELLING.fullmatch(path):
            return self._miss(found[1], query.get("q", ""), 200)
        return None

    def _entry(self, edition: str, slug: str) -> Reply:
        place = f"/definition/{edition}/"
        if slug in entries.REDIRECTS[edition]:
            return Redirect(place + entries.REDIRECTS[edition][slug], 301)
        if page := self._page(edition, slug):
            siblings = [other[0] for other in self._homographs(edition, _HOMOGRAPH.sub("", slug))]
            others = [other for other in siblings if other.id != page[0].id]
            return Document(oald10.entry_page(page, others, _TITLES[edition]))
        if self._page(edition, f"{slug}_1"):
            return Redirect(f"{place}{slug}_1")
        if edition == "english":
            return self._miss(edition, slug, 404)
        return Redirect(f"/spellcheck/{edition}/?q={quote_plus(slug)}")

    def _miss(self, edition: str, word: str, status: int) -> Document:
        return Document(oald10.miss_page(word, self.suggestions(word, edition), edition), status=status)

    def _headwords(self, edition: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(page[0].headword for page in self._written[edition].values()))

    def _page(self, edition: str, slug: str) -> tuple[LexicalEntry, ...]:
        generated = synthetic.number_of(slug, self._words) if edition == "english" else None
        if generated is None:
            return self._written[edition].get(slug, ())
        number, homograph = generated
        if homograph is None and synthetic.has_homograph(number):
            return ()
        return entries.synthetic(synthetic.name(number), homograph)

    def _homographs(self, edition: str, slug: str) -> Iterator[tuple[LexicalEntry, ...]]:
        """The pages of ``call_1``, ``call_2`` … as long as there are any."""
        for number in count(1):
            if not (page := self._page(edition, f"{slug}_{number}")):
                return
            yield page
