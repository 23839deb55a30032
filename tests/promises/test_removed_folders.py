"""A data folder that somebody removes or replaces under a running crawl: noticed, and never called complete."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dictcrawler import feeds
from tests.support.gate import Gate, wait_until
from tests.support.server import Handler, Serve, crawl, scrapy

STORE_FAILED = 7
WORDS = [f"word{number:06}" for number in range(1, 31)]


def moved(path: Path) -> None:
    path.rename(path.with_name(f"{path.name}.old"))


def replaced(path: Path) -> None:
    copy = path.with_name(f"{path.name}.copy")
    shutil.copytree(path, copy) if path.is_dir() else shutil.copy(path, copy)
    moved(path)
    copy.rename(path)


@pytest.mark.parametrize(
    ("what", "happens"),
    [
        (".", moved),
        ("store/macmillan.sqlite", replaced),
        ("pages", moved),
        ("pages/macmillan", replaced),
        ("feeds", moved),
        ("feeds/macmillan", replaced),
    ],
)
def test_a_file_removed_or_replaced_under_a_crawl_is_noticed_and_the_same_command_continues(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler, what: str, happens: Callable[[Path], None]
) -> None:
    gate = Gate(dictionary_pages)
    server = serve(gate.answer)
    data = tmp_path / "data"
    if what.startswith("feeds"):
        (data / what / ("macmillan" if what == "feeds" else "")).mkdir(parents=True)
    given = ("source=live", f"base_url={server.url}/us/dictionary/american/{{keyword}}", f"word={','.join(WORDS)}")
    settings = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 4, "STORE_BATCH_SIZE": 1}
    options = [part for each in given for part in ("-a", each)]
    options += [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    process = scrapy("crawl", "macmillan", *options, data=data)
    try:
        wait_until(lambda: gate.is_reached and any(file.stat().st_size for file in data.glob("pages/*/*.open")))
        happens(data / what)
    finally:
        gate.free = 1_000
    out, log = process.communicate(timeout=60)
    assert process.returncode == STORE_FAILED, log
    assert out.splitlines()[-1].startswith("exit status 7: ")
    assert "was removed or replaced while it was in use" in log
    assert "Traceback" not in log
    again = crawl(data, *given, settings=settings)
    assert again.status == 0, again.log
    assert [lookup.status.value for lookup in feeds.read_lookups(data / "feeds/macmillan")] == ["found"] * len(WORDS)
