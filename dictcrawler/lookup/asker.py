"""Turns one word of the list into its one `Lookup`, errors included."""

from __future__ import annotations

import dataclasses
import logging
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import islice
from urllib.parse import unquote

import msgspec
from msgspec.structs import replace

from dictcrawler.errors import (
    FetchError,
    InvalidKeyword,
    MarkupError,
    PageError,
    TruncatedPage,
    UnknownPage,
    WallPage,
    WrongPage,
)
from dictcrawler.lookup.bot_walls import Wall
from dictcrawler.lookup.boundary import Boundary
from dictcrawler.lookup.revalidation import CountingFetch, Recorder
from dictcrawler.lookup.source import Fetch, PageSource, Retrieved
from dictcrawler.lookup.unanswered import Unanswered
from dictcrawler.model import Entry, Lookup, Status, instant
from dictcrawler.parsing.page import EntryPage, MissPage
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.plan.word_list import KeywordLine
from dictcrawler.reading.citation import Provenance, cite
from dictcrawler.text import printable

logger = logging.getLogger(__name__)

MOST_DIGITS = 9
"""Digits of a homograph's number by which pages are sorted; a longer number sorts first."""

MOST_HOMOGRAPHS = 20
"""Pages of other homographs that are read for one word; no dictionary has more."""

MOST_LINKS = 100
"""Links to other homographs that are taken from one page."""

LONGEST_QUOTE = 300
"""Characters of an address that a message quotes."""


class _FoundPage(msgspec.Struct, frozen=True):
    """A page with entries, and the address it was found at."""

    page: EntryPage
    at: Retrieved


