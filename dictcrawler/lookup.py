"""From one word of the list to its one `Lookup`, errors included."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

from msgspec.structs import replace

from dictcrawler.arguments import CrawlArguments
from dictcrawler.citation import Fetch as FetchRecord
from dictcrawler.citation import cite
from dictcrawler.errors import FetchError, InvalidKeyword, PageError, WallPage, WrongPage
from dictcrawler.model import Entry, Lookup, Status
from dictcrawler.page import EntryPage
from dictcrawler.revalidation import CountingFetch, Recorder
from dictcrawler.sources import Fetch, Retrieved, Source
from dictcrawler.store import KeywordLine
from dictcrawler.walls import Wall

logger = logging.getLogger(__name__)

# What a defect of a parser may raise. It costs one word, with its traceback in the log, not the run.
PARSER_DEFECTS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A page with entries, and where it was found."""

    page: EntryPage
    at: Retrieved


class Asker:
    """Asks one source about words. One object a crawl, one call of `ask` a word."""

    def __init__(self, arguments: CrawlArguments, source: Source, run: str, wall: Wall) -> None:
        self._arguments = arguments
        self._dictionary = arguments.dictionary
        self._templates = arguments.dictionary.editions[arguments.edition].addresses
        self._source = source
        self._run = run
        self._wall = wall

    def first_url(self, word: KeywordLine) -> str | None:
        """The URL of the word's first request; ``None`` when its outcome is known without one."""
        return self._source.first_url(self._addresses(word))

    async def ask(self, word: KeywordLine, fetch: CountingFetch, known: Lookup | None = None) -> Lookup:
        """Fetch and read the word's page and those of its other homographs.

        ``known``, the good answer of an earlier run, is returned anew when the site says that
        none of its pages has changed. One that states other rights or another licence than the
        dictionary does today is read again.
        """
        lookup = self._unanswered(word)
        pages = Recorder(fetch, self._dictionary.parser)
        try:
            unchanged = await pages.still_valid(known) if known is not None and self._on_same_terms(known) else None
            if unchanged is not None:
                return replace(unchanged, keyword=word.text, line=word.line, run=self._run, attempts=fetch.attempts)
            lookup = await self._answered(lookup, word, pages)
        except FetchError as error:
            lookup = replace(
                lookup, status=error.status, error=str(error), http_status=error.http_status, final_url=error.url
            )
        except WallPage as error:
            self._wall.meet(error)
            lookup = replace(lookup, status=Status.BLOCKED, error=str(error))
        except PageError as error:
            lookup = replace(lookup, error=f"{type(error).__name__}: {error}")
        except PARSER_DEFECTS as error:
            logger.exception("the parser failed on %r", word.normalized)
            lookup = replace(lookup, error=f"{type(error).__name__}: {error}")
        return replace(
            lookup,
            attempts=fetch.attempts,
            fetched_at=lookup.fetched_at or _now(),
            pages=tuple(pages.states) if lookup.status.has_entries else (),
        )

    async def _answered(self, lookup: Lookup, word: KeywordLine, fetch: Fetch) -> Lookup:
        retrieved = await self._source.retrieve(self._addresses(word), fetch)
        lookup = _located(lookup, retrieved)
        if isinstance(retrieved.page, EntryPage):
            return await self._found(lookup, word, _Reading(retrieved.page, retrieved), fetch)
        other = await self._elsewhere(word, fetch)
        if other is not None and isinstance(other.page, EntryPage):
            return await self._found(_located(lookup, other), word, _Reading(other.page, other), fetch)
        return replace(lookup, status=Status.NOT_IN_DICTIONARY, suggestions=retrieved.page.suggestions)

    async def _elsewhere(self, word: KeywordLine, fetch: Fetch) -> Retrieved | None:
        """What the dictionary has at the other address of a word that it does not have at the first."""
        retry_slug = self._dictionary.retry_slug
        slug = retry_slug(word.normalized) if retry_slug is not None else None
        if slug is None:
            return None
        try:
            return await self._source.retrieve(self._addresses_of(slug), fetch)
        except FetchError as error:
            # The miss that the first address proved stands; any other failure leaves the question open.
            if error.status is not Status.NOT_ARCHIVED:
                raise
            return None

    async def _found(self, lookup: Lookup, word: KeywordLine, first: _Reading, fetch: Fetch) -> Lookup:
        status = self._status(word, first)
        readings, missing = [first], ""
        if self._arguments.homographs == "all":
            siblings, missing = await self._homographs(first, fetch)
            readings += siblings
        readings.sort(key=_homograph_number)
        entries = {entry.id: entry for reading in readings for entry in self._cited(reading)}
        return replace(
            lookup,
            status=status,
            entries=tuple(entries.values()),
            entry_ids=tuple(entries),
            error=f"homograph not archived: {missing}" if missing else None,
        )

    async def _homographs(self, first: _Reading, fetch: Fetch) -> tuple[list[_Reading], str]:
        """The pages of the other homographs, and the addresses of those that no archive has.

        Any other failure is the whole word's failure: it is stored whole or not at all.
        """
        found, missing = [], []
        seen = {first.page.canonical_url, first.at.address}
        queue = list(first.page.homographs)
        while queue:
            address = queue.pop(0)
            if address in seen:
                continue
            seen.add(address)
            try:
                retrieved = await self._source.retrieve((address,), fetch)
            except FetchError as error:
                if error.status is not Status.NOT_ARCHIVED:
                    raise
                missing.append(address)
                continue
            if isinstance(retrieved.page, EntryPage):
                found.append(_Reading(retrieved.page, retrieved))
                queue += retrieved.page.homographs
        return found, ", ".join(missing)

    def _status(self, word: KeywordLine, reading: _Reading) -> Status:
        """Whether the page is about the word that was asked for, or one the site sends it to.

        :raises WrongPage: when nothing says that the page has to do with the word.
        """
        slug = self._dictionary.slug
        contents = [entry.content for entry in reading.page.entries]
        if any(_slug_or_none(slug, content.headword) == word.slug for content in contents):
            return Status.FOUND
        addresses = self._addresses(word)
        forms = {form.text for content in contents for form in content.inflected_forms}
        was_sent = reading.page.was_redirected or reading.at.address not in addresses
        if was_sent or any(_slug_or_none(slug, form) == word.slug for form in forms):
            return Status.REDIRECTED
        if unquote(reading.page.canonical_url) in map(unquote, addresses):
            # Its headword is not spelt as its title: "amō" on the page "amo".
            return Status.FOUND
        raise WrongPage(f"asked for {word.normalized!r}, got the page of {contents[0].headword!r}")

    def _on_same_terms(self, known: Lookup) -> bool:
        terms = (self._dictionary.rights, self._dictionary.license)
        return all((entry.source.rights, entry.source.license) == terms for entry in known.entries)

    def _cited(self, reading: _Reading) -> tuple[Entry, ...]:
        fetched = reading.at.fetched
        record = FetchRecord(
            retrieved_from=fetched.url,
            fetched_at=fetched.fetched_at,
            payload_digest=fetched.digest,
            archived_at=reading.at.archived_at,
        )
        return cite(reading.page, self._dictionary, record)

    def _addresses(self, word: KeywordLine) -> tuple[str, ...]:
        return self._addresses_of(word.slug)

    def _addresses_of(self, slug: str | None) -> tuple[str, ...]:
        return tuple(template.format(slug=slug) for template in self._templates)

    def _unanswered(self, word: KeywordLine) -> Lookup:
        return Lookup(
            keyword=word.text,
            line=word.line,
            normalized=word.normalized,
            dictionary=self._dictionary.name,
            edition=self._arguments.edition,
            status=Status.PARSE_ERROR,
            entry_ids=(),
            suggestions=(),
            requested_url=self._addresses(word)[0],
            attempts=0,
            run=self._run,
        )


def _located(lookup: Lookup, retrieved: Retrieved) -> Lookup:
    fetched = retrieved.fetched
    return replace(lookup, final_url=fetched.url, http_status=fetched.status, fetched_at=fetched.fetched_at)


def _homograph_number(reading: _Reading) -> int:
    number = reading.page.entries[0].content.homograph_number
    return int(number) if number is not None and number.isdecimal() else 0


def _slug_or_none(slug: Callable[[str], str], text: str) -> str | None:
    try:
        return slug(text)
    except InvalidKeyword:
        return None


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
