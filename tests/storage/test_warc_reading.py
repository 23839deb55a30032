"""WARC and ARC files of any origin: damaged records are skipped and named, huge ones cost no memory."""

from __future__ import annotations

import gzip
import logging
import tracemalloc
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from warcio.exceptions import ArchiveLoadFailed

from dictcrawler.errors import ArgumentError
from dictcrawler.storage import warc_index, warc_reading
from dictcrawler.storage.warc_reading import MAX_HEAD

SITE = "https://www.site.example/dictionary"
DATE = "2020-01-01T00:00:00Z"


def http(body: bytes = b"<html></html>", *lines: bytes) -> bytes:
    return b"\r\n".join((b"HTTP/1.1 200 OK", b"Content-Type: text/html", *lines, b"", body))


def record(word: str, block: bytes | None = None, **fields: str | None) -> bytes:
    """One WARC record; ``fields`` replace its own, ``None`` leaves one out."""
    block = http() if block is None else block
    own: dict[str, str | None] = {
        "WARC_Type": "response",
        "WARC_Target_URI": f"{SITE}/{word}",
        "WARC_Date": DATE,
        "Content_Type": "application/http; msgtype=response",
        "Content_Length": str(len(block)),
    }
    named = {**own, **fields}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in named.items() if value is not None]
    return "\r\n".join(("WARC/1.0", *lines, "", "")).encode() + block + b"\r\n\r\n"


def arc(word: str, block: bytes | None = None, date: str = "20200101000000") -> bytes:
    block = http() if block is None else block
    return f"{SITE}/{word} 192.0.2.1 {date} text/html {len(block)}\n".encode() + block + b"\n"


ARC_HEAD = b"1 0 Some Archive\nURL IP-address Archive-date Content-type Archive-length\n\n"
FILEDESC = b"filedesc://some.arc 0.0.0.0 20200101000000 text/plain %d\n" % len(ARC_HEAD) + ARC_HEAD


def write(folder: Path, parts: Sequence[bytes], *, is_gzip: bool) -> Path:
    path = folder / ("x.warc.gz" if is_gzip else "x.warc")
    # A gzip member stays as it is.
    packed = (part if part.startswith((b"\x1f\x8b", b"raw:")) else gzip.compress(part) for part in parts)
    path.write_bytes(b"".join(part.removeprefix(b"raw:") for part in (packed if is_gzip else parts)))
    return path


def words(path: Path) -> list[str]:
    return [capture.url.rsplit("/", 1)[-1] for capture in warc_index.scan(path)]


both = pytest.mark.parametrize("is_gzip", [True, False], ids=["gzip", "plain"])

