"""Keywords and arguments are data: whatever they contain, a line has one outcome and nothing else changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from aiohttp import web

from dictcrawler import dictionaries, feeds
from dictcrawler.cli.main import main
from dictcrawler.dictionaries import Dictionary
from dictcrawler.errors import ArgumentError, InvalidKeyword
from dictcrawler.plan import arguments
from dictcrawler.plan.word_list import LONGEST_KEYWORD, inline
from tests.programs.random_lines import crawl as crawl_random_lines
from tests.support.server import Handler, Serve, crawl
from tests.support.texts import TEXTS

PATH = "/us/dictionary/american"
FAST = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}
MACMILLAN = dictionaries.load("macmillan")
# A record of the log: at the left edge, printable, and with nothing that came from a word.
RECORD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[[\w.]+\] [A-Z]+: |    ")
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def test_20_000_lines_of_random_bytes_have_one_outcome_each_in_flat_memory(tmp_path: Path) -> None:
    result = crawl_random_lines(tmp_path, 20_000, seed=1)
    assert result.found == result.expected
    assert len(result.found) > 19_000
    assert result.status == 0
    assert "Traceback" not in result.log
    assert result.peak_mib < 200


def hostile_lines() -> Iterator[bytes]:
    """Our list as the text of a file: no line ends, and surrogates as the bytes they stand for."""
    for text in TEXTS:
        for line in re.split("[\r\n]", text):
            yield line.encode("utf-8", "surrogatepass")


def forging(pages: Handler) -> Handler:
    """A site that sends characters that move a cursor, wherever a header allows it."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/hello"):
            return web.Response(status=302, headers={"Location": "http://evil.example/\x9b31m"})
        return await pages(request)

    return answer


