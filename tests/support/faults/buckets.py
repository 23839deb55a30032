"""A server that accepts a limited number of requests a second and answers 429 to all others."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from tests.support.faults.faultcrawls import word
from tests.support.faults.faultserver import PATH
from tests.support.server import Crawl, Handler, crawl, sample_pages, serving


@dataclass
class Bucket:
    """A token bucket: full at first, filled at ``rate`` a second, never fuller than that."""

    pages: Handler
    rate: float
    requests: int = 0
    refused: int = 0
    _tokens: float = 0.0
    _filled: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._tokens = self.rate

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/robots.txt":
            return await self.pages(request)
        self.requests += 1
        if self._takes():
            return await self.pages(request)
        self.refused += 1
        return web.Response(status=429)

    def _takes(self) -> bool:
        now = time.monotonic()
        self._tokens, self._filled = min(self.rate, self._tokens + self.rate * (now - self._filled)), now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def crawl_bucket(data: Path, words: int, rate: float) -> tuple[Crawl, Bucket]:
    """Crawl this many words from such a server, as fast as 16 connections can."""
    bucket = Bucket(sample_pages("macmillan", words), rate)
    with serving(bucket.answer) as server:
        done = crawl(
            data,
            *("source=live", "homographs=first", f"base_url={server.url}{PATH}{{keyword}}"),
            f"word={','.join(word(number) for number in range(1, words + 1))}",
            settings={"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 16},
        )
    return done, bucket
