"""The capture index of a web archive, read in bulk and kept in the store.

An archive answers about 24 index queries a minute against 8 page reads a second, so a long
word list must not ask it word by word: the captures of all addresses below the dictionary's
own prefix are read page by page (CDX server protocol: ``matchType=prefix``, ``resumeKey``),
and the newest few of each address are kept.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import groupby
from urllib.parse import urlencode

from dictcrawler.lookup.archive import MAX_CAPTURES
from dictcrawler.lookup.cdx import is_good, read_cdx
from dictcrawler.lookup.source import Fetch, status_error
from dictcrawler.net.addresses import address_key
from dictcrawler.net.memento import timestamp_of
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.storage.captures import Captures

PAGE_SIZE = 20_000
UNLIMITED = "1000000000"
MAX_AGE = timedelta(days=90)
"""Captures of a closed site hardly change: the index is read again only after this time."""


class StoredIndex:
    """The captures in the store, for all addresses of one edition."""

    def __init__(self, captures: Captures, arguments: CrawlArguments) -> None:
        self._captures = captures
        self._key = index_key(arguments)

    def captures(self, address: str) -> tuple[str, ...] | None:
        """Timestamps of good captures of the address, newest first; ``()`` when there is none."""
        return self._captures.of_address(self._key, address_key(address))


def index_key(arguments: CrawlArguments) -> str:
    """What identifies one bulk reading: the index, the edition's prefixes and the day."""
    return " ".join((arguments.index, *prefixes(arguments), arguments.before.date().isoformat()))


def prefixes(arguments: CrawlArguments) -> tuple[str, ...]:
    """The beginnings of all addresses of the edition, each once."""
    templates = arguments.dictionary.editions[arguments.edition].addresses
    return tuple(dict.fromkeys(template.split("{slug}")[0] for template in templates))


def is_fresh(captures: Captures, arguments: CrawlArguments, now: datetime) -> bool:
    """Whether the store has this index, read not too long ago."""
    read_at = captures.read_at(index_key(arguments))
    return read_at is not None and now - read_at < MAX_AGE


async def read_into(captures: Captures, arguments: CrawlArguments, fetch: Fetch) -> None:
    """Read the whole index into the store; all of it or nothing.

    :raises FetchError: when the archive does not answer.
    """
    found: list[tuple[str, str]] = []
    for prefix in prefixes(arguments):
        async for page in _pages(prefix, arguments, fetch):
            found.extend(_newest(page))
    captures.replace(index_key(arguments), found, datetime.now(UTC))


async def _pages(prefix: str, arguments: CrawlArguments, fetch: Fetch) -> AsyncIterator[list[dict[str, str]]]:
    query = {
        "url": prefix,
        "matchType": "prefix",
        "output": "json",
        # The one spelling of a filter that the Wayback Machine and pywb both understand; `is_good` does the rest.
        "filter": "!statuscode:404",
        "to": timestamp_of(arguments.before),
        "showResumeKey": "true",
        "limit": str(PAGE_SIZE),
    }
    while True:
        answer = await fetch(f"{arguments.index}?{urlencode(query)}")
        if answer.status == HTTPStatus.NOT_FOUND:
            return
        if answer.status != HTTPStatus.OK:
            raise status_error(answer)
        captures, resume_key = _split(answer.text)
        yield captures
        if resume_key is not None:
            query["resumeKey"] = resume_key
        elif len(captures) == PAGE_SIZE:
            # A server without resume keys (pywb) cuts the answer silently: ask it for all at once.
            query["limit"] = UNLIMITED
        else:
            return


def _split(answer: str) -> tuple[list[dict[str, str]], str | None]:
    """Take the resume key off: the Wayback Machine prints it as a last row, after an empty one."""
    if not answer.lstrip().startswith("["):
        return list(read_cdx(answer)), None
    rows = json.loads(answer)
    resume_key = None
    if len(rows) >= 2 and rows[-2] == [] and len(rows[-1]) == 1:  # noqa: PLR2004
        resume_key = str(rows[-1][0])
        rows = rows[:-2]
    return list(read_cdx(json.dumps(rows))), resume_key


def _newest(captures: Iterable[dict[str, str]]) -> Iterator[tuple[str, str]]:
    good = [(address_key(capture["original"]), capture["timestamp"]) for capture in captures if is_good(capture)]
    for address, group in groupby(sorted(good, reverse=True), key=lambda capture: capture[0]):
        for _, timestamp in list(dict.fromkeys(group))[:MAX_CAPTURES]:
            yield address, timestamp
