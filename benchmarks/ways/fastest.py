"""The best plain coroutine program: aiohttp, uvloop, Lexbor, and the fastest JSON."""

from __future__ import annotations

import asyncio

import aiohttp
import msgspec
import uvloop

from benchmarks.ways import Task, lexbor, read_task


async def fetch(session: aiohttp.ClientSession, url: str) -> bytes:
    """One line of JSON for one page."""
    async with session.get(url) as response:
        return msgspec.json.encode(lexbor.entry(await response.text()))


async def crawl(task: Task) -> None:
    """All words, as many at once as connections are allowed."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=task.concurrency)) as session:
        lines = await asyncio.gather(*(fetch(session, task.url + word) for word in task.words))
    task.out.write_bytes(b"".join(line + b"\n" for line in lines))


if __name__ == "__main__":
    uvloop.run(crawl(read_task()))
