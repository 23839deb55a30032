"""``scrapy crawl wiktionary`` as a person runs it: over the sample pages, a mirror of them, an archive of real ones."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from msgspec.structs import replace
from scrapy.crawler import Crawler  # noqa: TID251 - what a spider makes of its settings is only seen there
from scrapy.settings import Settings  # noqa: TID251

from dictcrawler import dictionaries, feeds, sample
from dictcrawler import settings as project
from dictcrawler.__main__ import main
from dictcrawler.errors import ArgumentError
from dictcrawler.feeds.hashing import with_sense_keys
from dictcrawler.model import LexicalEntry
from dictcrawler.plan.arguments import read, require_contact
from dictcrawler.reading.normalize import PARTS_OF_SPEECH
from dictcrawler.sample.wiktionary import parsoid
from dictcrawler.spiders.macmillan import MacmillanSpider
from dictcrawler.spiders.wiktionary import WiktionarySpider
from tests.support.archive import BIN, Capture, replaying, write_warc
from tests.support.server import ROOT, Crawl, crawl, sample_pages, scrapy, serving

WIKI = "https://en.wiktionary.org/wiki"
SEEDS = (ROOT / "data/keywords/seed.txt").read_text().split()
MIRROR = "/wiki/{keyword}"
PAGES = Path(os.environ.get("DICTCRAWLER_PAGES", ROOT.parent / "shared" / "pages"))
# The shell that runs the tests may have a contact set; no test may send a request to the real site.
NAMELESS = {"CONTACT": "", "DOWNLOAD_DELAY": 0, "RETRY_TIMES": 1, "RETRY_BACKOFF": 0.01}

OUTCOMES = {
    "love": "found",
    "Love": "found",
    "Hello": "redirected",
    "well hello": "redirected",
    "apples": "found",
    "liebeln": "not_in_dictionary",
    "Bananna": "not_in_dictionary",
    "Category:Fruit": "invalid_keyword",
    "apple": "blocked",
    "banana": "rate_limited",
    "Buzz": "http_error",
    "bye": "network_error",
    "feel": "parse_error",
    "like": "parse_error",
    "hi": "disallowed",
}


async def with_faults(request: web.Request) -> web.StreamResponse:
    """The sample site, with a fault of its own for each of some words."""
    special = {
        "/robots.txt": web.Response(text="User-agent: *\nDisallow: /wiki/hi\n"),
        "/wiki/apple": web.Response(text="<title>Wikimedia Error</title>", content_type="text/html", status=403),
        "/wiki/banana": web.Response(status=429),
        "/wiki/buzz": web.Response(status=500),
        "/wiki/feel": web.Response(text="<html><p>Down for maintenance.</p></html>", content_type="text/html"),
    }
    if request.path == "/wiki/bye" and request.transport is not None:
        request.transport.abort()
    if request.path == "/wiki/like":
        request = request.clone(rel_url="/wiki/ambition")
    return special.get(request.path) or await sample_pages("wiktionary")(request)


def truth(word: str, edition: str = "english") -> dict[str, LexicalEntry]:
    """The result of a crawl of the sample site for a word, as in the feed."""
    return {made.id: _as_published(made) for made in sample.load("wiktionary").truth(word, edition)}


def _as_published(made: LexicalEntry) -> LexicalEntry:
    names = tuple(PARTS_OF_SPEECH[text.casefold()] for text in made.raw_parts_of_speech)
    return with_sense_keys(replace(made, parts_of_speech=names))


def contents(done: Crawl) -> dict[str, LexicalEntry]:
    names = LexicalEntry.__struct_fields__
    return {entry.id: LexicalEntry(**{name: getattr(entry, name) for name in names}) for entry in done.entries}


def test_the_sample_crawl_finds_the_seed_words_and_its_entries_equal_the_sample_data(tmp_path: Path) -> None:
    done = crawl(tmp_path, "source=sample", dictionary="wiktionary", settings={"CONTACT": ""})
    assert done.status == 0, done.log
    assert done.statuses == dict.fromkeys(SEEDS, "found")
    assert contents(done) == {id_: entry for word in SEEDS for id_, entry in truth(word).items()}
    assert min(entry.source.text_coverage for entry in done.entries) >= 0.98
    assert {warning for entry in done.entries for warning in entry.source.warnings} == set()
    # Invented entries have no other authors.
    assert {(entry.source.license, entry.source.attribution) for entry in done.entries} == {("CC0-1.0", None)}
    assert {entry.source.rights for entry in done.entries} == {"Invented sample text of the dictcrawler project."}


HALF_BAD = """<html><head><title>rokko</title><link rel="canonical" href="https://en.wiktionary.org/wiki/rokko"></head>
<body><div id="mw-content-text"><div class="mw-parser-output">
<h2 id="English">English</h2>
<h3 id="Noun">Noun</h3><p><strong class="headword" lang="en">rokko</strong></p>
<h3 id="Verb">Verb</h3><p><strong class="headword" lang="en">rokko</strong></p>
<ol><li class="senseid" id="same">To rock.</li><li class="senseid" id="same">To roll.</li></ol>
<h3 id="Verb">Verb</h3><p><strong class="headword" lang="en">rokko</strong></p><ol><li>To lamp.</li></ol>
</div></div></body></html>"""


async def half_bad(_: web.Request) -> web.StreamResponse:
    return web.Response(text=HALF_BAD, content_type="text/html")


def test_good_entries_are_published_beside_an_empty_one_and_parse_prints_the_same(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with serving(half_bad) as server:
        given = ("source=live", f"base_url={server.url}{MIRROR}", "word=rokko")
        done = crawl(tmp_path, *given, dictionary="wiktionary", settings=NAMELESS)
    left_out = "wiktionary:english:rokko#Noun: no sense, no relation, no box"
    assert done.statuses == {"rokko": "found"}, done.log
    assert [lookup.error for lookup in done.lookups] == [f"left out: {left_out}"]
    assert [entry.id.partition("#")[2] for entry in done.entries] == ["Verb", "Verb~2"]
    assert [sense.id.partition("#")[2] for entry in done.entries for sense in entry.senses] == [
        "Verb#same", "Verb#same~2", "Verb~2#1",
    ]  # fmt: skip
    assert done.entries[0].source.warnings == ("left-out",)
    (tmp_path / "page.html").write_text(HALF_BAD)
    assert main(["parse", "wiktionary", str(tmp_path / "page.html"), "--url", f"{WIKI}/rokko"]) == 0
    out, _ = capfd.readouterr()
    assert [json.loads(line)["content_hash"] for line in out.splitlines()] == [
        entry.content_hash for entry in done.entries
    ]
    assert left_out in caplog.text


WITH_SUBPAGE = {
    "/wiki/wendle": """<h3 id="Noun">Noun</h3><p><strong class="headword" lang="en">wendle</strong></p>