DAMAGED: dict[str, bytes] = {
    "a day that there is not": record("bad", WARC_Date="2021-02-30T00:00:00Z"),
    "a date of nobody's time": record("bad", WARC_Date="0001-01-01T00:00:00+14:00"),
    "no date": record("bad", WARC_Date=None),
    "a date in words": record("bad", WARC_Date="yesterday"),
    "an address that is none": record("bad", WARC_Target_URI="http://[bad"),
    "an address that does not print": record("bad", WARC_Target_URI="http://x.example/\x07"),
    "no address": record("bad", WARC_Target_URI=None),
    "a length that is none": record("bad", Content_Length="many"),
    "a length below nothing": record("bad", Content_Length="-5"),
    "a length of 5,000 digits": record("bad", Content_Length="9" * 5_000),
    "a head without an end": b"WARC/1.0\r\n" + b"X: y\r\n" * (MAX_HEAD // 6 + 1) + b"\r\n\r\n",
    "a line without an end": b"WARC/1.0\r\nX: " + b"y" * (MAX_HEAD + 10) + b"\r\n\r\n",
    "an HTTP head without an end": record("bad", http(b"", *[b"X: y"] * (MAX_HEAD // 6 + 1))),
    "no HTTP at all": record("bad", b""),
    "garbage": bytes(range(256)) * 40,
    "another version of the format": record("bad").replace(b"WARC/1.0", b"WARC/9.9"),
}


@both
@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_record_costs_no_other_and_is_named(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture, *, is_gzip: bool
) -> None:
    path = write(tmp_path, [record("one"), DAMAGED[damage], record("two"), record("three")], is_gzip=is_gzip)
    found = [word for word in words(path) if word != "bad"]
    assert found == ["one", "two", "three"]
    if "HTTP" not in damage or "end" in damage:
        assert f"{path}: the record at byte" in caplog.text or "length" in damage
    assert max(map(len, caplog.messages), default=0) < 600


def cut(member: bytes) -> bytes:
    return member[: len(member) // 2]


def flipped(member: bytes) -> bytes:
    middle = len(member) // 2
    return member[:middle] + bytes(255 - byte for byte in member[middle : middle + 8]) + member[middle + 8 :]


LONG = bytes(range(256)) * 4_000


@pytest.mark.parametrize("damage", [cut, flipped, lambda member: member[:-8] + bytes(8)], ids=["cut", "flipped", "sum"])
def test_a_damaged_gzip_member_costs_no_other(
    tmp_path: Path, damage: Callable[[bytes], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    bad = damage(gzip.compress(record("bad", http(LONG)), 1))
    path = write(tmp_path, [record("one"), bad, record("two"), bad, bad, record("three")], is_gzip=True)
    assert [word for word in words(path) if word != "bad"] == ["one", "two", "three"]
    assert "damaged records were skipped" in caplog.text


@pytest.mark.parametrize("damage", [cut, flipped], ids=["cut", "flipped"])
def test_a_file_that_ends_within_a_record_has_all_before_it(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    for is_gzip in (True, False):
        last = record("bad", http(LONG))
        path = write(tmp_path, [record("one"), damage(gzip.compress(last) if is_gzip else last)], is_gzip=is_gzip)
        assert words(path)[0] == "one"


def test_members_without_a_record_do_not_end_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, [record("one"), gzip.compress(b""), b"\r\n\r\n", record("two")], is_gzip=True)
    assert words(path) == ["one", "two"]


@both
def test_blank_lines_between_records_are_nothing(tmp_path: Path, *, is_gzip: bool) -> None:
    assert words(write(tmp_path, [b"\r\n" + record("one") + b"\r\n\n", record("two")], is_gzip=is_gzip)) == [
        "one",
        "two",
    ]


@both
def test_arc_files_are_read(tmp_path: Path, *, is_gzip: bool) -> None:
    path = write(
        tmp_path, [FILEDESC, arc("one"), arc("two").replace(b" 20200101", b" 2020"), arc("three")], is_gzip=is_gzip
    )
    found = list(warc_index.scan(path))
    assert [capture.url for capture in found] == [f"{SITE}/one", f"{SITE}/three"]
    assert f"{found[0].captured_at:%Y-%m-%d %H:%M}" == "2020-01-01 00:00"
    with path.open("rb") as file:
        _, body = warc_reading.record_at(file, found[1].offset, 100)
    assert body == b"<html></html>"


@pytest.mark.parametrize(
    "content",
    [
        b"[build-system]\nrequires = []\n",
        gzip.compress(b"a word list\nhi\n"),
        b"<html><body>a page as it was saved</body></html>" * 50,
    ],
    ids=["text", "text in gzip", "a page"],
)
def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(content)
    with pytest.raises(ArgumentError, match=r"x\.warc\.gz is not a WARC file"):
        list(warc_index.scan(path))


@pytest.mark.parametrize(
    ("magic", "remedy"),
    [(b"\x28\xb5\x2f\xfd", "zstd -d"), (b"\x5d\x2a\x4d\x18", "zstd"), (b"PK\x03\x04", "a ZIP file: unpack it")],
    ids=["zstd", "zstd with a dictionary", "WACZ"],
)
def test_a_file_in_another_packing_is_refused_with_the_remedy(tmp_path: Path, magic: bytes, remedy: str) -> None:
    (tmp_path / "x.warc").write_bytes(magic + bytes(100))
    with pytest.raises(ArgumentError, match=rf"x\.warc is not a WARC file \(it is .*{remedy}"):
        list(warc_index.scan(tmp_path / "x.warc"))


def test_plain_and_gzipped_files_that_were_joined_are_read(tmp_path: Path) -> None:
    parts = [record("one"), gzip.compress(record("two")), record("three"), gzip.compress(arc("four")), arc("five")]
    path = write(tmp_path, parts, is_gzip=False)
    assert words(path) == ["one", "two", "three", "four", "five"]


@pytest.mark.parametrize("more", [-3, 100, 250])
@pytest.mark.parametrize("make", [record, arc])
def test_a_record_with_a_wrong_length_costs_no_other(
    tmp_path: Path, make: Callable[[str, bytes], bytes], more: int
) -> None:
    length = b"%d" % len(http())
    bad = make("bad", http()).replace(length, b"%d" % (int(length) + more), 1)
    path = write(tmp_path, [record("one"), bad, make("two", http()), record("three")], is_gzip=False)
    assert words(path) == ["one", "bad", "two", "three"]


def test_nothing_within_a_damaged_member_is_a_record(tmp_path: Path) -> None:
    stored = gzip.compress(record("one", http(LONG + b"\r\n" + record("bad"))), 0)
    path = write(tmp_path, [stored[:-8] + bytes(8), record("two")], is_gzip=True)
    assert "bad" not in words(path)
    with path.open("rb") as file, pytest.raises(ArchiveLoadFailed, match="incorrect"):
        warc_reading.record_at(file, 0, 2 * len(LONG))


def test_records_in_one_gzip_stream_are_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(gzip.compress(record("one") + record("two")))
    with pytest.raises(ArgumentError, match="warcio recompress"):
        list(warc_index.scan(path))


def test_a_file_that_is_empty_or_of_damage_alone_costs_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "empty.warc.gz").write_bytes(b"")
    (tmp_path / "damaged.warc.gz").write_bytes(cut(gzip.compress(record("bad", http(LONG)), 1))[:50])
    assert [list(warc_index.scan(tmp_path / name)) for name in ("empty.warc.gz", "damaged.warc.gz")] == [[], []]
    assert "empty.warc.gz: there is no record in it" in caplog.text
    assert "damaged.warc.gz: 1 damaged records were skipped, 0 were read" in caplog.text


def bomb(head: bytes, tail: bytes, mib: int) -> bytes:
    """A gzip member with this many MiB of one letter in the middle."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(head), *(packer.compress(b"y" * 2**20) for _ in range(mib)), packer.compress(tail)]
    return b"".join((*parts, packer.flush()))


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        (b"WARC/1.0\r\nX: ", b"\r\n\r\n"),
        (record("bad", b"", Content_Length=str(2**40)).rstrip() + b"\r\n\r\nHTTP/1.1 200 OK\r\nX: ", b"\r\n\r\n"),
        (record("bad", b"", Content_Length=str(2**40)).rstrip() + b"\r\n\r\n" + http(), b""),
    ],
    ids=["a line of its head", "a line of its HTTP head", "its body"],
)
def test_a_bomb_costs_no_memory(tmp_path: Path, head: bytes, tail: bytes, caplog: pytest.LogCaptureFixture) -> None:
    path = write(tmp_path, [record("one"), bomb(head, tail, 96), record("two")], is_gzip=True)
    assert path.stat().st_size < 2**18
    caplog.set_level(logging.CRITICAL)
    tracemalloc.start()
    try:
        found = [word for word in words(path) if word != "bad"]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == ["one", "two"]
    assert peak < 8 * 2**20
