r"""CSV for spreadsheets (RFC 4180): one row a sense.

Several values in a cell have a line each. A cell that a spreadsheet would read as a formula begins with an apostrophe
(https://owasp.org/www-community/attacks/CSV_Injection); to undo this, remove one ``'`` where a cell matches
``'+[=+\-@]``.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from dictcrawler.exports.export import Export
from dictcrawler.exports.format import Format, Option
from dictcrawler.exports.sense_rows import OPTION, Cell, rows

_FORMULA = re.compile(r"'*[=+\-@＝＋－＠]")


def write(export: Export, path: Path) -> None:
    """Write the table."""
    columns = export.options["columns"]
    text = _plain if export.options["plain"] else _defused
    encoding = "utf-8-sig" if export.options["bom"] else "utf-8"
    with path.open("x", encoding=encoding, newline="") as file:
        table = csv.writer(file, lineterminator="\r\n")
        table.writerow(columns)
        table.writerows(map(text, row) for row in rows(export, columns))


def _plain(cell: Cell) -> str:
    return "\n".join(cell)


def _defused(cell: Cell) -> str:
    return defused(_plain(cell))


def defused(text: str) -> str:
    """The text of a cell, with an apostrophe before anything that a spreadsheet would read as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


FORMAT = Format(
    summary="CSV table for spreadsheets, one row a sense",
    write=write,
    suffix=".csv",
    takes_several=True,
    options=(
        OPTION,
        Option(name="plain", help="for programs: no apostrophe before text that a spreadsheet would read as a formula"),
        Option(name="bom", help="begin with a byte order mark, without which Excel does not read UTF-8"),
    ),
    tables=(("senses", "{name}"),),
)
