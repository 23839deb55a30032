"""Fetching one URL through Scrapy's engine, so that delays, robots.txt and middlewares apply."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import HtmlResponse, Response, TextResponse

from dictcrawler.errors import FetchError
from dictcrawler.middlewares import RefusedRequest
from dictcrawler.model import PageState, Status
from dictcrawler.revalidation import conditions
from dictcrawler.sources import Fetched
from dictcrawler.walls import Wall, is_challenge, refuse_challenge

RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_LOST = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)

Outcome = Response | BaseException

Keep = Callable[[str, Response, Fetched], None]
"""Takes each answer: the URL that was asked for, the response, and what is made of it."""


class Fetcher:
    """Fetches the pages of one keyword and counts the attempts.

    ``first`` is the URL and the outcome of the request that the scheduler made for this keyword:
    the first fetch of that URL takes it instead of asking again. Behind a wall nothing is asked.
    ``keep`` gets every answer.
    """

    def __init__(
        self, crawler: Crawler, wall: Wall, first: tuple[str, Outcome] | None = None, keep: Keep | None = None
    ) -> None:
        self._crawler = crawler
        self._wall = wall
        self._first = first
        self._keep = keep
        self._tries = 1 + crawler.settings.getint("RETRY_TIMES")
        self._backoff = crawler.settings.getfloat("RETRY_BACKOFF")
        self.attempts = 0

    async def __call__(self, url: str, known: PageState | None = None) -> Fetched:
        """Fetch a URL, trying again after a passing failure; redirects come back as they are.

        With a ``known`` state the request is conditional.

        :raises FetchError: with the status that the lookup ends in.
        :raises WallPage: at once, when the answer is a challenge.
        """
        for attempt in range(1, self._tries + 1):
            answer = await self._ask(url, known)
            if not _is_passing(answer) or attempt == self._tries:
                break
            await asyncio.sleep(self._pause(attempt))
        if isinstance(answer, BaseException):
            raise fetch_error(answer, url)
        refuse_challenge(answer, url)
        return answer

    async def _ask(self, url: str, known: PageState | None) -> Fetched | BaseException:
        outcome = await self._outcome(url, known)
        self.attempts += not isinstance(outcome, RefusedRequest)
        if not isinstance(outcome, Response):
            return outcome
        fetched = _fetched(outcome)
        if self._keep is not None:
            self._keep(url, outcome, fetched)
        return fetched

    async def _outcome(self, url: str, known: PageState | None) -> Outcome:
        if self._first is not None and self._first[0] == url:
            outcome, self._first = self._first[1], None
            return outcome
        if self._wall.met is not None:
            return RefusedRequest(Status.BLOCKED, self._wall.met)
        try:
            request = Request(url, headers=dict(conditions(known)), dont_filter=True)
            return await self._crawler.engine.download_async(request)
        except (*_LOST, DownloadCancelledError, IgnoreRequest, NotSupported, UnsupportedURLSchemeError) as error:
            return error

    def _pause(self, attempt: int) -> float:
        """Exponential, with full jitter; a ``Retry-After`` is kept by `dictcrawler.downloading` besides."""
        return float(random.uniform(0.5, 1) * self._backoff * 2 ** (attempt - 1))  # noqa: S311


def _is_passing(answer: Fetched | BaseException) -> bool:
    if isinstance(answer, Fetched):
        return answer.status in RETRIED and not is_challenge(answer)
    return isinstance(answer, _LOST)


def fetch_error(failure: BaseException, url: str) -> FetchError:
    """The outcome that a failed download stands for.

    :raises BaseException: the failure itself, when it is none that a download ends in.
    """
    if isinstance(failure, RefusedRequest):
        return FetchError(failure.status, str(failure), url=url)
    if isinstance(failure, DownloadCancelledError):
        return FetchError(Status.TOO_LARGE, str(failure), url=url)
    if isinstance(failure, (*_LOST, IgnoreRequest, NotSupported, UnsupportedURLSchemeError)):
        return FetchError(Status.NETWORK_ERROR, f"{type(failure).__name__}: {failure}", url=url)
    raise failure


def _fetched(response: Response) -> Fetched:
    headers = {
        name.decode("latin-1").lower(): (response.headers.get(name) or b"").decode("latin-1")
        for name in response.headers
    }
    return Fetched(
        url=response.url,
        status=response.status,
        headers=headers,
        text=_text(response),
        digest=f"sha256:{hashlib.sha256(response.body).hexdigest()}",
        fetched_at=datetime.now(UTC).replace(microsecond=0),
    )


def _text(response: Response) -> str:
    """The decoded body. Scrapy takes a page with a wrong or no type for bytes: read it as HTML."""
    if not isinstance(response, TextResponse):
        response = HtmlResponse(response.url, headers=response.headers, body=response.body)
    return response.text if response.status != HTTPStatus.NO_CONTENT else ""
