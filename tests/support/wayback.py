"""A web archive of the closed Macmillan site, and the behaviour of the Wayback Machine over the same captures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs

from aiohttp import web

from dictcrawler import sample
from dictcrawler.sample.pages import Document
from tests.support.archive import Capture

SITE = "https://www.macmillandictionary.com"
AMERICAN = f"{SITE}/us/dictionary/american"
HELP_PAGE = "https://publisher.invalid/help/dictionary-closed"
FAST = {"DOWNLOAD_DELAY": 0, "RETRY_BACKOFF": 0.01}


WORDS = "hi,apple,banana,ambition,loves,bye,determine"
EXPECTED = {
    "hi": "found",
    "apple": "found",
    "banana": "found",
    "ambition": "not_archived",
    "loves": "redirected",
    "bye": "found",
    "determine": "not_archived",
}


def page(slug: str, note: str = "") -> str:
    reply = sample.load("macmillan").reply(f"/us/dictionary/american/{slug}", {})
    assert isinstance(reply, Document)
    return reply.text.replace("</body>", f"<!-- {note} --></body>")


def captures() -> Iterator[Capture]:
    """The captures of a site that closed on 30 June 2023."""
    for slug in ("hi", "hi_1", "hi_2", "apple"):
        yield Capture(f"{AMERICAN}/{slug}", "2019-03-01T00:00:00Z", page(slug, "old"))
        yield Capture(f"{AMERICAN}/{slug}", "2023-05-20T10:00:00Z", page(slug, "newest good"))
        yield Capture(f"{AMERICAN}/{slug}", "2023-07-02T00:00:00Z", status="301 Moved Permanently", location=HELP_PAGE)
    # Its newest capture before the day is a page of something else: one step back.
    yield Capture(f"{AMERICAN}/banana", "2021-01-01T00:00:00Z", page("banana", "good"))
    yield Capture(f"{AMERICAN}/banana", "2023-06-01T00:00:00Z", "<html><body><h1>Under maintenance</h1></body></html>")
    # Only ever captured as the redirect to the help page.
    yield Capture(f"{AMERICAN}/ambition", "2023-08-01T00:00:00Z", status="301 Moved Permanently", location=HELP_PAGE)
    # The bare address was captured as a redirect within the site.
    yield Capture(
        f"{AMERICAN}/loves", "2022-02-02T00:00:00Z", status="302 Found", location="/us/dictionary/american/love_1"
    )
    yield Capture(f"{AMERICAN}/love_1", "2022-02-03T00:00:00Z", page("love_1"))
    # Captured at another of the site's addresses for the same word.
    yield Capture(f"{SITE}/dictionary/american/bye", "2020-01-01T00:00:00Z", page("bye"))


class WaybackMachine:
    """Behaviour of the Wayback Machine that pywb does not have, over the same captures.

    The nearest capture by a redirect, JSON arrays with a header row, resume keys.
    """

    def __init__(self) -> None:
        self.captures = sorted(captures(), key=lambda capture: (capture.url, capture.when))
        self.queries: list[dict[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        if request.path.startswith("/cdx"):
            return self._cdx({name: values[0] for name, values in parse_qs(request.query_string).items()})
        replay = re.fullmatch(r"/web/(\d+)id_/(.+)", request.raw_path)
        if replay is None:
            return web.Response(status=404)
        return self._replay(replay.group(1), replay.group(2), str(request.url.origin()))

    def _replay(self, requested: str, url: str, origin: str) -> web.Response:
        of_url = [capture for capture in self.captures if capture.url == url]
        if not of_url:
            return web.Response(status=404, text="not archived")
        nearest = min(of_url, key=lambda capture: abs(int(stamp(capture)) - int(requested)))
        if stamp(nearest) != requested:
            return web.Response(status=302, headers={"Location": f"{origin}/web/{stamp(nearest)}id_/{url}"})
        headers = {"Memento-Datetime": f"Mon, 01 Jan {nearest.when[:4]} 00:00:00 GMT"}
        if nearest.location is not None:
            target = nearest.location if "://" in nearest.location else f"{SITE}{nearest.location}"
            headers["Location"] = f"{origin}/web/{requested}id_/{target}"
        return web.Response(
            status=int(nearest.status[:3]), text=nearest.body, headers=headers, content_type="text/html"
        )

    def _cdx(self, query: dict[str, str]) -> web.Response:
        self.queries.append(query)
        found = [
            [stamp(capture), capture.url, capture.status[:3], "text/html"]
            for capture in self.captures
            if (capture.url.startswith(query["url"]) if "matchType" in query else capture.url == query["url"])
            and stamp(capture) <= query["to"]
        ]
        begin = int(query.get("resumeKey", 0))
        size = 3
        rows: list[list[str]] = [["timestamp", "original", "statuscode", "mimetype"], *found]
        if "showResumeKey" in query:
            rows = [rows[0], *found[begin : begin + size]]
            if begin + size < len(found):
                rows += [[], [str(begin + size)]]
        return web.Response(text=json.dumps(rows if len(rows) > 1 else []), content_type="application/json")


def stamp(capture: Capture) -> str:
    return re.sub(r"\D", "", capture.when)
