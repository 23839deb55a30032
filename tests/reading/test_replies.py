"""The replies of the reading process, cut out of the bytes of a pipe."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from dictcrawler.reading.protocol import LENGTH_BYTES, frame
from dictcrawler.reading.replies import HELD, MOST_BYTES, Replies


@asynccontextmanager
async def pipe() -> AsyncIterator[tuple[Replies, int]]:
    """The replies, and the descriptor to write to."""
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    _, replies = await asyncio.get_running_loop().connect_read_pipe(Replies, os.fdopen(ours, "rb", 0))
    try:
        yield replies, theirs
    finally:
        replies.close()
        os.close(theirs)


async def settled() -> None:
    for _ in range(100):
        await asyncio.sleep(0)


async def fill(pipe: int, reply: bytes) -> int:
    """Write replies until the pipe takes no more. Returns the number of bytes."""
    written = 0
    with suppress(BlockingIOError):
        while written < 4 * HELD:
            written += os.write(pipe, reply)
            await settled()
    return written


async def test_replies_come_whole_and_in_order_however_their_bytes_arrive() -> None:
    async with pipe() as (replies, theirs):
        for byte in frame(b"") + frame(b"one") + frame(b"two"):
            os.write(theirs, bytes([byte]))
            await settled()
        assert [await replies.next() for _ in range(3)] == [b"", b"one", b"two"]
        waiting = asyncio.ensure_future(replies.next())
        await settled()
        os.write(theirs, frame(b"three"))
        assert await waiting == b"three"


async def test_what_nobody_wants_is_left_in_the_pipe() -> None:
    reply = frame(bytes(60_000))
    async with pipe() as (replies, theirs):
        written = await fill(theirs, reply)
        assert HELD < written < 4 * HELD
        for _ in range(written // len(reply)):
            assert len(await replies.next()) == len(reply) - LENGTH_BYTES


async def test_a_reply_that_is_too_long_is_not_waited_for() -> None:
    async with pipe() as (replies, theirs):
        os.write(theirs, (MOST_BYTES + 1).to_bytes(LENGTH_BYTES, "big"))
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(replies.next(), 10)


async def test_the_end_of_the_pipe_is_told_from_a_reply() -> None:
    ours, theirs = os.pipe()
    _, replies = await asyncio.get_running_loop().connect_read_pipe(Replies, os.fdopen(ours, "rb", 0))
    os.write(theirs, frame(b"whole") + frame(b"cut off")[:-1])
    os.close(theirs)
    assert await replies.next() == b"whole"
    with pytest.raises(EOFError):
        await replies.next()
