"""Fetches one URL through Scrapy's engine, so that delays, robots.txt and middlewares apply."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self, cast

import msgspec
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    DownloadCancelledError,
    IgnoreRequest,
    NotSupported,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from dictcrawler.crawling.meta import FRESH_CONNECTION, IS_RETRY, LANE, LOST, TRANSFER_SECONDS, RefusedRequest
from dictcrawler.errors import FetchError
from dictcrawler.lookup.bot_walls import Wall, is_challenge, refuse_challenge
from dictcrawler.lookup.revalidation import conditions
from dictcrawler.model import PageState, Status, digest_of, instant
from dictcrawler.net import memento
from dictcrawler.net.fetched import Fetched

# Temporary statuses, and answers that do not match the request (RFC 9110, sections 15.3 and
# 15.4.5): no page, or part of a page, in answer to a request for a whole one.
RETRIED = frozenset({201, 202, 203, 204, 205, 206, 207, 208, 226, 304})
RETRIED |= frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
# Scrapy's flags for a body whose end was not marked, so that it may be cut off.
CUT_OFF = frozenset({"partial", "dataloss"})
LONGEST_REASON = 300

# Requests that cannot be made at all; Scrapy raises ValueError for an invalid URL.
_REFUSED = (DownloadCancelledError, IgnoreRequest, NotSupported, UnsupportedURLSchemeError, ValueError)

Outcome = Response | BaseException

Keep = Callable[[str, Response, Fetched], None]
"""Receives each answer: the requested URL, the response, and its `Fetched`."""


class Attempt(msgspec.Struct, frozen=True):
    """A request, the URL that it was made for, and its result."""

    url: str
    request: Request
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often one URL is tried, and how many seconds one transfer, and all transfers and pauses together, may take.

    ``backoff`` is the pause before the first retry, in seconds. Waiting for the host's turn, including a
    ``Retry-After``, does not count against ``deadline``. For ``lane`` see `dictcrawler.crawling.meta`.
    """

    deadline: float
    timeout: float
    tries: int
    backoff: float
    lane: str | None = None

    @classmethod
    def of_words(cls, settings: BaseSettings) -> Self:
        """The patience with a word."""
        return cls(
            deadline=settings.getfloat("WORD_DEADLINE"),
            timeout=settings.getfloat("DOWNLOAD_TIMEOUT"),
            tries=1 + settings.getint("RETRY_TIMES"),
            backoff=settings.getfloat("RETRY_BACKOFF"),
        )


