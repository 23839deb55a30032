"""The pages as an aiohttp application: addresses, queries, answers.

Queries to the indexes go through one thread (SQLite connections are not shared). Runs are read in other threads, so a
search need not wait for the report of a hundred thousand words.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from dictcrawler import feeds
from dictcrawler.browse import guard, rendering, run_pages, word_pages
from dictcrawler.browse.index import Query
from dictcrawler.browse.library import Library
from dictcrawler.browse.recordings import RecordingLists
from dictcrawler.errors import DictcrawlerError
from dictcrawler.feeds.sounds import Sound
from dictcrawler.model import Status
from dictcrawler.text import printable

logger = logging.getLogger(__name__)

_P = ParamSpec("_P")
_T = TypeVar("_T")
_STATIC = {"style.css": "text/css", "browse.js": "text/javascript", "icon.svg": "image/svg+xml"}
_SAMPLES = 24
_LONGEST_TYPED = 200
_LONGEST = 4_000


class Site:
    """The handlers; `application` binds them to addresses."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._recordings = RecordingLists()
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="index")
        self._refreshing: asyncio.Task[None] | None = None

    def application(self, names: Collection[str] = ()) -> web.Application:
        """The application; ``names`` are further host names of the server."""
        app = web.Application(middlewares=[guard.middleware(names), self._shown_problems()])
        app.router.add_get("/", self._search)
        app.router.add_get("/results", self._results)
        app.router.add_get("/word", self._word)
        app.router.add_get("/entry", self._entry)
        app.router.add_get("/runs", self._runs)
        app.router.add_get("/feed", self._feed)
        app.router.add_get("/run", self._run)
        app.router.add_get("/words", self._words)
        app.router.add_get("/changes", self._changes)
        app.router.add_get("/sound", self._sound)
        app.router.add_get("/static/{name}", self._static)
        app.on_cleanup.append(self._close)
        return app

    def _shown_problems(self) -> Middleware:
        """Turn missing pages and unreadable feeds into pages that explain the problem."""

        @web.middleware
        async def shown(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._take_in_newer_runs()
            try:
                return await handler(request)
            except web.HTTPNotFound as missing:
                return _page("problem.html", status=404, section="", title="Not here", text=missing.text or "")
            except DictcrawlerError as error:
                return _page("problem.html", status=500, section="", title="This cannot be read", text=str(error))

        return shown

    async def _search(self, request: web.Request) -> web.Response:
        return await self._found(request, "search.html")

    async def _results(self, request: web.Request) -> web.Response:
        return await self._found(request, "results.html")

    async def _found(self, request: web.Request, template: str) -> web.Response:
        query = _query(request)
        chosen = [name for name in request.query.getall("in", []) if self._library.book(name)]
        books = [book for book in self._library.books if book.name in chosen or not chosen]
        results = await self._read(word_pages.search, books, query, _number(request, "p"))
        values: dict[str, Any] = {
            "query": query,
            "results": results,
            "address": _address(query, chosen),
        }
        if template == "search.html":
            values |= {
                "books": self._library.books,
                "problems": self._library.problems,
                "chosen": chosen,
                "choices": await self._read(word_pages.choices, self._library.books),
                "samples": await self._read(word_pages.samples, books, _SAMPLES) if query.is_empty else (),
                "current": {"pos": query.part_of_speech, "level": query.level, "label": query.label},
            }
        return _page(template, section="words", **values)

    async def _word(self, request: web.Request) -> web.Response:
        word, only = _text(request, "w"), _text(request, "feed")
        books = self._library.books
        sides = await self._read(word_pages.sides, books, word)
        if not sides:
            raise web.HTTPSeeOther(rendering.path("/", q=word))
        before, after = await self._read(word_pages.neighbours, books, word)
        return _page(
            "word.html",
            section="words",
            word=word,
            only=only,
            having=[side.book for side in sides],
            sides=[side for side in sides if only in ("", side.book.name)],
            before=before,
            after=after,
            sound_of=self._sound_of,
        )

    async def _entry(self, request: web.Request) -> web.Response:
        entry_id, feed = _text(request, "id"), _text(request, "feed")
        side = await self._read(word_pages.entry, self._library.books, feed, entry_id)
        if side is None:
            raise web.HTTPNotFound(text=f"No entry has the id {entry_id!r}. Its word may have left the list.")
        word = side.entries[0].entry.headword
        before, after = await self._read(word_pages.neighbours, [side.book], word)
        return _page(
            "entry.html", section="words", side=side, word=word, before=before, after=after, sound_of=self._sound_of
        )

    async def _runs(self, _: web.Request) -> web.Response:
        found = [await asyncio.to_thread(run_pages.feed_runs, folder) for folder in self._library.folders()]
        return _page("runs.html", section="runs", feeds=found)

    async def _feed(self, request: web.Request) -> web.Response:
        history = await asyncio.to_thread(run_pages.feed_history, self._folder(request))
        return _page("feed.html", section="runs", it=history)

    async def _run(self, request: web.Request) -> web.Response:
        report = await asyncio.to_thread(run_pages.report, self._run_folder(request))
        return _page("run.html", section="runs", report=report)

    async def _words(self, request: web.Request) -> web.Response:
        run, status = self._run_folder(request), _text(request, "status")
        if status not in Status.__members__.values():
            raise web.HTTPNotFound(text=f"There is no outcome {status!r}.")
        words = await asyncio.to_thread(run_pages.words, run, Status(status), _number(request, "p"))
        return _page("run_words.html", section="runs", it=words, feed=run.parent.name, run=run.name)

    async def _changes(self, request: web.Request) -> web.Response:
        run, page = self._run_folder(request), _number(request, "p")
        changes = await asyncio.to_thread(run_pages.changes, run, page)
        return _page("run_changes.html", section="runs", it=changes, feed=run.parent.name, run=run.name, page=page)

    def _sound_of(self, feed: str, url: str) -> Sound | None:
        """A recording that can be played here."""
        book = self._library.book(feed)
        return None if book is None else self._recordings.sound(book, url)

    async def _sound(self, request: web.Request) -> web.StreamResponse:
        feed, url = _text(request, "feed"), _text(request, "url")
        book, sound = self._library.book(feed), self._sound_of(feed, url)
        file = None if book is None or sound is None else self._recordings.file(book, sound)
        if sound is None or sound.media_type is None or file is None:
            raise web.HTTPNotFound(text="This recording was not fetched; `dictcrawler sounds` fetches them.")
        return web.FileResponse(file, headers={"Content-Type": sound.media_type})

    async def _static(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in _STATIC:
            raise web.HTTPNotFound(text="There is no such file.")
        text = rendering.static(name)
        return _cached(request, text, _STATIC[name])

    def _folder(self, request: web.Request) -> Path:
        folder = self._library.folder(_text(request, "feed"))
        if folder is None:
            raise web.HTTPNotFound(text=f"There is no feed {_text(request, 'feed')!r} here.")
        return folder

    def _run_folder(self, request: web.Request) -> Path:
        """The folder of a run. The name must be one of a run, so that text of a query never becomes a path."""
        folder, name = self._folder(request), _text(request, "run")
        if name not in {path.parent.name for path in folder.glob(f"*/{feeds.RUN}")} or name == feeds.LATEST:
            raise web.HTTPNotFound(text=f"There is no run {name!r} of {folder.name}. It may have been pruned.")
        return folder / name

    async def _read(self, question: Callable[_P, _T], *values: _P.args, **named: _P.kwargs) -> _T:
        """Query the indexes, in the thread that owns them."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, lambda: question(*values, **named))

    def _take_in_newer_runs(self) -> None:
        """Begin to make the index of a newer run; the older one is read until the new one is complete."""
        if (self._refreshing is None or self._refreshing.done()) and self._library.is_outdated():
            self._refreshing = asyncio.create_task(self._refresh())

    async def _refresh(self) -> None:
        for replaced in await asyncio.to_thread(self._library.refresh):
            await self._read(replaced.index.close)
        for name, problem in self._library.problems.items():
            logger.warning("%s is left out: %s", name, printable(problem))

    async def _close(self, _: web.Application) -> None:
        if self._refreshing is not None:
            await self._refreshing
        for book in self._library.books:
            await self._read(book.index.close)
        self._reader.shutdown()


def _query(request: web.Request) -> Query:
    return Query(
        text=_typed(request, "q"),
        part_of_speech=_text(request, "pos"),
        level=_text(request, "level"),
        label=_text(request, "label"),
    )


def _address(query: Query, chosen: list[str]) -> dict[str, object]:
    """The query of these results' address, for links to further pages."""
    return {
        "q": query.text, "pos": query.part_of_speech, "level": query.level, "label": query.label, "in": chosen or "",
    }  # fmt: skip


def _typed(request: web.Request, name: str) -> str:
    """The search as typed."""
    return rendering.clean(request.query.get(name, ""))[:_LONGEST_TYPED]


def _text(request: web.Request, name: str) -> str:
    """A word or an id as part of a link: all its characters are quoted."""
    return request.query.get(name, "")[:_LONGEST].encode(errors="replace").decode()


def _number(request: web.Request, name: str) -> int:
    found = re.fullmatch("[0-9]{1,6}", request.query.get(name, ""))
    return max(int(found[0]), 1) if found else 1


def _page(template: str, *, status: int = 200, **values: object) -> web.Response:
    return web.Response(
        status=status, text=rendering.render(template, **values), content_type="text/html", charset="utf-8"
    )


def _cached(request: web.Request, text: str, content_type: str) -> web.Response:
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers={"ETag": etag})
    return web.Response(text=text, content_type=content_type, charset="utf-8", headers={"ETag": etag})
