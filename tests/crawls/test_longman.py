"""``scrapy crawl longman`` as a person runs it: over the sample pages, against faults, from an archive."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from dictcrawler import dictionaries, sample
from dictcrawler.feeds.hashing import with_sense_keys
from dictcrawler.model import LexicalEntry
from dictcrawler.reading.normalize import PARTS_OF_SPEECH
from tests.support.archive import BIN, Capture, replaying, write_warc
from tests.support.server import ROOT, Crawl, Serve, crawl, sample_pages

SITE = "https://www.ldoceonline.com"
SEEDS = (ROOT / "data/keywords/seed.txt").read_text().split()
MIRROR = "/dictionary/{keyword}"
CHALLENGE = '<html><body><form id="challenge-form" action="/"></form></body></html>'
PAGES = Path(os.environ.get("DICTCRAWLER_PAGES", ROOT.parent / "shared" / "pages"))


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    return crawl(tmp_path_factory.mktemp("sampled"), "source=sample", dictionary="longman")


def test_the_sample_crawl_finds_the_seed_words_and_its_entries_equal_the_sample_data(sampled: Crawl) -> None:
    assert sampled.status == 0, sampled.log
    assert sampled.statuses == dict.fromkeys(SEEDS, "found")
    pages = sample.load("longman")
    truth = {entry.id: with_sense_keys(entry) for word in SEEDS for entry in pages.truth(word)}
    assert [id_ for lookup in sampled.lookups for id_ in lookup.entry_ids] == [
        entry.id for word in SEEDS for entry in pages.truth(word)
    ]
    for entry in sampled.entries:
        made = truth.pop(entry.id)
        names = set(LexicalEntry.__struct_fields__) - {"parts_of_speech"}
        assert {name: getattr(entry, name) for name in names} == {name: getattr(made, name) for name in names}
        assert entry.parts_of_speech == tuple(PARTS_OF_SPEECH[text] for text in made.raw_parts_of_speech)
        assert entry.source.text_coverage >= 0.98
        assert entry.source.warnings == ()
    assert truth == {}


def test_homographs_and_the_business_dictionary_are_entries_of_one_requested_page(tmp_path: Path, serve: Serve) -> None:
    server = serve(sample_pages("longman"))
    given = ("source=live", f"base_url={server.url}{MIRROR}", "word=call")
    done = crawl(tmp_path, *given, dictionary="longman")
    assert server.paths() == ["/dictionary/call"]
    assert [(entry.id, entry.homograph_number) for entry in done.entries] == [
        ("longman:english:call", "1"),
        ("longman:english:call__4", "2"),
        ("longman:english:business:call__7", None),
    ]
    rights = dictionaries.load("longman").rights
    assert {entry.source.rights for entry in done.entries} == {rights}
    assert {entry.source.url for entry in done.entries} == {f"{SITE}/dictionary/call"}


OUTCOMES = {
    "love": "found",
    "loves": "redirected",
    "bananna": "not_in_dictionary",
    "?!": "invalid_keyword",
    "banana": "rate_limited",
    "buzz": "http_error",
    "bye": "network_error",
    "feel": "too_large",
    "hello": "parse_error",
    "like": "parse_error",
    "hi": "disallowed",
}


async def with_faults(request: web.Request) -> web.StreamResponse:
    """The sample site, with a fault of its own for each of some words."""
    special = {
        "/robots.txt": web.Response(text="User-agent: *\nDisallow: /dictionary/hi\n"),
        "/dictionary/banana": web.Response(status=429),
        "/dictionary/buzz": web.Response(status=500),
        "/dictionary/feel": web.Response(text=f"<html>{'x' * 200_000}</html>", content_type="text/html"),
        "/dictionary/hello": web.Response(text="<html><p>Down for maintenance.</p></html>", content_type="text/html"),
    }
    if request.path == "/dictionary/bye" and request.transport is not None:
        request.transport.abort()
    if request.path == "/dictionary/like":
        request = request.clone(rel_url="/dictionary/ambition")
    return special.get(request.path) or await sample_pages("longman")(request)


def test_all_outcomes_of_a_word_are_distinguished(tmp_path: Path, serve: Serve) -> None:
    server = serve(with_faults)
    words = tmp_path / "words.txt"
    words.write_text("\n".join(OUTCOMES))
    done = crawl(
        tmp_path,
        "source=live",
        f"base_url={server.url}{MIRROR}",
        f"words={words}",
        dictionary="longman",
        settings={"DOWNLOAD_DELAY": 0, "RETRY_TIMES": 1, "RETRY_BACKOFF": 0.01, "DOWNLOAD_MAXSIZE": 150_000},
    )
    assert done.statuses == OUTCOMES, done.log
    assert done.status == 4
    lookups = {lookup.keyword: lookup for lookup in done.lookups}
    assert lookups["bananna"].suggestions == ("banana",)
    assert lookups["bananna"].final_url == f"{server.url}/spellcheck/english/?q=bananna"
    assert lookups["loves"].entry_ids == lookups["love"].entry_ids != ()
    assert "/dictionary/hi" not in server.paths()


def test_a_challenge_ends_all_requests_and_is_never_mistaken_for_a_miss(tmp_path: Path, serve: Serve) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/dictionary/apple":
            return web.Response(text=CHALLENGE, content_type="text/html")
        return await sample_pages("longman")(request)

    server = serve(answer)
    given = ("source=live", f"base_url={server.url}{MIRROR}", "word=love,apple,hi,bananna")
    done = crawl(tmp_path, *given, dictionary="longman", settings={"DOWNLOAD_DELAY": 0.5})
    assert done.statuses == {"love": "found", "apple": "blocked", "hi": "blocked", "bananna": "blocked"}, done.log
    assert done.status == 6
    assert server.paths() == ["/dictionary/love", "/dictionary/apple"]


@pytest.mark.parametrize(("settings", "least", "most"), [({}, 1.9, 10), ({"DOWNLOAD_DELAY": 0.3}, 0.28, 1.5)])
def test_requests_are_two_seconds_apart_unless_the_command_line_sets_another_delay(
    tmp_path: Path, serve: Serve, settings: dict[str, object], least: float, most: float
) -> None:
    server = serve(sample_pages("longman"))
    given = ("source=live", f"base_url={server.url}{MIRROR}", "word=hi,bye")
    assert crawl(tmp_path, *given, dictionary="longman", settings=settings).status == 0
    first, second = server.times()
    assert least <= second - first < most


def test_the_sample_site_is_crawled_without_that_delay(sampled: Crawl) -> None:
    taken = sampled.manifest.finished_at - sampled.manifest.started_at
    assert taken.total_seconds() < len(SEEDS) / 2


def saved_pages() -> list[dict[str, str]]:
    with (PAGES / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        return [row for row in csv.DictReader(index, delimiter="\t") if row["dictionary"] == "longman"]


def captures(rows: list[dict[str, str]]) -> Iterator[Capture]:
    """The saved pages at their own addresses; a miss was reached by a redirect from the word's address."""
    for row in rows:
        yield Capture(row["url"], "2026-10-01T00:00:01Z", (PAGES / row["file"]).read_text(encoding="utf-8"))
        address = f"{SITE}/dictionary/{row['keyword']}"
        if row["url"] != address:
            yield Capture(address, "2026-10-01T00:00:00Z", status="302 Found", location=row["url"])