class Fetcher:
    """Fetches the pages of one keyword, counts the attempts and keeps the keyword's deadline.

    ``first`` is the request that the scheduler made for this keyword: the first fetch of its URL
    uses its result instead of a new request. Behind a wall no request is made. ``keep`` receives
    every complete answer. ``last`` is the last answer.
    """

    def __init__(
        self,
        crawler: Crawler,
        wall: Wall,
        patience: Patience,
        first: Attempt | None = None,
        keep: Keep | None = None,
    ) -> None:
        self._crawler = crawler
        self._wall = wall
        self._patience = patience
        self._first = first
        self._keep = keep
        self._left = patience.deadline
        self._afresh = False
        self.attempts = 0
        self.last: Fetched | None = None

    async def __call__(self, url: str, known: PageState | None = None) -> Fetched:
        """Fetch a URL, with retries after temporary failures. Redirects are returned, not followed.

        With a ``known`` state the request is conditional.

        :raises FetchError: with the status that the lookup ends in.
        :raises WallPage: when the answer is a challenge; it is never retried.
        """
        for attempt in range(1, self._patience.tries + 1):
            if self._left <= 0:
                raise FetchError(Status.NETWORK_ERROR, f"no answer within {self._patience.deadline:g} s", url=url)
            answer = await self._try_once(url, known, again=attempt > 1)
            pause = self._pause(attempt)
            if not _is_passing(answer, known) or attempt == self._patience.tries or pause >= self._left:
                break
            self._left -= pause
            await asyncio.sleep(pause)
        if isinstance(answer, BaseException):
            raise fetch_error(answer, url)
        if not answer.is_whole:
            raise FetchError(Status.NETWORK_ERROR, "the body may be cut off", http_status=answer.status, url=answer.url)
        refuse_challenge(answer, url)
        return answer

    def renew(self) -> None:
        """Use a new connection for the next request: the present one delivers answers to other requests."""
        self._afresh = True

    async def _try_once(self, url: str, known: PageState | None, *, again: bool) -> Fetched | BaseException:
        attempt = await self._attempt(url, known, again=again)
        self._left -= attempt.request.meta.get(TRANSFER_SECONDS, 0.0)
        self.attempts += not isinstance(attempt.outcome, RefusedRequest)
        if not isinstance(attempt.outcome, Response):
            _forget_frames(attempt.outcome)
            return attempt.outcome
        self.last = fetched = _fetched(attempt.outcome)
        if self._keep is not None and fetched.is_whole:
            self._keep(url, attempt.outcome, fetched)
        return fetched

    async def _attempt(self, url: str, known: PageState | None, *, again: bool) -> Attempt:
        if self._first is not None and self._first.url == url:
            attempt, self._first = self._first, None
            return attempt
        timeout = min(self._patience.timeout, self._left)
        meta = {"download_timeout": timeout, FRESH_CONNECTION: self._afresh, IS_RETRY: again, LANE: self._patience.lane}
        try:
            request = Request(url, headers=dict(conditions(known)), dont_filter=True, meta=meta)
        except ValueError as error:
            raise FetchError(Status.HTTP_ERROR, f"{url!r} is not an address: {error}") from error
        if self._wall.met is not None:
            return Attempt(url, request, RefusedRequest(Status.BLOCKED, self._wall.met))
        self._afresh = False
        return Attempt(url, request, await self._outcome(request))

    async def _outcome(self, request: Request) -> Outcome:
        try:
            return await self._crawler.engine.download_async(request)
        except (*LOST, *_REFUSED) as error:
            return error

    def _pause(self, attempt: int) -> float:
        """Exponential, with full jitter; `dictcrawler.net.pace` obeys ``Retry-After`` in addition."""
        return float(random.uniform(0.5, 1) * self._patience.backoff * 2 ** (attempt - 1))  # noqa: S311


def _is_passing(answer: Fetched | BaseException, known: PageState | None) -> bool:
    """Whether a retry may succeed. A capture never changes, so neither does its status (RFC 7089)."""
    if not isinstance(answer, Fetched):
        return isinstance(answer, LOST)
    if not answer.is_whole:
        return True
    if memento.HEADER in answer.headers or is_challenge(answer):
        return False
    if answer.status == HTTPStatus.NOT_MODIFIED:
        return not conditions(known)
    return answer.status in RETRIED or (answer.status == HTTPStatus.OK and not answer.body)


def error_of(failure: Failure) -> BaseException:
    """The error in the failure that Scrapy passes to an errback, without references to its frames."""
    error = cast(BaseException, failure.value)
    if _forget_frames(error):
        # The Failure has its own reference to the frames.
        failure.tb = None
    return error


def _forget_frames(error: BaseException) -> bool:
    """Drop the frames of a failed download: they would keep its body until the word has an outcome.

    Returns ``False`` for an unexpected error, which keeps its traceback for the log.
    """
    is_expected = isinstance(error, (*LOST, *_REFUSED))
    if is_expected:
        error.__traceback__ = error.__context__ = error.__cause__ = None
    return is_expected


def fetch_error(failure: BaseException, url: str) -> FetchError:
    """The outcome of a failed download.

    :raises BaseException: the failure itself, when it is not one of a download.
    """
    if isinstance(failure, RefusedRequest):
        return FetchError(failure.status, str(failure), url=url)
    if isinstance(failure, DownloadCancelledError):
        return FetchError(Status.TOO_LARGE, str(failure), url=url)
    if isinstance(failure, (*LOST, *_REFUSED)):
        # Some clients quote the whole page in their errors.
        reason = f"{type(failure).__name__}: {failure}"[:LONGEST_REASON]
        return FetchError(Status.NETWORK_ERROR, reason, url=url)
    raise failure


def _fetched(response: Response) -> Fetched:
    headers = {
        name.decode("latin-1").lower(): values[-1].decode("latin-1")
        for name, values in response.headers.items()
        if values
    }
    return Fetched(
        url=response.url,
        status=response.status,
        headers=headers,
        body=response.body,
        digest=digest_of(response.body),
        fetched_at=instant(),
        is_whole=CUT_OFF.isdisjoint(response.flags),
    )
