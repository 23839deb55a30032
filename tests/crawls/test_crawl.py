"""``scrapy crawl macmillan`` as a person runs it: a subprocess, a data folder, a feed."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import web

from dictcrawler import dictionaries, feeds, sample
from dictcrawler.model import LexicalEntry
from dictcrawler.parsing.page import EntryPage, ParsedEntry
from dictcrawler.reading.citation import Provenance, cite
from dictcrawler.reading.normalize import normalize
from tests.support.records import NOON
from tests.support.server import ROOT, Handler, Serve, crawl, scrapy

SEEDS = (ROOT / "data/keywords/seed.txt").read_text().split()
MIRROR = "/us/dictionary/american/{keyword}"


def test_the_sample_crawl_finds_the_13_seed_words_and_its_entries_equal_the_sample_data(tmp_path: Path) -> None:
    done = crawl(tmp_path, "source=sample")
    assert done.status == 0, done.log
    assert [lookup.keyword for lookup in done.lookups] == SEEDS
    assert set(done.statuses.values()) == {"found"}
    pages = sample.load("macmillan")
    truth = {entry.id: entry for word in SEEDS for entry in pages.truth(word)}
    for entry in done.entries:
        expected = normalize_content(truth.pop(entry.id))
        assert {name: getattr(entry, name) for name in LexicalEntry.__struct_fields__} == expected
        assert entry.source.text_coverage >= 0.98
        assert entry.source.warnings == ()
    assert truth == {}


def normalize_content(content: LexicalEntry) -> dict[str, object]:
    parsed = ParsedEntry(content=content, text_coverage=1, warnings=())
    page = EntryPage(entries=(parsed,), canonical_url="https://x.example/", homographs=(), layout="C")
    fetch = Provenance(retrieved_from="https://x.example/", fetched_at=NOON, payload_digest=f"sha256:{'0' * 64}")
    entry = normalize(cite(page, dictionaries.load("macmillan"), fetch)[0])
    return {name: getattr(entry, name) for name in LexicalEntry.__struct_fields__}


def test_the_crawl_ends_by_printing_where_the_feed_is_and_a_table_of_outcomes(tmp_path: Path) -> None:
    done = crawl(tmp_path, "source=sample", "word=hi,apple,bananna")
    assert done.status == 0, done.log
    assert f"feed: {tmp_path}/feeds/macmillan/" in done.out
    assert "found" in done.out
    assert "not_in_dictionary" in done.out
    assert "Traceback" not in done.log


def test_the_published_run_verifies_against_its_manifest_and_latest_points_at_it(tmp_path: Path) -> None:
    done = crawl(tmp_path, "source=sample", "word=hi,love")
    manifest = feeds.verify(done.feed)
    assert manifest.complete
    assert manifest.keywords == 2
    assert manifest.arguments["source"] == "sample"
    assert (done.feed / "latest").readlink() == Path(manifest.run)
    assert not list(done.feed.glob(".*"))


def test_each_line_of_the_list_gets_one_outcome_and_each_word_one_request(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    server = serve(dictionary_pages)
    words = tmp_path / "words.txt"
    words.write_bytes(
        "\ufeff# a list\r\nlove\r\n\r\nLove\r\nbananna\r\n???\r\nloves\r\nlove\r\n".encode() + b"caf\xe9\r\n"
    )
    done = crawl(
        tmp_path, "source=live", f"base_url={server.url}{MIRROR}", f"words={words}", settings={"DOWNLOAD_DELAY": 0}
    )
    outcomes = [(lookup.line, lookup.keyword, lookup.status.value, lookup.duplicate_of) for lookup in done.lookups]
    assert outcomes == [
        (2, "love", "found", None),
        (4, "Love", "found", 2),
        (5, "bananna", "not_in_dictionary", None),
        (6, "???", "invalid_keyword", None),
        (7, "loves", "redirected", None),
        (8, "love", "found", 2),
        (9, "caf\\xe9", "invalid_keyword", None),
    ]
    assert done.status == 0
    assert "banana" in done.lookups[2].suggestions
    assert server.paths().count("/us/dictionary/american/love") == 1
    ids = [entry.id for entry in done.entries]
    assert len(ids) == len(set(ids))
    assert set(done.lookups[0].entry_ids) == set(done.lookups[1].entry_ids) == set(ids)


@pytest.mark.parametrize(
    ("suffix", "content", "given"),
    [
        (".txt.gz", gzip.compress(b"hi\nbye\n", mtime=0), ()),
        (".csv", b"rank,lemma\n1,hi\n2,bye\n", ("column=lemma",)),
        (".tsv", b"word\tn\nhi\t1\nbye\t2\n", ()),
    ],
    ids=["txt.gz", "csv", "tsv"],
)
def test_a_word_list_may_be_gzipped_or_a_table(
    tmp_path: Path, suffix: str, content: bytes, given: tuple[str, ...]
) -> None:
    words = tmp_path / f"words{suffix}"
    words.write_bytes(content)
    done = crawl(tmp_path, "source=sample", f"words={words}", *given)
    assert done.statuses == {"hi": "found", "bye": "found"}


def test_a_word_list_may_come_from_standard_input(tmp_path: Path) -> None:
    done = crawl(tmp_path, "source=sample", "words=-", stdin="hi\nbye\n")
    assert done.statuses == {"hi": "found", "bye": "found"}


def test_homographs_first_reads_only_the_first_homograph(tmp_path: Path) -> None:
    every = crawl(tmp_path / "all", "source=sample", "word=love")
    first = crawl(tmp_path / "first", "source=sample", "word=love", "homographs=first")
    numbers = {entry.homograph_number for entry in every.entries if entry.headword == "love"}
    assert len(numbers) > 1
    assert {entry.homograph_number for entry in first.entries if entry.headword == "love"} < numbers


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (("wrods=x.txt",), ["'wrods'", "did you mean 'words'", "homographs"]),
        (("edition=scottish",), ["'edition'", "'scottish'", "american, british"]),
        (("source=web",), ["'source'", "archive, live, sample"]),
        (("before=30.6.2023",), ["'before'", "YYYY-MM-DD"]),
        (("homographs=some",), ["'homographs'", "all, first"]),
        (("archive=ftp://x/",), ["'archive'", "http"]),
        (("source=live", "base_url=http://127.0.0.1/x"), ["'base_url'", "{keyword}"]),
        (("source=archive", "base_url=http://127.0.0.1/{keyword}"), ["'base_url'", "source=live"]),
        (("word=hi", "words=x.txt"), ["'word'", "not both"]),
        (("words=/nowhere/words.txt", "source=sample"), ["/nowhere/words.txt"]),
        (("word=,", "source=sample"), ["no keyword"]),
    ],
)
def test_a_wrong_argument_is_refused_before_any_request_and_named(
    tmp_path: Path, given: tuple[str, ...], named: list[str]
) -> None:
    done = crawl(tmp_path, *given)
    assert done.status == 2
    output = done.out + done.log
    assert [text for text in named if text not in output] == []
    assert "Traceback" not in output
    assert not done.feed.exists()


def test_an_unknown_dictionary_is_refused(tmp_path: Path) -> None:
    done = crawl(tmp_path, dictionary="webster")
    assert done.status == 2
    assert "webster" in done.out + done.log


def test_the_feed_does_not_depend_on_the_order_of_the_requests(tmp_path: Path) -> None:
    one = crawl(tmp_path / "one", "source=sample", "word=love,loves,feel,felt")
    other = crawl(tmp_path / "other", "source=sample", "word=love,loves,feel,felt", settings={"CONCURRENT_REQUESTS": 1})
    assert [(e.id, e.content_hash) for e in one.entries] == [(e.id, e.content_hash) for e in other.entries]


def test_a_site_that_is_down_leaves_the_published_feed_unchanged(tmp_path: Path, serve: Serve) -> None:
    good = crawl(tmp_path, "source=sample", "word=hi")

    async def down(_: web.Request) -> web.Response:
        return web.Response(status=500)

    server = serve(down)
    mirror = f"base_url={server.url}{MIRROR}"
    bad = crawl(tmp_path, "source=live", mirror, "word=hi", settings={"RETRY_TIMES": 0, "DOWNLOAD_DELAY": 0})
    assert bad.status == 8
    assert "not one word was answered" in bad.out
    assert feeds.read_run(tmp_path / "feeds/macmillan") == good.manifest


def test_sample_entries_never_replace_a_real_feed(tmp_path: Path, serve: Serve, dictionary_pages: Handler) -> None:
    server = serve(dictionary_pages)
    real = crawl(tmp_path, "source=live", f"base_url={server.url}{MIRROR}", "word=hi", settings={"DOWNLOAD_DELAY": 0})
    run = real.manifest.run
    done = crawl(tmp_path, "source=sample", "word=hi")
    assert done.status == 8
    assert feeds.read_run(tmp_path / "feeds/macmillan").run == run


def test_failed_words_and_words_that_do_not_exist_have_different_outcomes(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        special = {"/apple": 503, "/banana": 403, "/call": 404}
        for ending, status in special.items():
            if request.path.endswith(ending):
                return web.Response(status=status, text="<html><body>no</body></html>")
        if request.path.endswith("/feel"):
            return web.Response(text="<html><body><p>Something else.</p></body></html>", content_type="text/html")
        return await dictionary_pages(request)

    server = serve(answer)
    done = crawl(
        tmp_path,
        "source=live",
        f"base_url={server.url}{MIRROR}",
        "word=hi,apple,banana,call,feel,bananna",
        settings={"DOWNLOAD_DELAY": 0, "RETRY_TIMES": 1, "RETRY_BACKOFF": 0.01},
    )
    assert done.statuses == {
        "hi": "found",
        "apple": "http_error",
        "banana": "blocked",
        "call": "http_error",
        "feel": "parse_error",
        "bananna": "not_in_dictionary",
    }
    assert done.status == 6
    assert next(lookup for lookup in done.lookups if lookup.keyword == "apple").attempts == 2


def test_a_page_about_another_word_is_not_published(tmp_path: Path, serve: Serve, dictionary_pages: Handler) -> None:
    async def mixed_up(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/apple"):
            request = request.clone(rel_url=request.path.replace("/apple", "/banana"))
        return await dictionary_pages(request)

    server = serve(mixed_up)
    done = crawl(
        tmp_path, "source=live", f"base_url={server.url}{MIRROR}", "word=apple,hi", settings={"DOWNLOAD_DELAY": 0}
    )
    assert done.statuses == {"apple": "parse_error", "hi": "found"}
    assert {entry.headword for entry in done.entries} == {"hi"}


def test_the_closed_site_is_recognised_and_the_archive_advised(tmp_path: Path, serve: Serve) -> None:
    async def closed(_: web.Request) -> web.Response:
        return web.Response(status=301, headers={"Location": "https://publisher.invalid/help"})

    server = serve(closed)
    done = crawl(
        tmp_path, "source=live", f"base_url={server.url}{MIRROR}", "word=hi,bye", settings={"DOWNLOAD_DELAY": 0}
    )
    assert done.status == 8
    run = next(path for path in done.feed.iterdir() if path.is_dir())
    assert "source=archive" in next(feeds.read_lookups(run)).error
    # One warning only; the summary has the reason of each word.
    assert done.log.count("use source=archive") == 1
    assert server.paths() == ["/us/dictionary/american/hi", "/us/dictionary/american/bye"]


def test_scrapys_own_ways_keep_working(tmp_path: Path) -> None:
    listed = scrapy("list", data=tmp_path)
    assert "macmillan" in listed.communicate(timeout=60)[0].split()
    out = tmp_path / "out.jsonl"
    process = scrapy(
        "crawl", "macmillan", "-a", "source=sample", "-a", "word=hi,love", "-o", str(out), "-s", "STORE_BATCH_SIZE=1",
        data=tmp_path,
    )  # fmt: skip
    assert process.wait(timeout=60) == 0
    process.communicate()
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert {line["keyword"]: line["status"] for line in lines} == {"hi": "found", "love": "found"}
    assert all(line["entries"][0]["senses"] for line in lines)
    check = scrapy("check", data=tmp_path)
    check.communicate(timeout=60)
    assert check.returncode == 0


def test_help_lists_the_arguments_and_the_exit_statuses(tmp_path: Path) -> None:
    out = scrapy("crawl", "--help", data=tmp_path).communicate(timeout=60)[0]
    for reported in ("words=FILE", "source=NAME", "homographs=NAME", "Exit status", "before every word had an outcome"):
        assert reported in out


def test_reading_the_feed_and_parsing_load_neither_scrapy_nor_twisted() -> None:
    code = (
        "import sys, dictcrawler, dictcrawler.feeds, dictcrawler.model, dictcrawler.reading.citation\n"
        "from dictcrawler import dictionaries\n"
        "[dictionaries.load(name) for name in dictionaries.names()]\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('scrapy', 'twisted')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


COUNTING = """
import atexit, logging, sys
made = []
def counted(*given):
    made.append(given[:2])
    return logging.LogRecord(*given)
logging.setLogRecordFactory(counted)
idle = lambda: [name for name, level in made if name.startswith("scrapy.core") and level < logging.INFO]
atexit.register(lambda: print("put together for nobody:", len(idle())))
from scrapy.cmdline import execute
execute(["scrapy", *sys.argv[1:]])
"""


@pytest.mark.parametrize(("level", "expected"), [("INFO", 0), ("DEBUG", 26)])
def test_scrapy_formats_no_log_line_that_is_not_written(tmp_path: Path, level: str, expected: int) -> None:
    given = ["-a", "source=sample", "-s", f"DATA_DIR={tmp_path}", "-s", f"LOG_LEVEL={level}"]
    command = [sys.executable, "-c", COUNTING, "crawl", "macmillan", *given]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    reported = int(done.stdout.rpartition("put together for nobody: ")[2])
    assert (reported >= expected) if expected else (reported == 0)
