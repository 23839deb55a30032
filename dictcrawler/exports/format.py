"""The declaration of a format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dictcrawler.exports.export import Export


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option of a format, as the command line shows it; one without ``read`` is a switch.

    ``read`` parses the option's text and raises ValueError with the reason.
    """

    name: str
    help: str
    metavar: str | None = None
    read: Callable[[str], Any] | None = None
    default: Any = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """A library that only this format needs: its extra and its import name."""

    name: str
    module: str

    @property
    def is_missing(self) -> bool:
        """Whether it is not installed."""
        return find_spec(self.module) is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format.

    ``write(export, path)`` writes the file ``path`` and possibly files beside it whose names begin with its name, or,
    without a ``suffix``, files into the folder ``path``. ``passes`` is how often it reads the entries. ``tables`` names
    the tables that a data set's card offers, by their file; ``{name}`` in a file name is the name of the export's file.
    """

    summary: str
    write: Callable[[Export, Path], None]
    suffix: str | None
    takes_several: bool = False
    passes: int = 1
    extra: Extra | None = None
    options: tuple[Option, ...] = ()
    tables: tuple[tuple[str, str], ...] = ()

    @property
    def shape(self) -> str:
        """The meaning of PATH: a file with its suffix, or a folder."""
        return f"a {self.suffix} file" if self.suffix else "a folder"
