"""The exit status of a crawl is about the crawl, even if nobody can read its output."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.server import ROOT

CRAWL = (sys.executable, "-m", "scrapy", "crawl")
SAMPLE = (*CRAWL, "macmillan", "-a", "source=sample", "-a", "word=hi", "-s", "DOWNLOAD_DELAY=0")


def run(tmp_path: Path, command: tuple[str, ...], stdout: int, stderr: int) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DICTCRAWLER_DATA": str(tmp_path), "PYTHONPATH": f"{ROOT}:{tmp_path}"}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdout=stdout,
        stderr=stderr,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )


def closed_pipe() -> int:
    """A pipe that nobody reads, as behind `| true`."""
    read, write = os.pipe()
    os.close(read)
    return write


@pytest.mark.parametrize("out", ["closed pipe", "full disk"])
def test_a_crawl_whose_output_nobody_can_read_ends_with_the_status_of_the_crawl(tmp_path: Path, out: str) -> None:
    stdout = closed_pipe() if out == "closed pipe" else os.open("/dev/full", os.O_WRONLY)
    done = run(tmp_path, SAMPLE, stdout, subprocess.PIPE)
    os.close(stdout)
    assert (tmp_path / "feeds/macmillan/latest/run.json").exists()
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert ("standard output cannot be written" in done.stderr) == (out == "full disk")


UNWRITABLE = ("closed pipe", "full disk", "closed")


def opened(kind: str) -> int:
    """A descriptor that cannot be written, or a pipe that can; a closed one is closed in the child."""
    return {"closed pipe": closed_pipe, "full disk": lambda: os.open("/dev/full", os.O_WRONLY)}.get(
        kind, lambda: subprocess.PIPE
    )()


@pytest.mark.parametrize(
    ("command", "statuses"),
    [
        # The output of a command is its work; a message about its work is not.
        (("show", "love"), (141, 74, 0, 0)),
        (("prune", "--keep", "1", "--dry-run"), (0, 0, 0, 0)),
        (("nonesuch",), (2, 2, 2, 2)),
    ],
)
def test_a_command_whose_output_cannot_be_written_ends_in_order_and_one_without_standard_error_as_ever(
    sample_data: Path, command: tuple[str, ...], statuses: tuple[int, ...]
) -> None:
    ended = []
    for out, err in (
        ("closed pipe", "fine"),
        ("full disk", "closed pipe"),
        ("closed", "full disk"),
        ("fine", "closed"),
    ):
        shut = [f"{number}>&-" for number, kind in ((1, out), (2, err)) if kind == "closed"]
        given = " ".join((sys.executable, "-m", "dictcrawler", *command, *shut))
        done = run(sample_data, ("sh", "-c", f"exec {given}"), opened(out), opened(err))
        assert "Traceback" not in f"{done.stdout}{done.stderr}"
        ended.append(done.returncode)
    assert tuple(ended) == statuses


@pytest.mark.parametrize("option", ["-O{}/new.jsonl", "-o-:jsonl", "-o{}/there.json", "-o{}/there.json:json"])
def test_a_file_that_would_not_be_the_whole_feed_is_refused_with_the_path_of_the_feed(
    tmp_path: Path, option: str
) -> None:
    there = tmp_path / "there.json"
    there.write_text("[]", encoding="utf-8")
    done = run(tmp_path, (*SAMPLE, option.format(tmp_path)), subprocess.PIPE, subprocess.PIPE)
    assert done.returncode == 2
    assert "feeds/NAME/latest/entries.jsonl" in done.stderr
    assert list(tmp_path.iterdir()) == [there]


SPIDERS = """
import scrapy

class Plain(scrapy.Spider):
    name = "plain"

    async def start(self):
        {body}
"""


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("yield {'word': 'zorb'}", 0),
        ("raise ValueError('zorb'); yield", 1),
        ("raise scrapy.exceptions.CloseSpider; yield", 1),
    ],
)
def test_a_plain_spider_in_the_project_that_fails_is_not_status_0(tmp_path: Path, body: str, status: int) -> None:
    (tmp_path / "plain_spiders.py").write_text(SPIDERS.format(body=body), encoding="utf-8")
    settings = ("-s", "SPIDER_MODULES=plain_spiders", "-s", "ITEM_PIPELINES={}", "-s", "ROBOTSTXT_OBEY=0")
    done = run(tmp_path, (*CRAWL, "plain", *settings), subprocess.PIPE, subprocess.PIPE)
    assert done.returncode == status, done.stderr