class Asker:
    """Looks up words in one source. One object a crawl, one call of `ask` a word."""

    def __init__(
        self, arguments: CrawlArguments, source: PageSource, run: str, wall: Wall, boundary: Boundary | None = None
    ) -> None:
        self._arguments = arguments
        self._dictionary = arguments.dictionary
        self._templates = arguments.dictionary.editions[arguments.edition].addresses
        self._source = source
        self._run = run
        self._wall = wall
        self._boundary = boundary or Boundary()

    def first_url(self, word: KeywordLine) -> str | None:
        """The URL of the word's first request; ``None`` when its outcome needs no request."""
        return self._source.first_url(self._addresses(word))

    async def ask(self, word: KeywordLine, fetch: CountingFetch, known: Lookup | None = None) -> Lookup:
        """Fetch and parse the word's page and those of its other homographs.

        ``known`` is the good answer of an earlier run. It is returned with a new date when the site confirms that
        none of its pages has changed. If it has other rights or another licence than the
        dictionary has today, the pages are parsed again. An unexpected error becomes the word's outcome too.
        """
        question = self.unanswered(word)
        if self._boundary.stopped is not None:
            return question.answered(Status.PARSE_ERROR, error=self._boundary.not_looked_up())
        with self._boundary.around(word.normalized) as caught:
            return await self._outcome(question, word, fetch, known)
        outcome = question.located(fetch.last).answered(Status.PARSE_ERROR, error=caught.defect)
        return self._dated(outcome, fetch)

    async def _outcome(
        self, question: Unanswered, word: KeywordLine, fetch: CountingFetch, known: Lookup | None
    ) -> Lookup:
        pages = Recorder(fetch, self._dictionary.parser)
        try:
            unchanged = await pages.still_valid(known) if known is not None and self._on_same_terms(known) else None
            if unchanged is not None:
                return replace(unchanged, keyword=word.text, line=word.line, run=self._run, attempts=fetch.attempts)
            lookup, pages = await self._repeated_if_wrong(question, word, pages, fetch)
        except FetchError as error:
            lookup = question.refused(error.status, str(error), error.url, error.http_status)
        except WallPage as error:
            self._wall.meet(error)
            lookup = question.located(fetch.last).answered(Status.BLOCKED, error=str(error))
        except PageError as error:
            problem = f"{type(error).__name__}: {error}"
            lookup = question.located(fetch.last).answered(Status.PARSE_ERROR, error=problem)
        states = tuple(pages.states) if lookup.status.has_entries else ()
        return replace(self._dated(lookup, fetch), pages=states)

    def _dated(self, lookup: Lookup, fetch: CountingFetch) -> Lookup:
        # The time of the last answer, if there was one: it tells a reparse whether a kept page explains this outcome.
        answered_at = fetch.last.fetched_at if fetch.last is not None else instant()
        return replace(lookup, attempts=fetch.attempts, fetched_at=lookup.fetched_at or answered_at)

    async def _repeated_if_wrong(
        self, question: Unanswered, word: KeywordLine, pages: Recorder, fetch: CountingFetch
    ) -> tuple[Lookup, Recorder]:
        """The answer to a word. If the page may belong to another request, it is fetched once more.

        A late answer on a reused connection can be taken for the answer to the next request. Only the
        page's content reveals this, so the retry uses a fresh connection.
        """
        try:
            return await self._answered(question, word, pages, again=False), pages
        except (WrongPage, TruncatedPage) as error:
            logger.info("requesting %r again: %s", word.normalized, error)
            fetch.renew()
            pages = Recorder(fetch, self._dictionary.parser)
            return await self._answered(question, word, pages, again=True), pages

    async def _answered(self, question: Unanswered, word: KeywordLine, fetch: Fetch, *, again: bool) -> Lookup:
        retrieved = await self._source.retrieve(self._addresses(word), fetch)
        if not again and self._may_be_of_another(word, retrieved):
            raise WrongPage(f"requested {word.normalized!r}, got a page that does not name it")
        if isinstance(retrieved.page, EntryPage):
            return await self._found(question, word, _FoundPage(retrieved.page, retrieved), fetch)
        other = await self._elsewhere(word, fetch)
        if other is not None and isinstance(other.page, EntryPage):
            return await self._found(question, word, _FoundPage(other.page, other), fetch)
        page = retrieved.page
        miss = question.located(retrieved.fetched)
        return miss.answered(Status.NOT_IN_DICTIONARY, suggestions=page.suggestions, error=page.remark)

    def _may_be_of_another(self, word: KeywordLine, retrieved: Retrieved) -> bool:
        """Whether a live site's miss, or a page behind a redirect, does not name the requested word.

        A page with entries at the word's own address is judged by its headwords instead.
        """
        if self._arguments.source != "live" or self._arguments.reparse is not None:
            return False
        is_at_home = retrieved.address in self._addresses(word)
        if is_at_home and isinstance(retrieved.page, EntryPage):
            return False
        # The page's address contains the word, so the page answers this request.
        if not is_at_home and _names(word, unquote(retrieved.address)):
            return False
        if isinstance(retrieved.page, MissPage) and word.slug in self._slugs(retrieved.page.suggestions):
            # A "not found" page never suggests the very word that it did not find.
            return True
        return not _names(word, retrieved.fetched.text)

    async def _elsewhere(self, word: KeywordLine, fetch: Fetch) -> Retrieved | None:
        """The page at the word's second address, if the first one was a miss and the dictionary has such an address."""
        retry_slug = self._dictionary.retry_slug
        slug = retry_slug(word.normalized) if retry_slug is not None else None
        if slug is None:
            return None
        try:
            return await self._source.retrieve(_addresses_of(self._templates, slug), fetch)
        except FetchError as error:
            # NOT_ARCHIVED leaves the miss of the first address proved; any other failure leaves the outcome open.
            if error.status is not Status.NOT_ARCHIVED:
                raise
            return None

    async def _found(self, question: Unanswered, word: KeywordLine, first: _FoundPage, fetch: Fetch) -> Lookup:
        question, status = question.located(first.at.fetched), self._status(word, first)
        first, unread = await self._continued(first, fetch)
        readings, missing = [first], list[str]()
        if self._arguments.homographs == "all":
            siblings, missing = await self._homographs(first, fetch)
            readings += siblings
        readings.sort(key=_homograph_number)
        entries, conflicts = self._entries(readings)
        left_out = [*unread, *(reason for each in readings for reason in each.page.left_out), *conflicts]
        for reason in (*missing, *conflicts):
            logger.warning("%r: %s", word.normalized, reason)
        return question.answered(status, entries=tuple(entries.values()), error=_incomplete(missing, left_out))

    def _entries(self, readings: Iterable[_FoundPage]) -> tuple[dict[str, Entry], list[str]]:
        """The entries of the pages by id, and a message for each id that an earlier page has already."""
        entries: dict[str, Entry] = {}
        conflicts = []
        for reading in readings:
            cited = {entry.id: entry for entry in self._cited(reading)}
            conflicts += [f"two pages for {id_}, not {reading.at.fetched.url}" for id_ in cited if id_ in entries]
            entries |= {id_: entry for id_, entry in cited.items() if id_ not in entries}
        return entries, conflicts

    async def _continued(self, first: _FoundPage, fetch: Fetch) -> tuple[_FoundPage, list[str]]:
        """The page joined with its continuation pages, and a message for each that could not be read."""
        if self._dictionary.joined is None or not first.page.continued_at:
            return first, []
        found: list[EntryPage] = []
        unread: list[str] = []
        for address in islice(first.page.continued_at, MOST_HOMOGRAPHS):
            try:
                retrieved = await self._source.retrieve((address,), fetch)
            except (MarkupError, UnknownPage) as error:
                unread.append(str(error))
                continue
            except FetchError as error:
                if error.status is not Status.NOT_ARCHIVED:
                    raise
                unread.append(f"not archived: {address}")
                continue
            if isinstance(retrieved.page, EntryPage):
                found.append(retrieved.page)
            else:
                unread.append(f"no such page: {address}")
        return replace(first, page=self._dictionary.joined(first.page, found)), unread

    async def _homographs(self, first: _FoundPage, fetch: Fetch) -> tuple[list[_FoundPage], list[str]]:
        """The pages of the other homographs, at most `MOST_HOMOGRAPHS`, and a message for each that is missing.

        Any other failure fails the whole word: it is stored whole or not at all.
        """
        found, missing = [], []
        seen = {first.page.canonical_url, first.at.address}
        waiting = dict.fromkeys(islice(first.page.homographs, MOST_LINKS))
        for _ in range(MOST_HOMOGRAPHS):
            address = next((each for each in waiting if each not in seen), None)
            if address is None:
                break
            seen.add(address)
            try:
                retrieved = await self._source.retrieve((address,), fetch)
            except FetchError as error:
                if error.status is not Status.NOT_ARCHIVED:
                    raise
                missing.append(f"homograph not archived: {address}")
                continue
            if isinstance(retrieved.page, EntryPage):
                found.append(self._sibling(first, _FoundPage(retrieved.page, _without_body(retrieved))))
                waiting |= dict.fromkeys(islice(retrieved.page.homographs, MOST_LINKS))
        return found, [*missing, *_too_many([each for each in waiting if each not in seen])]

    def _status(self, word: KeywordLine, reading: _FoundPage) -> Status:
        """``FOUND`` when the page is about the requested word, ``REDIRECTED`` when the site sends it to another.

        :raises WrongPage: when nothing connects the page with the word.
        """
        if word.slug in self._headwords(reading):
            return Status.FOUND
        addresses = self._addresses(word)
        was_sent = reading.at.address not in addresses and self._is_at_home(reading)
        if reading.page.was_redirected or was_sent or word.slug in self._forms(reading):
            return Status.REDIRECTED
        if unquote(reading.page.canonical_url) in map(unquote, addresses):
            # The headword may be spelt unlike the title: "amō" on the page "amo".
            return Status.FOUND
        raise WrongPage(f"requested {word.normalized!r}, got the page of {_name(reading)!r}")

    def _sibling(self, first: _FoundPage, other: _FoundPage) -> _FoundPage:
        """Check the page of another homograph.

        :raises WrongPage: when it shares no headword or form with the first page.
        """
        if (self._headwords(first) | self._forms(first)).isdisjoint(self._headwords(other)):
            raise WrongPage(f"requested a homograph of {_name(first)!r}, got the page of {_name(other)!r}")
        return other

    def _is_at_home(self, reading: _FoundPage) -> bool:
        """Whether the page behind a redirect is the one that belongs to its address."""
        address = unquote(reading.at.address)
        if unquote(reading.page.canonical_url) == address:
            return True
        slugs = (re.escape(unquote(slug)) for slug in self._headwords(reading))
        return any(re.search(rf"(?<![\w-]){slug}(?:_\d+)?(?![\w-])", address) for slug in slugs)

    def _headwords(self, reading: _FoundPage) -> set[str]:
        return self._slugs(entry.content.headword for entry in reading.page.entries)

    def _forms(self, reading: _FoundPage) -> set[str]:
        return self._slugs(form.text for entry in reading.page.entries for form in entry.content.inflected_forms)

    def _slugs(self, texts: Iterable[str]) -> set[str]:
        return set(filter(None, (_slug_or_none(self._dictionary.slug, text) for text in texts)))

    def _on_same_terms(self, known: Lookup) -> bool:
        terms = (self._dictionary.rights, self._dictionary.license)
        return all((entry.source.rights, entry.source.license) == terms for entry in known.entries)

    def _cited(self, reading: _FoundPage) -> tuple[Entry, ...]:
        fetched = reading.at.fetched
        record = Provenance(
            retrieved_from=fetched.url,
            fetched_at=fetched.fetched_at,
            payload_digest=fetched.digest,
            archived_at=reading.at.archived_at,
            warnings=reading.at.warnings,
        )
        return cite(reading.page, self._dictionary, record)

    def _addresses(self, word: KeywordLine) -> tuple[str, ...]:
        return _addresses_of(self._templates, word.slug)

    def unanswered(self, word: KeywordLine) -> Unanswered:
        """The lookup of a word before anything is known about it."""
        return Unanswered(
            keyword=word.text,
            line=word.line,
            normalized=word.normalized,
            dictionary=self._dictionary.name,
            edition=self._arguments.edition,
            requested_url=self._addresses(word)[0],
            run=self._run,
        )


