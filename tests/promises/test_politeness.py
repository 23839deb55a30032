"""Politeness, measured at the site."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from pathlib import Path

from aiohttp import web

from tests.support.server import Handler, Serve, crawl

MIRROR = "/us/dictionary/american/{keyword}"
FAST = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}


def words(count: int) -> str:
    return ",".join(f"word{number:06}" for number in range(1, count + 1))


def test_the_delay_is_kept_between_any_two_pages_of_a_host(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    server = serve(dictionary_pages)
    given = ("source=live", f"base_url={server.url}{MIRROR}", "word=love,feel,hi")
    done = crawl(tmp_path, *given, settings={"DOWNLOAD_DELAY": 0.25})
    assert done.status == 0
    assert len(server.times()) >= 5
    gaps = [later - earlier for earlier, later in pairwise(server.times())]
    # A busy machine may delay one arrival and not the next, which cannot shorten the sum of the gaps.
    assert sum(gaps) >= 0.25 * len(gaps) - 0.05
    assert min(gaps) >= 0.15


def test_without_a_delay_the_concurrency_limit_is_still_kept(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    under_way = most = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.05)
        under_way -= 1
        return await dictionary_pages(request)

    server = serve(answer)
    given = ("source=live", f"base_url={server.url}{MIRROR}", f"word={words(12)}")
    done = crawl(tmp_path, *given, settings={"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 2})
    assert done.status == 0
    assert most == 2


def test_retry_after_is_kept_and_no_word_is_lost(tmp_path: Path, serve: Serve, dictionary_pages: Handler) -> None:
    refused: list[float] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/hi") and not refused:
            refused.append(time.monotonic())
            return web.Response(status=429, headers={"Retry-After": "1"})
        return await dictionary_pages(request)

    server = serve(answer)
    given = ("source=live", f"base_url={server.url}{MIRROR}", "word=hi,apple,bye")
    done = crawl(tmp_path, *given, settings={"DOWNLOAD_DELAY": 0, "RETRY_BACKOFF": 0.01})
    assert done.status == 0
    after = [moment for moment in server.times() if moment > refused[0] + 0.01]
    assert len(after) == 4
    assert min(after) - refused[0] >= 1


def test_the_user_agent_names_the_crawler_and_the_operators_contact(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    server = serve(dictionary_pages)
    given = ("source=live", f"base_url={server.url}{MIRROR}", "word=hi")
    crawl(tmp_path, *given, settings={**FAST, "CONTACT": "mailto:op@example.org"})
    agents = {headers["User-Agent"] for _, _, headers in server.requests}
    assert len(agents) == 1
    assert agents.pop().endswith("(+mailto:op@example.org)")


def test_every_request_asks_for_a_compressed_page(tmp_path: Path, serve: Serve, dictionary_pages: Handler) -> None:
    server = serve(dictionary_pages)
    crawl(tmp_path, "source=live", f"base_url={server.url}{MIRROR}", "word=hi", settings=FAST)
    assert {headers["Accept-Encoding"] for _, _, headers in server.requests} == {"gzip, deflate, br, zstd"}


def test_a_list_of_many_words_is_never_all_in_the_scheduler(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    server = serve(dictionary_pages)
    given = ("source=live", f"base_url={server.url}{MIRROR}", f"word={words(3000)}")
    limits = {**FAST, "CLOSESPIDER_ITEMCOUNT": 50, "STATS_DUMP": True}
    done = crawl(tmp_path, *given, settings=limits)
    assert done.status == 3
    enqueued = next(line for line in done.log.splitlines() if "'scheduler/enqueued'" in line)
    assert int("".join(character for character in enqueued if character.isdigit())) < 200
