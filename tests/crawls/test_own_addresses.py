"""Whatever address a page claims for itself, each word keeps its entry, its id and its source."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

from aiohttp import web

from dictcrawler import sample
from dictcrawler.sample.pages import Document
from tests.support.server import Serve, crawl

PATH = "/us/dictionary/american/"
SITE = "https://www.macmillandictionary.com"
FAST = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "RETRY_TIMES": 0}
CLAIMS = {
    "hi": f"{SITE}{PATH}love",
    "apple": "http://u:p@evil.example:1/us/dictionary/american/apple",
    "like": f"{SITE}{PATH}..",
    "call": f"{SITE}{PATH}call_{'9' * 5000}",
    "bye": f"{SITE}{PATH}bye-bye",
}


def text_of(path: str) -> str | None:
    reply = sample.load("macmillan").reply(path, {})
    return reply.text if isinstance(reply, Document) else None


async def claiming(request: web.Request) -> web.Response:
    text = text_of(request.path)
    if text is None or request.path == "/robots.txt":
        return web.Response(status=404)
    word = re.sub(r"_\d+$", "", request.path.rpartition("/")[2])
    if word in CLAIMS:
        text = re.sub(r"<link rel=.?canonical.*?>", "", text)
        text = text.replace("</head>", f'<link rel="canonical" href="{CLAIMS[word]}"></head>')
    return web.Response(text=text, content_type="text/html")


def test_no_page_takes_the_id_or_the_source_of_another(tmp_path: Path, serve: Serve) -> None:
    server = serve(claiming)
    given = ("source=live", f"base_url={server.url}{PATH}{{keyword}}", f"word=love,{','.join(CLAIMS)}")
    done = crawl(tmp_path, *given, settings=FAST)
    assert set(done.statuses.values()) == {"found"}, done.log
    entries = {entry.id: entry for entry in done.entries}
    for lookup in done.lookups:
        first = entries[lookup.entry_ids[0]]
        assert re.fullmatch(rf"macmillan:american:{lookup.keyword}(_\d)?", first.id)
        assert re.fullmatch(rf"{SITE}{PATH}{lookup.keyword}(_\d)?", first.source.url)
        assert first.headword == lookup.keyword


def test_two_different_pages_for_one_id_are_reported(tmp_path: Path, serve: Serve) -> None:
    numbers = count(1)

    async def another_each_time(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/loves"):
            return web.Response(status=302, headers={"Location": f"{PATH}love"})
        text = text_of(request.path)
        if text is None or request.path == "/robots.txt":
            return web.Response(status=404)
        text = re.sub(r'(class="DEFINITION"[^>]*>)', rf"\g<1>{next(numbers)} ", text)
        return web.Response(text=text, content_type="text/html")

    server = serve(another_each_time)
    done = crawl(tmp_path, "source=live", f"base_url={server.url}{PATH}{{keyword}}", "word=love,loves", settings=FAST)
    assert done.status == 0, done.log
    assert done.manifest.warnings["two-pages-for-one-id"] >= 1
    assert "two pages with different contents for one id" in done.log
