"""An unexpected error while a word is looked up is that word's outcome, and the run continues."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dictcrawler
from dictcrawler import feeds, pipelines
from dictcrawler.errors import DictcrawlerError, ReadingError, StoreError
from dictcrawler.lookup import boundary
from dictcrawler.lookup.asker import Asker
from dictcrawler.lookup.boundary import MOST_IN_A_ROW, Boundary
from dictcrawler.model import RunManifest
from dictcrawler.storage.kept_pages import KeptPages
from tests.support import records

WORDS = ("hi", "apple", "call", "love", "bananna")


class Odd(Exception):
    """An unexpected error."""


def failing(place: Callable[..., Any], words: set[str], error: BaseException) -> Callable[..., Any]:
    """Wrap a function so that it fails on some words, recognised in the first argument that contains one of them."""

    def is_hit(arguments: tuple[Any, ...]) -> bool:
        named = (str(getattr(each, name, "")) for each in arguments for name in ("normalized", "slug"))
        return not words.isdisjoint(named)

    def call(*arguments: Any, **named: Any) -> Any:
        if is_hit(arguments):
            raise error
        return place(*arguments, **named)

    return call


async def crawled(data: Path, *words: str) -> dict[str, tuple[str, str]]:
    lookups = await dictcrawler.crawl(words, source="sample", data=data)
    return {lookup.keyword: (lookup.status.value, (lookup.error or "").split("\n")[0]) for lookup in lookups}


def manifest(data: Path) -> RunManifest:
    runs = sorted(path for path in (data / "feeds" / "macmillan").iterdir() if path.name != "latest")
    return feeds.read_run(runs[-1])


PLACES = [
    (Asker, "first_url"),
    (Asker, "_status"),
    (Asker, "_addresses"),
    (pipelines, "normalized"),
    (pipelines, "checked"),
]


@pytest.mark.parametrize(("owner", "name"), PLACES, ids=[name for _, name in PLACES])
@pytest.mark.parametrize(
    "error", [Odd("boom \udce9"), OSError("odd"), RecursionError()], ids=lambda error: type(error).__name__
)
async def test_wherever_a_defect_happens_only_its_word_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, error: Exception
) -> None:
    if name == "_addresses":
        # Also called outside the boundary, to make the lookup that reports a defect.
        name = "_answered"
    monkeypatch.setattr(owner, name, failing(getattr(owner, name), {"love"}, error))
    outcomes = await crawled(tmp_path, *WORDS)
    assert outcomes.pop("love")[0] == "parse_error"
    assert outcomes.pop("bananna")[0] == "not_in_dictionary"
    assert {status for status, _ in outcomes.values()} == {"found"}
    reported = manifest(tmp_path)
    assert (reported.defects, reported.reason, reported.statuses["parse_error"]) == (1, None, 1)
    monkeypatch.undo()
    assert (await crawled(tmp_path, *WORDS))["love"][0] == "found"
    assert manifest(tmp_path).defects is None


async def test_the_defect_is_named_in_the_lookup_and_its_traceback_is_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Asker, "_status", failing(Asker._status, {"love"}, Odd("boom")))
    assert (await crawled(tmp_path, *WORDS))["love"] == ("parse_error", "defect: Odd: boom")
    assert "a defect on 'love'" in caplog.text
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("error", [StoreError("the store"), ReadingError("no process")])
async def test_the_store_and_the_reader_end_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: DictcrawlerError
) -> None:
    monkeypatch.setattr(Asker, "_status", failing(Asker._status, {"love"}, error))
    with pytest.raises(type(error)):
        await crawled(tmp_path, *WORDS)
    assert not (tmp_path / "feeds").exists()


async def test_a_disk_on_which_no_page_can_be_written_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(KeptPages, "keep", full)
    with pytest.raises(StoreError, match="No space left"):
        await crawled(tmp_path, *WORDS)
    assert not (tmp_path / "feeds").exists()


async def test_after_twenty_in_a_row_nothing_more_is_looked_up_and_the_run_is_withheld(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requested: list[str] = []

    async def answered(_: object, _question: object, word: Any, *_more: object, again: bool) -> None:
        requested.append(f"{word.normalized} {again}")
        raise Odd

    monkeypatch.setattr(Asker, "_answered", answered)
    words = [f"word{number:06}" for number in range(1, 121)]
    outcomes = await dictcrawler.crawl(
        words, source="sample", data=tmp_path, overrides={"CANARY_MIN_WORDS": 1000, "CONCURRENT_REQUESTS": 2}
    )
    assert len(outcomes) == 120
    assert MOST_IN_A_ROW <= len(set(requested)) < 60
    assert {lookup.status.value for lookup in outcomes} == {"parse_error"}
    assert "defect: not looked up" in (outcomes[-1].error or "")
    assert "20 words in a row hit a defect" in (manifest(tmp_path).reason or "")
    assert not (tmp_path / "feeds" / "macmillan" / "latest").exists()


@pytest.mark.parametrize("name", ["normalized", "checked"])
async def test_a_defect_after_the_lookup_counts_like_one_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def fail(_: object) -> None:
        raise Odd

    monkeypatch.setattr(pipelines, name, fail)
    words = [f"word{number:06}" for number in range(1, 61)]
    await dictcrawler.crawl(
        words, source="sample", data=tmp_path, overrides={"CANARY_MIN_WORDS": 1000, "CONCURRENT_REQUESTS": 2}
    )
    assert "20 words in a row hit a defect" in (manifest(tmp_path).reason or "")


def test_more_than_twenty_and_a_twentieth_of_the_words_are_too_many() -> None:
    edge = Boundary()
    for number in range(1, 1_000):
        with edge.around("word") as caught:
            if number % 10 == 0:
                raise Odd
        assert (caught.defect is not None) == (number % 10 == 0)
        edge.finished(records.lookup(error=caught.defect))
        if edge.stopped:
            break
    assert edge.defects == boundary.MOST_DEFECTS + 1
    assert "21 of 210 words" in (edge.stopped or "")
    rare = Boundary()
    for number in range(1, 3_000):
        with rare.around("word") as caught:
            if number % 30 == 0:
                raise Odd
        rare.finished(records.lookup(error=caught.defect))
    assert rare.stopped is None


@pytest.mark.parametrize("error", [KeyboardInterrupt(), asyncio.CancelledError(), Odd(), StoreError("x")])
def test_errors_that_are_not_about_a_word_pass_through(error: BaseException) -> None:
    edge = Boundary((Odd,))
    with pytest.raises(type(error)), edge.around("word"):
        raise error
    assert edge.defects == 0
