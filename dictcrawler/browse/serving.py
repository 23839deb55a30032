"""Serves the pages until the process is stopped."""

from __future__ import annotations

import asyncio
import errno
import signal
from collections.abc import Callable, Collection
from contextlib import suppress

from aiohttp import web

from dictcrawler.browse.library import Library
from dictcrawler.browse.site import Site
from dictcrawler.errors import DictcrawlerError


async def serve(library: Library, host: str, port: int, names: Collection[str], begun: Callable[[str], None]) -> None:
    """Serve on one address until SIGINT or SIGTERM; ``begun`` is called with the URL.

    :raises DictcrawlerError: when the address cannot be used; the message says what to do.
    """
    runner = web.AppRunner(Site(library).application(names), access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        begun(_url(runner.addresses[0]))
        await _stopped()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            problem = f"port {port} is in use: name another with --port, or --port 0 for any that is free"
        elif error.errno == errno.EACCES:
            problem = f"port {port} is reserved: name one from 1024 on with --port"
        else:
            problem = f"cannot listen on {host}: {error}"
        raise DictcrawlerError(problem) from error


def _url(address: tuple[str, int] | tuple[str, int, int, int]) -> str:
    host, port = address[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


async def _stopped() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Not available on Windows, where Ctrl-C raises KeyboardInterrupt instead.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    await stop.wait()
