"""``scrapy crawl oxford`` as a person runs it: over the sample site, against faults, from an archive."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from dictcrawler import feeds, sample
from dictcrawler.dictionaries.oxford import DICTIONARY
from dictcrawler.feeds.hashing import with_sense_keys
from dictcrawler.model import LexicalEntry
from dictcrawler.reading.normalize import PARTS_OF_SPEECH
from tests.support.archive import BIN, Capture, replaying, write_warc
from tests.support.server import ROOT, Crawl, Serve, crawl, sample_pages

SEEDS = (ROOT / "data/keywords/seed.txt").read_text().split()
MIRROR = "/definition/english/{keyword}"
PAGES = Path(os.environ.get("DICTCRAWLER_PAGES", ROOT.parent / "shared" / "pages"))


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    return crawl(tmp_path_factory.mktemp("sampled"), "source=sample", dictionary="oxford")


def test_the_sample_crawl_finds_the_seed_words_and_its_entries_equal_the_sample_data(sampled: Crawl) -> None:
    assert sampled.status == 0, sampled.log
    assert sampled.statuses == dict.fromkeys(SEEDS, "found")
    pages = sample.load("oxford")
    truth = [with_sense_keys(entry) for word in SEEDS for entry in pages.truth(word)]
    assert [entry.id for entry in sampled.entries] == [entry.id for entry in truth]
    for entry, made in zip(sampled.entries, truth, strict=True):
        names = set(LexicalEntry.__struct_fields__) - {"parts_of_speech"}
        assert {name: getattr(entry, name) for name in names} == {name: getattr(made, name) for name in names}
        assert entry.parts_of_speech == tuple(PARTS_OF_SPEECH[text] for text in made.raw_parts_of_speech)
        assert entry.source.text_coverage >= 0.98
        assert entry.source.warnings == ()


def test_homographs_levels_and_shortcuts_of_the_sample_match_its_pages(sampled: Crawl) -> None:
    numbers: dict[str, list[str | None]] = {}
    for entry in sampled.entries:
        if "idiom" not in entry.raw_parts_of_speech:
            numbers.setdefault(entry.headword, []).append(entry.homograph_number)
    assert {word: found for word, found in numbers.items() if found != [None]} == {
        "call": ["1", "2"],
        "feel": ["1", "2"],
        "like": ["1", "2", "3"],
        "love": ["1", "2"],
        "buzz": ["1", "2"],
    }
    buzz = next(entry for entry in sampled.entries if entry.id == "oxford:english:buzz_1")
    assert [(mark.scheme, mark.value) for mark in buzz.frequency] == [("cefr", "C1"), ("oxford_5000", "listed")]
    assert [sense.indicator for sense in buzz.senses] == ["make a sound", "make a sound", "be busy"]


def test_the_sample_site_is_crawled_without_the_real_sites_delay(sampled: Crawl) -> None:
    taken = sampled.manifest.finished_at - sampled.manifest.started_at
    assert taken.total_seconds() < len(SEEDS) / 2


OUTCOMES = {
    "call": "found",
    "call back": "found",
    "felt": "redirected",
    "bye-bye": "redirected",
    "bananna": "not_in_dictionary",
    "xqzv": "not_in_dictionary",
    "?!": "invalid_keyword",
    "любовь": "invalid_keyword",
    "apple": "http_error",
    "hello": "parse_error",
    "hi": "disallowed",
}


async def with_faults(request: web.Request) -> web.StreamResponse:
    """The sample site, with faults for some words."""
    special = {
        "/robots.txt": web.Response(text="User-agent: *\nDisallow: /definition/english/hi\nDisallow: /search\n"),
        "/definition/english/apple": web.Response(status=404, text="<html><h1>404 Not Found</h1></html>"),
        "/definition/english/hello": web.Response(text="<html><p>Maintenance</p></html>", content_type="text/html"),
    }
    return special.get(request.path) or await sample_pages("oxford")(request)


def test_all_outcomes_are_distinguished_and_the_search_is_never_requested(tmp_path: Path, serve: Serve) -> None:
    server = serve(with_faults)
    words = tmp_path / "words.txt"
    words.write_text("\n".join(OUTCOMES))
    given = ("source=live", f"base_url={server.url}{MIRROR}", f"words={words}")
    done = crawl(tmp_path, *given, dictionary="oxford", settings={"DOWNLOAD_DELAY": 0})
    assert done.statuses == OUTCOMES, done.log
    lookups = {lookup.keyword: lookup for lookup in done.lookups}
    assert (lookups["bananna"].suggestions, lookups["bananna"].http_status) == (("banana",), 404)
    assert (lookups["xqzv"].suggestions, lookups["xqzv"].http_status) == ((), 404)
    assert lookups["felt"].final_url == f"{server.url}/definition/english/feel_1"
    assert {entry.source.rights for entry in done.entries} == {DICTIONARY.rights}
    assert all(path.startswith("/definition/english/") for path in server.paths())
    assert "/definition/english/hi" not in server.paths()


def test_the_american_edition_is_read_apart_and_its_misses_end_at_the_spelling_page(tmp_path: Path) -> None:
    given = ("source=sample", "edition=american_english", "word=apple,color,colour")
    done = crawl(tmp_path, *given, dictionary="oxford")
    assert done.status == 0, done.log
    lookups = {lookup.keyword: lookup for lookup in feeds.read_lookups(tmp_path / "feeds/oxford-american_english")}
    assert {word: lookup.status.value for word, lookup in lookups.items()} == {
        "apple": "found",
        "color": "found",
        "colour": "not_in_dictionary",
    }
    assert [id_.rpartition(":")[2] for id_ in lookups["color"].entry_ids] == ["color_1", "color_2"]
    assert str(lookups["colour"].final_url).endswith("/spellcheck/american_english/?q=colour")
    assert lookups["colour"].suggestions == ("color",)


@pytest.mark.parametrize(("settings", "least", "most"), [({}, 1.9, 10), ({"DOWNLOAD_DELAY": 0.3}, 0.28, 1.5)])
def test_requests_are_two_seconds_apart_unless_the_command_line_sets_another_delay(
    tmp_path: Path, serve: Serve, settings: dict[str, object], least: float, most: float
) -> None:
    server = serve(sample_pages("oxford"))
    given = ("source=live", f"base_url={server.url}{MIRROR}", "word=hi,bye")
    assert crawl(tmp_path, *given, dictionary="oxford", settings=settings).status == 0
    first, second = server.times()
    assert least <= second - first < most


def saved_pages() -> list[dict[str, str]]:
    with (PAGES / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        return [row for row in csv.DictReader(index, delimiter="\t") if row["dictionary"] == "oxford"]


def captures(rows: list[dict[str, str]]) -> Iterator[Capture]:
    """The saved pages at their own addresses, captured in the month they were saved; spelling pages by a redirect."""
    for row in rows:
        when, body = f"{row['saved']}-05T00:00:01Z", (PAGES / row["file"]).read_text(encoding="utf-8")
        status = "404 Not Found" if row["kind"].startswith("404") else "200 OK"
        yield Capture(row["url"], when, body, status=status)
        if "/spellcheck/" in row["url"]:
            address = DICTIONARY.editions["english"].addresses[0].format(slug=row["keyword"])
            yield Capture(address, when.replace("1Z", "0Z"), status="302 Found", location=row["url"])


@pytest.mark.skipif(not PAGES.is_dir(), reason="the real saved pages are not on this machine")
def test_the_real_saved_pages_are_read_out_of_a_web_archive(tmp_path: Path) -> None:
    assert BIN.is_dir(), "the archive server is not installed: run make test"
    rows = saved_pages()
    write_warc(tmp_path / "oxford.warc.gz", captures(rows))
    with replaying(tmp_path / "pywb", tmp_path / "oxford.warc.gz") as archive:
        given = ("source=archive", f"archive={archive}", f"word={','.join(row['keyword'] for row in rows)}")
        done = crawl(tmp_path, *given, dictionary="oxford", settings={"DOWNLOAD_DELAY": 0})
    assert done.statuses == {
        "love": "found",
        "abandon": "found",
        "jumblish": "not_in_dictionary",
        "kitchen": "found",
        "run": "found",
        # A 404 proves nothing if its own text was cut out of the saved page.
        "zzzqqqnotaword": "not_archived",
    }, done.log
    counted = json.loads((ROOT / "tests/dictionaries/oxford/saved_pages.json").read_text())
    expected = {row["keyword"]: counted[Path(row["file"]).name] for row in rows}
    entries = {entry.id: entry for entry in done.entries}
    for lookup in (found for found in done.lookups if found.status.has_entries):
        of_word = [entries[id_] for id_ in lookup.entry_ids]
        assert len(of_word) == expected[lookup.keyword]["entries"]
        assert sum(len(entry.senses) for entry in of_word) == expected[lookup.keyword]["senses"]
        assert min(entry.source.text_coverage for entry in of_word) >= counted["min_coverage"]
        saved = next(row["saved"] for row in rows if row["keyword"] == lookup.keyword)
        assert {f"{entry.source.archived_at:%Y-%m}" for entry in of_word} == {saved}
    assert {entry.source.layout for entry in done.entries} == {"oald9", "oald10"}
    jumblish = next(lookup for lookup in done.lookups if lookup.keyword == "jumblish")
    assert len(jumblish.suggestions) == expected["jumblish"]["suggestions"]
