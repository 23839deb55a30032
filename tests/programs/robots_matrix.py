"""How many disallowed pages a crawl fetches: words × concurrency × the time robots.txt takes.

``python -m tests.programs.robots_matrix [--words 200]`` prints one line a cell.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from pathlib import Path

from aiohttp import web

from dictcrawler import feeds
from tests.support.server import crawl, serving

CONCURRENCY = (1, 16, 64)
SECONDS = (0.0, 0.5, 5.0)
PATH = "/us/dictionary/american"


def fetched(words: int, concurrency: int, seconds: float) -> tuple[int, dict[str, int]]:
    """How many disallowed pages were requested, and the outcomes by status."""

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/robots.txt":
            await asyncio.sleep(seconds)
            return web.Response(text=f"User-agent: *\nDisallow: {PATH}/")
        return web.Response(text="<html></html>", content_type="text/html")

    with serving(answer) as server, tempfile.TemporaryDirectory() as data:
        done = crawl(
            Path(data),
            "source=live",
            f"base_url={server.url}{PATH}/{{keyword}}",
            "word=" + ",".join(f"word{number}" for number in range(words)),
            settings={
                "DOWNLOAD_DELAY": 0,
                "CONCURRENT_REQUESTS": concurrency,
                "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
            },
        )
        run = next(path for path in done.feed.iterdir() if not path.is_symlink())
        return len(server.paths()), dict(Counter(lookup.status.value for lookup in feeds.read_lookups(run)))


def main() -> int:
    """Print the matrix; 1 when a disallowed page was fetched."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=200)
    words = parser.parse_args().words
    leaked = 0
    for concurrency in CONCURRENCY:
        for seconds in SECONDS:
            count, outcomes = fetched(words, concurrency, seconds)
            leaked += count
            print(
                f"concurrency {concurrency:>2}, robots.txt after {seconds} s: {count} fetched, {outcomes}", flush=True
            )
    print(f"{leaked} of {words * len(CONCURRENCY) * len(SECONDS)} disallowed pages fetched")
    return bool(leaked)


if __name__ == "__main__":
    sys.exit(main())
