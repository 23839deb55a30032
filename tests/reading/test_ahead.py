"""A reading process that is forked before the crawl begins (`tests.programs.forked_reader` has the cases)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reading.test_process import is_running
from tests.support.gate import wait_until
from tests.support.server import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is forked")


def begin(case: str, folder: Path = ROOT) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.programs.forked_reader", case]
    paths = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=folder, env=paths, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def printed(case: str, folder: Path = ROOT) -> list[str]:
    with begin(case, folder) as process:
        lines = process.communicate()[0].splitlines()
    assert process.returncode == 0
    return lines


@pytest.mark.parametrize(("case", "reason"), [("slow", "more than 0.5 s"), ("wide", "more than 256 MiB")])
def test_a_forked_process_has_the_same_limits_and_is_replaced(case: str, reason: str) -> None:
    refused, read = printed(case)
    assert reason in refused
    assert read == "love"


def test_a_forked_process_has_no_file_of_the_crawls() -> None:
    nowhere, quiet, errors, tasks, answers = printed("files")
    assert (nowhere, quiet) == (os.devnull, os.devnull)
    assert tasks.startswith("pipe:")
    assert answers.startswith("pipe:")
    assert errors not in (tasks, answers)


def test_a_crawl_that_is_killed_takes_its_forked_reader_with_it() -> None:
    with begin("orphan") as crawl:
        assert crawl.stdout is not None
        reader = int(crawl.stdout.readline())
        assert is_running(reader)
        crawl.kill()
    wait_until(lambda: not is_running(reader))


def test_a_forked_process_that_no_crawl_uses_ends_with_the_command() -> None:
    (reader,) = map(int, printed("unused"))
    wait_until(lambda: not is_running(reader))


def test_a_crawl_reads_its_pages_with_the_process_that_its_command_has_forked(tmp_path: Path) -> None:
    assert printed("crawl", tmp_path)[-1] == "0"
