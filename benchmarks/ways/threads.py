"""Blocking calls in threads: ``run_in_executor`` with requests and BeautifulSoup."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import requests

from benchmarks.ways import Task, read_task, soup

_local = threading.local()


def fetch(url: str) -> str:
    """One line of JSON for one page; each thread keeps a connection of its own."""
    if not hasattr(_local, "session"):
        _local.session = requests.Session()
    page = _local.session.get(url, timeout=60)
    return json.dumps(soup.entry(page.text), ensure_ascii=False)


async def crawl(task: Task) -> None:
    """All words, as many at once as there are threads."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(task.concurrency) as pool:
        lines = await asyncio.gather(*(loop.run_in_executor(pool, fetch, task.url + word) for word in task.words))
    task.out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(crawl(read_task()))
