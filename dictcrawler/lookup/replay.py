"""The replay of a web archive: finds captures by time, and follows captured redirects."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from dictcrawler.errors import FetchError
from dictcrawler.lookup.bad_capture import BadCapture, location_of
from dictcrawler.lookup.source import MAX_REDIRECTS, Fetch, status_error
from dictcrawler.model import Status
from dictcrawler.net import memento
from dictcrawler.net.fetched import Fetched
from dictcrawler.net.forms import is_same_page, own_form
from dictcrawler.net.memento import Replay
from dictcrawler.storage.captures import Listed
from dictcrawler.text import printable


class NeverCaptured(Exception):
    """The archive answers that it has no capture of this address at all."""


class NotGivenOut(BadCapture):
    """The archive named this capture before, and now answers that it does not have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """The capture that a replay led to, and its answer.

    ``taken_at`` is its time by the ``Memento-Datetime`` header, ``moment`` by the timestamp in its URL. When only one
    of the two is known, both are that one. ``fetched`` is ``None`` for a capture that was known already.
    ``is_nearest`` is false when the archive first redirected to a moment at which it has no capture: this one
    may then be far from the moment that was requested.
    """

    capture: Listed
    moment: datetime | None
    taken_at: datetime | None = None
    fetched: Fetched | None = None
    is_nearest: bool = True


class Replays:
    """The replay of one archive, for pages on these hosts."""

    def __init__(self, prefix: str, hosts: tuple[str, ...]) -> None:
        self._prefix = prefix
        self._host = urlsplit(prefix).netloc
        self._hosts = hosts
        self._sends_mementos = False

    async def locate(
        self, capture: Listed, fetch: Fetch, *, is_exact: bool = False, known: Container[str] = ()
    ) -> Landing:
        """The capture nearest to a timestamp: an archive redirects to it, or returns it at once.

        ``is_exact``: an index or the archive itself has named this timestamp. ``known`` captures are not fetched again.

        :raises NeverCaptured: when the archive has no capture of the address.
        :raises BadCapture: when the archive has the capture but does not return it, or it is too large.
        :raises FetchError: when the archive does not answer.
        """
        here, is_nearest = capture, True
        for _ in range(MAX_REDIRECTS + 1):
            fetched = await self._fetched(here, fetch)
            onward = self._onward(fetched, here)
            if onward is None:
                landing = self._landing(fetched, here, is_exact=is_exact or here != capture)
                return replace(landing, is_nearest=is_nearest)
            is_nearest = is_nearest and here.timestamp in (capture.timestamp, onward.timestamp)
            if onward.timestamp in known:
                moment = memento.moment_of(onward.timestamp)
                return Landing(capture=onward, moment=moment, is_nearest=is_nearest)
            here = onward
        raise FetchError(Status.HTTP_ERROR, "the archive redirects too often", url=fetched.url)

    async def followed(self, landing: Landing, fetch: Fetch) -> Landing:
        """Follow the captured redirects to their end. A target was not necessarily captured.

        :raises BadCapture: when they lead out of the dictionary, or to a page that was not captured.
        """
        for _ in range(MAX_REDIRECTS):
            fetched = landing.fetched
            location = location_of(fetched) if fetched is not None else None
            if fetched is None or location is None:
                return landing
            target, is_exact = self._target(fetched, location, landing.capture)
            try:
                landing = await self.locate(target, fetch, is_exact=is_exact)
            except (NeverCaptured, NotGivenOut) as denied:
                if isinstance(denied, NotGivenOut) and denied.timestamp != target.timestamp:
                    raise
                reason = f"the capture redirects to {printable(target.original)}, which was not captured"
                raise BadCapture(reason, fetched=fetched) from None
        raise BadCapture("the capture redirects too often", fetched=fetched)

    async def _fetched(self, capture: Listed, fetch: Fetch) -> Fetched:
        try:
            return await fetch(memento.replay_url(self._prefix, capture.timestamp, capture.original))
        except FetchError as error:
            if error.status is Status.TOO_LARGE:
                raise BadCapture(str(error), Status.TOO_LARGE) from error
            raise

    def _onward(self, fetched: Fetched, here: Listed) -> Listed | None:
        """The archive's own redirect to another moment of the same page; ``None`` for a captured redirect."""
        location = location_of(fetched)
        if location is None or memento.HEADER in fetched.headers:
            return None
        replay = self._replay(location)
        if replay is None or not is_same_page(replay.address, here.original):
            return None
        onward = Listed(replay.timestamp, replay.address)
        if onward == here:
            raise FetchError(Status.HTTP_ERROR, "the archive redirects to the same address", url=fetched.url)
        return onward

    def _landing(self, fetched: Fetched, here: Listed, *, is_exact: bool) -> Landing:
        header = fetched.headers.get(memento.HEADER)
        if header is None:
            self._refuse_own_answer(fetched, here, is_exact=is_exact)
        self._sends_mementos = self._sends_mementos or header is not None
        taken_at = memento.memento_datetime(header) if header is not None else None
        moment = memento.moment_of(here.timestamp) if is_exact else None
        return Landing(capture=here, moment=moment or taken_at, taken_at=taken_at or moment, fetched=fetched)

    def _refuse_own_answer(self, fetched: Fetched, here: Listed, *, is_exact: bool) -> None:
        """Raise if the answer is the archive's own and not a capture (RFC 7089)."""
        if fetched.status == HTTPStatus.NOT_FOUND:
            if is_exact:
                problem = f"the archive lists a capture of {here.timestamp} but does not serve it"
                raise NotGivenOut(problem, Status.HTTP_ERROR, fetched, here.timestamp)
            raise NeverCaptured
        if fetched.status >= HTTPStatus.BAD_REQUEST:
            raise status_error(fetched)
        location = location_of(fetched)
        if self._sends_mementos and (location is None or self._replay(location) is None):
            problem = "the archive answered with a page of its own"
            raise FetchError(Status.HTTP_ERROR, problem, http_status=fetched.status, url=fetched.url)

    def _target(self, fetched: Fetched, location: str, here: Listed) -> tuple[Listed, bool]:
        """The capture that a captured redirect leads to, and whether the archive names its moment."""
        replay = self._replay(location)
        try:
            # A raw replay may return the captured Location unchanged, relative to the page itself.
            target = replay.address if replay is not None else urljoin(here.original, fetched.headers["location"])
        except ValueError:
            target = location
        if own_form(target, self._hosts) is None:
            raise BadCapture(f"the capture of {here.timestamp} redirects to {printable(target)}", fetched=fetched)
        onward = Listed(here.timestamp if replay is None else replay.timestamp, target)
        if onward == here:
            raise BadCapture(f"the capture of {here.timestamp} redirects to itself", fetched=fetched)
        return onward, replay is not None

    def _replay(self, url: str) -> Replay | None:
        """Take apart a replay URL of this archive, with http or https."""
        found = memento.replay_of(url, self._prefix)
        if found is None and urlsplit(url).netloc == self._host:
            found = memento.replay_anywhere(url)
        return found
