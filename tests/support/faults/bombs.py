"""Pages that cost more to process than their size suggests. Built on request, a piece at a time."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import brotli
from backports import zstd

from tests.support.faults.faultrows import TRIES, Row, endless
from tests.support.faults.faultserver import HTML, Answer, Exchange

MIB = 2**20
BOMB_SECONDS = 60.0

Pieces = Callable[[], Iterable[bytes]]


def streamed(pieces: Pieces, coding: str = "identity") -> Answer:
    """A chunked answer."""

    async def answer(exchange: Exchange) -> None:
        await exchange.head(HTML, ("Transfer-Encoding", "chunked"), ("Content-Encoding", coding))
        for piece in pieces():
            await exchange.raw(b"%x\r\n%b\r\n" % (len(piece), piece))
        await exchange.raw(b"0\r\n\r\n")

    return answer


def inside(markup: Callable[[], str]) -> Answer:
    """The right page with this in its first definition: a parser walks through all of it."""

    async def answer(exchange: Exchange) -> None:
        before, mark, after = exchange.page.partition(b'<span class="SEP DEFINITION-before"> </span>')
        if not mark:
            raise AssertionError(f"no definition on the page of {exchange.word}")
        await exchange.send(before + mark + markup().encode() + after)

    return answer


def only(markup: Callable[[], str]) -> Answer:
    async def answer(exchange: Exchange) -> None:
        await exchange.send(f"<html><body>{markup()}</body></html>".encode())

    return answer


async def declared(exchange: Exchange) -> None:
    """A length of 1.1 GiB, without any of the bytes."""
    await exchange.head(HTML, ("Content-Length", str(11 * 2**30 // 10)))
    await exchange.silence()


# 1 GiB each, from a block that is compressed once and repeated.


@cache
def gzip_block() -> bytes:
    stream = zlib.compressobj(9, wbits=-15)
    return stream.compress(bytes(MIB)) + stream.flush(zlib.Z_FULL_FLUSH)


def gzip_bomb() -> Iterator[bytes]:
    yield b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    yield from (gzip_block() for _ in range(1024))


def deflate_bomb() -> Iterator[bytes]:
    yield b"\x78\x9c"
    yield from (gzip_block() for _ in range(1024))


@cache
def zstd_bomb() -> tuple[bytes]:
    stream = zstd.ZstdCompressor()
    parts = [stream.compress(bytes(MIB)) for _ in range(1024)]
    return (b"".join(parts) + stream.flush(),)


@cache
def brotli_bomb() -> tuple[bytes]:
    return (squeezed(bytes(MIB), 1024),)


@cache
def brotli_markup() -> tuple[bytes]:
    return (squeezed(b"<b>" * (MIB // 3), 100),)


@cache
def brotli_small_markup() -> tuple[bytes]:
    return (squeezed(b"<p>" * (MIB // 3), 7),)


def squeezed(part: bytes, times: int) -> bytes:
    stream = brotli.Compressor(quality=5)
    return b"".join([*(stream.process(part) for _ in range(times)), stream.finish()])


def members() -> Iterator[bytes]:
    """Empty gzip members, 8 MiB of them."""
    member = zlib.compressobj(wbits=31)
    empty = member.compress(b"") + member.flush()
    yield from (empty * 1000 for _ in range(400))


def wide_window() -> tuple[bytes]:
    """A zstd frame that requires a window of 2 GiB."""
    magic, descriptor, window, last_empty_block = b"\x28\xb5\x2f\xfd", b"\x00", b"\xa8", b"\x01\x00\x00"
    return (magic + descriptor + window + last_empty_block,)


def plain(size: int) -> Pieces:
    return lambda: (b"<p>some words</p>" * 4096 for _ in range(size * MIB // (17 * 4096)))


async def many_headers(exchange: Exchange) -> None:
    await exchange.raw(b"HTTP/1.1 200 OK\r\n")
    for start in range(0, 300_000, 1000):
        await exchange.raw(b"".join(b"x%d: y\r\n" % number for number in range(start, start + 1000)))
    await exchange.send(exchange.page)


def attributes(count: int) -> str:
    return f"<p {' '.join(f'a{number}=1' for number in range(count))}>x</p>"


def formatting(count: int) -> str:
    """Elements that HTML repairs by copying all earlier ones: the number of nodes grows with the square of the size."""
    return "".join(f"<div><b id={number}></div>" for number in range(count))


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

ON_THE_WIRE = (
    Row("1.1 GiB declared", declared, "too_large", 1, BOMB_SECONDS),
    Row("endless chunks", endless(CHUNKED, b"10000\r\n" + bytes(65536) + b"\r\n"), "too_large", 1, BOMB_SECONDS),
    Row("50 MiB of HTML", streamed(plain(50)), "too_large", 1, BOMB_SECONDS),
    Row("300,000 headers", many_headers, "network_error", TRIES, BOMB_SECONDS),
)

DECODED = (
    Row("gzip, 1 GiB", streamed(gzip_bomb, "gzip"), "too_large", 1, BOMB_SECONDS),
    Row("deflate, 1 GiB", streamed(deflate_bomb, "deflate"), "too_large", 1, BOMB_SECONDS),
    Row("zstd, 1 GiB", streamed(zstd_bomb, "zstd"), "too_large", 1, BOMB_SECONDS),
    Row("brotli, 1 GiB", streamed(brotli_bomb, "br"), "too_large", 1, BOMB_SECONDS),
    Row("brotli, 100 MiB of markup", streamed(brotli_markup, "br"), "too_large", 1, BOMB_SECONDS),
    Row("empty gzip members", streamed(members, "gzip"), "network_error", TRIES, BOMB_SECONDS),
    Row("zstd window of 2 GiB", streamed(wide_window, "zstd"), "network_error", TRIES, BOMB_SECONDS),
)

# Bombs stopped only by the time limit would take ten times as long without it.
PARSED = (
    Row("brotli, 7 MiB of paragraphs", streamed(brotli_small_markup, "br"), "too_large", 1, BOMB_SECONDS),
    Row("7 MiB of HTML", streamed(plain(7)), "parse_error", 1, BOMB_SECONDS),
    Row("160,000 attributes", only(lambda: attributes(160_000)), "too_large", 1, BOMB_SECONDS),
    Row("160,000 attributes in the entry", inside(lambda: attributes(160_000)), "too_large", 1, BOMB_SECONDS),
    Row("3,000 formatting elements", only(lambda: formatting(3_000)), "too_large", 1, BOMB_SECONDS),
    Row("200,000 levels", only(lambda: "<div>" * 200_000), "too_large", 1, BOMB_SECONDS),
    Row("100,000 levels in the entry", inside(lambda: "<span>" * 100_000), "parse_error", 1, BOMB_SECONDS),
    Row("1,000,000 levels", only(lambda: "<span>" * 1_000_000), "parse_error", 1, BOMB_SECONDS),
    Row("1,400,000 lines in the entry", inside(lambda: "<br>x" * 1_400_000), "too_large", 1, BOMB_SECONDS),
    Row("6 MiB of spaces in the entry", inside(lambda: " \t" * (3 * MIB)), "found", 1, BOMB_SECONDS),
    Row("6 MiB of comment in the entry", inside(lambda: f"<!--{'x ' * (3 * MIB)}-->"), "found", 1, BOMB_SECONDS),
)

ALL = (*ON_THE_WIRE, *DECODED, *PARSED)
SMALL = tuple(row for row in PARSED if row.name in ("3,000 formatting elements", "100,000 levels in the entry"))
