"""A web archive as the source: the newest good capture before a day.

Works against any replay server in the manner of Memento (RFC 7089) whose raw captures are at
``<prefix><timestamp>id_/<address>`` and whose capture index speaks the CDX server protocol:
the Wayback Machine, pywb, and others. A replay answers with the *nearest* capture, which may
be later than the day asked for, or the redirect a closing site left behind; the index then
tells which earlier captures there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlencode, urljoin, urlsplit

from dictcrawler.dictionaries import Dictionary
from dictcrawler.errors import FetchError, PageError
from dictcrawler.lookup.cdx import is_good, read_cdx
from dictcrawler.lookup.source import MAX_REDIRECTS, BodyReader, Fetch, Retrieved, read_page, status_error
from dictcrawler.model import Status
from dictcrawler.net import memento
from dictcrawler.net.fetched import Fetched
from dictcrawler.net.memento import timestamp_of
from dictcrawler.plan.arguments import WAYBACK_MACHINE, CrawlArguments

MAX_CAPTURES = 5
"""How many captures of one address are tried before it counts as not archived."""


class CaptureIndex(Protocol):
    """A capture index that was read in bulk; ``None`` when this crawl asks the archive instead."""

    def captures(self, address: str) -> tuple[str, ...] | None:
        """Timestamps of good captures of the address, newest first."""


class NoBulkIndex:
    """The short list's index: nothing was read in advance."""

    def captures(self, address: str) -> tuple[str, ...] | None:  # noqa: ARG002
        """Nothing is known: ask the archive."""
        return None


class ArchiveSource:
    """Replays of captures; ``parse`` decides which one is good."""

    def __init__(self, arguments: CrawlArguments, index: CaptureIndex, reader: BodyReader) -> None:
        self._dictionary: Dictionary = arguments.dictionary
        self._prefix = arguments.archive
        self._index_url = arguments.index
        self._before = arguments.before
        self._bulk = index
        self._reader = reader

    def first_url(self, addresses: tuple[str, ...]) -> str | None:
        """The newest capture that the index knows of; without one, the replay nearest to the day asked for."""
        for address in addresses:
            known = self._bulk.captures(address)
            if known is None:
                return self._replay_url(timestamp_of(self._before), address)
            if known:
                return self._replay_url(known[0], address)
        return None

    def allows(self, url: str) -> bool:
        """The archive's replay and index hosts, nothing else."""
        parts = urlsplit(url)
        replay, index = urlsplit(self._prefix), urlsplit(self._index_url)
        return (parts.scheme, parts.netloc) in ((replay.scheme, replay.netloc), (index.scheme, index.netloc))

    def trusts(self, host: str) -> bool:
        """The archive's hosts when they were named; the Wayback Machine is on the open internet."""
        named = {urlsplit(url).hostname for url in (self._prefix, self._index_url)}
        return host in named - {urlsplit(WAYBACK_MACHINE).hostname}

    async def retrieve(self, addresses: tuple[str, ...], fetch: Fetch) -> Retrieved:
        """The newest good capture of the first of these addresses that has one."""
        reason = "no capture of any of its addresses"
        for address in addresses:
            try:
                return await self._newest_good(address, fetch)
            except _NoGoodCapture as none_good:
                reason = str(none_good) or reason
        raise FetchError(Status.NOT_ARCHIVED, reason)

    async def _newest_good(self, address: str, fetch: Fetch) -> Retrieved:
        known = self._bulk.captures(address)
        if known is not None:
            return await self._first_good(address, known, fetch)
        try:
            return await self._capture(timestamp_of(self._before), address, fetch)
        except _NeverCaptured:
            raise _NoGoodCapture from None
        except _BadCapture as bad:
            listed = await self._ask_index(address, fetch)
            return await self._first_good(address, listed, fetch, str(bad))

    async def _first_good(self, address: str, timestamps: Iterable[str], fetch: Fetch, reason: str = "") -> Retrieved:
        for timestamp in list(timestamps)[:MAX_CAPTURES]:
            try:
                return await self._capture(timestamp, address, fetch)
            except (_BadCapture, _NeverCaptured) as bad:
                reason = str(bad)
        raise _NoGoodCapture(reason)

    async def _capture(self, timestamp: str, address: str, fetch: Fetch) -> Retrieved:
        """Replay one capture, following the redirects that were captured with it."""
        fetched = await fetch(self._replay_url(timestamp, address))
        for _ in range(MAX_REDIRECTS):
            target = fetched.location
            if target is None:
                break
            timestamp, address = self._redirected(fetched, target, timestamp, address)
            fetched = await fetch(self._replay_url(timestamp, address))
        return await self._judge(fetched, address)

    def _redirected(self, fetched: Fetched, target: str, timestamp: str, address: str) -> tuple[str, str]:
        """Where a redirect leads: to another capture of the same site, or out of the dictionary."""
        replay = memento.replay_of(target, self._prefix)
        if replay is not None:
            timestamp, target = replay.timestamp, replay.address
        else:
            # A raw replay may hand out the captured Location as it was, relative to the page itself.
            target = urljoin(address, fetched.headers["location"])
        if _host(target) not in self._dictionary.hosts:
            raise _BadCapture(f"the capture of {timestamp} redirects to {target}")
        return timestamp, target

    async def _judge(self, fetched: Fetched, address: str) -> Retrieved:
        archived_at = self._archived_at(fetched)
        if archived_at is None and fetched.status == HTTPStatus.NOT_FOUND:
            raise _NeverCaptured
        if archived_at is None or archived_at > self._before:
            raise _BadCapture(f"the nearest capture is of {archived_at or 'an unknown time'}, too late")
        if fetched.status >= HTTPStatus.BAD_REQUEST and memento.HEADER not in fetched.headers:
            raise status_error(fetched)
        try:
            reading = await read_page(self._reader, fetched, address)
        except (FetchError, PageError) as error:
            raise _BadCapture(f"the capture of {archived_at:%Y-%m-%d} is no page of the dictionary: {error}") from error
        return Retrieved(
            page=reading.page, address=address, fetched=fetched, archived_at=archived_at, warnings=reading.warnings
        )

    def _archived_at(self, fetched: Fetched) -> datetime | None:
        """The capture's time: ``Memento-Datetime`` (RFC 7089), else the timestamp that the archive redirected to."""
        header = fetched.headers.get(memento.HEADER)
        if header:
            return memento.memento_datetime(header)
        replay = memento.replay_of(fetched.url, self._prefix)
        if replay is None or replay.timestamp == timestamp_of(self._before):
            return None
        return memento.moment_of(replay.timestamp)

    async def _ask_index(self, address: str, fetch: Fetch) -> tuple[str, ...]:
        query = {"url": address, "output": "json", "to": timestamp_of(self._before)}
        answer = await fetch(f"{self._index_url}?{urlencode(query)}")
        if answer.status == HTTPStatus.NOT_FOUND:
            return ()
        if answer.status != HTTPStatus.OK:
            raise status_error(answer)
        stamps = {capture["timestamp"] for capture in read_cdx(answer.text) if is_good(capture)}
        return tuple(sorted((s for s in stamps if s <= timestamp_of(self._before)), reverse=True))

    def _replay_url(self, timestamp: str, address: str) -> str:
        return memento.replay_url(self._prefix, timestamp, address)


class _BadCapture(Exception):
    """This capture is not the page that is looked for; an earlier one may be."""


class _NeverCaptured(Exception):
    """The archive has no capture of this address at all."""


class _NoGoodCapture(Exception):
    """None of the captures of this address is good."""


def _host(address: str) -> str | None:
    """The host of an address that a capture names; ``None`` when it is none."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
