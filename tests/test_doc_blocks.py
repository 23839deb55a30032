"""Every command and program of README and docs runs as printed, or a comment above it explains why not.

``<!-- not run: REASON -->`` or ``<!-- run by TEST -->`` is above a block that does not run here. A crawl that names no
source takes the sample in place of the real site, and any list. Programs that need libraries of others run in the
environment of the exports. The lesson's pages are made from notebooks, which tests/test_lesson.py runs.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dictcrawler.cli.main import SCRAPYS, main
from tests.support.consumers import answer, installed, tool
from tests.support.server import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
OF_NOTEBOOKS = ("lesson.md", "lesson.ko.md")
BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>[^\n]*) -->\n)?^```(?P<language>[^\n]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
RUN = ("console", "sh", "python", "sql")
SHOWN = ("text", "json", "toml")
LIBRARIES = re.compile(r"^(?:import|from) (?:pandas|polars|duckdb|datasets)\b", re.MULTILINE)
OF_SHELL = re.compile(r"[|<>&;$*]")

# In place of the command itself: requests to a real site go to the sample.
COMMAND = """#!/bin/sh
case "$1 $*" in
"crawl "*source=*|"sounds "*source=*) ;;
"crawl "*|"sounds "*) exec {python} -m dictcrawler "$@" -a source=sample -s DROPPED_WORDS_LIMIT=1 ;;
esac
exec {python} -m dictcrawler "$@"
"""


@dataclass(frozen=True)
class Block:
    line: int
    language: str
    code: str
    mark: str | None


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        if not found["language"].startswith("{"):
            line = text[: found.start()].count("\n") + 1
            yield Block(line, found["language"], found["code"], found["mark"])


def runnable(page: Path) -> list[Block]:
    return [block for block in blocks(page) if block.language in RUN and block.mark is None]


WITH_BLOCKS = [page for page in PAGES if page.name not in OF_NOTEBOOKS and runnable(page)]


@dataclass
class Reader:
    """A reader who follows a page from top to end, in a folder of their own."""

    folder: Path
    environment: dict[str, str]
    names: dict[str, object] = field(default_factory=dict)
    with_libraries: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    def console(self, code: str) -> None:
        commands = re.findall(r"^\$ ((?:.*\\\n)*.*)$", code, re.MULTILINE)
        assert commands, "a console has commands behind $"
        if any(command.startswith("jq ") for command in commands) and shutil.which("jq") is None:
            self.absent.append("jq")
            return
        if all(map(_is_plain, commands)):
            for command in commands:
                assert _status(shlex.split(command, comments=True)[1:]) == 0, command
        else:
            self.sh("\n".join(commands))

    def sh(self, code: str) -> None:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", code],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"{code}\n{done.stdout}{done.stderr}"

    def python(self, code: str) -> None:
        if LIBRARIES.search(code):
            self.with_libraries.append(code)
            return
        waited = eval(compile(code, "a block", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), self.names)  # noqa: S307
        if inspect.iscoroutine(waited):
            asyncio.run(waited)

    def sql(self, code: str) -> None:
        database = sqlite3.connect(self.folder / "words.sqlite")
        for statement in filter(str.strip, code.split(";\n")):
            assert database.execute(statement).fetchall(), statement
        database.close()

    def end(self) -> None:
        """Run programs that need libraries in one process: loading them takes a second."""
        if self.with_libraries:
            offline = {"HF_HOME": str(self.folder / "hf"), "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
            answer("env", *(f"{name}={value}" for name, value in offline.items()), "sh", "-c", 'cd "$1" && exec "$2" -',
                   "sh", self.folder, tool("python"), stdin="\n".join(self.with_libraries))  # fmt: skip
        for program in self.absent:
            installed(program)


def _is_plain(command: str) -> bool:
    """Whether this process can run it: another one takes half a second to begin."""
    name, *arguments = shlex.split(command, comments=True)
    return (
        name == "dictcrawler"
        and arguments[0] not in SCRAPYS
        and not OF_SHELL.search(command.split(" #", maxsplit=1)[0])
    )


def _status(arguments: list[str]) -> object:
    try:
        return main(arguments)
    except SystemExit as ended:
        return ended.code


@pytest.fixture
def reader(tmp_path: Path, sample_data: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    shutil.copytree(sample_data, tmp_path / "data", symlinks=True)
    (tmp_path / "my-words.txt").write_text("hi\napple\nbananna\n", encoding="utf-8")
    (tmp_path / "my.txt").write_text("hi\n", encoding="utf-8")
    (tmp_path / "list.csv").write_text("lemma,count\nlove,3\nbanana,2\n", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "book.epub", "w") as book:
        book.writestr("chapter.xhtml", "<html><body><p>Hi! They loved it, and she loves apples.</p></body></html>")
    command = tmp_path / "bin" / "dictcrawler"
    command.parent.mkdir()
    command.write_text(COMMAND.format(python=shlex.quote(sys.executable)))
    command.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DICTCRAWLER_DATA", raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    path = os.pathsep.join((str(command.parent), str(Path(sys.executable).parent), os.environ["PATH"]))
    return Reader(tmp_path, os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)})


@pytest.mark.parametrize("page", WITH_BLOCKS, ids=lambda page: page.name)
def test_what_a_page_prints_runs(page: Path, reader: Reader) -> None:
    for block in runnable(page):
        getattr(reader, block.language)(block.code)
    reader.end()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_has_a_language_and_what_does_not_run_says_why(page: Path) -> None:
    for block in blocks(page):
        place = f"{page.name}, line {block.line}"
        if page.name in OF_NOTEBOOKS:
            continue
        assert block.language in RUN + SHOWN, f"{place}: {block.language!r}; output is text"
        if block.mark is not None:
            how, _, what = block.mark.partition(" by " if block.mark.startswith("run by ") else ": ")
            assert how in ("run", "not run"), f"{place}: {block.mark}"
            assert len(what) > 5, f"{place}: {block.mark}"
            for test in re.findall(r"tests/[\w/]+(?:\.py|/)", what):
                assert (ROOT / test).exists(), f"{place}: {test}"
