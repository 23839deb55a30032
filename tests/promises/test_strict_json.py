"""Every line of a feed is strict JSON for five readers, whatever a page contains."""

from __future__ import annotations

import html
import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import pytest
from aiohttp import web

from dictcrawler import feeds
from dictcrawler.model import Status
from tests.support.server import Handler, crawl, serving
from tests.support.texts import TEXTS

PATH = "/us/dictionary/american"
WORDS = tuple(f"hostile{number}" for number in range(len(TEXTS)))
# The definitions and examples of the sample page of "hi", between tags.
SAID = re.compile(r"(?<=>)[^<>]{12,}(?=<)")


def hostile_page(page: str, text: str) -> str:
    """The page with every longer text replaced: literally, as character references, and as a mix of NUL and
    references."""
    raw = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    references = "".join(f"&#{ord(sign)};" for sign in text)
    forms = (html.escape(raw), references, html.escape(f"{raw}\0{raw}") + references)
    turn = iter(range(1_000_000))
    return SAID.sub(lambda _: forms[next(turn) % len(forms)], page)


# Some of the texts would make a word list look like a file of another kind.
QUICK = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 16, "WORD_LIST_CHECKED": False}


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory, dictionary_pages: Handler) -> Path:
    """A feed whose pages contained every text of our hostile list."""

    async def answer(request: web.Request) -> web.StreamResponse:
        word = request.path.rsplit("/", 1)[-1]
        if not word.startswith("hostile"):
            return await dictionary_pages(request)
        good = await dictionary_pages(request.clone(rel_url=f"{PATH}/apple"))
        assert isinstance(good, web.Response)
        assert good.text
        number = int(word.removeprefix("hostile"))
        title = good.text.replace("apple", word)
        return web.Response(body=hostile_page(title, TEXTS[number]).encode(), content_type="text/html", charset="utf-8")

    data = tmp_path_factory.mktemp("feed")
    lines = [*(word.encode() for word in WORDS), *(text.encode("utf-8", "surrogatepass") for text in TEXTS)]
    (data / "words.txt").write_bytes(b"\n".join(lines))
    with serving(answer) as server:
        given = ("source=live", f"base_url={server.url}{PATH}/{{keyword}}", f"words={data / 'words.txt'}")
        done = crawl(data, *given, settings=QUICK)
    run = next(path for path in done.feed.iterdir() if path.is_dir() and not path.is_symlink())
    assert "Traceback" not in done.log
    return run


NODE = """
const lines = require('fs').readFileSync(0, 'utf8').split('\\n');
lines.pop();
for (const line of lines) console.log(JSON.stringify(JSON.parse(line)));
"""


def refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len({name for name, _ in pairs}) == len(pairs)
    return dict(pairs)


def read_by_python(lines: list[bytes]) -> list[Any]:
    return [json.loads(line.decode(), parse_constant=refuse, object_pairs_hook=unique) for line in lines]


def read_by_msgspec(lines: list[bytes]) -> list[Any]:
    return [msgspec.json.Decoder(strict=True).decode(line) for line in lines]


def read_by_orjson(lines: list[bytes]) -> list[Any]:
    orjson = pytest.importorskip("orjson")
    return [orjson.loads(line) for line in lines]


def read_by_sqlite(lines: list[bytes]) -> list[Any]:
    database = sqlite3.connect(":memory:")
    return [json.loads(database.execute("SELECT json(?)", [line.decode()]).fetchone()[0]) for line in lines]


def read_by_jq(lines: list[bytes]) -> list[Any]:
    return _read_by("jq", "-c", ".", lines=lines)


def read_by_node(lines: list[bytes]) -> list[Any]:
    return _read_by("node", "-e", NODE, lines=lines)


def _read_by(*command: str, lines: list[bytes]) -> list[Any]:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not on this machine")
    done = subprocess.run(command, input=b"".join(lines), capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


READERS = (read_by_python, read_by_msgspec, read_by_orjson, read_by_jq, read_by_node, read_by_sqlite)


@pytest.mark.parametrize("name", [feeds.ENTRIES, feeds.LOOKUPS])
@pytest.mark.parametrize("reader", READERS)
def test_a_reader_takes_every_line_and_reads_the_same(
    feed: Path, reader: Callable[[list[bytes]], list[Any]], name: str
) -> None:
    lines = (feed / name).read_bytes().splitlines(keepends=True)
    assert len(lines) > 0.9 * len(TEXTS)
    assert reader(lines) == read_by_python(lines)


@pytest.mark.parametrize("name", [feeds.ENTRIES, feeds.LOOKUPS])
def test_no_line_has_a_line_end_of_any_kind_inside(feed: Path, name: str) -> None:
    stored = (feed / name).read_bytes()
    assert stored.decode().splitlines() == stored.decode().removesuffix("\n").split("\n")
    assert b"\x00" not in stored
    assert b"\\u0000" not in stored


def test_the_hostile_texts_are_in_the_feed_and_not_lost_with_their_pages(feed: Path) -> None:
    found = [lookup.keyword for lookup in feeds.read_lookups(feed) if lookup.status is Status.FOUND]
    # A page of bytes that are not text is refused as a whole.
    assert set(found) >= {
        word for word, text in zip(WORDS, TEXTS, strict=True) if not re.search("[\ud800-\udfff]", text)
    }
    printed = "\n".join(
        text for entry in feeds.read_entries(feed) for text in strings(msgspec.to_builtins(entry.senses))
    )
    for text in ('=HYPERLINK("http://evil.example","x")', "<script>alert(1)</script>", "1e999", "日本語", "9" * 400):
        assert text in printed, text


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)


def test_no_string_of_an_entry_has_a_control_character_or_half_a_surrogate_pair(feed: Path) -> None:
    unwanted = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\ufeff\ud800-\udfff]")
    for line in (feed / feeds.ENTRIES).read_bytes().splitlines():
        assert [text for text in strings(json.loads(line)) if unwanted.search(text)] == []
