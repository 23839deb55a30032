"""The result of parsing a page, before it becomes lines of a feed.

``parse(html, url)`` returns an `EntryPage`, or a `MissPage` on positive evidence, or raises
a :class:`~dictcrawler.errors.PageError`. An entry page without entries cannot be built.
"""

from __future__ import annotations

from dataclasses import dataclass

from dictcrawler.errors import UnknownPage
from dictcrawler.model import LexicalEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """One entry and how well the parser read it; ``structure`` is ``None`` where nothing was counted."""

    content: LexicalEntry
    text_coverage: float
    warnings: tuple[str, ...]
    structure: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """A page with at least one entry.

    ``canonical_url`` is the page's address; ``homographs`` are the addresses
    of other pages with entries of the same headword; ``revision`` and ``attribution`` are
    required by an open licence. ``was_redirected``: the page itself states that the
    dictionary redirected the reader from another headword. ``left_out``: the reason for each part
    of the page that could not be read and is missing from the entries. ``continued_at``: the
    addresses of pages with more of these entries.
    """

    entries: tuple[ParsedEntry, ...]
    canonical_url: str
    homographs: tuple[str, ...]
    layout: str
    revision: str | None = None
    attribution: str | None = None
    was_redirected: bool = False
    left_out: tuple[str, ...] = ()
    continued_at: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.entries:
            reasons = "".join(f"; {reason}" for reason in self.left_out)
            raise UnknownPage(f"an entry page without entries: {self.canonical_url}{reasons}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MissPage:
    """The dictionary's own "not found"; ``remark`` is the page's text in place of an entry."""

    suggestions: tuple[str, ...]
    layout: str
    remark: str | None = None


Page = EntryPage | MissPage
