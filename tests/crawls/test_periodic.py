"""Repeated crawls: only due words are requested, changes are published, and an unsound run replaces nothing."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from dictcrawler import feeds, sample
from dictcrawler.sample.pages import Document, Redirect
from tests.support.archive import Capture, replaying, write_warc
from tests.support.server import Crawl, Serve, crawl

MIRROR = "/us/dictionary/american/{keyword}"
FAST = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "RETRY_TIMES": 1, "RETRY_BACKOFF": 0.01}
FIRST_DEFINITION = re.compile(r'(class="DEFINITION"[^>]*>(?:<span class="SEP[^>]*>[^<]*</span>)?)')
WORDS = [f"word{number:06}" for number in range(1, 61)]


class Site:
    """The sample pages with validators; a test can edit them."""

    def __init__(self) -> None:
        self.pages = sample.load("macmillan", 60)
        self.edited: set[str] = set()
        self.gone: set[str] = set()
        self.broken: set[str] = set()
        self.is_wall = False
        self.is_redesigned = False
        self.statuses: Counter[int] = Counter()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        response = self._answer(request)
        if request.path != "/robots.txt":
            self.statuses[response.status] += 1
        return response

    def _answer(self, request: web.Request) -> web.Response:
        slug = request.path.rsplit("/", 1)[-1]
        if self.is_wall and request.path != "/robots.txt":
            wall = "<html><body><div id='onetrust-consent-sdk'>We value your privacy</div></body></html>"
            return web.Response(text=wall, content_type="text/html")
        if slug in self.broken:
            return web.Response(status=503)
        path = "/us/dictionary/american/bananna" if slug in self.gone else request.path
        reply = self.pages.reply(path, dict(request.query))
        if isinstance(reply, Redirect):
            return web.Response(status=reply.status, headers={"Location": reply.location.replace("bananna", slug)})
        if not isinstance(reply, Document):
            return web.Response(status=404)
        text = reply.text
        if self.is_redesigned:
            text = text.replace("<li>", "<li><ol><li>")
        if slug in self.edited:
            text = re.sub(
                r'(class="DEFINITION"[^>]*>(?:<span class="SEP[^>]*>[^<]*</span>)?)', r"\1now ", text, count=1
            )
        etag = hashlib.sha256(text.encode()).hexdigest()[:16]
        if request.headers.get("If-None-Match") == f'"{etag}"':
            return web.Response(status=304, headers={"ETag": f'"{etag}"'})
        return web.Response(text=text, content_type="text/html", headers={"ETag": f'"{etag}"'})


def time_passes(data: Path, days: int = 200) -> None:
    """Move all times in the store into the past, as if that time had gone by."""
    with sqlite3.connect(data / "store" / "macmillan.sqlite") as store:
        rows = store.execute("SELECT scope, slug, answered_at, due_at FROM answers").fetchall()
        for scope, slug, *moments in rows:
            earlier = [_earlier(moment, days) for moment in moments]
            store.execute(
                "UPDATE answers SET answered_at = ?, due_at = ? WHERE scope = ? AND slug = ?", (*earlier, scope, slug)
            )
    store.close()


def _earlier(moment: str, days: int) -> str:
    return moment if moment.startswith("9999") else (datetime.fromisoformat(moment) - timedelta(days=days)).isoformat()


def changes(done: Crawl) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return sorted((c.type, c.cause, c.id.rsplit(":", 1)[-1], c.fields) for c in feeds.read_changes(done.feed))


@pytest.fixture
def weekly(tmp_path: Path, serve: Serve) -> tuple[Site, Path, list[str]]:
    site = Site()
    server = serve(site.answer)
    return site, tmp_path, ["source=live", f"base_url={server.url}{MIRROR}", f"word={','.join(WORDS)}"]


def test_three_crawls_of_an_edited_site_give_exactly_its_changes(weekly: tuple[Site, Path, list[str]]) -> None:
    site, data, given = weekly
    site.gone = {"word000007"}
    first = crawl(data, *given, settings=FAST)
    assert first.status == 0, first.log
    requested = site.statuses[200]
    assert changes(first) == []

    # The second time: one entry changed, one removed, one added, one 503 all the time.
    time_passes(data)
    site.statuses.clear()
    site.edited = {"word000003"}
    site.gone = {"word000011"}
    site.broken = {"word000005"}
    second = crawl(data, *given, settings=FAST)
    assert second.status == 4
    assert changes(second) == [
        ("added", "content", "word000007", ()),
        ("changed", "content", "word000003", ("senses",)),
        ("removed", "content", "word000011", ()),
    ]
    stale = next(lookup for lookup in second.lookups if lookup.keyword == "word000005")
    assert (stale.status.value, stale.stale_since is None, len(stale.entry_ids)) == ("http_error", False, 1)
    assert site.statuses[304] >= len(WORDS) - 4
    # A miss is answered at its spelling page, the edited page in full; the broken one is tried twice.
    assert site.statuses[200] + site.statuses[503] + site.statuses[302] <= 10

    entries = (second.feed / "latest/entries.jsonl").read_bytes()

    # The third time: nothing has changed, and the broken page works again.
    time_passes(data)
    site.statuses.clear()
    site.broken = set()
    third = crawl(data, *given, settings=FAST)
    assert third.status == 0
    assert changes(third) == []
    assert (third.feed / "latest/entries.jsonl").read_bytes() == entries
    assert sum(site.statuses.values()) <= requested + 5
    # Transferred in full: the page of the canary, the repaired page, the miss.
    assert site.statuses[200] == 3

    oldest = _runs(first.feed)[0]
    history = {entry.id: entry for entry in feeds.read_entries(first.feed / oldest)}
    now = feeds.apply_changes(history, feeds.changes_since(first.feed, oldest))
    assert now == {entry.id: entry for entry in third.entries}


def _runs(feed: Path) -> list[str]:
    return sorted(path.name for path in feed.iterdir() if path.is_dir() and not path.is_symlink())


def test_fresh_words_cost_no_request_and_the_feed_stays_byte_for_byte(weekly: tuple[Site, Path, list[str]]) -> None:
    site, data, given = weekly
    first = crawl(data, *given, settings=FAST)
    entries = (first.feed / "latest/entries.jsonl").read_bytes()
    site.statuses.clear()
    second = crawl(data, *given, settings=FAST)
    assert second.status == 0
    assert sum(site.statuses.values()) == 0
    assert (second.feed / "latest/entries.jsonl").read_bytes() == entries
    assert changes(second) == []
    assert second.manifest.run != first.feed.joinpath(_runs(first.feed)[0]).name


def test_refresh_decides_which_words_are_looked_up_again(weekly: tuple[Site, Path, list[str]]) -> None:
    site, data, given = weekly
    site.broken = {"word000005"}
    crawl(data, *given, settings=FAST)
    site.broken = set()
    counts = {}
    for rule in ("none", "failed", "12h", "all"):
        site.statuses.clear()
        crawl(data, *given, f"refresh={rule}", settings={**FAST, "CANARY_MIN_WORDS": 1000})
        counts[rule] = (site.statuses[200], site.statuses[304])
    assert counts["none"] == (0, 0)
    assert counts["failed"][0] in (1, 2)
    assert counts["failed"][1] == 0
    assert counts["12h"] == (0, 0)
    assert counts["all"][1] >= 60


def test_a_week_of_consent_walls_publishes_nothing(weekly: tuple[Site, Path, list[str]]) -> None:
    site, data, given = weekly
    good = crawl(data, *given, settings=FAST)
    latest = good.manifest
    time_passes(data)
    site.is_wall = True
    done = crawl(data, *given, settings=FAST)
    assert done.status == 8
    assert done.manifest == latest
    withheld = feeds.read_run(done.feed / _runs(done.feed)[-1])
    assert withheld.reason is not None
    assert "canary 'love' cannot be read: blocked" in withheld.reason
    assert withheld.reason in done.out


def test_words_that_vanish_beyond_the_limit_are_not_believed(weekly: tuple[Site, Path, list[str]]) -> None:
    site, data, given = weekly
    good = crawl(data, *given, settings=FAST)
    latest = good.manifest
    time_passes(data)
    site.gone = set(WORDS[:6])
    done = crawl(data, *given, settings=FAST)
    assert done.status == 8
    assert "6 of 60 words" in done.out
    assert done.manifest == latest

    # The operator knows that they are gone and accepts it.
    accepted = crawl(data, *given, settings={**FAST, "LOST_WORDS_LIMIT": 1})
    assert (accepted.status, accepted.manifest.statuses) == (0, {"found": 54, "not_in_dictionary": 6})


def test_a_redesign_whose_senses_are_not_all_read_is_withheld_though_the_content_is_the_same(
    weekly: tuple[Site, Path, list[str]],
) -> None:
    site, data, given = weekly
    latest = crawl(data, *given, settings=FAST).manifest
    time_passes(data)
    site.is_redesigned = True
    done = crawl(data, *given, settings=FAST)
    assert (done.status, done.manifest) == (8, latest)
    assert "structure" in done.out
    assert "STRUCTURE_LIMIT=1" in done.out
    assert crawl(data, *given, settings={**FAST, "STRUCTURE_LIMIT": 1}).status == 0


def test_a_failed_word_rests_longer_with_each_failure(weekly: tuple[Site, Path, list[str]]) -> None:
    site, data, given = weekly
    site.broken = {"word000005"}
    requested = []
    for _ in range(4):
        site.statuses.clear()
        crawl(data, *given, settings={**FAST, "CANARY_MIN_WORDS": 1000})
        requested.append(site.statuses[503])
    # Requested at once after the first failure, then not before an hour has passed.
    assert requested == [2, 2, 0, 0]
    time_passes(data, days=1)
    site.statuses.clear()
    crawl(data, *given, settings={**FAST, "CANARY_MIN_WORDS": 1000})
    assert site.statuses[503] == 2


def test_resume_no_begins_a_new_run(weekly: tuple[Site, Path, list[str]]) -> None:
    site, data, given = weekly
    # The same arguments both times: with others it would be another run anyway.
    given = [*given, "refresh=all"]
    stopped = crawl(data, *given, settings={**FAST, "CLOSESPIDER_ITEMCOUNT": 10})
    assert stopped.status == 3, stopped.log
    site.statuses.clear()
    done = crawl(data, *given, "resume=no", settings=FAST)
    assert done.status == 0, done.log
    assert sum(site.statuses.values()) >= len(WORDS)
    with sqlite3.connect(data / "store" / "macmillan.sqlite") as store:
        states = [state for (state,) in store.execute("SELECT state FROM runs ORDER BY id")]
    store.close()
    assert states == ["abandoned", "complete"]


def test_captures_of_an_archive_are_never_requested_again(tmp_path: Path) -> None:
    pages = sample.load("macmillan", 60)
    captures = []
    for word in WORDS[:20]:
        reply = pages.reply(f"/us/dictionary/american/{word}", {})
        assert isinstance(reply, Document)
        url = f"https://www.macmillandictionary.com/us/dictionary/american/{word}"
        captures.append(Capture(url, "2022-01-01T00:00:00Z", reply.text))
    write_warc(tmp_path / "site.warc.gz", captures)
    with replaying(tmp_path / "pywb", tmp_path / "site.warc.gz") as archive:
        given = (f"archive={archive}", f"word={','.join(WORDS[:20])}", "homographs=first")
        first = crawl(tmp_path, *given, settings=FAST)
        assert first.status == 0
        time_passes(tmp_path, days=3000)
        second = crawl(tmp_path, *given, settings=FAST)
    log = (tmp_path / "pywb" / "pywb.log").read_text()
    assert second.status == 0
    assert log.count("/web/2") == 20
    assert changes(second) == []


def test_the_sample_can_be_crawled_again_although_its_site_has_another_port_each_time(tmp_path: Path) -> None:
    first = crawl(tmp_path, "source=sample", "word=hi,love")
    entries = (first.feed / "latest/entries.jsonl").read_bytes()
    again = crawl(tmp_path, "source=sample", "word=hi,love", "refresh=all")
    assert (again.status, again.statuses) == (0, {"hi": "found", "love": "found"}), again.log
    assert (again.feed / "latest/entries.jsonl").read_bytes() == entries
