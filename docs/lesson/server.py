"""dictcrawler's sample site, answering late and reporting each request on standard output.

Started by ``classroom.py``; ends when its standard input does.
"""

import asyncio
import json
import sys
import time
from itertools import count
from urllib.parse import unquote

from aiohttp import web
from aiohttp.typedefs import Handler

from dictcrawler import sample
from dictcrawler.sample import site

_numbers = count()


def report(**event: object) -> None:
    """One line of JSON, at once."""
    print(json.dumps(event), flush=True)


@web.middleware
async def reporting(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Report when a request begins and how it ends."""
    number, is_cut = next(_numbers), True
    report(number=number, begins=unquote(request.path).rsplit("/", 1)[-1], moment=time.monotonic())
    try:
        response = await handler(request)
        is_cut = False
        return response
    finally:
        report(number=number, is_cut=is_cut, moment=time.monotonic())


async def main(delay_ms: int) -> None:
    """Serve until standard input ends; a line of it is answered with an empty report, after all that came before."""
    app = site.application(sample.load("macmillan"), delay_ms)
    app.middlewares.append(reporting)
    # Without this a handler goes on when its client has hung up, and a cancelled request looks like any other.
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    report(url=f"http://127.0.0.1:{runner.addresses[0][1]}")
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while await lines.readline():
        report()
    await runner.cleanup()


asyncio.run(main(int(sys.argv[1])))
