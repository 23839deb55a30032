"""A small HTTP server in a thread of its own, and whole crawls as subprocesses."""

from __future__ import annotations

import asyncio
import os
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, PIPE

from aiohttp import web

from dictcrawler import feeds, sample
from dictcrawler.model import Entry, Lookup, RunManifest
from dictcrawler.sample.pages import Redirect
from tests.support.forked import Program, start

ROOT = Path(__file__).parents[2]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Server:
    """A running server: its ``url`` and the received requests as ``(monotonic time, path with query, headers)``."""

    url: str
    requests: list[tuple[float, str, dict[str, str]]] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.requests if path != "/robots.txt"]

    def times(self) -> list[float]:
        return [moment for moment, path, _ in self.requests if path != "/robots.txt"]


Serve = Callable[[Handler], Server]


@contextmanager
def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve every path with one handler until the block ends."""
    server = Server(url="")

    async def answer(request: web.Request) -> web.StreamResponse:
        server.requests.append((time.monotonic(), request.path_qs, dict(request.headers)))
        return await handler(request)

    loop = asyncio.new_event_loop()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def begin() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()

    asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def sample_pages(dictionary: str, words: int = 0) -> Handler:
    """A handler that answers like the sample site of a dictionary."""
    pages = sample.load(dictionary, words)

    async def answer(request: web.Request) -> web.StreamResponse:
        reply = pages.reply(request.rel_url.raw_path, dict(request.query))
        if reply is None:
            return web.Response(status=404, text="not here")
        if isinstance(reply, Redirect):
            return web.Response(status=reply.status, headers={"Location": reply.location})
        return web.Response(text=reply.text, status=reply.status, content_type=reply.content_type)

    return answer


@dataclass(frozen=True)
class Crawl:
    """A finished ``scrapy crawl``."""

    status: int
    out: str
    log: str
    feed: Path

    @property
    def lookups(self) -> list[Lookup]:
        return list(feeds.read_lookups(self.feed))

    @property
    def entries(self) -> list[Entry]:
        return list(feeds.read_entries(self.feed))

    @property
    def manifest(self) -> RunManifest:
        return feeds.read_run(self.feed)

    @property
    def statuses(self) -> dict[str, str]:
        return {lookup.keyword: lookup.status.value for lookup in self.lookups}


def scrapy(*arguments: str, data: Path, stdin: str | int | None = None) -> Program:
    """Start ``scrapy`` in the project with a data folder of its own. ``stdin``: a text, or a descriptor."""
    process = start(
        "scrapy",
        *arguments,
        env=os.environ | {"DICTCRAWLER_DATA": str(data), "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        streams=(PIPE if isinstance(stdin, str) else DEVNULL if stdin is None else stdin, PIPE, PIPE),
    )
    if isinstance(stdin, str) and process.stdin is not None:
        process.stdin.write(stdin)
        process.stdin.close()
        process.stdin = None
    return process


def crawl(
    data: Path,
    *given: str,
    dictionary: str = "macmillan",
    settings: dict[str, object] | None = None,
    scrapy_options: tuple[str, ...] = (),
    stdin: str | None = None,
) -> Crawl:
    """Run ``scrapy crawl`` to its end: ``given`` are the ``-a`` arguments, ``settings`` those of ``-s``."""
    options = [*scrapy_options]
    options += [option for argument in given for option in ("-a", argument)]
    options += [option for name, value in (settings or {}).items() for option in ("-s", f"{name}={value}")]
    process = scrapy("crawl", dictionary, *options, data=data, stdin=stdin)
    out, log = process.communicate(timeout=120)
    return Crawl(process.wait(), out, log, data / "feeds" / dictionary)
