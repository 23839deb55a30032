"""Fixtures that many tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from aiohttp import web
from serving import Handler, Server, serving

from dictcrawler import sample
from dictcrawler.sample.pages import Document, Redirect

Serve = Callable[[Handler], Server]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """``serve(handler)`` starts a server that is stopped after the test."""
    with ExitStack() as stack:
        yield lambda handler: stack.enter_context(serving(handler))


@pytest.fixture(scope="session")
def dictionary_pages() -> Handler:
    """A handler that answers as the sample site does."""
    pages = sample.load("macmillan", 300)

    async def answer(request: web.Request) -> web.StreamResponse:
        reply = pages.reply(request.rel_url.raw_path, dict(request.query))
        if reply is None:
            return web.Response(status=404, text="not here")
        if isinstance(reply, Redirect):
            return web.Response(status=reply.status, headers={"Location": reply.location})
        assert isinstance(reply, Document)
        return web.Response(text=reply.text, content_type=reply.content_type)

    return answer
