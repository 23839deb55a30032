"""Answers of a capture index: the formats in use, and everything else."""

from __future__ import annotations

import json

import pytest

from dictcrawler.errors import FetchError
from dictcrawler.lookup.cdx import IndexPage, read_page
from dictcrawler.storage.captures import Listed

HEADER = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
PAGE = "https://www.site.example/dictionary/hi"


def row(
    timestamp: str = "20200101000000", original: str = PAGE, mime: str = "text/html", status: str = "200"
) -> list[str]:
    return ["example,site)/dictionary/hi", timestamp, original, mime, status, "SHA", "100"]


def test_the_wayback_machines_array_is_read_with_its_resume_key() -> None:
    rows = [HEADER, row(), row("20210101000000", status="301"), [], ["com%2Csite%29+2021"]]
    found = read_page(json.dumps(rows))
    assert found == IndexPage(2, (Listed("20200101000000", PAGE), Listed("20210101000000", PAGE)), "com%2Csite%29+2021")


def test_pywbs_lines_are_read() -> None:
    lines = [{"urlkey": "k", "timestamp": "20200101000000", "url": PAGE, "mime": "text/html", "status": "200"}] * 2
    assert read_page("\n".join(map(json.dumps, lines)) + "\n") == IndexPage(2, (Listed("20200101000000", PAGE),) * 2)


@pytest.mark.parametrize("answer", ["", " \n", "[]", json.dumps([HEADER])])
def test_no_captures_are_no_error(answer: str) -> None:
    assert read_page(answer) == IndexPage(0, ())


@pytest.mark.parametrize(
    ("mime", "status", "is_page"),
    [
        ("text/html", "200", True),
        ("warc/revisit", "-", True),
        ("unk", "302", True),
        ("text/html", "404", False),
        ("image/png", "200", False),
        ("text/html", "503", False),
    ],
)
def test_only_captures_that_may_be_pages_are_listed(mime: str, status: str, *, is_page: bool) -> None:
    found = read_page(json.dumps([HEADER, row(mime=mime, status=status)]))
    assert (found.rows, bool(found.captures)) == (1, is_page)


@pytest.mark.parametrize(
    "damaged",
    [
        row(timestamp="20209999000000"),
        row(timestamp="2020"),
        row(original=""),
        row(original="http://["),
        row(original=f"{PAGE}\ud800"),
        row(original=f"{PAGE}\u0000"),
        row(original="https://www.site.example/\ufffd"),
        row(original="https://www.site.example/a b"),
        row()[:2],
        [],
        [None] * 7,
        [["nested"], {"a": 1}, 5, 1e300, True, None, ""],
    ],
)
def test_a_damaged_row_costs_no_other(damaged: list[object]) -> None:
    found = read_page(json.dumps([HEADER, damaged, row()]))
    assert found.captures == (Listed("20200101000000", PAGE),)


@pytest.mark.parametrize(
    "answer",
    [
        "<html><h1>504 Gateway Time-out</h1></html>",
        "org.archive.wayback.exception.AdministrativeAccessControlException: Blocked Site Error",
        "[1",
        "[1]",
        "[[",
        "[" * 100_000,
        f"[[{'1' * 5_000}]]",
        json.dumps([HEADER, row()])[:-10],
        json.dumps([["something", "else"], ["a", "b"]]),
        "{}",
        '{"message": "No Captures found"}',
        "null",
        "5",
        "{" * 100_000,
        json.dumps([HEADER, row(), [], ["k" * 10_000]]),
        json.dumps([HEADER, row(), [], ["\ud800"]]),
    ],
    ids=lambda answer: answer[:20],
)
def test_an_invalid_answer_of_an_index_is_a_failure_of_the_index(answer: str) -> None:
    with pytest.raises(FetchError, match="unknown format") as failed:
        read_page(answer)
    assert len(str(failed.value)) < 250
