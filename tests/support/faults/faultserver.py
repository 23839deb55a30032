"""A server that answers each word in its own wrong way, over real sockets.

There is no layer between an answer and the wire: it writes bytes, resets, hangs or drips. Words without a fault get
their page of the sample site.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from dictcrawler import sample
from dictcrawler.sample.pages import Document, Redirect

PATH = "/us/dictionary/american/"
LONGEST = 90.0
"""Seconds after which a connection is given up, whatever its fault."""

Header = tuple[str, str]
HTML: Header = ("Content-Type", "text/html; charset=utf-8")


def head(*headers: Header, status: str = "200 OK") -> bytes:
    """A status line and headers as they go over the wire."""
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join((*lines, "", "")).encode("latin-1")


@dataclass
class Exchange:
    """One request and its connection. ``count`` is its number among the requests for its word."""

    server: FaultServer
    word: str
    path: str
    count: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def page(self) -> bytes:
        """The right page."""
        return self.server.page(self.word)

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, *headers: Header, status: str = "200 OK") -> None:
        await self.raw(head(*headers, status=status))

    async def send(self, body: bytes, *headers: Header, status: str = "200 OK") -> None:
        """A correct answer with this body; ``headers`` replace the usual type."""
        await self.head(*(headers or (HTML,)), ("Content-Length", str(len(body))), status=status)
        await self.raw(body)

    async def silence(self) -> None:
        """Send nothing more until the client has left."""
        await self.reader.read()

    def close(self) -> None:
        """End the connection properly (FIN)."""
        self.writer.close()

    def reset(self) -> None:
        """End the connection abruptly (RST)."""
        linger = struct.pack("ii", 1, 0)
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()


Answer = Callable[[Exchange], Awaitable[None]]


@dataclass
class Seen:
    """The server's view of one word: requests, and the time from the first to the end of the last answer."""

    requests: int = 0
    began: float = 0.0
    ended: float = 0.0

    @property
    def seconds(self) -> float:
        return self.ended - self.began


@dataclass
class FaultServer:
    """The faults by word, and the requests received."""

    faults: Mapping[str, Answer]
    robots: bytes = b""
    url: str = ""
    seen: defaultdict[str, Seen] = field(default_factory=lambda: defaultdict(Seen))
    late: dict[asyncio.StreamWriter, bytes] = field(default_factory=dict)
    """The bytes that each connection will send before its next answer."""

    def __post_init__(self) -> None:
        self._site = sample.load("macmillan", 400)

    def page(self, word: str) -> bytes:
        """The right page of a word, or an empty one."""
        reply = self._site.reply(PATH + word, {})
        return reply.text.encode() if isinstance(reply, Document) else b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its first request to its last."""
        with suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
            async with asyncio.timeout(LONGEST):
                while not writer.is_closing():
                    request = await reader.readuntil(b"\r\n\r\n")
                    await self._answer(request.split(b" ", 2)[1].decode("latin-1"), reader, writer)
        writer.close()

    async def _answer(self, path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if path == "/robots.txt":
            await Exchange(self, "", path, 0, reader, writer).send(self.robots, status="404 Not Found")
            return
        if late := self.late.pop(writer, b""):
            writer.write(late)
            await asyncio.sleep(0.05)
        word = path.partition("?")[0].rsplit("/", 1)[-1]
        seen = self.seen[word]
        seen.requests += 1
        seen.began = seen.began or time.monotonic()
        try:
            await self.faults.get(word, right)(Exchange(self, word, path, seen.requests, reader, writer))
        finally:
            seen.ended = time.monotonic()


def correct(exchange: Exchange) -> bytes:
    """The answer of the sample site."""
    path, _, query = exchange.path.partition("?")
    reply = exchange.server._site.reply(path, dict(parse_qsl(query)))
    if isinstance(reply, Redirect):
        return head(("Location", reply.location), ("Content-Length", "0"), status=f"{reply.status} Found")
    if reply is None:
        return head(HTML, ("Content-Length", "8"), status="404 Not Found") + b"not here"
    body = reply.text.encode()
    return head(HTML, ("Content-Length", str(len(body)))) + body


async def right(exchange: Exchange) -> None:
    """Answer like the sample site."""
    await exchange.raw(correct(exchange))


@contextmanager
def faulty(faults: Mapping[str, Answer]) -> Iterator[FaultServer]:
    """Serve in a thread of its own until the block ends."""
    server = FaultServer(faults)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def begin() -> asyncio.Server:
        return await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=2**20, backlog=512)

    async def end(listening: asyncio.Server) -> None:
        listening.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    listening = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(end(listening), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