@pytest.mark.skipif(not PAGES.is_dir(), reason="the real saved pages are not on this machine")
def test_the_real_saved_pages_are_read_out_of_a_web_archive(tmp_path: Path) -> None:
    assert BIN.is_dir(), "the archive server is not installed: run make test"
    rows = saved_pages()
    write_warc(tmp_path / "longman.warc.gz", captures(rows))
    with replaying(tmp_path / "pywb", tmp_path / "longman.warc.gz") as archive:
        words = ",".join([*(row["keyword"] for row in rows), "glimble"])
        given = ("source=archive", f"archive={archive}", "before=2026-12-31", f"word={words}")
        done = crawl(tmp_path, *given, dictionary="longman", settings={"DOWNLOAD_DELAY": 0})
    counted = json.loads((ROOT / "tests/dictionaries/longman/saved_pages.json").read_text())
    expected = {row["keyword"]: counted[Path(row["file"]).name] for row in rows}
    assert done.statuses == {
        **{word: "found" if counts["entries"] else "not_in_dictionary" for word, counts in expected.items()},
        "glimble": "not_archived",
    }
    for lookup in done.lookups[:-1]:
        assert len(lookup.entry_ids) == expected[lookup.keyword]["entries"]
        assert len(lookup.suggestions) == expected[lookup.keyword].get("suggestions", 0)
    senses = sum(len(entry.senses) for entry in done.entries)
    assert senses == sum(counts.get("senses", 0) + counts.get("sub_senses", 0) for counts in expected.values())
    assert {f"{entry.source.archived_at:%Y-%m-%d}" for entry in done.entries} == {"2026-10-01"}
