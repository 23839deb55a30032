"""``source=warc``: words answered from WARC files of any origin, without a network."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

import dictcrawler
from dictcrawler import feeds
from dictcrawler.errors import ArgumentError
from dictcrawler.model import Lookup
from dictcrawler.storage import warc_index
from tests.support.archive import Capture, write_warc
from tests.support.kept import files, records
from tests.support.server import ROOT, Handler, Serve
from tests.support.wayback import AMERICAN, EXPECTED, SITE, WORDS, captures, page

QUICK = {"DOWNLOAD_DELAY": 0}

# Any use of the network ends the process.
OFFLINE = """
import sys
from scrapy.cmdline import execute

def forbid(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        raise RuntimeError(f"network: {event} {arguments}")

sys.addaudithook(forbid)
execute()
"""


async def answers(data: Path, words: str, **given: str) -> dict[str, Lookup]:
    lookups = await dictcrawler.crawl(words.split(","), data=data, source="warc", **given)
    return {lookup.keyword: lookup for lookup in lookups}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A file as wget leaves it: response records of the dictionary's own addresses."""
    path = tmp_path / "saved/site.warc.gz"
    path.parent.mkdir()
    write_warc(path, captures())
    return path


def test_words_are_answered_from_captures_and_nothing_touches_a_network(tmp_path: Path, saved: Path) -> None:
    options = ["-a", "source=warc", "-a", f"warc={saved.parent}/*.warc.gz", "-a", f"word={WORDS}"]
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, "crawl", "macmillan", *options],
        cwd=ROOT,
        env=os.environ | {"DICTCRAWLER_DATA": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "network" not in done.stderr
    feed = tmp_path / "feeds/macmillan"
    assert {lookup.keyword: lookup.status.value for lookup in feeds.read_lookups(feed)} == EXPECTED
    taken = {entry.headword: entry.source for entry in feeds.read_entries(feed)}
    assert {word: f"{source.archived_at:%Y-%m-%d}" for word, source in taken.items()} == {
        "hi": "2023-05-20",
        "apple": "2023-05-20",
        "banana": "2021-01-01",
        "love": "2022-02-03",
        "bye": "2020-01-01",
    }
    assert taken["apple"].retrieved_from == f"{AMERICAN}/apple"
    assert taken["apple"].fetched_at == taken["apple"].archived_at


async def test_an_earlier_day_takes_an_earlier_capture(tmp_path: Path, saved: Path) -> None:
    found = await answers(tmp_path, "apple", warc=str(saved), before="2020-12-31")
    assert [f"{entry.source.archived_at:%Y-%m-%d}" for entry in found["apple"].entries] == ["2019-03-01"]


async def test_a_word_without_a_capture_is_not_archived(tmp_path: Path, saved: Path) -> None:
    found = await answers(tmp_path, "determine,ambition", warc=str(saved))
    assert {lookup.status for lookup in found.values()} == {"not_archived"}
    assert found["determine"].attempts == 0
    assert "redirects to" in (found["ambition"].error or "")


async def test_our_own_files_of_a_mirror_are_read_with_its_template(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    mirror = f"{serve(dictionary_pages).url}/us/dictionary/american/{{keyword}}"
    words = ["hi", "loves", "apple", "bananna", "love"]
    live = await dictcrawler.crawl(words, data=tmp_path / "live", source="live", base_url=mirror, overrides=QUICK)
    [ours] = files(tmp_path / "live")
    assert "revisit" in {record.type for record in records(ours)}
    found = await answers(tmp_path / "warc", ",".join(words), warc=str(ours), base_url=mirror)
    for then in live:
        now = found[then.keyword]
        assert (now.status, now.suggestions, now.final_url) == (then.status, then.suggestions, then.final_url)
        assert [entry.content_hash for entry in now.entries] == [entry.content_hash for entry in then.entries]
        assert [entry.source.url for entry in now.entries] == [entry.source.url for entry in then.entries]
    assert not (tmp_path / "warc/pages").exists()


async def test_a_file_is_read_once_and_again_only_when_it_has_changed(
    tmp_path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned: list[Path] = []
    scan = warc_index.scan

    def counting(path: Path):  # noqa: ANN202 - that of `scan`
        scanned.append(path)
        return scan(path)

    monkeypatch.setattr(warc_index, "scan", counting)
    pattern = f"{saved.parent}/**/*.warc.gz"
    await answers(tmp_path, "hi", warc=pattern)
    assert (await answers(tmp_path, "apple", warc=pattern))["apple"].status == "found"
    assert scanned == [saved]
    write_warc(saved, [*captures(), Capture(f"{AMERICAN}/determine", "2022-02-02T00:00:00Z", page("determine"))])
    assert (await answers(tmp_path, "determine", warc=pattern))["determine"].status == "found"
    assert scanned == [saved, saved]


def coded(path: Path, coding: str, body: bytes, word: str = "apple", **more: str) -> None:
    """Add one response with a body as it came over the network; ``more`` is its ``transfer`` coding and ``digest``."""
    headers = [("Content-Type", "text/html"), ("Content-Encoding", coding), ("Transfer-Encoding", more.get("transfer"))]
    about = {"WARC-Date": "2022-01-01T00:00:00Z", "WARC-Payload-Digest": more.get("digest")}
    with path.open("ab") as file:
        writer = WARCWriter(file, gzip=path.suffix == ".gz")
        record = writer.create_warc_record(
            f"{AMERICAN}/{word}",
            "response",
            payload=io.BytesIO(body),
            length=len(body),
            http_headers=StatusAndHeaders("200 OK", [each for each in headers if each[1]], protocol="HTTP/1.1"),
            warc_headers_dict={name: value for name, value in about.items() if value},
        )
        writer.write_record(record)


def chunks(body: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:100], body[100:])) + b"0\r\n\r\n"


@pytest.mark.parametrize("name", ["x.warc.gz", "x.warc"])
@pytest.mark.parametrize("coding", ["gzip in chunks", "gzip", "br", "said to be gzip"])
async def test_bodies_are_read_with_the_codings_they_were_kept_with(tmp_path: Path, coding: str, name: str) -> None:
    html = page("apple").encode()
    body = {"br": brotli.compress(html), "said to be gzip": html}.get(coding, gzip.compress(html))
    body, transfer = (chunks(body), "chunked") if coding.endswith("chunks") else (body, "")
    coded(tmp_path / name, "br" if coding == "br" else "gzip", body, transfer=transfer)
    found = await answers(tmp_path, "apple", warc=str(tmp_path / name))
    assert found["apple"].status == "found", found["apple"].error


async def test_a_header_field_that_is_wrong_costs_no_page_and_a_damaged_body_is_none(tmp_path: Path) -> None:
    path = tmp_path / "x.warc"
    html = {word: page(word).encode() for word in ("apple", "hi", "love", "banana", "bye")}
    coded(path, "br", html["apple"], word="apple")
    coded(path, "utf-8", html["hi"], word="hi", transfer="chunked")
    coded(path, "", chunks(gzip.compress(html["love"])), word="love", transfer="gzip, chunked")
    coded(path, "", chunks(html["banana"])[:-5], word="banana", transfer="chunked")
    coded(path, "", chunks(html["bye"]).replace(b"64\r\n", b"xx\r\n", 1), word="bye", transfer="chunked")
    found = await answers(tmp_path, ",".join(html), warc=str(path), homographs="first")
    assert [lookup.status.value for lookup in found.values()] == ["found"] * 3 + ["parse_error"] * 2
    assert all("a damaged chunk" in (found[word].error or "") for word in ("banana", "bye"))


def sha1(body: bytes, encode: Callable[[bytes], bytes] = base64.b32encode) -> str:
    return f"sha1:{encode(hashlib.sha1(body).digest()).decode()}"  # noqa: S324


async def test_a_body_that_does_not_have_the_digest_of_its_record_is_read_with_a_warning(tmp_path: Path) -> None:
    html = {word: page(word).encode() for word in ("apple", "hi", "love", "banana", "bye")}
    digests = {
        "apple": sha1(html["apple"]),
        "hi": sha1(gzip.compress(html["hi"], mtime=0), base64.b16encode).lower(),
        "love": sha1(b"another body"),
        "banana": "sha1:no digest",
        "bye": "crc:1234",
    }
    for word, body in html.items():
        packed = gzip.compress(body, mtime=0)
        coded(tmp_path / "x.warc", "gzip", packed, word=word, digest=digests[word])
    found = await answers(tmp_path, ",".join(html), warc=str(tmp_path / "x.warc"), homographs="first")
    warned = [word for word, lookup in found.items() if lookup.entries[0].source.warnings]
    assert (warned, found["love"].entries[0].source.warnings) == (["love"], ("payload-digest-mismatch",))


async def test_a_bomb_is_too_large(tmp_path: Path) -> None:
    coded(tmp_path / "x.warc.gz", "br", brotli.compress(bytes(2**25), quality=1))
    found = await answers(tmp_path, "apple", warc=str(tmp_path / "x.warc.gz"))
    assert found["apple"].status == "too_large"
    assert "bytes" in (found["apple"].error or "")


async def test_a_page_that_is_cut_off_is_passed_over_for_an_older_one(tmp_path: Path) -> None:
    write_warc(
        tmp_path / "x.warc.gz",
        [
            Capture(f"{AMERICAN}/apple", "2020-01-01T00:00:00Z", page("apple")),
            Capture(f"{AMERICAN}/apple", "2021-01-01T00:00:00Z", page("apple", "newer")),
        ],
    )
    content = (tmp_path / "x.warc.gz").read_bytes()
    (tmp_path / "x.warc.gz").write_bytes(content[:-2_000])
    found = await answers(tmp_path, "apple", warc=str(tmp_path / "x.warc.gz"))
    assert [f"{entry.source.archived_at:%Y}" for entry in found["apple"].entries] == ["2020"]


@pytest.mark.parametrize(
    "form",
    [
        "http://www.macmillandictionary.com:80/us/dictionary/american/apple",
        "https://macmillandictionary.com/us/dictionary/american/apple/",
        "https://www.macmillandictionary.com/US/dictionary/American/APPLE?utm_source=x&fbclid=y",
    ],
)
async def test_a_capture_of_another_form_of_the_address_is_the_pages(tmp_path: Path, form: str) -> None:
    when = "2020-01-01T00:00:00Z"
    captured = [
        Capture(form, when, page("apple")),
        Capture(f"{AMERICAN}/loves", when, status="302 Found", location=form.lower().replace("apple", "love_1")),
        Capture(form.replace("apple", "love_1").replace("APPLE", "love_1"), when, page("love_1")),
    ]
    write_warc(tmp_path / "x.warc.gz", captured)
    found = await answers(tmp_path, "apple,loves", warc=str(tmp_path / "x.warc.gz"))
    assert {word: lookup.status.value for word, lookup in found.items()} == {"apple": "found", "loves": "redirected"}
    assert found["apple"].entries[0].source.url == f"{AMERICAN}/apple"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (gzip.compress(gzip.compress(page("apple").encode())), "found"),
        (gzip.compress(brotli.compress(page("apple").encode())), "parse_error"),
        (gzip.compress(page("apple").encode())[:-50], "parse_error"),
        (b"\x1f\x8b no gzip at all", "parse_error"),
    ],
    ids=["twice", "brotli in gzip", "cut off", "damaged"],
)
async def test_a_captured_page_that_the_parser_does_not_understand_does_not_count_as_missing(
    tmp_path: Path, body: bytes, status: str
) -> None:
    coded(tmp_path / "x.warc.gz", "gzip", body)
    found = await answers(tmp_path, "apple", warc=str(tmp_path / "x.warc.gz"))
    assert found["apple"].status.value == status