def test_no_word_of_the_hostile_list_changes_a_host_a_path_a_file_or_the_log(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    server = serve(forging(dictionary_pages))
    words = tmp_path / "words.txt"
    words.write_bytes(b"hello\n" + b"\n".join(hostile_lines()) + b"\n")
    data = tmp_path / "data"
    given = ("source=live", f"base_url={server.url}{PATH}/{{keyword}}", f"words={words}")
    done = crawl(data, *given, settings=FAST | {"LOG_LEVEL": "DEBUG", "WORD_LIST_CHECKED": False})
    lookups = list(feeds.read_lookups(next(path for path in done.feed.iterdir() if not path.is_symlink())))
    assert len(lookups) == len({lookup.line for lookup in lookups}) > 150
    assert not [lookup for lookup in lookups if lookup.status.value in ("network_error", "parse_error")]
    ours = [path for path in server.paths() if not path.startswith("/us/spellcheck/american/?q=")]
    assert [path for path in ours if not re.fullmatch(PATH + r"/[a-z0-9-]+(_\d+)?", path)] == []
    assert len(ours) > 50
    assert {path.relative_to(data).parts[0] for path in data.rglob("*")} <= {"store", "feeds", "pages"}
    assert {path.name for path in done.feed.glob("2*/*")} <= {
        "entries.jsonl",
        "lookups.jsonl",
        "changes.jsonl",
        "words.index",
        "run.json",
    }
    assert r"http://evil.example/\xc2\x9b31m" in done.log.replace("\xc2", r"\xc2")
    # Scrapy's messages before the spider is opened cannot contain a word yet.
    reported = done.log[done.log.index(": Spider opened") :].partition("\n")[2]
    assert [line for line in reported.splitlines() if line and not RECORD.match(line)] == []
    assert CONTROLS.search(done.log) is None


@pytest.mark.parametrize("name", dictionaries.names())
def test_a_slug_is_one_segment_of_the_dictionarys_own_address(name: str) -> None:
    dictionary = dictionaries.load(name)
    requested = 0
    for keyword in (found for text in TEXTS for found in inline(f"x,{text}") if found.normalized):
        for slug in slugs(dictionary, keyword.normalized or ""):
            requested += 1
            for edition in dictionary.editions.values():
                for template in edition.addresses:
                    assert_same_place(template, slug)
    assert requested > 60


def slugs(dictionary: Dictionary, keyword: str) -> Iterator[str]:
    try:
        yield dictionary.slug(keyword)
    except InvalidKeyword:
        return


def assert_same_place(template: str, slug: str) -> None:
    expected, found = urlsplit(template.format(slug="x")), urlsplit(template.format(slug=slug))
    assert (found.scheme, found.netloc, found.fragment) == (expected.scheme, expected.netloc, "")
    assert found.path.count("/") == expected.path.count("/"), slug
    assert {".", ".."}.isdisjoint(unquote(found.path).split("/")[1:]), slug
    assert slug.isascii()
    assert slug.isprintable()
    assert " " not in slug


REFUSED = (
    "allowed_domains", "parse", "start", "start_urls", "name", "custom_settings", "__class__", "__init__", "crawler",
    "self", "args", "given", "settings", "handle_httpstatus_list", "source.", "WORDS", "word ", "", "word\x00",
    "\u202eword",
)  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_an_unknown_argument_is_refused_by_name(name: str) -> None:
    with pytest.raises(ArgumentError, match="there is no such argument"):
        arguments.read(MACMILLAN, {name: "x"})


@pytest.mark.parametrize("name", ["allowed_domains", "parse", "__class__", "crawler"])
def test_such_an_argument_never_reaches_the_spider(tmp_path: Path, name: str) -> None:
    done = crawl(tmp_path, "source=sample", "word=hi", f"{name}=x")
    assert done.status == 2
    assert repr(name) in done.log + done.out
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("name", [name for name in arguments.NAMES if name != "word"])
def test_any_text_as_an_argument_is_refused_by_name_or_taken_and_printable(name: str) -> None:
    given = {"source": "live"} if name == "base_url" else {}
    for text in TEXTS:
        try:
            shown = " ".join(arguments.read(MACMILLAN, given | {name: text}).as_text().values())
        except ArgumentError as error:
            shown = str(error)
            named = repr(name) in shown
        else:
            named = True
        assert named, shown
        assert CONTROLS.search(shown) is None, text
        assert shown.encode()


@pytest.mark.parametrize(
    "template",
    [
        "http://{keyword}.example/", "http://{keyword}/", "http://x.example:{keyword}/", "http://x.example/#{keyword}",
        "{keyword}://x.example/", "http://{keyword}@x.example/", "http://x.example/{keyword}/{keyword}",
        "http://x.example/{keyword}}", "http://x.example/{keyword}{", "http://x.example/{0}{keyword}",
        "http://x.example/{keyword!r}", "http://x.example/{slug.__class__}", "http://x.example/",
    ],
)  # fmt: skip
def test_a_mirror_has_exactly_one_place_for_the_word_in_its_path_or_query(template: str) -> None:
    with pytest.raises(ArgumentError, match="'base_url'"):
        arguments.read(MACMILLAN, {"source": "live", "base_url": template})


def test_inline_words_of_any_bytes_have_an_outcome_each(tmp_path: Path) -> None:
    done = crawl(tmp_path, "source=sample", "word=hi,caf\udce9,\x1b[31m,\u202e,x")
    assert [lookup.keyword for lookup in done.lookups] == ["hi", r"caf\xe9", r"\x1b[31m", "x"]
    assert done.manifest.arguments["word"] == r"hi,caf\xe9,\x1b[31m,\u202e,x"


@pytest.mark.parametrize("file", ["feed.csv", "feed.xml", "feed.pickle", "feed.marshal"])
def test_scrapys_other_formats_which_run_formulas_or_code_are_refused(tmp_path: Path, file: str) -> None:
    done = crawl(tmp_path, "source=sample", "word=hi", scrapy_options=("-o", str(tmp_path / file)))
    assert done.status == 2
    assert not (tmp_path / file).exists()


def test_a_message_of_the_command_line_moves_no_cursor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "\x1b[31mpage"
    assert main(["parse", "macmillan", str(bad), "--url", "https://www.macmillandictionary.com/"]) == 4
    assert CONTROLS.search(capsys.readouterr().err) is None


def test_a_keyword_of_maximum_length_is_requested_or_refused_and_never_cut(tmp_path: Path) -> None:
    longest, longer = "x" * LONGEST_KEYWORD, "x" * (LONGEST_KEYWORD + 1)
    words = tmp_path / "words.txt"
    words.write_text(f"{longest}\n{longer}\n")
    done = crawl(tmp_path, "source=sample", f"words={words}", dictionary="macmillan")
    run = next(path for path in done.feed.iterdir() if not path.is_symlink())
    assert [lookup.status.value for lookup in feeds.read_lookups(run)] == ["invalid_keyword"] * 2
