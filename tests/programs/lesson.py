"""Makes the lesson's pages, pictures and programs from its notebooks: ``make lesson``.

``docs/lesson.ipynb`` and ``docs/lesson.ko.ipynb`` are the sources. They have the same code cells and hold no outputs;
the pages show those of one run of the English notebook. A cell under a line ``$ python docs/lesson/NAME.py`` is the
program of that name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

DOCS = Path(__file__).parents[2] / "docs"
PROGRAMS = DOCS / "lesson"
NOTEBOOKS = (DOCS / "lesson.ipynb", DOCS / "lesson.ko.ipynb")
COMMAND = re.compile(r"^\$ python docs/lesson/([\w-]+)\.py$", re.MULTILINE)
_OUTPUTS = re.compile(
    r"^```text\n(?:(?!```).*\n)*```\n\n|^!\[.*\]\(lesson/.*\.svg\)\n\n|^<div dir=\"auto\".*\n\n", re.MULTILINE
)


def read(path: Path) -> NotebookNode:
    """A notebook."""
    return nbformat.read(path, as_version=4)


def executed(notebook: NotebookNode, delay_ms: int = 200) -> NotebookNode:
    """A copy with outputs, run in the folder of the docs against a server that answers after ``delay_ms``."""
    copy = deepcopy(notebook)
    environment = os.environ | {"LESSON_DELAY_MS": str(delay_ms)}
    NotebookClient(copy, timeout=60, resources={"metadata": {"path": str(DOCS)}}).execute(env=environment)
    return copy


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells with code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def programs(notebook: NotebookNode) -> dict[str, str]:
    """The cells that are programs, by name, as the files have them."""
    found = {}
    for text, cell in zip(notebook.cells, notebook.cells[1:], strict=False):
        command = COMMAND.search(text.source) if text.cell_type == "markdown" else None
        if command:
            # A notebook's loop is running already; a file has to start one.
            found[command[1]] = cell.source.replace("await main()", "asyncio.run(main())") + "\n"
    return found


def page(notebook: NotebookNode) -> str:
    """The notebook as Markdown; pictures are links to ``lesson/CELL.svg``."""
    return "\n\n".join(part for cell in notebook.cells for part in _parts(cell)) + "\n"


def without_outputs(text: str) -> str:
    """A page, as if made from a notebook that was not run."""
    return _OUTPUTS.sub("", text)


def pictures(cells: Iterable[NotebookNode]) -> dict[str, str]:
    """The waterfalls, by the code cell that drew them."""
    return {
        cell.id: output.data["image/svg+xml"]
        for cell in cells
        for output in cell.outputs
        if "image/svg+xml" in output.get("data", {})
    }


def _parts(cell: NotebookNode) -> Iterator[str]:
    if cell.cell_type == "markdown":
        yield cell.source
        return
    yield f"```python\n{cell.source}\n```"
    for output in cell.get("outputs", []):
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        if "image/svg+xml" in output.get("data", {}):
            yield f"![{text.splitlines()[0]}](lesson/{cell.id}.svg)"
        elif "text/html" in output.get("data", {}):
            yield output.data["text/html"]
        elif text.strip():
            yield f"```text\n{text.rstrip()}\n```"


def main() -> None:
    """Run the English notebook and write everything that is made from the two."""
    notebook = executed(read(NOTEBOOKS[0]))
    for path in NOTEBOOKS:
        shown = read(path)
        for cell, run in zip(code_cells(shown), code_cells(notebook), strict=True):
            cell.outputs = run.outputs
        path.with_suffix(".md").write_text(page(shown), encoding="utf-8")
    for name, svg in pictures(code_cells(notebook)).items():
        (PROGRAMS / f"{name}.svg").write_text(f"{svg}\n", encoding="utf-8")
    for name, source in programs(notebook).items():
        (PROGRAMS / f"{name}.py").write_text(source, encoding="utf-8")


if __name__ == "__main__":
    main()
