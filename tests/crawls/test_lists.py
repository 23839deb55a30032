"""Several lists of one dictionary: one replaces the feed, one is published beside it, one has a feed of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dictcrawler import feeds
from tests.support.gate import wait_until
from tests.support.server import crawl, scrapy

WORDS = ("hi", "apple", "call", "love", "power")
SAMPLE = "source=sample"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a feed of five words."""
    done = crawl(tmp_path, SAMPLE, f"word={','.join(WORDS)}")
    assert done.status == 0, done.log
    return tmp_path


def words_of(feed: Path) -> list[str]:
    return [lookup.keyword for lookup in feeds.read_lookups(feed)]


def write(data: Path, *words: str) -> str:
    path = data / "words.txt"
    path.write_text("\n".join(words))
    return f"words={path}"


def test_one_word_by_hand_is_published_beside_the_list_and_removes_nothing(data: Path) -> None:
    done = crawl(data, SAMPLE, "word=hi")
    assert done.status == 0, done.log
    assert words_of(done.feed) == list(WORDS)
    assert "published beside latest" in done.out
    beside = [
        run for run in done.feed.iterdir() if run.name not in ("latest", done.feed.joinpath("latest").readlink().name)
    ]
    reported = json.loads((beside[0] / "run.json").read_text())
    assert (reported["published"], "reason" in reported) == ("beside", False)
    assert words_of(beside[0]) == ["hi"]


def test_another_list_is_withheld_until_it_is_accepted(data: Path) -> None:
    words = write(data, "hi", "apple", "bananna")
    done = crawl(data, SAMPLE, words)
    assert done.status == 8, done.log
    assert words_of(done.feed) == list(WORDS)
    assert "lacks 3 of the 5 words" in done.out
    assert "-s DROPPED_WORDS_LIMIT=1" in done.out
    accepted = crawl(data, SAMPLE, words, settings={"DROPPED_WORDS_LIMIT": 1})
    assert accepted.status == 0, accepted.log
    assert words_of(accepted.feed) == ["hi", "apple", "bananna"]


def test_a_list_with_none_of_the_words_found_is_withheld_until_it_is_accepted(tmp_path: Path) -> None:
    assert crawl(tmp_path, SAMPLE, "word=hi").status == 0
    words = write(tmp_path, "love", "power")
    done = crawl(tmp_path, SAMPLE, words)
    assert done.status == 8, done.log
    assert words_of(done.feed) == ["hi"]
    assert crawl(tmp_path, SAMPLE, words, settings={"DROPPED_WORDS_LIMIT": 1}).status == 0
    assert words_of(done.feed) == ["love", "power"]


def test_a_list_that_grew_or_lost_a_word_in_five_is_the_list(data: Path) -> None:
    done = crawl(data, SAMPLE, write(data, *WORDS[1:], "bananna"))
    assert done.status == 0, done.log
    assert words_of(done.feed) == [*WORDS[1:], "bananna"]


def test_a_second_list_has_a_feed_of_its_own_and_shares_the_answers(data: Path) -> None:
    done = crawl(data, SAMPLE, "word=hi,love", "feed=verbs")
    assert done.status == 0, done.log
    assert words_of(data / "feeds" / "verbs") == ["hi", "love"]
    assert words_of(done.feed) == list(WORDS)
    assert feeds.read_run(data / "feeds" / "verbs").dictionary == "macmillan"
    again = scrapy("reparse", "macmillan", "-a", "feed=verbs", "--processes", "1", data=data)
    out, log = again.communicate(timeout=60)
    assert again.returncode == 0, log
    assert "verbs" in out


@pytest.mark.parametrize("name", ["../x", "a/b", "wiktionary", "macmillan", "Oxford", "", ".", "x" * 61, "a.sqlite"])
def test_a_name_that_is_no_folder_or_that_of_a_dictionary_is_refused(tmp_path: Path, name: str) -> None:
    done = crawl(tmp_path, SAMPLE, "word=hi", f"feed={name}")
    assert done.status == 2
    assert "argument 'feed'" in done.log + done.out
    assert not (tmp_path / "feeds").exists()


def test_a_feed_of_another_edition_is_refused(data: Path) -> None:
    assert crawl(data, SAMPLE, "word=hi", "feed=verbs").status == 0
    done = crawl(data, SAMPLE, "word=hi", "feed=verbs", "edition=british")
    assert done.status == 2
    assert "is the feed of macmillan (american)" in done.log + done.out


