"""Reads the rows of an Excel workbook with openpyxl (the extra ``xlsx``)."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from dictcrawler.errors import ExtraMissing, KeywordListError

if TYPE_CHECKING:
    from openpyxl import Workbook

# openpyxl raises whatever error the damage causes. The XML parsers raise SyntaxError.
_DAMAGE = (
    OSError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    RuntimeError,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
)

ENDING = ".xlsx"


def rows(path: str) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells (as text) of each row of the first sheet with any rows.

    :raises ExtraMissing: when openpyxl is not installed.
    :raises KeywordListError: when openpyxl cannot read the file.
    """
    try:
        import openpyxl  # noqa: PLC0415 - an extra
        from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415
    except ImportError as error:
        raise ExtraMissing(path, "openpyxl", "xlsx", ", or save it as .csv") from error
    damage = (*_DAMAGE, InvalidFileException)
    try:
        # Opened here: openpyxl leaves a damaged file open (seen in openpyxl 3.1.5, reader/excel.py:load_workbook).
        stream = Path(path).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise KeywordListError(f"{path}: cannot be read ({error.strerror or error})") from error
    try:
        with stream:
            yield from _of_book(openpyxl.load_workbook(stream, read_only=True, data_only=True))
    except damage as error:
        reason = str(error) or type(error).__name__
        raise KeywordListError(f"{path}: cannot be read as a workbook ({reason}); save it as .csv") from error


def _of_book(book: Workbook) -> Iterator[tuple[int, list[str]]]:
    with closing(book):
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            if any(cell is not None for cell in cells):
                yield number, ["" if cell is None else str(cell) for cell in cells]
