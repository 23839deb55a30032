"""Coroutines: ``asyncio.gather`` with aiohttp, and BeautifulSoup."""

from __future__ import annotations

import asyncio
import json

import aiohttp

from benchmarks.ways import Task, read_task, soup


async def fetch(session: aiohttp.ClientSession, url: str) -> str:
    """One line of JSON for one page."""
    async with session.get(url) as response:
        return json.dumps(soup.entry(await response.text()), ensure_ascii=False)


async def crawl(task: Task) -> None:
    """All words, as many at once as connections are allowed."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=task.concurrency)) as session:
        lines = await asyncio.gather(*(fetch(session, task.url + word) for word in task.words))
    task.out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(crawl(read_task()))
