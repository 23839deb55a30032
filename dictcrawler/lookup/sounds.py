"""Where recordings come from: the dictionary's own servers, a mirror of them, or a web archive.

Like a `Source` of pages, a plan without a client: it receives a coroutine that fetches one URL.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from dictcrawler.dictionaries import Dictionary
from dictcrawler.errors import FetchError
from dictcrawler.lookup.archive import MAX_CAPTURES
from dictcrawler.lookup.cdx import read_cdx
from dictcrawler.lookup.source import MAX_REDIRECTS, Fetch, status_error
from dictcrawler.model import Status
from dictcrawler.net import memento
from dictcrawler.net.fetched import Fetched
from dictcrawler.net.media import AudioKind, audio_kind
from dictcrawler.plan.arguments import WAYBACK_MACHINE, CrawlArguments


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that was found: the answer, what kind of file it is, and when an archive took it."""

    fetched: Fetched
    kind: AudioKind
    archived_at: datetime | None = None


class NotASound(FetchError):
    """The answer is no audio file."""

    def __init__(self, fetched: Fetched) -> None:
        told = fetched.headers.get("content-type", "no type")
        super().__init__(Status.HTTP_ERROR, f"no audio file: {len(fetched.body):,} bytes, {told}", url=fetched.url)


class SoundSource(Protocol):
    """Where recordings come from."""

    def allows(self, url: str) -> bool:
        """Whether this URL belongs to the source; nothing else is ever fetched."""

    def trusts(self, host: str) -> bool:
        """Whether the operator named this host: only then may it have an address that is not public."""

    async def recording(self, address: str, fetch: Fetch) -> Recording:
        """Fetch the recording with that address.

        :raises FetchError: when there is none, with the status that says why.
        """

    async def page(self, address: str, fetch: Fetch) -> str:
        """The text of the page that names a recording's author and licence.

        :raises FetchError: when there is none.
        """


class LiveSounds:
    """The dictionary's own servers; ``origin`` is a mirror of all of them, such as ``http://127.0.0.1:8000``."""

    def __init__(self, dictionary: Dictionary, origin: str | None = None) -> None:
        self._hosts = (*dictionary.hosts, *dictionary.sound_hosts)
        self._origin = origin

    def allows(self, url: str) -> bool:
        """The dictionary's hosts and those of its recordings, on the standard ports; or the mirror."""
        parts = urlsplit(url)
        if self._origin is not None:
            return f"{parts.scheme}://{parts.netloc}" == self._origin
        return parts.scheme in ("http", "https") and parts.netloc in self._hosts

    def trusts(self, host: str) -> bool:
        """The mirror's host, and no other."""
        return self._origin is not None and host == urlsplit(self._origin).hostname

    async def recording(self, address: str, fetch: Fetch) -> Recording:
        """Fetch it, following redirects."""
        fetched = await self._fetched(address, fetch)
        kind = audio_kind(fetched.body)
        if kind is None:
            raise NotASound(fetched)
        return Recording(fetched, kind)

    async def page(self, address: str, fetch: Fetch) -> str:
        """Fetch it, following redirects."""
        return (await self._fetched(address, fetch)).text

    async def _fetched(self, address: str, fetch: Fetch) -> Fetched:
        fetched = await fetch(self._place(address))
        for _ in range(MAX_REDIRECTS):
            target = fetched.location
            if target is None:
                break
            fetched = await fetch(target)
        if fetched.status != HTTPStatus.OK:
            raise status_error(fetched)
        return fetched

    def _place(self, address: str) -> str:
        """The address, or that of the same path at the mirror."""
        if self._origin is None:
            return address
        parts = urlsplit(address)
        return f"{self._origin}{parts.path}" + (f"?{parts.query}" if parts.query else "")


class ArchivedSounds:
    """The captures of a web archive: the newest one before a day that is an audio file."""

    def __init__(self, arguments: CrawlArguments) -> None:
        self._prefix = arguments.archive
        self._index = arguments.index
        self._before = arguments.before

    def allows(self, url: str) -> bool:
        """The archive's replay and index hosts, nothing else."""
        parts = urlsplit(url)
        named = {(urlsplit(each).scheme, urlsplit(each).netloc) for each in (self._prefix, self._index)}
        return (parts.scheme, parts.netloc) in named

    def trusts(self, host: str) -> bool:
        """The archive's hosts when they were named; the Wayback Machine is on the open internet."""
        named = {urlsplit(url).hostname for url in (self._prefix, self._index)}
        return host in named - {urlsplit(WAYBACK_MACHINE).hostname}

    async def recording(self, address: str, fetch: Fetch) -> Recording:
        """The nearest capture, if it is a recording and early enough; else the captures that the index lists."""
        found, reason = await self._capture(memento.timestamp_of(self._before), address, fetch)
        if found is not None:
            return found
        for timestamp in await self._listed(address, fetch):
            found, reason = await self._capture(timestamp, address, fetch)
            if found is not None:
                return found
        raise FetchError(Status.NOT_ARCHIVED, reason)

    async def page(self, address: str, fetch: Fetch) -> str:  # noqa: ARG002
        """A closed dictionary's recordings have no pages of their own."""
        raise FetchError(Status.NOT_ARCHIVED, f"{address}: not looked for in an archive")

    async def _capture(self, timestamp: str, address: str, fetch: Fetch) -> tuple[Recording | None, str]:
        """The recording in a capture, or why there is none."""
        fetched = await fetch(memento.replay_url(self._prefix, timestamp, address))
        for _ in range(MAX_REDIRECTS):
            target = fetched.location
            replay = None if target is None else memento.replay_of(target, self._prefix)
            if replay is None:
                break
            fetched = await fetch(memento.replay_url(self._prefix, replay.timestamp, replay.address))
        if fetched.status >= HTTPStatus.BAD_REQUEST and fetched.status != HTTPStatus.NOT_FOUND:
            raise status_error(fetched)
        taken, kind = self._taken(fetched), audio_kind(fetched.body)
        if taken is None or taken > self._before:
            return None, f"no capture before {self._before:%Y-%m-%d}"
        if fetched.status != HTTPStatus.OK or kind is None:
            return None, f"the capture of {taken:%Y-%m-%d} is no audio file (status {fetched.status})"
        return Recording(fetched, kind, taken), ""

    def _taken(self, fetched: Fetched) -> datetime | None:
        header = fetched.headers.get(memento.HEADER)
        if header:
            return memento.memento_datetime(header)
        replay = memento.replay_of(fetched.url, self._prefix)
        return None if replay is None else memento.moment_of(replay.timestamp)

    async def _listed(self, address: str, fetch: Fetch) -> Iterable[str]:
        """The captures that the index calls good, newest first, as many as are tried."""
        last = memento.timestamp_of(self._before)
        answer = await fetch(f"{self._index}?{urlencode({'url': address, 'output': 'json', 'to': last})}")
        if answer.status == HTTPStatus.NOT_FOUND:
            return ()
        if answer.status != HTTPStatus.OK:
            raise status_error(answer)
        good = {each["timestamp"] for each in read_cdx(answer.text) if _is_sound(each) and each["timestamp"] <= last}
        return sorted(good, reverse=True)[:MAX_CAPTURES]


def _is_sound(capture: dict[str, str]) -> bool:
    """Whether the index promises a recording, or does not say what it has."""
    kind = capture["mimetype"]
    is_audio = kind in ("", "-", "warc/revisit", "application/ogg", "application/octet-stream")
    return (is_audio or kind.startswith("audio/")) and capture["statuscode"] in ("", "-", "200")
