"""The replies of the process that parses, cut out of the bytes of its pipe."""

from __future__ import annotations

import asyncio
from typing import cast

from dictcrawler.reading.protocol import LENGTH_BYTES

MOST_BYTES = 64 * 2**20
"""Most bytes of one reply."""
HELD = 2**20
"""Most bytes that are read before they are wanted, so that the process cannot fill the memory."""


class Replies(asyncio.Protocol):
    """The replies, one after another. One caller at a time waits for the `next`."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._waiter: asyncio.Future[None] | None = None
        self._has_ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio when the pipe is open."""
        self._pipe = cast(asyncio.ReadTransport, transport)

    def data_received(self, data: bytes) -> None:
        """Called by asyncio with the bytes that arrived."""
        self._received += data
        if self._waiter is None and len(self._received) > HELD:
            self._pipe.pause_reading()
        self._wake()

    def connection_lost(self, _error: Exception | None) -> None:
        """Called by asyncio when the pipe has ended."""
        self._has_ended = True
        self._wake()

    async def next(self) -> bytes:
        """The next reply, without its length.

        :raises EOFError: when the process has ended before.
        :raises ConnectionError: when the reply is longer than `MOST_BYTES`.
        """
        while (reply := self._cut()) is None:
            if self._has_ended:
                raise EOFError
            self._waiter = asyncio.get_running_loop().create_future()
            if not self._pipe.is_reading():
                self._pipe.resume_reading()
            await self._waiter
        return reply

    def close(self) -> None:
        """Read no more."""
        self._pipe.close()

    def _cut(self) -> bytes | None:
        """The first reply, once it is whole."""
        length = int.from_bytes(self._received[:LENGTH_BYTES], "big")
        if length > MOST_BYTES:
            raise ConnectionError(f"a reply of {length:,} bytes")
        end = LENGTH_BYTES + length
        if len(self._received) < end:
            return None
        reply = bytes(self._received[LENGTH_BYTES:end])
        del self._received[:end]
        return reply

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        self._waiter = None
