"""Reads the rows of an Excel workbook with openpyxl (the extra ``xlsx``)."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator

from dictcrawler.errors import KeywordListError

ENDING = ".xlsx"
REQUIREMENT = "openpyxl==3.1.5"


def rows(path: str) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells (as text) of each row of the first sheet with any rows.

    :raises KeywordListError: when openpyxl is missing (with the command to install it), or cannot read the file.
    """
    try:
        import openpyxl  # noqa: PLC0415 - an extra
        from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415
    except ImportError as error:
        install = f"{sys.executable} -m pip install '{REQUIREMENT}'"
        raise KeywordListError(f"{path}: type {install} to read spreadsheets, or save it as .csv") from error
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, InvalidFileException, KeyError, zipfile.BadZipFile) as error:
        raise KeywordListError(f"{path}: cannot be read as a workbook ({error}); save it as .csv") from error
    try:
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            if any(cell is not None for cell in cells):
                yield number, ["" if cell is None else str(cell) for cell in cells]
    finally:
        book.close()
