"""The readers of a feed return exactly what was published."""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dictcrawler import feeds
from dictcrawler.errors import FeedError
from dictcrawler.feeds import missing, search
from dictcrawler.feeds.reader import read_heads
from dictcrawler.feeds.soundness import EntryHead
from dictcrawler.model import Entry, Lookup, Status
from tests.support import records

FIRST = records.entry()
SECOND = records.entry(id="invented:main:zorbing_1", headword="zorbing")
MISS = records.lookup(keyword="zrob", line=2, status=Status.NOT_IN_DICTIONARY, entry_ids=(), suggestions=("zorb",))
LOOKUPS = (records.lookup(), MISS)


@pytest.fixture(params=["", ".gz"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return records.published(tmp_path / "run-1", (FIRST, SECOND), LOOKUPS, request.param)


def test_a_published_run_is_read_back(run: Path) -> None:
    assert list(feeds.read_entries(run)) == [FIRST, SECOND]
    assert list(feeds.read_lookups(run)) == list(LOOKUPS)
    assert feeds.read_run(run).run == "run-1"


def test_a_file_a_run_and_a_feed_folder_are_all_understood(tmp_path: Path) -> None:
    feed = records.feed(tmp_path / "invented", "run-1", (FIRST,), LOOKUPS)
    for path in (feed, str(feed), feed / "latest", feed / "run-1", feed / "run-1" / "entries.jsonl"):
        assert list(feeds.read_entries(path)) == [FIRST]
    assert feeds.resolve(feed) == feeds.resolve(feed / "latest") == (feed / "run-1").resolve()
    assert feeds.read_run(feed / "run-1" / "run.json") == feeds.read_run(feed)


def test_a_reader_stays_with_the_run_it_began_with(tmp_path: Path) -> None:
    feed = records.feed(tmp_path / "invented", "run-1", (FIRST,), LOOKUPS)
    place = feeds.resolve(feed)
    begun = feeds.read_entries(feed)
    records.feed(feed, "run-2", (SECOND,), (MISS,))
    assert list(begun) == [FIRST]
    assert list(feeds.read_lookups(place)) == list(LOOKUPS)
    assert list(feeds.read_entries(feed)) == [SECOND]


def test_a_lookup_is_written_without_its_entries() -> None:
    line = feeds.encode_line(records.lookup(entries=(FIRST,)))
    assert line == feeds.encode_line(records.lookup())
    assert b'"entries"' not in line


@given(st.one_of(records.records(Entry), records.records(Lookup)))
@settings(max_examples=40, deadline=None)
def test_a_line_is_strict_json_without_null_and_without_any_line_end_inside(record: Entry | Lookup) -> None:
    line = feeds.encode_line(record)
    assert line.decode().splitlines(keepends=True) == [line.decode()]

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    json.loads(line, parse_constant=refuse)
    assert b":null" not in feeds.encode_line(records.entry())


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\x0b", "\x1c", "\n", "\r"])
def test_a_line_end_in_a_text_is_escaped_and_read_back(end: str) -> None:
    line = feeds.encode_line(records.entry(headword=f"a{end}b"))
    assert len(line.decode().splitlines()) == 1
    assert msgspec.json.decode(line, type=Entry).headword == f"a{end}b"


def test_optional_scalars_are_left_out_and_lists_are_always_there() -> None:
    line = json.loads(feeds.encode_line(MISS))
    assert line["entry_ids"] == []
    assert "duplicate_of" not in line
    assert list(line)[:3] == ["keyword", "line", "normalized"]


def rewritten(run: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    file = next(run.glob(f"{name}*"))
    pack, unpack = (gzip.compress, gzip.decompress) if file.suffix == ".gz" else (bytes, bytes)
    file.write_bytes(pack(change(unpack(file.read_bytes()))))
    return file


@pytest.mark.parametrize(
    ("change", "line", "problem"),
    [
        (lambda text: text[:-1], 2, "half a line"),
        (lambda text: text[:-100], 2, "half a line"),
        (lambda text: b"\n" + text, 1, "not JSON"),
        (lambda text: text.replace(b"}\n", b"\n", 1), 1, "not JSON"),
        (lambda text: text.replace("é".encode(), b"\xe9"), 1, "not JSON"),
        (lambda text: text.replace(b'"headword":"zorbing"', b'"headword":""'), 2, "`$.headword`"),
        (lambda text: text.replace(b'"headword":', b'"head_word":', 1), 1, "unknown field `head_word`"),
        (
            lambda text: text.replace(b'"schema_version":"1.1"', b'"schema_version":"2.0"'),
            1,
            "schema_version 1.0 or 1.1",
        ),
        (lambda text: text.replace(b'"schema_version":"1.1",', b""), 1, "there is no schema_version"),
        (lambda text: text.replace(b'"type":"register"', b'"type":null', 1), 1, "`$.labels[0].type`"),
    ],
)
def test_a_bad_line_of_a_feed_is_named_with_its_file(
    run: Path, change: Callable[[bytes], bytes], line: int, problem: str
) -> None:
    file = rewritten(run, feeds.ENTRIES, change)
    with pytest.raises(FeedError) as raised:
        list(feeds.read_entries(run))
    assert (raised.value.path, raised.value.line) == (file, line)
    assert f"{file}, line {line}: " in str(raised.value)
    assert problem in str(raised.value)


def test_the_lines_before_a_bad_one_are_returned(run: Path) -> None:
    rewritten(run, feeds.ENTRIES, lambda text: text[:-1])
    assert next(feeds.read_entries(run)) == FIRST


def test_a_gzipped_feed_that_breaks_off_is_an_error(tmp_path: Path) -> None:
    run = records.published(tmp_path / "run-1", (FIRST, SECOND), LOOKUPS, ".gz")
    file = run / "entries.jsonl.gz"
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(FeedError, match=r"entries\.jsonl\.gz, line \d: cannot be read"):
        list(feeds.read_entries(run))


def test_a_place_without_a_feed_is_refused_at_the_call(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="there is no feed here"):
        feeds.read_entries(tmp_path)
    with pytest.raises(FeedError, match="there is no feed here"):
        feeds.read_entries(tmp_path / "missing")
    (tmp_path / feeds.RUN).write_bytes(b"{}")
    with pytest.raises(FeedError, match=r"this run has no entries\.jsonl"):
        feeds.read_entries(tmp_path)


def test_a_latest_that_is_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / feeds.LATEST).symlink_to(feeds.LATEST)
    with pytest.raises(FeedError, match="there is no feed here"):
        feeds.resolve(tmp_path)


def test_a_bad_manifest_is_refused(run: Path) -> None:
    (run / feeds.RUN).write_bytes(b"{")
    with pytest.raises(FeedError, match=r"run\.json: not JSON"):
        feeds.read_run(run)
    (run / feeds.RUN).write_bytes(b'{"schema_version":"2.0"}')
    with pytest.raises(FeedError, match=r"run\.json: does not match schema_version 1\.0 or 1\.1"):
        feeds.read_run(run)
    (run / feeds.RUN).unlink()
    (run / feeds.RUN).mkdir()
    with pytest.raises(FeedError, match=r"run\.json: cannot be read"):
        feeds.read_run(run)


def test_a_whole_run_is_verified(run: Path) -> None:
    assert feeds.verify(run) == feeds.read_run(run)
    assert feeds.verify(run).entries == 2


def test_a_changed_file_does_not_verify(run: Path) -> None:
    rewritten(run, feeds.LOOKUPS, lambda text: text.replace(b"zrob", b"zrub"))
    with pytest.raises(FeedError, match=r"lookups\.jsonl.*not the file that run\.json lists"):
        feeds.verify(run)


def test_a_lost_file_does_not_verify(run: Path) -> None:
    next(run.glob("lookups*")).unlink()
    with pytest.raises(FeedError, match=r"lookups\.jsonl.*cannot be read"):
        feeds.verify(run)


@pytest.mark.parametrize(("count", "name"), [("entries", "entries.jsonl"), ("keywords", "lookups.jsonl")])
def test_a_manifest_that_miscounts_does_not_verify(run: Path, count: str, name: str) -> None:
    reported = msgspec.structs.replace(feeds.read_run(run), **{count: 7})
    (run / feeds.RUN).write_bytes(msgspec.json.encode(reported))
    with pytest.raises(FeedError, match=rf"it counts 7 lines of {name}, its list of files 2"):
        feeds.verify(run)


def test_a_manifest_cannot_name_files_elsewhere(run: Path) -> None:
    reported = feeds.read_run(run)
    astray = msgspec.structs.replace(reported, files={"../run-1/entries.jsonl": next(iter(reported.files.values()))})
    (run / feeds.RUN).write_bytes(msgspec.json.encode(astray))
    with pytest.raises(FeedError, match="is not the name of a file beside it"):
        feeds.verify(run)


def test_only_matching_lines_are_decoded(run: Path) -> None:
    rewritten(run, feeds.ENTRIES, lambda text: b"not JSON\n" + text)
    assert list(feeds.matching(run, Entry, b'"headword":"zorbing"')) == [SECOND]
    assert list(feeds.matching(run, Lookup, b"zrob")) == [MISS]


@pytest.mark.parametrize("separators", [(", ", ": "), (",", ":"), (" ,", " :")])
def test_words_are_found_in_a_feed_that_another_program_has_written(run: Path, separators: tuple[str, str]) -> None:
    def respelt(text: bytes) -> bytes:
        lines = (json.dumps(json.loads(line), separators=separators) + "\n" for line in text.splitlines())
        return "".join(lines).replace("zorbing", r"zorb\u0069ng").encode()

    rewritten(run, feeds.ENTRIES, respelt)
    rewritten(run, feeds.LOOKUPS, respelt)
    assert [each.lookup for each in missing.of_run(run)] == [MISS]
    assert search.find(run, "zorbing").entries == (SECOND,)


def test_reading_feeds_needs_neither_scrapy_nor_twisted() -> None:
    program = (
        "import sys; from dictcrawler import feeds, model; from dictcrawler.plan import word_list; "
        "from dictcrawler.reading import citation, normalize; "
        "print(sorted({'scrapy', 'twisted', 'selectolax'} & {name.split('.')[0] for name in sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("name", [feeds.ENTRIES, feeds.RUN])
def test_a_line_of_two_gigabytes_is_refused_before_it_fills_the_memory(tmp_path: Path, name: str) -> None:
    run = records.published(tmp_path / "run-1", (records.entry(),), (records.lookup(),))
    os.truncate(run / name, 2 << 30)
    with limited_memory(512 << 20), pytest.raises(FeedError, match=rf"{name}.*longer than 64 MiB"):
        list(feeds.read_entries(run)) if name == feeds.ENTRIES else feeds.read_run(run)


def test_a_gzipped_line_is_measured_unpacked(tmp_path: Path) -> None:
    file = tmp_path / f"{feeds.ENTRIES}.gz"
    file.write_bytes(feeds.encode_line(records.entry()))
    good = gzip.compress(file.read_bytes())
    file.write_bytes(good + gzip.compress(bytes(65 << 20), 1))
    with pytest.raises(FeedError, match=r"entries.jsonl.gz, line 2: longer than 64 MiB"):
        list(feeds.read_entries(file))


@contextmanager
def limited_memory(more: int) -> Iterator[None]:
    """Allow this many more bytes of memory than are mapped now."""
    mapped = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (mapped + more, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.parametrize("name", ["../../outside", "/outside", "..", "", "a/b", "zorb\x1b", "z" * 5000, "zorb\0"])
def test_a_manifest_whose_dictionary_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / feeds.RUN
    reported = {**msgspec.to_builtins(records.manifest()), "dictionary": name}
    file.write_bytes(msgspec.json.encode(reported))
    with pytest.raises(FeedError, match="dictionary"):
        feeds.read_run(tmp_path)


def test_a_line_that_is_nested_a_thousand_deep_is_an_error(tmp_path: Path) -> None:
    run = records.published(tmp_path / "run-1", (FIRST, SECOND), LOOKUPS)
    (run / feeds.ENTRIES).write_bytes(b'{"id":"a","b":' + b'{"a":' * 5000 + b"1" + b"}" * 5001 + b"\n")
    with pytest.raises(FeedError, match="line 1: not JSON"):
        list(read_heads(run, EntryHead))
