"""Writes an export: into a hidden folder beside its destination, synced, then renamed.

A reader sees the old export or the new one, always complete. A killed export leaves a folder whose name begins with
``.export-``; it may be removed.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dictcrawler.durable import sync_folder
from dictcrawler.errors import ExportRefused

CARD = "README.md"
_FORCE = "give --force to replace it, or another PATH with -o"


@dataclass(frozen=True, slots=True)
class Written:
    """A file of an export: its name, its size and its SHA-256."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Destination:
    """The destination of an export: a file, or a folder of its own."""

    path: Path
    is_folder: bool

    def refuse_taken(self, *, force: bool) -> None:
        """Check that the export may be put here, before the work and again after it.

        :raises ExportRefused: when something there must not be overwritten.
        """
        if not os.path.lexists(self.path) or (_is_empty_folder(self.path) and self.is_folder):
            return
        if not force:
            raise ExportRefused(f"{self.path} exists already; {_FORCE}")
        if self.path.is_dir() != self.is_folder:
            kind = "a folder" if self.is_folder else "a file"
            raise ExportRefused(f"{self.path} exists and is not {kind}; give another PATH with -o")
        if self.is_folder and not is_card(self.path / CARD):
            raise ExportRefused(f"{self.path} is not an export, so it is not replaced; give another PATH with -o")

    @property
    def card(self) -> Path:
        """The path of the card: ``README.md`` beside the export, unless that file describes something else."""
        if self.is_folder:
            return self.path / CARD
        card = self.path.with_name(CARD)
        if not os.path.lexists(card) or is_card(card, self.path.name):
            return card
        return self.path.with_name(f"{self.path.name}.{CARD}")

    def put(self, written: Path) -> None:
        """Move the content of a `hidden` folder to its destination, the export's own file last."""
        if not self.is_folder:
            for file in sorted(written.iterdir(), key=lambda file: file.name == self.path.name):
                file.replace(self.path.with_name(file.name))
        else:
            if os.path.lexists(self.path):
                self.path.rename(written.with_name("replaced"))
            written.rename(self.path)
        sync_folder(self.path.parent)


def is_card(path: Path, name: str | None = None) -> bool:
    """Whether a file is the card of an export, or of the export with ``name`` if one is passed."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return mark(name) in text if name else _MARK in text


_MARK = "<!-- written by dictcrawler export"


def mark(name: str) -> str:
    """The line of a card that names the export it belongs to."""
    return f"{_MARK}: {name} -->"


@contextmanager
def hidden(place: Destination) -> Iterator[Path]:
    """An empty folder beside the destination; anything still in it at the end is removed."""
    place.path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=place.path.parent) as outer:
        # mkdtemp makes a folder that only its owner can read; the renamed export gets the usual permissions.
        folder = Path(outer) / "export"
        folder.mkdir()
        yield folder


def measured(folder: Path) -> Iterator[Written]:
    """Size and checksum of each file below a folder, each synced to the disk."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
            size, sha256 = os.fstat(stream.fileno()).st_size, hashlib.file_digest(stream, "sha256").hexdigest()
        yield Written(path.relative_to(folder).as_posix(), size, sha256)


def write_text(path: Path, lines: Iterable[str]) -> None:
    """Write a small text file, in UTF-8 with plain line ends."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and not any(path.iterdir())
