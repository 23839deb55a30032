"""The web server of the sample pages; it needs no knowledge of a dictionary, only :class:`SamplePages`."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

from aiohttp import web

from dictcrawler import sample
from dictcrawler.sample import recordings
from dictcrawler.sample.pages import Document, Redirect, SamplePages

# Rendering takes a tenth of a millisecond, compressing half of one: the cache only speeds up repeated requests.
CACHED_PAGES = 256


@dataclass(frozen=True, slots=True)
class _Answer:
    """A reply in bytes, plain and compressed."""

    body: bytes
    compressed: bytes
    etag: str
    content_type: str
    status: int


@dataclass(slots=True)
class RunningSite:
    """A site that is listening; ``url`` has no slash at its end."""

    url: str
    pages: SamplePages
    _runner: web.AppRunner = field(repr=False)

    async def stop(self) -> None:
        """Close the port and all connections."""
        await self._runner.cleanup()


def application(pages: SamplePages, delay_ms: int = 0) -> web.Application:
    """The site as an aiohttp application; each answer waits ``delay_ms`` first."""
    site = _Site(pages, delay_ms / 1000)
    app = web.Application()
    app.router.add_get("/{path:.*}", site.answer)
    return app


async def start(
    host: str = "127.0.0.1", port: int = 0, *, words: int = 0, delay_ms: int = 0, dictionary: str = "macmillan"
) -> RunningSite:
    """Serve in the running event loop until :meth:`RunningSite.stop`; port 0 takes a free one.

    :raises ArgumentError: for a dictionary without sample pages or a number of words out of range.
    :raises OSError: when the port is not available.
    """
    pages = sample.load(dictionary, words)
    runner = web.AppRunner(application(pages, delay_ms), access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except BaseException:
        # When cancelled here, it may be listening already.
        await runner.cleanup()
        raise
    bound = runner.addresses[0][1]
    return RunningSite(f"http://{f'[{host}]' if ':' in host else host}:{bound}", pages, runner)


class _Site:
    """The only handler: gets the page, compresses it once, caches the last pages."""

    def __init__(self, pages: SamplePages, delay: float) -> None:
        self._pages = pages
        self._delay = delay
        self._reply = lru_cache(maxsize=CACHED_PAGES)(self._made)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if self._delay:
            await asyncio.sleep(self._delay)
        recording = recordings.reply(request.rel_url.raw_path)
        if recording is not None:
            return web.Response(body=recording, content_type=recordings.MEDIA_TYPE)
        found = self._reply(request.rel_url.raw_path, request.query.get("q"))
        if found is None:
            raise web.HTTPNotFound
        if isinstance(found, Redirect):
            return web.Response(status=found.status, headers={"Location": found.location})
        return _response(request, found)

    def _made(self, path: str, query: str | None) -> _Answer | Redirect | None:
        reply = recordings.page(path) or self._pages.reply(path, {} if query is None else {"q": query})
        return _encoded(reply) if isinstance(reply, Document) else reply


def _encoded(document: Document) -> _Answer:
    body = document.text.encode()
    etag = hashlib.sha256(body).hexdigest()[:32]
    return _Answer(body, gzip.compress(body, compresslevel=1, mtime=0), etag, document.content_type, document.status)


def _response(request: web.Request, answer: _Answer) -> web.Response:
    headers = {"ETag": f'"{answer.etag}"', "Vary": "Accept-Encoding"}
    if any(tag.value in (answer.etag, "*") for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    body = answer.body
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = answer.compressed
    return web.Response(
        body=body, status=answer.status, headers=headers, content_type=answer.content_type, charset="utf-8"
    )
