"""The lesson in two languages: its notebooks run, its programs run by their commands, its pages are generated from
it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import nbformat
import pytest

from tests.programs import lesson
from tests.support.server import ROOT

ENGLISH, KOREAN = map(lesson.read, lesson.NOTEBOOKS)
PROGRAMS = lesson.programs(ENGLISH)
PAGES = tuple(path.with_suffix(".md") for path in lesson.NOTEBOOKS)
DELAY_MS = 150
"""Short, for the suite; long enough that the shapes of the waterfalls do not depend on the machine."""
HANGUL = re.compile("[가-힣]")
TITLE = re.compile(
    r"^.+: (?P<seconds>[\d.]+) s, (?P<requests>\d+) requests, at most (?P<at_once>\d+) at once$", re.MULTILINE
)


def texts(notebook: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def printed(cell: nbformat.NotebookNode) -> str:
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


@cache
def run(path: Path) -> dict[str, nbformat.NotebookNode]:
    return {cell.id: cell for cell in lesson.code_cells(lesson.executed(lesson.read(path), DELAY_MS))}


def waterfall(cell: nbformat.NotebookNode) -> re.Match[str]:
    (drawn,) = (output.data["text/plain"] for output in cell.outputs if output.output_type == "display_data")
    found = TITLE.match(drawn)
    assert found
    return found


def test_both_languages_have_the_same_code_in_the_same_places() -> None:
    shapes = [
        [(cell.id, cell.cell_type, cell.source if cell.cell_type == "code" else "") for cell in notebook.cells]
        for notebook in (ENGLISH, KOREAN)
    ]
    assert shapes[0] == shapes[1]


def test_each_text_is_in_its_language_and_has_the_same_headings_commands_and_points() -> None:
    marks = re.compile(r"^(#+ |\* \*\*|\d\. |```\w*|\$ .*|!\[)", re.MULTILINE)
    for english, korean in zip(texts(ENGLISH), texts(KOREAN), strict=True):
        assert marks.findall(english) == marks.findall(korean)
        assert HANGUL.search(korean)
        assert not HANGUL.search(english.replace("[한국어](lesson.ko.md)", ""))


def test_the_notebooks_hold_no_outputs() -> None:
    cells = lesson.code_cells(ENGLISH) + lesson.code_cells(KOREAN)
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)


@pytest.mark.parametrize("path", lesson.NOTEBOOKS, ids=lambda path: path.name)
def test_the_pages_are_those_of_the_notebooks(path: Path) -> None:
    assert lesson.without_outputs(path.with_suffix(".md").read_text()) == lesson.page(lesson.read(path)), "make lesson"


@pytest.mark.parametrize("path", [*PAGES, *lesson.NOTEBOOKS], ids=lambda path: path.name)
def test_their_links_lead_to_existing_files(path: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", path.read_text())
    assert links
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", lesson.NOTEBOOKS, ids=lambda path: path.name)
def test_the_notebook_runs_and_the_waterfalls_have_the_shapes_that_the_text_describes(path: Path) -> None:
    cells = run(path)
    at_once = {name: int(waterfall(cells[name])["at_once"]) for name in lesson.pictures(cells.values())}
    assert at_once["one_by_one"] == at_once["blocking"] == 1
    # On a busy machine it takes a while to send thirteen requests.
    assert 1 < at_once["semaphore"] <= 4
    assert 1 < at_once["timeout"] <= 4
    assert all(at_once[name] > 2 for name in ("threads", "generators", "gather", "cancel", "exceptions", "ours"))
    seconds = {name: float(waterfall(cells[name])["seconds"]) for name in ("one_by_one", "gather")}
    assert seconds["one_by_one"] >= 13 * DELAY_MS / 1000
    assert seconds["gather"] < seconds["one_by_one"] / 2
    assert printed(cells["running-loop"]).startswith("asyncio.run() cannot be called from a running event loop\n")
    assert re.search(
        r"^gather raises: 2\+2 .* \| [1-9]\d* tasks still running$", printed(cells["exceptions"]), re.MULTILINE
    )
    assert re.search(r"^TaskGroup raises: .* \| [1-9]\d* tasks cancelled$", printed(cells["exceptions"]), re.MULTILINE)
    assert re.fullmatch(r"time is up: \d+ of 13 words\n", printed(cells["timeout"]))
    assert printed(cells["cancel"]).endswith("stopped: 13 have tidied up\n")
    assert printed(cells["forgotten"]) == "looking up apple\ncoroutine 'look_up' was never awaited\n"
    assert printed(cells["compare"]).count("×\n") == 7


def test_each_program_is_the_cell_below_its_command() -> None:
    shared = {"classroom", "server", "waterfall"}
    files = {file.stem: file.read_text() for file in lesson.PROGRAMS.glob("*.py") if file.stem not in shared}
    assert files == PROGRAMS, "make lesson"
    assert len(PROGRAMS) == 13


def words(text: str) -> list[str]:
    """Sorted, since some programs print them as they come; without the counts that depend on the machine."""
    return sorted(re.sub(r"\d+ (of|tasks) ", r"N \1 ", text).split())


def test_each_program_runs_by_its_command_and_prints_the_output_of_the_notebook() -> None:
    def start(name: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"LESSON_DELAY_MS": str(DELAY_MS)}
        command = [sys.executable, f"docs/lesson/{name}.py"]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    cells = run(lesson.NOTEBOOKS[0])
    with ThreadPoolExecutor(3) as pool:
        for name, done in zip(PROGRAMS, pool.map(start, PROGRAMS), strict=True):
            assert (done.returncode, done.stderr) == (0, ""), name
            lines = [line for line in done.stdout.splitlines() if not TITLE.match(line) and not re.search("[█░]", line)]
            assert words("\n".join(lines)) == words(printed(cells[name])), name


def test_the_sample_site_ends_with_a_program_that_is_killed() -> None:
    command = [sys.executable, "-c", "from classroom import page; print(page('hi'), flush=True); input()"]
    with subprocess.Popen(
        command, cwd=lesson.PROGRAMS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        address = urlsplit(program.stdout.readline())
        assert answers(address)
        program.kill()
    until = time.monotonic() + 10
    while answers(address) and time.monotonic() < until:
        time.sleep(0.01)
    assert not answers(address)


def answers(address: SplitResult) -> bool:
    try:
        socket.create_connection((address.hostname, address.port)).close()
    except ConnectionError:
        return False
    return True
