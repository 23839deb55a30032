"""``dictcrawler missing`` and the end of a crawl's summary: the words without an entry."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import msgspec
import pytest

from dictcrawler import feeds
from dictcrawler.cli.main import main
from dictcrawler.model import Status
from dictcrawler.plan import word_list
from dictcrawler.runs.run import Published
from dictcrawler.runs.verdict import summary
from tests.support import records

MISS = Status.NOT_IN_DICTIONARY
LOOKUPS = (
    records.lookup(),
    records.lookup(
        keyword="-zrob", line=2, normalized="-zrob", status=MISS, entry_ids=(), suggestions=("zorb", "=orb")
    ),
    records.lookup(
        keyword="zlot", line=3, normalized="zlot", status=Status.HTTP_ERROR, entry_ids=(), error="status 500"
    ),
    records.lookup(keyword="-ZROB", line=4, normalized="-ZROB", status=MISS, entry_ids=(), duplicate_of=2),
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    records.feed(tmp_path / "feeds" / "invented", "run-1", (records.entry(),), LOOKUPS)
    return tmp_path


def test_the_words_without_an_entry_are_a_word_list_that_can_be_crawled_again(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["missing", "invented", "--data", str(data)]) == 0
    out = capsys.readouterr().out
    assert out.splitlines() == [
        "# invented, run run-1: words without an entry",
        "-zrob\tnot in dictionary; did you mean zorb, =orb?; again in line 4",
        "zlot\thttp error: status 500",
    ]
    again = data / "again.txt"
    again.write_text(out, encoding="utf-8")
    assert [keyword.normalized for keyword in word_list.read(str(again))] == ["-zrob", "zlot"]


def test_the_table_keeps_the_words_as_they_are_and_no_suggestion_is_a_formula(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["missing", "--data", str(data), "--csv", "--status", "not_in_dictionary"]) == 0
    out = capsys.readouterr().out
    (row,) = csv.DictReader(io.StringIO(out))
    assert (row["word"], row["line"], row["repeated"], row["feed"]) == ("-zrob", "2", "4", "invented")
    again = data / "again.csv"
    again.write_text(out, encoding="utf-8")
    assert [keyword.normalized for keyword in word_list.read(str(again))] == ["-zrob"]


def test_a_suggestion_that_begins_as_a_formula_is_defused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lookup = records.lookup(status=MISS, entry_ids=(), suggestions=("=cmd()",))
    records.feed(tmp_path / "feeds" / "invented", "run-1", (), (lookup,))
    assert main(["missing", "--data", str(tmp_path), "--csv"]) == 0
    assert ",'=cmd()," in capsys.readouterr().out


def test_a_run_with_an_entry_for_each_word_is_reported_as_such(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records.feed(tmp_path / "feeds" / "invented", "run-1", (records.entry(),), (records.lookup(),))
    assert main(["missing", "invented", "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "# invented, run run-1: no word of this kind\n"


def test_a_misspelt_status_or_feed_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["missing", "--data", str(data), "--status", "not_in_dict"])
    assert ended.value.code == 2
    assert "did you mean 'not_in_dictionary'?" in capsys.readouterr().err
    assert main(["missing", "invnted", "--data", str(data)]) == 4
    assert "there is no feed 'invnted' (there are: invented)" in capsys.readouterr().err


def test_the_summary_of_a_crawl_shows_ten_words_repeated_lines_and_how_few_the_sample_has(tmp_path: Path) -> None:
    words = tuple(
        records.lookup(keyword=f"w{line}", line=line, normalized=f"w{line}", status=MISS, entry_ids=())
        for line in range(1, 13)
    )
    run = records.published(tmp_path / "run-1", (), words)
    manifest = records.manifest(
        dictionary="macmillan", arguments={"source": "sample"}, keywords=14, unique_keywords=12, statuses={MISS: 14}
    )
    reported = summary(Published(run, manifest)).splitlines()
    assert "2 lines repeat the word of an earlier line, which was looked up once" in reported
    assert "without an entry, the first 10:" in reported
    assert reported.index("  w10: not in dictionary") == reported.index("  w1: not in dictionary") + 9
    assert "  w11: not in dictionary" not in reported
    assert f"to list or correct them: dictcrawler missing {run}" in reported
    assert any("invented words only" in line for line in reported)


def test_a_summary_reports_that_the_words_of_the_run_cannot_be_read(data: Path) -> None:
    run = data / "feeds" / "invented" / "run-1"
    manifest = msgspec.structs.replace(feeds.read_run(run), statuses={"found": 1, "http_error": 1})
    published = Published(run, manifest)
    (run / "lookups.jsonl").unlink()
    assert "without an entry; " in summary(published)
    assert "this run has no lookups.jsonl" in summary(published)