@contextmanager
def reading(data: Path, kind: str, *more: str) -> Iterator[subprocess.Popen[str]]:
    """A crawl that reads an endless list."""
    words, stdin = "/dev/zero", subprocess.DEVNULL
    if kind == "a pipe":
        words = str(data / "words")
        os.mkfifo(words)
    if kind == "standard input":
        words = "-"
    options = ["-a", SAMPLE, "-a", f"words={words}", "-s", "WORD_LIST_CHECKED=False", *more]
    theirs, ours = os.pipe()
    process = scrapy("crawl", "macmillan", *options, data=data, stdin=theirs if kind == "standard input" else stdin)
    try:
        yield process
    finally:
        os.close(ours)
        os.close(theirs)
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    "signals", [(signal.SIGTERM,), (signal.SIGINT, signal.SIGINT)], ids=["SIGTERM", "SIGINT twice"]
)
@pytest.mark.parametrize("kind", ["standard input", "a pipe", "/dev/zero"])
def test_a_crawl_that_waits_for_its_list_can_be_stopped(
    tmp_path: Path, kind: str, signals: tuple[signal.Signals, ...]
) -> None:
    with reading(tmp_path, kind) as process:
        wait_until((tmp_path / "store" / "macmillan.sqlite").exists)
        time.sleep(0.5)
        for number in signals:
            process.send_signal(number)
            time.sleep(0.3)
        began = time.monotonic()
        log = process.communicate(timeout=30)[1]
        assert time.monotonic() - began < 3, log
    assert process.returncode == 3, log
    assert "Traceback" not in log
    assert crawl(tmp_path, SAMPLE, "word=hi").status == 0


def test_a_signal_before_the_engine_runs_ends_the_reading_of_the_list(tmp_path: Path) -> None:
    early = '{"dictcrawler.extensions.FeedPublisher": 100, "tests.support.early_signal.EarlySignal": 1}'
    with reading(tmp_path, "a pipe", "-s", f"EXTENSIONS={early}") as process:
        out, log = process.communicate(timeout=60)
    assert process.returncode == 3, log
    assert out.splitlines()[-1].startswith("exit status 3: ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOST_WORDS_LIMIT", "abc"),
        ("STORE_BATCH_SIZE", "1.5x"),
        ("DROPPED_WORDS_LIMIT", "nan"),
        ("PAGES_KEPT", "perhaps"),
        ("DOWNLOAD_DELAY", "1s"),
        ("WORD_DEADLINE", "-1"),
        ("REACTOR_THREADPOOL_MAXSIZE", "x"),
    ],
)
def test_a_setting_that_cannot_be_read_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    done = crawl(tmp_path, SAMPLE, "word=hi", settings={name: value})
    assert done.status == 2, done.log
    assert f"argument {name!r}: {value!r} cannot be read" in done.log + done.out
    assert "Traceback" not in done.log
    assert not (tmp_path / "store").exists()


def test_the_words_of_a_text_are_crawled_without_those_that_are_known(tmp_path: Path) -> None:
    pytest.importorskip("simplemma")
    (tmp_path / "text.txt").write_text("She loved apples. We love calls, and hi!\n", encoding="utf-8")
    (tmp_path / "known.txt").write_text("she\nwe\nand\ncalled\n", encoding="utf-8")
    done = crawl(tmp_path, SAMPLE, f"text={tmp_path / 'text.txt'}", f"known={tmp_path / 'known.txt'}")
    assert done.status == 0, done.log
    assert words_of(done.feed) == ["love", "apple", "hi"]
    assert done.manifest.arguments["text"] == str(tmp_path / "text.txt")
    assert "words" not in done.manifest.arguments


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (("text=gone.txt",), "gone.txt: cannot be read"),
        (("known=list.txt",), "there is no text="),
        (("text=a.txt", "word=hi"), "another word list"),
    ],
)
def test_a_text_that_cannot_be_crawled_is_refused_before_any_request(
    tmp_path: Path, given: tuple[str, ...], problem: str
) -> None:
    pytest.importorskip("simplemma")
    done = crawl(tmp_path, SAMPLE, *given)
    assert done.status == 2, done.log
    assert problem in done.log
    assert "Traceback" not in done.log
