"""A small HTTP proxy in a thread of its own: forwards absolute addresses, opens tunnels, resolves every name itself."""

from __future__ import annotations

import asyncio
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

REFUSED = b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"


@dataclass
class LocalProxy:
    """A running proxy: its address, and the first line and header lines of the requests it received.

    Every name leads to this machine. ``user`` is ``name:password`` if it requires one.
    """

    user: str | None = None
    port: int = 0
    requested: list[tuple[str, list[str]]] = field(default_factory=list)
    tasks: set[asyncio.Task[object]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.tasks.add(task)
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            await self._serve(reader, writer)
        self.tasks.discard(task)
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *fields = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
        self.requested.append((first, fields))
        if self.user is not None and f"Proxy-Authorization: Basic {_coded(self.user)}" not in fields:
            writer.write(REFUSED)
            return
        method, target, _ = first.split(" ")
        if method == "CONNECT":
            port = target.rpartition(":")[2]
            up, down = await asyncio.open_connection("127.0.0.1", int(port))
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            parts = urlsplit(target)
            up, down = await asyncio.open_connection("127.0.0.1", parts.port or 80)
            own = [each for each in fields if not each.startswith(("Proxy-", "Connection:"))]
            path = parts._replace(scheme="", netloc="").geturl()
            down.write("\r\n".join((f"{method} {path} HTTP/1.1", *own, "Connection: close", "", "")).encode("latin-1"))
        # The host ends a forwarded connection by itself; a tunnel may be ended by either side.
        onward = asyncio.create_task(_pass_on(reader, down))
        try:
            await _pass_on(up, writer)
        finally:
            onward.cancel()
            down.close()


def _coded(user: str) -> str:
    return b64encode(user.encode()).decode()


async def _pass_on(source: asyncio.StreamReader, goal: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await source.read(65536):
            goal.write(data)
            await goal.drain()


@contextmanager
def proxying(user: str | None = None) -> Iterator[LocalProxy]:
    """Run a proxy until the block ends."""
    proxy = LocalProxy(user)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def begin() -> asyncio.Server:
        server = await asyncio.start_server(proxy.meet, "127.0.0.1", 0)
        proxy.port = server.sockets[0].getsockname()[1]
        return server

    async def end() -> None:
        server.close()
        for task in tuple(proxy.tasks):
            task.cancel()
        await asyncio.gather(*proxy.tasks, return_exceptions=True)
        await server.wait_closed()

    server = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    try:
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