<ol><li>A boat.</li></ol><h4 id="Translations">Translations</h4>
<p>For translations, see <a href="/wiki/wendle/translations#Noun">wendle/translations § Noun</a>.</p>""",
    "/wiki/wendle/translations": """<h3 id="Noun">Noun</h3><h4 id="Translations">Translations</h4>
<div class="NavFrame"><div class="NavHead">boat</div><ul><li>German: <span lang="de">Kahn</span></li></ul></div>""",
}


async def with_subpage(request: web.Request) -> web.StreamResponse:
    if request.path not in WITH_SUBPAGE:
        return web.Response(status=404, text="<div class='noarticletext'></div>", content_type="text/html")
    head = f'<link rel="canonical" href="https://en.wiktionary.org{request.path}">'
    body = f'<div id="mw-content-text"><h2 id="English">English</h2>{WITH_SUBPAGE[request.path]}</div>'
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    return web.Response(text=html, content_type="text/html")


def test_translations_are_followed_to_their_subpage_only_in_a_crawl_that_asks_for_them(tmp_path: Path) -> None:
    with serving(with_subpage) as server:
        given = ("source=live", f"base_url={server.url}{MIRROR}", "word=wendle")
        without = crawl(tmp_path, *given, dictionary="wiktionary", settings=NAMELESS).entries
        asked_without = server.paths()
        done = crawl(tmp_path, *given, "translations=yes", dictionary="wiktionary", settings=NAMELESS)
    assert without[0].senses[0].translations is None
    assert "/wiki/wendle/translations" not in asked_without
    assert done.statuses == {"wendle": "found"}, done.log
    (translation,) = done.entries[0].senses[0].translations or ()
    assert (translation.lang, translation.text) == ("de", "Kahn")
    assert done.entries[0].source.parser.endswith("+translations")


def test_a_reparse_reads_the_translations_that_its_run_included(tmp_path: Path) -> None:
    with serving(with_subpage) as server:
        given = ("source=live", f"base_url={server.url}{MIRROR}", "word=wendle", "translations=yes")
        done = crawl(tmp_path, *given, dictionary="wiktionary", settings=NAMELESS)
    run, hashes = done.manifest.run, [entry.content_hash for entry in done.entries]
    process = scrapy("reparse", "wiktionary", "--processes", "1", data=tmp_path)
    _, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    latest = tmp_path / "feeds/wiktionary/latest"
    assert feeds.read_run(tmp_path / "feeds/wiktionary").arguments["reparse"].startswith(run)
    assert [entry.content_hash for entry in feeds.read_entries(latest)] == hashes


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Crawl, list[str]]]:
    """A crawl of a mirror with faults, and the paths that it requested."""
    folder = tmp_path_factory.mktemp("faulty")
    (folder / "words.txt").write_text("\n".join(OUTCOMES))
    with serving(with_faults) as server:
        given = ("source=live", f"base_url={server.url}{MIRROR}", f"words={folder}/words.txt")
        yield crawl(folder, *given, dictionary="wiktionary", settings=NAMELESS), server.paths()


def test_all_outcomes_of_a_word_are_distinguished(faulty: tuple[Crawl, list[str]]) -> None:
    done, paths = faulty
    assert done.statuses == OUTCOMES, done.log
    assert done.status == 6
    found = {lookup.keyword: lookup for lookup in done.lookups}
    assert found["liebeln"].suggestions == ("Liebeln",)
    assert found["love"].entry_ids == tuple(truth("love"))
    assert found["Love"].entry_ids == tuple(truth("Love"))
    assert "/wiki/hi" not in paths


def test_a_title_that_is_a_miss_is_requested_in_lower_case_and_counts_as_redirected(
    faulty: tuple[Crawl, list[str]],
) -> None:
    done, paths = faulty
    found = {lookup.keyword: lookup for lookup in done.lookups}
    assert [path for path in paths if path.lower() == "/wiki/hello"] == ["/wiki/Hello", "/wiki/hello"]
    assert found["Hello"].entry_ids == tuple(truth("hello"))
    assert (found["Hello"].requested_url or "").endswith("/wiki/Hello")
    assert (found["Hello"].final_url or "").endswith("/wiki/hello")
    assert found["Hello"].attempts == 2
    assert [path for path in paths if path.lower() == "/wiki/bananna"] == ["/wiki/Bananna", "/wiki/bananna"]
    assert [path for path in paths if path.lower() == "/wiki/love"] == ["/wiki/love", "/wiki/Love"]


def test_without_the_page_in_lower_case_a_miss_is_not_proven(faulty: tuple[Crawl, list[str]]) -> None:
    done, _ = faulty
    buzz = next(lookup for lookup in done.lookups if lookup.keyword == "Buzz")
    assert (buzz.status, buzz.http_status, buzz.entry_ids) == ("http_error", 500, ())


def test_the_wikis_own_redirect_is_one(faulty: tuple[Crawl, list[str]]) -> None:
    done, paths = faulty
    assert "/wiki/well_hello" in paths
    sent = next(lookup for lookup in done.lookups if lookup.keyword == "well hello")
    assert sent.entry_ids == tuple(truth("hello"))


def test_a_form_of_another_word_is_marked_and_leads_there(faulty: tuple[Crawl, list[str]]) -> None:
    entry = next(entry for entry in faulty[0].entries if entry.headword == "apples")
    assert [(d.text, d.definition_type) for s in entry.senses for d in s.definitions] == [
        ("plural of apple", "form_of")
    ]
    assert [(relation.type, relation.text) for relation in entry.relations] == [("main_entry", "apple")]


def test_licence_revision_and_attribution_are_on_each_line(faulty: tuple[Crawl, list[str]]) -> None:
    done, _ = faulty
    assert done.entries
    for entry in done.entries:
        title = entry.source.url.removeprefix(f"{WIKI}/")
        revision = str(parsoid.revision(title))
        assert entry.source.license == "CC-BY-SA-4.0"
        assert entry.source.revision == revision
        assert entry.source.attribution == f"Wiktionary contributors: {title}, revision {revision}"
        assert "CC BY-SA 4.0" in entry.source.rights


def test_another_language_has_a_feed_and_a_store_scope_of_its_own(tmp_path: Path) -> None:
    english = crawl(tmp_path, "source=sample", "word=like,liebeln", dictionary="wiktionary")
    other = crawl(tmp_path, "source=sample", "word=like,hi", "language=norwegian Bokmål", dictionary="wiktionary")
    norwegian = replace_feed(other, tmp_path / "feeds" / "wiktionary-norwegian-bokmål")
    assert other.status == 0, other.log
    assert english.statuses == {"like": "found", "liebeln": "not_in_dictionary"}
    assert norwegian.statuses == {"like": "found", "hi": "not_in_dictionary"}
    assert contents(norwegian) == truth("like", "norwegian-bokmål")
    assert {entry.lang for entry in norwegian.entries} == {"nb"}
    assert contents(english) == truth("like")
    assert (norwegian.manifest.edition, norwegian.manifest.arguments["language"]) == (
        "norwegian-bokmål",
        "norwegian Bokmål",
    )
    again = crawl(tmp_path, "source=sample", "word=like,liebeln", "language=English", dictionary="wiktionary")
    assert contents(again) == truth("like")
    assert "language" not in again.manifest.arguments


def replace_feed(done: Crawl, feed: Path) -> Crawl:
    return Crawl(done.status, done.out, done.log, feed)


@pytest.mark.parametrize(
    ("dictionary", "given", "named"),
    [
        ("macmillan", ("language=German",), ["'language'", "there is no such argument"]),
        ("wiktionary", ("language=../../etc",), ["'language'", "cannot be a heading"]),
        ("wiktionary", ("language= ",), ["'language'", "cannot be a heading"]),
        ("wiktionary", ("language=German", "edition=english"), ["'language'", "not both"]),
        ("wiktionary", ("source=live",), ["'CONTACT'", "-s CONTACT=mailto:", "DICTCRAWLER_CONTACT"]),
        ("wiktionary", (), ["'CONTACT'"]),
    ],
)
def test_a_crawl_that_may_not_begin_is_refused_before_any_request(
    tmp_path: Path, dictionary: str, given: tuple[str, ...], named: list[str]
) -> None:
    done = crawl(tmp_path, *given, "word=hi", dictionary=dictionary, settings={"CONTACT": ""})
    assert done.status == 2, done.log
    assert [text for text in named if text not in done.out + done.log] == []
    assert "Traceback" not in done.log
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("given", "contact", "begins"),
    [
        ({"source": "live"}, "", False),
        ({"source": "live"}, "  ", False),
        ({"source": "live"}, "mailto:you@example.org", True),
        ({"source": "archive"}, "", False),
        ({"source": "archive", "archive": "https://archive.example/web/"}, "", True),
        ({"source": "live", "base_url": "http://127.0.0.1/{keyword}"}, "", True),
        ({"source": "sample"}, "", True),
    ],
)
def test_a_public_site_requires_the_operators_contact(given: dict[str, str], contact: str, *, begins: bool) -> None:
    requested = read(dictionaries.load("wiktionary"), given)
    if begins:
        require_contact(requested, contact)
    else:
        with pytest.raises(ArgumentError, match="CONTACT"):
            require_contact(requested, contact)
    require_contact(read(dictionaries.load("macmillan"), {}), "")


def politeness(spider: type, overrides: dict[str, object], **given: str) -> tuple[float, int, str]:
    settings = Settings()
    settings.setmodule(project, priority="project")
    settings.setdict({"CONTACT": "mailto:you@example.org", **overrides}, priority="cmdline")
    crawler = Crawler(spider, settings)
    spider.from_crawler(crawler, **given)
    delay, most = (crawler.settings.getfloat(name) for name in ("DOWNLOAD_DELAY", "CONCURRENT_REQUESTS_PER_DOMAIN"))
    return delay, int(most), crawler.settings["USER_AGENT"]


def test_no_setting_exceeds_the_sites_published_limits() -> None:
    hasty: dict[str, object] = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}
    delay, most, agent = politeness(WiktionarySpider, hasty, source="live")
    assert 60 / delay <= 200
    assert most <= 3
    assert "bot" in agent
    assert agent.endswith("(+mailto:you@example.org)")
    assert politeness(WiktionarySpider, {}, source="live")[:2] == (1, 1)
    assert politeness(WiktionarySpider, {"DOWNLOAD_DELAY": 9}, source="live")[0] == 9
    mirror = {"source": "live", "base_url": "http://127.0.0.1/{keyword}"}
    assert politeness(WiktionarySpider, hasty, **mirror)[:2] == (0, 16)
    assert politeness(MacmillanSpider, hasty, source="live")[:2] == (0, 16)


def saved_pages() -> list[dict[str, str]]:
    with (PAGES / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        return [row for row in csv.DictReader(index, delimiter="\t") if row["dictionary"] == "wiktionary"]


def invented(path: str) -> str:
    reply = sample.load("wiktionary").reply(path, {})
    assert reply is not None
    return getattr(reply, "text", "")


def captures(rows: list[dict[str, str]]) -> Iterator[Capture]:
    for row in rows:
        yield Capture(row["url"], "2026-10-01T00:00:00Z", (PAGES / row["file"]).read_text(encoding="utf-8"))
    # An archive's index ignores case: the newer of these two pages is the wrong one.
    yield Capture(f"{WIKI}/love", "2026-09-01T00:00:00Z", invented("/wiki/love"))
    yield Capture(f"{WIKI}/Love", "2026-10-02T00:00:00Z", invented("/wiki/Love"))
    yield Capture(f"{WIKI}/Zrob", "2026-09-01T00:00:00Z", invented("/wiki/Zrob"), status="404 Not Found")


@pytest.mark.skipif(not PAGES.is_dir(), reason="the real saved pages are not on this machine")
def test_the_real_saved_pages_are_read_out_of_a_web_archive(tmp_path: Path) -> None:
    assert BIN.is_dir(), "the archive server is not installed: run make test"
    rows = saved_pages()
    write_warc(tmp_path / "wiktionary.warc.gz", captures(rows))
    with replaying(tmp_path / "pywb", tmp_path / "wiktionary.warc.gz") as archive:
        words = ",".join([*(row["keyword"] for row in rows), "love", "Zrob", "never archived"])
        given = ("source=archive", f"archive={archive}", "before=2026-12-31", f"word={words}")
        done = crawl(tmp_path, *given, dictionary="wiktionary", settings=NAMELESS)
    counted = json.loads((ROOT / "tests/dictionaries/wiktionary/saved_pages.json").read_text())
    expected = {row["keyword"]: counted[Path(row["file"]).name] for row in rows}
    assert done.statuses == {
        **{word: "found" if counts["entries"] else "not_in_dictionary" for word, counts in expected.items()},
        "love": "found",
        "Zrob": "not_in_dictionary",
        "never archived": "not_archived",
    }, done.log
    lookups = {lookup.keyword: lookup for lookup in done.lookups}
    assert lookups["love"].entry_ids == tuple(truth("love"))
    senses = dict.fromkeys(expected, 0)
    for entry in done.entries:
        title = entry.source.url.rpartition("/")[2]
        if title in senses:
            senses[title] += len(entry.senses)
            assert entry.source.license == "CC-BY-SA-4.0"
            assert f"{entry.source.archived_at:%Y-%m-%d}" == "2026-10-01"
    assert senses == {word: counts.get("senses", 0) + counts.get("sub_senses", 0) for word, counts in expected.items()}
