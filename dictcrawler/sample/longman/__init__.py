"""The sample of ldoceonline.com: invented entries, both dictionaries on a page, misses, redirects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from urllib.parse import unquote

from dictcrawler.errors import ArgumentError
from dictcrawler.model import LexicalEntry
from dictcrawler.sample.longman import layout
from dictcrawler.sample.longman.entries import PAGES, REDIRECTS
from dictcrawler.sample.pages import Document, Redirect, Reply, SamplePages
from dictcrawler.sample.writing import slug_of

_ENTRY = re.compile(r"/dictionary/([^/]+)")
_SPELLING = "/spellcheck/english/"
_ROBOTS = """User-agent: *
Disallow: /search/
"""


def pages(words: int = 0) -> SamplePages:
    """All sample pages.

    :raises ArgumentError: for any other number than 0: there are no generated words.
    """
    if words:
        raise ArgumentError("words", f"{words} is out of range", "0 (the longman sample has no generated words)")
    return LongmanPages()


class LongmanPages(SamplePages):
    """See :class:`~dictcrawler.sample.pages.SamplePages`; the only edition is ``english``."""

    def __init__(self) -> None:
        self._written = {slug_of(entries[0].headword): entries for entries in PAGES}

    def words(self) -> Iterator[str]:
        """The headwords."""
        return (entries[0].headword for entries in self._written.values())

    def truth(self, word: str, edition: str | None = None) -> tuple[LexicalEntry, ...]:  # noqa: ARG002
        """By headword, inflected form or address."""
        slug = slug_of(word)
        return self._written.get(REDIRECTS.get(slug, slug), ())

    def suggestions(self, word: str, edition: str | None = None) -> tuple[str, ...]:  # noqa: ARG002
        """The headwords with the most similar spelling."""
        return tuple(get_close_matches(word.lower(), list(self.words()), n=10, cutoff=0.5))

    def reply(self, path: str, query: Mapping[str, str]) -> Reply | None:
        """Entries, misses and robots.txt."""
        if path == "/robots.txt":
            return Document(_ROBOTS, "text/plain")
        if path == _SPELLING:
            word = query.get("q", "")
            return Document(layout.miss_page(word, self.suggestions(word)))
        found = _ENTRY.fullmatch(path)
        return self._entry(unquote(found[1])) if found else None

    def _entry(self, slug: str) -> Reply:
        if slug in self._written:
            return Document(layout.entry_page(self._written[slug]))
        if slug in REDIRECTS:
            return Redirect(f"/dictionary/{REDIRECTS[slug]}")
        return Redirect(layout.spelling_path(slug))
