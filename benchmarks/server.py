"""A page server so cheap that a measurement shows the cost of the crawls alone.

The pages of the sample site's generated words are rendered and compressed before the first request; a reply is one
look-up and one write, after the chosen latency. ``GET /-/count`` returns how many pages were requested since the last
such request, and the seconds between the first request and the last reply.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import time
from dataclasses import dataclass

import uvloop

from dictcrawler import sample
from dictcrawler.sample.pages import Document

PREFIX = "/us/dictionary/american/"
COUNT = "/-/count"
CANARY = ("love", "love_1", "love_2")
_END = b"\r\n\r\n"
_HOMOGRAPH_EVERY = 10


def generated(count: int) -> list[str]:
    """This many generated words, only those with a single page: every way makes one request for each word."""
    numbers = range(1, count + count // (_HOMOGRAPH_EVERY - 1) + 2)
    return [f"word{number:06}" for number in numbers if number % _HOMOGRAPH_EVERY][:count]


def replies(count: int) -> dict[bytes, bytes]:
    """Path → the whole reply in bytes, for each of `generated` and for the canary that a long crawl requests first."""
    words = generated(count)
    pages = sample.load("macmillan", 2 * count)
    made = {}
    for word in [*words, *CANARY]:
        page = pages.reply(f"{PREFIX}{word}", {})
        if not isinstance(page, Document):
            raise TypeError(f"{word} has no page: {page}")
        body = gzip.compress(page.text.encode(), mtime=0)
        fields = [f"Content-Type: {page.content_type}; charset=utf-8", "Content-Encoding: gzip"]
        made[f"{PREFIX}{word}".encode()] = _reply("200 OK", fields, body)
    return made


def _reply(status: str, fields: list[str], body: bytes) -> bytes:
    head = [f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(head).encode() + body


NOT_FOUND = _reply("404 Not Found", [], b"")


@dataclass(slots=True)
class Count:
    """How many pages were requested, and when (monotonic seconds)."""

    pages: int = 0
    first: float = 0.0
    last: float = 0.0

    def report(self) -> bytes:
        """The count as JSON; it begins again at zero."""
        counted = json.dumps({"pages": self.pages, "seconds": self.last - self.first})
        self.pages = 0
        return _reply("200 OK", ["Content-Type: application/json"], counted.encode())


class Connection(asyncio.Protocol):
    """One client's connection: requests one after another, each answered after the latency."""

    def __init__(self, known: dict[bytes, bytes], latency: float, count: Count) -> None:
        self._known = known
        self._latency = latency
        self._count = count
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport for the replies."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self._received += data
        while (end := self._received.find(_END)) >= 0:
            head, self._received = self._received[:end], self._received[end + len(_END) :]
            self._answer(head.split(b" ", 2)[1])

    def _answer(self, path: bytes) -> None:
        if path == COUNT.encode():
            self._write(self._count.report())
            return
        reply = self._known.get(path, NOT_FOUND)
        if path == b"/robots.txt":
            self._write(reply)
            return
        if not self._count.pages:
            self._count.first = time.monotonic()
        self._count.pages += 1
        asyncio.get_running_loop().call_later(self._latency, self._write_page, reply)

    def _write_page(self, reply: bytes) -> None:
        self._count.last = time.monotonic()
        self._write(reply)

    def _write(self, reply: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(reply)  # type: ignore[attr-defined]  # what a server accepts can be written to


async def _serve(pages: int, latency: float) -> None:
    known, count = replies(pages), Count()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(known, latency, count), "127.0.0.1", 0, backlog=512)
    port = server.sockets[0].getsockname()[1]
    print(f"http://127.0.0.1:{port}", flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve until terminated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, required=True)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    args = parser.parse_args()
    uvloop.run(_serve(args.pages, args.latency_ms / 1000))


if __name__ == "__main__":
    main()
