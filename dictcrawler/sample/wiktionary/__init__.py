"""The sample of en.wiktionary.org: read views in Parsoid's markup, a page for each title, 404 for the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from dictcrawler.errors import ArgumentError
from dictcrawler.model import LexicalEntry
from dictcrawler.sample.pages import Document, Reply, SamplePages
from dictcrawler.sample.wiktionary import parsoid
from dictcrawler.sample.wiktionary.authoring import Draft, origin, page, plural, said, section, sense, word
from dictcrawler.sample.wiktionary.entries import PAGES, REDIRECTS, SEE_ALSO

LIMIT = 999_999
DEFAULT_EDITION = "english"
_GENERATED = re.compile(r"word(\d{6})")
_ROBOTS = """User-agent: *
Disallow: /w/
Disallow: /api/
Disallow: /trap/
Disallow: /wiki/Special:
"""


def pages(words: int = 0) -> SamplePages:
    """All sample pages, with this many generated words.

    :raises ArgumentError: unless 0 ≤ words ≤ 999 999.
    """
    if not 0 <= words <= LIMIT:
        raise ArgumentError("words", f"{words} is out of range", f"0 to {LIMIT}")
    return WiktionaryPages(words)


class WiktionaryPages(SamplePages):
    """See :class:`~dictcrawler.sample.pages.SamplePages`; an edition is a language."""

    def __init__(self, words: int) -> None:
        self._words = words

    def words(self) -> Iterator[str]:
        """The titles of the pages with an English section."""
        yield from (title for title in PAGES if self.truth(title))
        yield from (f"word{number:06}" for number in range(1, self._words + 1))

    def truth(self, word: str, edition: str | None = None) -> tuple[LexicalEntry, ...]:
        """By title, including titles that redirect; titles that differ in capitals are different."""
        title = word.replace(" ", "_")
        entries = self._entries(REDIRECTS.get(title, title))
        return tuple(entry for entry in entries if entry.edition == (edition or DEFAULT_EDITION))

    def suggestions(self, word: str, edition: str | None = None) -> tuple[str, ...]:
        """The titles at the top of a page without the language's section; a missing page has none."""
        return () if self.truth(word, edition) else SEE_ALSO.get(word, ())

    def reply(self, path: str, query: Mapping[str, str]) -> Reply | None:  # noqa: ARG002 - no page has a query
        """Article pages and robots.txt; a redirect shows the page it leads to."""
        if path == "/robots.txt":
            return Document(_ROBOTS, "text/plain")
        if not path.startswith("/wiki/"):
            return None
        name = unquote(path.removeprefix("/wiki/"))
        title = REDIRECTS.get(name, name)
        entries = self._entries(title)
        if not entries:
            return Document(parsoid.missing_page(title), status=404)
        redirected_from = name if name != title else ""
        return Document(parsoid.entry_page(title, entries, SEE_ALSO.get(title, ()), redirected_from))

    def _entries(self, title: str) -> tuple[LexicalEntry, ...]:
        found = _GENERATED.fullmatch(title)
        if found and 1 <= int(found[1]) <= self._words:
            return _generated(title, int(found[1]))
        return PAGES.get(title, ())


def _generated(title: str, number: int) -> tuple[LexicalEntry, ...]:
    """A noun, and a verb on each third page, with varying numbers of senses so that pages differ in size."""
    noun = word("Noun", *(_sense(title, number, count) for count in range(number % 5 + 1)), forms=plural(f"{title}s"))
    verb = word("Verb", sense(f"To use a thing of kind {number}.", f"They {title} it at dawn."))
    words = (noun, verb) if number % 3 == 0 else (noun,)
    return page(title, section(origin(f"Made by counting to {number}.", *words), spoken=[said(f"wɜːd{number}")]))


def _sense(title: str, number: int, count: int) -> Draft:
    return sense(f"Thing {count} of kind {number}.", f"A {title} lay on shelf {count}.", nyms=[("synonym", "gadget")])
