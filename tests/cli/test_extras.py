"""An optional library that is not installed: the error prints the command to install it, with status 2."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from dictcrawler import exports
from tests.support import records
from tests.support.server import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
WITHOUT = "import sys; sys.modules[sys.argv.pop(1)] = None; from dictcrawler.cli.main import main; sys.exit(main())"
CRAWL = ("crawl", "macmillan", "-a", "source=sample")
COMMANDS = [
    ("anki", "genanki", ("export", "anki", "invented")),
    ("parquet", "pyarrow", ("export", "parquet", "invented")),
    ("text", "simplemma", ("words", "text.txt")),
    ("text", "simplemma", (*CRAWL, "-a", "text=text.txt")),
    ("xlsx", "openpyxl", (*CRAWL, "-a", "words=words.xlsx")),
    ("postgres", "psycopg", (*CRAWL, "-s", "STORE_URL=postgresql+psycopg://nobody@127.0.0.1:9/x")),
    ("cluster", "procrastinate", ("cluster", "init")),
]


@pytest.mark.parametrize(("extra", "library", "command"), COMMANDS)
def test_a_missing_library_is_answered_with_the_line_to_type_and_status_2(
    tmp_path: Path, extra: str, library: str, command: tuple[str, ...]
) -> None:
    records.feed(tmp_path / "data" / "feeds" / "invented", "run-1", (records.entry(),), ())
    (tmp_path / "text.txt").write_text("glimble", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, library, *command],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert f"needs {library}; type: pip install " in done.stderr
    assert f'[{extra}]"' in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "data").rglob("exports"))


def test_every_extra_is_tried_here_but_that_of_notebooks() -> None:
    formats = [exports.load(name).extra for name in exports.names()]
    assert {extra for extra, *_ in COMMANDS} == EXTRAS.keys() - {"notebook"}
    assert {extra.name for extra in formats if extra is not None} <= EXTRAS.keys()


def test_the_extras_are_the_versions_that_the_tests_have() -> None:
    places = ("requirements-dev.in", "tests/environments/exports/requirements.in")
    tested = {line for place in places for line in (ROOT / place).read_text(encoding="utf-8").splitlines()}
    assert {line for lines in EXTRAS.values() for line in lines} <= tested