@lru_cache(maxsize=1024)
def _addresses_of(templates: tuple[str, ...], slug: str | None) -> tuple[str, ...]:
    """Kept for a while: the addresses of a word are compared several times until it has its outcome."""
    return tuple([template.format(slug=slug) for template in templates])


def _names(word: KeywordLine, said: str) -> bool:
    """Whether a text contains the word, as spelt or as a slug."""
    spellings = {word.normalized.casefold(), unquote(word.slug or "").casefold()}
    return any(re.search(rf"(?<!\w){re.escape(spelling)}(?!\w)", said.casefold()) for spelling in spellings)


def _without_body(retrieved: Retrieved) -> Retrieved:
    """The same page without its bytes, which are not needed after parsing."""
    return dataclasses.replace(retrieved, fetched=dataclasses.replace(retrieved.fetched, body=b""))


def _too_many(addresses: list[str]) -> list[str]:
    """A message about homographs that were not fetched, if there are any."""
    if not addresses:
        return []
    named = ", ".join(printable(address[:LONGEST_QUOTE]) for address in addresses[:MOST_HOMOGRAPHS])
    reason = f"more than {MOST_HOMOGRAPHS} homographs; not looked at: {named}"
    more = len(addresses) - MOST_HOMOGRAPHS
    return [f"{reason} and {more} more" if more > 0 else reason]


def _incomplete(missing: list[str], left_out: list[str]) -> str | None:
    """What is missing from a found word: homographs without a page, and parts of pages that could not be parsed."""
    lacks = list(missing)
    lacks += [f"left out: {'; '.join(left_out)}"] if left_out else []
    return "; ".join(lacks) or None


def _name(reading: _FoundPage) -> str:
    return reading.page.entries[0].content.headword


def _homograph_number(reading: _FoundPage) -> int:
    number = reading.page.entries[0].content.homograph_number or ""
    # The number is text from a page, and Python converts at most 4,300 digits (sys.set_int_max_str_digits).
    return int(number) if number.isdecimal() and len(number) <= MOST_DIGITS else 0


def _slug_or_none(slug: Callable[[str], str], text: str) -> str | None:
    try:
        return slug(text)
    except InvalidKeyword:
        return None
