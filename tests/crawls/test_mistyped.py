"""A mistyped command is refused before any request, and the error shows the correct one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("typed", "reported"),
    [
        (["macmillan", "word=hi there"], "write -a before an argument: crawl macmillan -a 'word=hi there'"),
        (["word=hi"], "write -a before an argument: crawl DICTIONARY -a word=hi"),
        (["macmilan"], "there is no dictionary 'macmilan'; did you mean 'macmillan'? There are: longman, macmillan, "),
        (["qqq"], "there is no dictionary 'qqq'; there are: longman, macmillan, oxford, wiktionary"),
        (
            ["macmillan", "-s", "CONCURRENT_REQUEST=3", "-a", "source=sample", "-a", "word=hi"],
            "argument 'CONCURRENT_REQUEST': there is no such setting; did you mean 'CONCURRENT_REQUESTS'?",
        ),
        (
            ["macmillan", "-s", "donwload_delay=3", "-a", "source=sample", "-a", "word=hi"],
            "there is no such setting; did you mean 'DOWNLOAD_DELAY'?",
        ),
        (["macmillan", "-L", "debug"], "argument 'LOG_LEVEL': 'debug' is not a level; allowed: CRITICAL, "),
        (
            ["macmillan", "-s", "LOG_ENABLED=quux"],
            "argument 'LOG_ENABLED': 'quux' cannot be read; allowed: True or False",
        ),
        (
            ["macmillan", "-s", "SCHEDULER=no.Such"],
            "argument 'SCHEDULER': 'no.Such' is not there: No module named 'no'",
        ),
    ],
)
def test_an_error_names_the_mistyped_word_and_the_right_one(tmp_path: Path, typed: list[str], reported: str) -> None:
    command = [sys.executable, "-m", "scrapy", "crawl", *typed, "-s", f"DATA_DIR={tmp_path}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert reported in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_setting_of_a_component_of_the_users_own_is_taken(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scrapy", "crawl", "macmillan", "-a", "source=sample", "-a", "word=hi"]
    mine = ["-s", "ZQX_OWN=1", "-s", "CONTACT=you@example.org", "-s", f"DATA_DIR={tmp_path}"]
    done = subprocess.run([*command, *mine], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
