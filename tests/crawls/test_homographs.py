"""However many homographs a site names, the work for one word is bounded."""

from __future__ import annotations

import re
from pathlib import Path

from aiohttp import web

from dictcrawler import sample
from dictcrawler.lookup.asker import MOST_HOMOGRAPHS
from dictcrawler.sample.pages import Document
from tests.support.server import Serve, crawl

PATH = "/us/dictionary/american/"
FAST = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "RETRY_TIMES": 0}


def page(number: int) -> str:
    """A page of the word "hi" that links to the next homograph, whatever its own number."""
    reply = sample.load("macmillan").reply(f"{PATH}hi_2", {})
    assert isinstance(reply, Document)
    return reply.text.replace("hi_1", "NEXT").replace("hi_2", f"hi_{number}").replace("NEXT", f"hi_{number + 1}")


async def endless(request: web.Request) -> web.Response:
    if request.path == "/robots.txt":
        return web.Response(status=404)
    number = re.search(r"_(\d+)$", request.path)
    return web.Response(text=page(int(number[1]) if number else 1), content_type="text/html")


def test_links_to_homographs_without_end_are_followed_twenty_times(tmp_path: Path, serve: Serve) -> None:
    server = serve(endless)
    done = crawl(tmp_path, "source=live", f"base_url={server.url}{PATH}{{keyword}}", "word=hi", settings=FAST)
    assert done.status == 0, done.log
    assert len(server.paths()) == 1 + MOST_HOMOGRAPHS
    lookup = done.lookups[0]
    assert (lookup.status.value, len(lookup.entry_ids)) == ("found", 1 + MOST_HOMOGRAPHS)
    assert f"more than {MOST_HOMOGRAPHS} homographs; not looked at: " in (lookup.error or "")
    assert "hi_22" in (lookup.error or "")
    assert "not looked at" in done.log


async def same(request: web.Request) -> web.Response:
    """Two homographs whose pages differ only in their address."""
    if request.path == "/robots.txt":
        return web.Response(status=404)
    return web.Response(text=page(1), content_type="text/html")


def test_a_homograph_that_leads_to_the_same_page_again_ends_there(tmp_path: Path, serve: Serve) -> None:
    server = serve(same)
    done = crawl(tmp_path, "source=live", f"base_url={server.url}{PATH}{{keyword}}", "word=hi", settings=FAST)
    assert len(server.paths()) == 2
    assert done.lookups[0].status.value == "found"
