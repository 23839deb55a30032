"""The interface of a sample, for the server and for tests."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dictcrawler.model import LexicalEntry


@dataclass(frozen=True, slots=True)
class Document:
    """A page; some sites serve their "not found" page with status 404."""

    text: str
    content_type: str = "text/html"
    status: int = 200


@dataclass(frozen=True, slots=True)
class Redirect:
    """Another address of the same site, as path and query."""

    location: str
    status: int = 302


Reply = Document | Redirect


class SamplePages(ABC):
    """The sample of one dictionary."""

    @abstractmethod
    def words(self) -> Iterator[str]:
        """Every headword of the usual edition once, hand-written ones first."""

    @abstractmethod
    def truth(self, word: str, edition: str | None = None) -> tuple[LexicalEntry, ...]:
        """The entries on the pages of a word, in the order a crawl meets them; ``()`` when it has none.

        A word with homographs has the entries of all of their pages, those at the bare word's address first. A page's
        own address (``love_2``) returns that page alone.
        """

    @abstractmethod
    def suggestions(self, word: str, edition: str | None = None) -> tuple[str, ...]:
        """The suggestions on the "not found" page of a word."""

    @abstractmethod
    def reply(self, path: str, query: Mapping[str, str]) -> Reply | None:
        """The site's answer to an address; ``None`` when there is nothing (404)."""
