"""A site that stops answering until the test opens it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from aiohttp import web

from tests.support.server import Handler


class Gate:
    """Answers ``free`` requests, and the rest once ``free`` is raised; ``is_reached`` when one waits."""

    def __init__(self, pages: Handler, free: int = 10) -> None:
        self._pages = pages
        self._asked = 0
        self.free = free
        self.is_reached = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self._asked += 1
        turn = self._asked
        while turn > self.free and request.transport is not None:
            self.is_reached = True
            await asyncio.sleep(0.01)
        return await self._pages(request)


def wait_until(happened: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for another process to do something."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.005)
