"""A zip file whose bytes depend on its content only."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

# The earliest time that the format can hold.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16


@contextmanager
def member(archive: zipfile.ZipFile, name: str, *, compressed: bool = True) -> Iterator[BinaryIO]:
    """A new member to write to; one at a time."""
    info = zipfile.ZipInfo(name, _NO_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    info.external_attr = _READABLE
    # "Made on Unix", on every system.
    info.create_system = 3
    with archive.open(info, "w") as file:
        yield cast("BinaryIO", file)


def write_member(archive: zipfile.ZipFile, name: str, parts: Iterable[bytes]) -> None:
    """Write a whole member."""
    with member(archive, name) as file:
        file.writelines(parts)


def new_archive(path: Path) -> zipfile.ZipFile:
    """A new archive; its members may be of any size."""
    return zipfile.ZipFile(path, "x", allowZip64=True)
