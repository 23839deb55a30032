"""Where recordings come from: the dictionary's own servers, a mirror of them, or a web archive.

Like a `Source` of pages, it has no HTTP client: it receives a coroutine that fetches one URL.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final, Protocol
from urllib.parse import urlsplit

import msgspec

from dictcrawler.dictionaries import Dictionary
from dictcrawler.errors import FetchError
from dictcrawler.lookup.bad_capture import BadCapture, Reason, no_good_capture
from dictcrawler.lookup.replay import Landing, NeverCaptured, Replays
from dictcrawler.lookup.source import MAX_REDIRECTS, Fetch, status_error
from dictcrawler.model import Status
from dictcrawler.net import memento
from dictcrawler.net.fetched import Fetched
from dictcrawler.net.media import AudioKind, audio_kind
from dictcrawler.plan.arguments import WAYBACK_MACHINE, CrawlArguments
from dictcrawler.storage.captures import Listed

STEPS_BACK: Final = tuple(timedelta(days=days) for days in (0, 30, 180, 365, 730, 1_460, 2_920, 5_840))
"""How long before the last day captures are searched. Recordings change less often than pages."""


class FetchedSound(msgspec.Struct, frozen=True):
    """A recording: the HTTP answer, its audio format, and the time of its capture in an archive."""

    fetched: Fetched
    kind: AudioKind
    archived_at: datetime | None = None


class NotASound(FetchError):
    """The answer is not an audio file."""

    def __init__(self, fetched: Fetched) -> None:
        media_type = fetched.headers.get("content-type", "no type")
        super().__init__(
            Status.HTTP_ERROR, f"not an audio file: {len(fetched.body):,} bytes, {media_type}", url=fetched.url
        )


class SoundSource(Protocol):
    """Where recordings come from."""

    def allows(self, url: str) -> bool:
        """Whether this URL belongs to the source. No other URL is ever fetched."""

    def trusts(self, host: str) -> bool:
        """Whether the operator named this host: only then may it have an address that is not public."""

    async def recording(self, address: str, fetch: Fetch) -> FetchedSound:
        """Fetch the recording with that address.

        :raises FetchError: when it cannot be fetched, with the status of that outcome.
        """

    async def page(self, address: str, fetch: Fetch) -> str:
        """The text of the page that names a recording's author and licence.

        :raises FetchError: when it cannot be fetched.
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

    async def recording(self, address: str, fetch: Fetch) -> FetchedSound:
        """Fetch it, following redirects."""
        fetched = await self._fetched(address, fetch)
        kind = audio_kind(fetched.body)
        if kind is None:
            raise NotASound(fetched)
        return FetchedSound(fetched, kind)

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
        """The address itself, or the same path at the mirror."""
        if self._origin is None:
            return address
        parts = urlsplit(address)
        return f"{self._origin}{parts.path}" + (f"?{parts.query}" if parts.query else "")


class ArchivedSounds:
    """Captures in a web archive: the newest one before a day that is an audio file.

    A replay returns the capture nearest to a moment, so earlier moments lead to earlier captures.
    """

    def __init__(self, arguments: CrawlArguments) -> None:
        dictionary = arguments.dictionary
        self._prefix = arguments.archive
        self._before = arguments.before
        self._replays = Replays(arguments.archive, (*dictionary.hosts, *dictionary.sound_hosts))

    def allows(self, url: str) -> bool:
        """The archive's replay host, nothing else."""
        parts, replay = urlsplit(url), urlsplit(self._prefix)
        return (parts.scheme, parts.netloc) == (replay.scheme, replay.netloc)

    def trusts(self, host: str) -> bool:
        """The archive's host, if the operator named it. The Wayback Machine's must have public addresses."""
        return host == urlsplit(self._prefix).hostname != urlsplit(WAYBACK_MACHINE).hostname

    async def recording(self, address: str, fetch: Fetch) -> FetchedSound:
        """The capture nearest to the day if it is a recording and early enough, else one of an earlier moment."""
        known: set[str] = set()
        reasons: list[Reason] = []
        for step in STEPS_BACK:
            moment = Listed(memento.timestamp_of(self._before - step), address)
            try:
                landing = await self._replays.locate(moment, fetch, known=known)
                known.add(landing.capture.timestamp)
                if landing.fetched is not None:
                    return self._judged(await self._replays.followed(landing, fetch))
            except NeverCaptured:
                break
            except BadCapture as bad:
                reasons.append(bad.reason)
        raise no_good_capture(reasons)

    async def page(self, address: str, fetch: Fetch) -> str:  # noqa: ARG002
        """Always raises: a closed dictionary's recordings have no pages of their own."""
        raise FetchError(Status.NOT_ARCHIVED, f"{address}: not looked for in an archive")

    def _judged(self, landing: Landing) -> FetchedSound:
        """The recording in a capture.

        :raises BadCapture: when it is not a recording, or was captured too late.
        """
        fetched, taken_at = landing.fetched, landing.taken_at
        if fetched is None or taken_at is None:
            raise BadCapture("the nearest capture is of an unknown time")
        if taken_at > self._before:
            raise BadCapture(f"the nearest capture is of {taken_at:%Y-%m-%d}, too late")
        kind = audio_kind(fetched.body)
        if fetched.status != HTTPStatus.OK or kind is None:
            raise BadCapture(f"the capture of {taken_at:%Y-%m-%d} is not an audio file (status {fetched.status})")
        return FetchedSound(fetched, kind, taken_at)
