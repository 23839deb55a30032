"""The WARC files of kept pages: append-only until they are pruned, repaired after a crash.

A file that is being written is named ``….warc.gz.open``, as Heritrix does it, and is locked
by its writer. Once closed, and so known to be complete, it is named ``….warc.gz``.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from dictcrawler.durable import sync_folder
from dictcrawler.storage.identity import Identity
from dictcrawler.storage.machine import machine
from dictcrawler.storage.warc_records import Exchange, Payload, RecordMaker

logger = logging.getLogger(__name__)

OPEN = ".open"
BLOCK = 1 << 16
_NAME = re.compile(r"-\d{8}T\d{6}Z-\d{5,}-(.+?)\.warc\.gz")


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """The place of a record: file name, offset and length in bytes."""

    file: str
    offset: int
    length: int


def read(folder: Path, place: RecordPlace) -> bytes:
    """The gzip member at a place.

    :raises OSError: when the file is missing or ends before.
    """
    path = folder / place.file
    with (path if path.exists() else _while_open(path)).open("rb") as file:
        file.seek(place.offset)
        member = file.read(place.length)
    if len(member) < place.length:
        raise OSError(f"{path} ends within the record at {place.offset}")
    return member


def size(folder: Path, file: str) -> int:
    """The size of a file in bytes; 0 when it is missing."""
    return sum(path.stat().st_size for path in _present(folder, file))


def remove(folder: Path, file: str) -> None:
    """Remove a file, under either of its two names, durably (also after a power failure).

    :raises OSError: when that fails.
    """
    for path in _present(folder, file):
        path.unlink()
    sync_folder(folder)


def _present(folder: Path, file: str) -> list[Path]:
    path = folder / file
    return [each for each in (path, _while_open(path)) if each.exists()]


class PageWriter:
    """Appends exchanges. It begins a new file in each process, and when one has grown to ``max_bytes``.

    :raises OSError: from every method, when the disk cannot be written.
    """

    def __init__(self, folder: Path, *, max_bytes: int, about: Mapping[str, str]) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._about = about
        self._maker = RecordMaker()
        self._file: BinaryIO | None = None
        self._name = ""
        self._begun: list[Identity] = []

    def is_beside(self, file: str) -> bool:
        """Whether a file is in the folder that this writes to."""
        return bool(_present(self._folder, file))

    def append(self, exchange: Exchange, original: Payload | None) -> RecordPlace:
        """Write one exchange and return the place of its response. It is on disk only after `sync`."""
        file = self._file or self._begin()
        response, request = self._maker.exchange(exchange, original)
        place = RecordPlace(self._name, file.tell(), len(response))
        file.write(response + request)
        if file.tell() >= self._max_bytes:
            self.close()
        return place

    def sync(self) -> None:
        """Return when everything appended is on disk, at the path where a reader looks.

        :raises OSError: also when the file or its folder was removed or replaced.
        """
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
        for begun in self._begun:
            begun.refuse_another()

    def close(self) -> None:
        """Give the file its final name. Later exchanges go to a new file."""
        if self._file is None:
            return
        self.sync()
        path = self._folder / self._name
        _while_open(path).rename(path)
        self._file.close()
        self._file = None
        self._begun = [Identity.of(self._folder), Identity.of(path)]

    def abandon(self) -> None:
        """Release the file as it is after a write error; the next crawl will `mend` it."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None
        self._begun = []

    def _begin(self) -> BinaryIO:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = _free_name(self._folder)
        file = _while_open(path).open("xb")
        sync_folder(self._folder)
        # The lock ends with the process, however it ends; `mend` recognises a dead writer's file by that.
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(self._maker.warcinfo(path.name, self._about))
        self._file, self._name = file, path.name
        self._begun = [Identity.of(self._folder), Identity(_while_open(path), os.fstat(file.fileno()))]
        return file


def mend(folder: Path, sound: Callable[[str], int]) -> None:
    """Cut the incomplete last record off the files of dead writers, and give them their final names.

    ``sound(file)`` is the byte up to which a file is known to be complete; only the rest is read. Complete
    records are never cut off, whether or not anything refers to them.
    """
    for open_path in folder.glob(f"*.warc.gz{OPEN}"):
        with open_path.open("r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            name = open_path.name.removesuffix(OPEN)
            end = _end_of_whole_members(file, sound(name))
            if end < os.fstat(file.fileno()).st_size:
                logger.warning("%s: a record that was cut off at byte %d is removed", name, end)
            file.truncate(end)
            os.fsync(file.fileno())
            open_path.rename(folder / name) if end else open_path.unlink()


def _end_of_whole_members(file: BinaryIO, start: int) -> int:
    """The end of the last complete gzip member; ``start`` is where a member begins."""
    file.seek(start)
    end = position = start
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    pending = b""
    while pending or (pending := file.read(BLOCK)):
        position += len(pending)
        try:
            stream.decompress(pending)
        except zlib.error:
            return end
        pending = stream.unused_data
        if stream.eof:
            end = position = position - len(pending)
            stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    return end


def machine_of(file: str) -> str | None:
    """The machine that has written a file, by its name."""
    found = _NAME.search(file)
    return None if found is None else found[1]


def machines_in(folder: Path) -> set[str]:
    """The machines whose files are in the folder of a dictionary."""
    return {name for path in folder.glob("*.warc.gz*") if (name := machine_of(path.name))}


def _free_name(folder: Path) -> Path:
    """``macmillan-20261123T021529Z-00001-host.warc.gz`` (WARC 1.1, annex C), or with the next free number.

    The index of a shared store identifies a file by its name alone, on whichever machine it is.
    """
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    number = 1
    while True:
        path = folder / f"{folder.name}-{moment}-{number:05}-{machine()}.warc.gz"
        if not path.exists() and not _while_open(path).exists():
            return path
        number += 1


def _while_open(path: Path) -> Path:
    return path.with_name(f"{path.name}{OPEN}")
