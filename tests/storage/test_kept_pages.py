"""Every fetched page is kept in WARC files that other tools can read, whatever happens to the crawl."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import signal
import sqlite3
from contextlib import closing
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web

import dictcrawler
from dictcrawler.errors import StoreError
from dictcrawler.model import Entry, digest_of
from dictcrawler.storage import warc_files
from dictcrawler.storage.database import Database
from dictcrawler.storage.kept_pages import KeptPages, PageReader
from dictcrawler.storage.page_index import PageIndex
from dictcrawler.storage.warc_files import PageWriter, mend
from dictcrawler.storage.warc_records import Exchange
from tests.support.archive import replaying
from tests.support.kept import files, indexed, members, pages, problems, records
from tests.support.server import Handler, Serve, crawl, scrapy
from tests.support.wayback import EXPECTED, FAST, WORDS, WaybackMachine, page

MIRROR = "/us/dictionary/american/{keyword}"
QUICK = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}
NOON = datetime.fromisoformat("2026-11-23T12:00:00+00:00")


async def test_each_page_is_a_response_and_a_request_in_gzip_members_of_their_own(tmp_path: Path) -> None:
    await dictcrawler.crawl(["hi", "apple", "bananna"], data=tmp_path, source="sample")
    [file] = files(tmp_path)
    assert file.name.endswith(".warc.gz")
    assert problems(file) == 0
    found = list(records(file))
    assert [record.type for record in found] == ["warcinfo"] + ["response", "request"] * ((len(found) - 1) // 2)
    assert len(members(file)) == len(found)
    assert all(member.startswith(b"WARC/1.1\r\n") for member in members(file))
    paths = {re.sub(r"https?://[^/]+", "", record.url or "") for record in found if record.type == "response"}
    assert {"/us/dictionary/american/hi", "/us/dictionary/american/hi_2", "/us/dictionary/american/apple"} <= paths
    responses = {record.warc["WARC-Record-ID"]: record for record in found if record.type == "response"}
    for request in (record for record in found if record.type == "request"):
        assert responses[request.warc["WARC-Concurrent-To"]].url == request.url
        assert request.http["Host"] in (request.url or "")
        assert request.http["User-Agent"].startswith("dictcrawler/")


async def test_the_digest_of_a_kept_page_is_the_one_that_its_entries_cite(tmp_path: Path) -> None:
    lookups = await dictcrawler.crawl(["hi", "love"], data=tmp_path, source="sample")
    kept = {record.warc["WARC-Payload-Digest"]: record for record in pages(tmp_path)}
    entries = [entry for lookup in lookups for entry in lookup.entries]
    assert len(entries) > 2
    for entry in entries:
        record = kept[entry.source.payload_digest]
        assert record.url == entry.source.retrieved_from
        assert datetime.fromisoformat(record.warc["WARC-Date"]) == entry.source.fetched_at
        assert f"sha256:{hashlib.sha256(record.body).hexdigest()}" == entry.source.payload_digest


async def test_a_compressed_page_is_kept_decoded_with_a_note_of_its_coding(tmp_path: Path, serve: Serve) -> None:
    html = page("apple").encode()

    async def squeezed(_: web.Request) -> web.Response:
        return web.Response(
            body=gzip.compress(html), headers={"Content-Type": "text/html", "Content-Encoding": "gzip", "X-Kept": "yes"}
        )

    url = f"{serve(squeezed).url}{MIRROR}"
    await dictcrawler.crawl(["apple"], data=tmp_path, source="live", base_url=url, overrides=QUICK)
    [record] = pages(tmp_path)
    assert record.body == html
    names = {name.lower(): value for name, value in record.http.items()}
    assert names["content-length"] == str(len(html))
    assert names["x-crawler-content-encoding"] == "gzip"
    assert int(names["x-crawler-content-length"]) < len(html)
    assert "content-encoding" not in names
    assert names["x-kept"] == "yes"


async def test_the_same_body_again_is_a_revisit_that_names_the_first(tmp_path: Path) -> None:
    await dictcrawler.crawl(["love", "loves"], data=tmp_path, source="sample")
    [file] = files(tmp_path)
    revisits = [record for record in records(file) if record.type == "revisit"]
    assert revisits
    responses = {record.warc["WARC-Payload-Digest"]: record for record in records(file) if record.type == "response"}
    for revisit in revisits:
        first = responses[revisit.warc["WARC-Payload-Digest"]]
        assert revisit.body == b""
        assert revisit.warc["WARC-Refers-To-Target-URI"] == first.url
        assert revisit.warc["WARC-Refers-To-Date"] == first.warc["WARC-Date"]
        assert revisit.warc["WARC-Profile"] == ("http://netpreserve.org/warc/1.1/revisit/identical-payload-digest")
    assert problems(file) == 0


async def test_a_revisit_may_be_in_a_later_file_than_its_body(tmp_path: Path) -> None:
    for _ in range(2):
        [lookup] = await dictcrawler.crawl(["apple"], data=tmp_path, source="sample", refresh="all")
        assert lookup.status == "found"
    first, second = files(tmp_path)
    assert [record.type for record in records(first)] == ["warcinfo", "response", "request"]
    assert [record.type for record in records(second)] == ["warcinfo", "revisit", "request"]
    database = Database(f"sqlite:///{tmp_path}/store/macmillan.sqlite")
    index = PageIndex(database)
    reader = PageReader(index, first.parent)
    texts = [reader.read(kept).text for kept in index.of_words("sample american all", ["apple"])["apple"].values()]
    database.close()
    assert len(texts) == 2
    assert texts[0] == texts[1]
    assert "APPLE (noun)" in texts[0]


async def test_a_full_file_is_followed_by_the_next(tmp_path: Path) -> None:
    limits = {"PAGES_MAX_BYTES": 20_000}
    await dictcrawler.crawl(["hi", "apple", "love", "feel"], data=tmp_path, source="sample", overrides=limits)
    found = files(tmp_path)
    assert len(found) > 2
    for file in found[:-1]:
        assert file.stat().st_size >= 20_000
        *_, response, _request = records(file)
        assert response.offset < 20_000
    for file in found:
        assert next(records(file)).warc["WARC-Filename"] == file.name
    assert problems(*found) == 0


async def test_no_page_is_kept_when_keeping_is_off(tmp_path: Path) -> None:
    lookups = await dictcrawler.crawl(["hi"], data=tmp_path, source="sample", overrides={"PAGES_KEPT": False})
    assert lookups[0].status == "found"
    assert not (tmp_path / "pages").exists()


async def test_a_full_disk_stores_no_outcome_whose_page_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: PageWriter) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(PageWriter, "sync", full)
        with pytest.raises(StoreError, match="No space left"):
            await dictcrawler.crawl(["hi", "apple"], data=tmp_path, source="sample")
    with closing(sqlite3.connect(tmp_path / "store/macmillan.sqlite")) as store:
        assert store.execute("select count(*) from answers").fetchone() == (0,)
        assert store.execute("select count(*) from pages").fetchone() == (0,)
    lookups = await dictcrawler.crawl(["hi", "apple"], data=tmp_path, source="sample")
    assert [lookup.status for lookup in lookups] == ["found", "found"]
    assert problems(*files(tmp_path)) == 0


def test_a_crawl_that_is_killed_leaves_readable_files_and_a_correct_index(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    requested: list[str] = []
    process = None

    async def deadly(request: web.Request) -> web.StreamResponse:
        requested.append(request.path)
        if len(requested) == 25 and process is not None:
            os.kill(process.pid, signal.SIGKILL)
        return await dictionary_pages(request)

    server = serve(deadly)
    words = "hi,bye,love,loves,feel,apple,banana,call,buzz,like,ambition,determine,hello,environmental,bananna"
    given = ["source=live", f"base_url={server.url}{MIRROR}", f"word={words}"]
    options = [option for argument in given for option in ("-a", argument)]
    process = scrapy(
        "crawl", "macmillan", *options, "-s", "DOWNLOAD_DELAY=0", "-s", "STORE_BATCH_SIZE=3", data=tmp_path
    )
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    [file] = files(tmp_path)
    assert file.name.endswith(".open")
    before = indexed(tmp_path)
    assert before
    for name, offset, length, digest in before:
        member = gzip.decompress((file.parent / f"{name}.open").read_bytes()[offset : offset + length])
        assert digest.encode() in member
    with file.open("ab") as torn:
        torn.write(gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\n" + os.urandom(5_000))[:4_000])
    process = None

    done = crawl(tmp_path, *given, settings={"DOWNLOAD_DELAY": 0})
    assert done.status == 0, done.log
    assert [path.suffix for path in files(tmp_path)] == [".gz", ".gz"]
    assert problems(*files(tmp_path)) == 0
    assert "cut off" in done.log
    assert indexed(tmp_path)[: len(before)] == before
    for path in files(tmp_path):
        assert members(path)
    kept = {record.warc["WARC-Payload-Digest"] for record in pages(tmp_path)}
    assert {entry.source.payload_digest for entry in done.entries} <= kept


def exchanges(count: int) -> list[Exchange]:
    bodies = [os.urandom(200) + b"x" * 500 for _ in range(count)]
    return [
        Exchange(
            url=f"http://127.0.0.1/{number}",
            request=[("User-Agent", "test")],
            status=200,
            protocol="HTTP/1.1",
            response=[
                ("Content-Type", "text/html"),
                ("X-Name", "caf\xc3\xa9 \xe9"),
                ("X-Twice", "1"),
                ("X-Twice", "2"),
            ],
            body=body,
            digest=digest_of(body),
            fetched_at=NOON,
        )
        for number, body in enumerate(bodies)
    ]


def test_wherever_a_file_is_cut_off_exactly_its_whole_records_survive(tmp_path: Path) -> None:
    writer = PageWriter(tmp_path / "whole", max_bytes=2**30, about={})
    for exchange in exchanges(3):
        writer.append(exchange, None)
    writer.close()
    [whole] = (tmp_path / "whole").iterdir()
    content = whole.read_bytes()
    ends = [0, *(record.offset + record.length for record in records(whole))]
    for cut in sorted({*range(0, len(content), 97), *ends, *(end - 1 for end in ends[1:]), *(end + 1 for end in ends)}):
        folder = tmp_path / str(cut)
        folder.mkdir()
        (folder / f"{whole.name}.open").write_bytes(content[:cut])
        mend(folder, lambda _: 0)
        survived = max(end for end in ends if end <= min(cut, len(content)))
        left = b"".join(path.read_bytes() for path in folder.glob("*.warc.gz"))
        assert left == content[:survived]
        assert not list(folder.glob("*.open"))


def test_a_file_whose_writer_lives_is_left_alone(tmp_path: Path) -> None:
    writer = PageWriter(tmp_path, max_bytes=2**30, about={})
    [first, second] = exchanges(2)
    writer.append(first, None)
    writer.sync()
    with (tmp_path / next(tmp_path.iterdir())).open("ab") as half:
        half.write(b"\x1f\x8b")
    mend(tmp_path, lambda _: 0)
    [file] = tmp_path.iterdir()
    assert file.name.endswith(".open")
    assert file.read_bytes().endswith(b"\x1f\x8b")
    writer.append(second, None)
    writer.close()


def test_header_fields_are_kept_with_the_bytes_they_came_with(tmp_path: Path) -> None:
    writer = PageWriter(tmp_path, max_bytes=2**30, about={})
    place = writer.append(exchanges(1)[0], None)
    writer.close()
    member = gzip.decompress(warc_files.read(tmp_path, place))
    assert b"\r\nX-Name: caf\xc3\xa9 \xe9\r\nX-Twice: 1\r\nX-Twice: 2\r\n" in member


def test_a_304_is_not_kept_as_a_page(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.sqlite")
    index = PageIndex(database)
    kept = KeptPages(index, PageWriter(tmp_path / "pages", max_bytes=2**30, about={}), "american")
    [exchange] = exchanges(1)
    kept.keep("apple", exchange.url, exchange)
    kept.keep("apple", exchange.url, Exchange(**{**_fields(exchange), "status": 304, "body": b""}))
    kept.close()
    found = index.of_words("american", ["apple"])["apple"]
    reader = PageReader(index, tmp_path / "pages")
    assert [reader.read(each).status for each in found.values()] == [200]
    database.close()


def test_a_body_that_another_machine_has_kept_is_kept_here_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.sqlite")
    index = PageIndex(database)
    [exchange] = exchanges(1)
    for machine in ("alpha", "beta"):
        monkeypatch.setenv("DICTCRAWLER_MACHINE", machine)
        kept = KeptPages(index, PageWriter(tmp_path / machine, max_bytes=2**30, about={}), machine)
        kept.keep("apple", exchange.url, exchange)
        kept.close()
    [kept_page] = index.of_words("beta", ["apple"])["apple"].values()
    assert PageReader(index, tmp_path / "beta").read(kept_page).body == exchange.body
    database.close()


def _fields(exchange: Exchange) -> dict[str, object]:
    return {name: getattr(exchange, name) for name in Exchange.__slots__}


async def test_a_real_archive_replays_our_files_and_the_crawl_of_it_ends_in_the_same_entries(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    site = serve(dictionary_pages).url
    mirror = f"{site}{MIRROR}"
    words = ["hi", "love", "apple", "loves", "bananna"]
    live = await dictcrawler.crawl(words, data=tmp_path, source="live", base_url=mirror, overrides=QUICK)
    [ours] = files(tmp_path)
    assert {"response", "revisit"} < {record.type for record in records(ours)}
    with replaying(tmp_path / "pywb", ours) as prefix:
        replay = f"{prefix}2030id_/{mirror}"
        back = await dictcrawler.crawl(words[:3], source="live", base_url=replay, overrides=QUICK)
        for record in pages(tmp_path):
            assert replayed(f"{prefix}2030id_/{record.url}") == (int(record.status), record.http.get("Location"))
    contents = [(entry.id, entry.content_hash) for lookup in back for entry in lookup.entries]
    assert contents == [(entry.id, entry.content_hash) for lookup in live[:3] for entry in lookup.entries]
    assert len(contents) > 4


def replayed(url: str) -> tuple[int, str | None]:
    """The status and the Location that an archive replays."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=20)
    connection.request("GET", url.split(parts.netloc, 1)[1])
    answer = connection.getresponse()
    body = answer.read()
    assert body or answer.status in (301, 302)
    connection.close()
    return answer.status, answer.headers.get("Location")


async def test_a_page_from_an_archive_is_kept_under_its_address_and_found_by_the_dictionarys(
    tmp_path: Path, serve: Serve
) -> None:
    machine = serve(WaybackMachine().answer)
    given = {"archive": f"{machine.url}/web/", "index": f"{machine.url}/cdx/search/cdx"}
    requested = await dictcrawler.crawl(WORDS.split(","), data=tmp_path, source="archive", overrides=FAST, **given)
    assert all((record.url or "").startswith(machine.url) for record in pages(tmp_path))
    [kept] = files(tmp_path)
    again = await dictcrawler.crawl(WORDS.split(","), source="warc", warc=str(kept), before="2023-06-30")
    assert [lookup.status for lookup in again] == [lookup.status for lookup in requested] == list(EXPECTED.values())
    for now, then in zip(again, requested, strict=True):
        assert now.final_url == then.final_url or now.status == "not_archived"
        assert [cited(entry) for entry in now.entries] == [cited(entry) for entry in then.entries]


def cited(entry: Entry) -> tuple[object, ...]:
    return entry.content_hash, entry.source.archived_at, entry.source.retrieved_from, entry.source.fetched_at
