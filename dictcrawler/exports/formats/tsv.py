r"""TSV for programs that read lines: one row a sense, one line a row, no quotation marks.

Several values in a cell are separated by ``\n`` (a backslash and an n); a backslash is written ``\\``.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dictcrawler.exports.export import Export
from dictcrawler.exports.format import Format
from dictcrawler.exports.sense_rows import OPTION, Cell, rows

# A tab or a line end inside a value would end the cell or the row.
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def write(export: Export, path: Path) -> None:
    """Write the table."""
    columns = export.options["columns"]
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(_line(columns))
        file.writelines(_line(map(_text, row)) for row in rows(export, columns))


def _line(cells: Iterable[str]) -> str:
    return "\t".join(cells) + "\n"


def _text(cell: Cell) -> str:
    return r"\n".join(value.translate(_ESCAPES) for value in cell)


FORMAT = Format(
    summary="TSV table for programs, one line a sense",
    write=write,
    suffix=".tsv",
    takes_several=True,
    options=(OPTION,),
    tables=(("senses", "{name}"),),
)