async def test_a_damaged_record_costs_neither_the_other_records_nor_the_other_files(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for word in ("apple", "hi_1"):
        path = tmp_path / f"{word}.warc.gz"
        write_warc(path, [Capture(f"{AMERICAN}/{word}", "2021-02-30T00:00:00Z", "x")])
        bad = path.read_bytes()
        write_warc(path, [Capture(f"{AMERICAN}/{word}", "2020-01-01T00:00:00Z", page(word))])
        path.write_bytes(bad + bad[:100] + path.read_bytes())
    found = await answers(tmp_path, "apple,hi_1", warc=str(tmp_path / "*.warc.gz"), homographs="first")
    assert found["apple"].status == "found"
    assert caplog.text.count("damaged records were skipped") == 2
    assert "apple.warc.gz: the record at byte 0 is skipped: ValueError" in caplog.text


async def test_a_page_of_another_host_is_no_page_of_the_dictionary(tmp_path: Path) -> None:
    path = "/us/dictionary/american/apple"
    write_warc(
        tmp_path / "x.warc.gz",
        [
            Capture(
                f"{SITE}{path}", "2022-01-01T00:00:00Z", status="302 Found", location=f"https://evil.example{path}"
            ),
            Capture(f"https://evil.example{path}", "2022-01-01T00:00:00Z", page("apple")),
        ],
    )
    found = await answers(tmp_path, "apple", warc=str(tmp_path / "x.warc.gz"))
    assert found["apple"].status == "not_archived"
    assert "evil.example" in (found["apple"].error or "")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"source": "warc"}, "source=warc warc=FILES"),
        ({"source": "archive", "warc": "x.warc.gz"}, "source=warc warc=FILES"),
        ({"source": "warc", "warc": "/nowhere/*.warc.gz"}, "no file has the name '/nowhere/"),
        ({"source": "warc", "warc": f"{ROOT}/pyproject.toml"}, "pyproject.toml is not a WARC file"),
    ],
)
async def test_files_that_cannot_be_read_are_refused_before_any_word(
    tmp_path: Path, given: dict[str, str], named: str
) -> None:
    with pytest.raises(ArgumentError) as refused:
        await dictcrawler.crawl(["hi"], data=tmp_path, **given)
    assert named in str(refused.value)
    assert not (tmp_path / "feeds").exists()


async def test_a_single_gzip_stream_of_all_records_is_refused_with_the_remedy(tmp_path: Path) -> None:
    write_warc(tmp_path / "x.warc.gz", [Capture(f"{AMERICAN}/{word}", "2020-01-01T00:00:00Z", "x") for word in "ab"])
    whole = gzip.decompress((tmp_path / "x.warc.gz").read_bytes())
    (tmp_path / "x.warc.gz").write_bytes(gzip.compress(whole))
    with pytest.raises(ArgumentError, match="warcio recompress"):
        await answers(tmp_path, "apple", warc=str(tmp_path / "x.warc.gz"))
