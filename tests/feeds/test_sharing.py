"""``python -m dictcrawler share``: everything of an open dictionary, no word of a closed one."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from dictcrawler import feeds
from dictcrawler.cli.main import main
from dictcrawler.errors import DictcrawlerError, FeedError, StoreError
from dictcrawler.feeds import schema, sharing
from dictcrawler.feeds.soundness import Census
from dictcrawler.model import Entry
from tests.support import records
from tests.support.server import ROOT, Serve, crawl, sample_pages

RESERVED = records.source(license=None, warnings=("unknown-label:zurblish",))
SHARE_ALIKE = records.source(license="CC-BY-SA-4.0", revision="77", attribution="Wiki authors: zorb, revision 77")
OTHER = {"id": "invented:main:zorbing_1", "headword": "zorbing"}
# The only words allowed in a line about a reserved entry.
TOLD = frozenset(
    {"structure_version", "id", "dictionary", "edition", "lang", "headword", "homograph_number", "parts_of_speech",
     "content_hash", "source", "number", "parent"}
)  # fmt: skip


def run_of(tmp_path: Path, *entries: Entry) -> Path:
    return records.feed(tmp_path / "feeds" / "invented", "run-1", entries, ()) / "run-1"


def shared_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def words(value: object) -> Iterator[str]:
    """All words in the strings of a JSON value."""
    if isinstance(value, str):
        yield from re.findall(r"\w+", value.casefold())
    elif isinstance(value, dict):
        for inner in value.values():
            yield from words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from words(inner)


def marked(value: Any, key: str = "") -> Any:
    """The entry with a secret in every string that is not an id, a fact or from our own vocabulary."""
    if isinstance(value, dict):
        return {name: inner if name == "source" else marked(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [marked(inner, key) for inner in value]
    fixed = {*TOLD, "type", "definition_type", "from", "to", "schema_version", "scheme", "kind"}
    return value if key in fixed or not isinstance(value, str) else f"secret {value}"


def test_an_open_run_is_passed_on_whole_with_page_revision_licence_and_authors_of_each_entry(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = (records.entry(cited=SHARE_ALIKE), records.entry(cited=SHARE_ALIKE, **OTHER))
    run = run_of(tmp_path, *entries)
    assert main(["share", "invented", "--data", str(tmp_path)]) == 0
    out = tmp_path / "shared" / "invented" / "run-1"
    assert (out / "entries.jsonl").read_bytes() == (run / "entries.jsonl").read_bytes()
    assert list(feeds.read_entries(out / "entries.jsonl")) == list(entries)
    notice = (out / "NOTICE").read_text().splitlines()
    assert notice[-2:] == [
        f"{word}\t{records.URL}\t77\tCC-BY-SA-4.0\tWiki authors: zorb, revision 77" for word in ("zorb", "zorbing")
    ]
    assert "https://creativecommons.org/licenses/by-sa/4.0/" in "".join(notice)
    assert any(line.startswith("Changes: ") for line in notice)
    assert capsys.readouterr().out == f"2 entries, under CC-BY-SA-4.0: {out}/entries.jsonl\n"


@pytest.mark.parametrize("licence", [None, "CC-BY-ND-4.0", "LicenseRef-unheard-of"])
def test_of_a_reserved_or_unknown_licence_only_structure_citation_and_hashes_go(
    tmp_path: Path, licence: str | None
) -> None:
    entry = records.entry(cited=msgspec.structs.replace(RESERVED, license=licence))
    shared = sharing.share(run_of(tmp_path, entry), tmp_path / "out")
    assert (shared.file, shared.entries, shared.licence) == ("structure.jsonl", 1, None)
    (line,) = (tmp_path / "out" / "structure.jsonl").read_bytes().splitlines()
    reported = json.loads(line)
    Draft202012Validator(schema.schema("structure")).validate(reported)
    assert not Draft202012Validator(schema.schema("entry")).is_valid(reported)
    assert reported["headword"] == "zorb"
    assert reported["content_hash"] == entry.content_hash
    assert reported["source"]["payload_digest"] == entry.source.payload_digest
    assert reported["relations"] == {"derived": 1, "synonym": 1}
    assert reported["senses"] == [
        {"id": "invented:main:zorb_1#1", "number": "1", "labels": 1, "definitions": 1, "examples": 1},
        {"id": "invented:main:zorb_1#1a", "number": "1a", "parent": "invented:main:zorb_1#1", "labels": 0,
         "definitions": 1, "examples": 0},
    ]  # fmt: skip


def test_no_word_of_a_definition_an_example_or_anything_else_printed_is_in_a_shared_reserved_feed(
    tmp_path: Path,
) -> None:
    secret = marked(json.loads(feeds.encode_line(records.entry(cited=RESERVED))))
    assert json.dumps(secret).count("secret") > 25
    sharing.share(run_of(tmp_path, msgspec.convert(secret, Entry)), tmp_path / "out")
    assert b"secret" not in shared_bytes(tmp_path / "out")
    assert b"zurblish" not in shared_bytes(tmp_path / "out")


@given(entry=records.records(Entry))
@settings(max_examples=60, deadline=None)
def test_the_structure_of_any_entry_has_only_facts(entry: Entry) -> None:
    reported = json.loads(feeds.encode_line(sharing.structure(entry)))
    for name, value in reported.items():
        if name not in {*TOLD, "senses", "relations"}:
            assert isinstance(value, int), name
    for sense in reported["senses"]:
        assert all(isinstance(value, int) for name, value in sense.items() if name not in TOLD)
    assert all(isinstance(value, int) for value in reported["relations"].values())
    assert reported["source"]["warnings"] == []


def test_a_crawled_reserved_feed_is_shared_without_a_definition_or_an_example(tmp_path: Path, serve: Serve) -> None:
    server = serve(sample_pages("macmillan"))
    mirror = f"base_url={server.url}/us/dictionary/american/{{keyword}}"
    done = crawl(tmp_path, "source=live", mirror, "word=love,buzz,apple", settings={"DOWNLOAD_DELAY": 0})
    assert done.status == 0, done.log
    assert main(["share", str(done.feed / "latest"), "--out", str(tmp_path / "out")]) == 0
    lines = [json.loads(line) for line in (tmp_path / "out" / "structure.jsonl").read_text().splitlines()]
    senses = [sense for entry in done.entries for sense in entry.senses]
    texts = [*(d.text for sense in senses for d in sense.definitions), *(e.text for s in senses for e in s.examples)]
    printed = {word for text in texts for word in words(text)}
    facts = {name for entry in done.entries for name in words([entry.id, entry.headword, entry.source.url])}
    facts |= set(words(done.entries[0].source.rights)) | set(words([line["parts_of_speech"] for line in lines]))
    shown = {word for line in lines for word in words({**line, "source": {**line["source"], "retrieved_from": ""}})}
    assert len(printed) > 150
    assert shown & printed <= facts
    assert len(lines) == len(done.entries)


def test_entries_of_different_licences_are_not_passed_on_together(tmp_path: Path) -> None:
    run = run_of(tmp_path, records.entry(cited=SHARE_ALIKE), records.entry(cited=RESERVED, **OTHER))
    with pytest.raises(FeedError, match="line 2: invented:main:zorbing_1 is under None"):
        sharing.share(run, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["feeds"]


@pytest.mark.parametrize("first", [SHARE_ALIKE, RESERVED])
def test_entries_of_different_licences_are_never_published_in_one_file(first: Any) -> None:
    cited = (first, SHARE_ALIKE, RESERVED)
    lines = [feeds.encode_line(records.entry(cited=source)) for source in cited]
    with pytest.raises(StoreError, match=r"CC-BY-SA-4\.0 and all rights reserved"):
        list(Census().count(lines))
    assert len(list(Census().count([lines[1], lines[1]]))) == 2


def test_a_crawl_that_would_mix_licences_publishes_nothing(tmp_path: Path, serve: Serve) -> None:
    server = serve(sample_pages("wiktionary"))
    requested = ("source=live", f"base_url={server.url}/wiki/{{keyword}}")
    fast = {"DOWNLOAD_DELAY": 0, "CONTACT": ""}
    first = crawl(tmp_path, *requested, "word=hi", dictionary="wiktionary", settings=fast)
    run = first.manifest.run
    with sqlite3.connect(tmp_path / "store" / "wiktionary.sqlite") as store:
        older = "UPDATE entries SET line = CAST(replace(CAST(line AS TEXT), 'BY-SA-4.0', 'BY-SA-3.0') AS BLOB)"
        assert store.execute(older).rowcount > 0
    store.close()
    mixed = crawl(tmp_path, *requested, "word=hi,apple", dictionary="wiktionary", settings=fast)
    assert mixed.status == 7
    assert "CC-BY-SA-3.0 and CC-BY-SA-4.0" in mixed.out + mixed.log
    assert feeds.read_run(mixed.feed).run == run
    anew = crawl(tmp_path, *requested, "word=hi,apple", "refresh=all", dictionary="wiktionary", settings=fast)
    assert anew.status == 0, anew.log
    assert {entry.source.license for entry in anew.entries} == {"CC-BY-SA-4.0"}


@pytest.mark.parametrize(
    ("arguments", "status", "reported"),
    [
        (["share", "nowhere"], 4, "there is no feed here"),
        (["share", "invented", "--out", "{here}"], 2, "exists already"),
        (["share", "invented", "--out", "{here}/file/out"], 4, "cannot be written"),
        (["share", "empty"], 4, "there is nothing to pass on"),
        (["share", "damaged"], 4, "not the file that run.json lists"),
    ],
)
def test_a_run_that_cannot_be_shared_gives_a_message_and_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, reported: str
) -> None:
    run_of(tmp_path, records.entry())
    records.feed(tmp_path / "feeds" / "empty", "run-1", (), ())
    damaged = records.feed(tmp_path / "feeds" / "damaged", "run-1", (records.entry(),), ())
    (damaged / "run-1" / "entries.jsonl").write_bytes(b"")
    (tmp_path / "file").touch()
    given = [argument.format(here=tmp_path) for argument in arguments]
    assert main([*given, "--data", str(tmp_path)]) == status
    assert reported in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.rglob("*") if path.name.startswith(".")) == []
    assert not list((tmp_path / "shared").glob("*/*")) if (tmp_path / "shared").exists() else True


def test_a_share_that_breaks_off_leaves_no_half_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sharing.writer, "write_lines", full)
    with pytest.raises(DictcrawlerError, match="No space left"):
        sharing.share(run_of(tmp_path, records.entry()), tmp_path / "new" / "out")
    assert list((tmp_path / "new").iterdir()) == []


STOPPED = """
import os, sys
from dictcrawler.cli.main import main
from dictcrawler.feeds import writer
write_lines = writer.write_lines
def stopped(path, lines):
    write_lines(path, lines)
    os.kill(os.getpid(), int(sys.argv[1]))
writer.write_lines = stopped
sys.exit(main(["share", *sys.argv[2:]]))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_share_that_is_stopped_half_way_leaves_no_folder_for_good(tmp_path: Path, number: signal.Signals) -> None:
    run, out = run_of(tmp_path, records.entry()), tmp_path / "shared" / "out"
    command = [sys.executable, "-c", STOPPED, str(int(number)), str(run), "--out", str(out)]
    stopped = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert stopped.returncode == (-number if number == signal.SIGKILL else 128 + number)
    if number != signal.SIGKILL:
        assert list(out.parent.iterdir()) == []
    assert main(["share", str(run), "--out", str(out)]) == 0
    assert list(out.parent.iterdir()) == [out]
    assert {path.name for path in out.iterdir()} == {"entries.jsonl", "NOTICE"}
