"""Blanks records of kept WARC files: a record of the same length takes the place of each, so all offsets stay right."""

from __future__ import annotations

import os
import shutil
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

from warcio.recordloader import ArcWarcRecord

from dictcrawler.errors import StoreError
from dictcrawler.storage import warc_reading
from dictcrawler.storage.warc_reading import FoundRecord
from dictcrawler.storage.warc_records import VERSION, warc_date

Span = tuple[int, int]
"""The offset and the length of a record, in bytes."""

_HAS_COMMENT = 0x10
_GZIP_HEAD = struct.pack("<4BL2B", 0x1F, 0x8B, 8, _HAS_COMMENT, 0, 0, 255)


def spans(path: Path, is_doomed: Callable[[ArcWarcRecord], bool]) -> list[Span]:
    """The records of a file to be blanked.

    :raises OSError: when the file cannot be read.
    """
    begun: dict[int, bool] = {}
    with path.open("rb") as file:
        for each in warc_reading.records(file):
            # A record whose end is damaged comes twice: its head, and the damage.
            is_one = isinstance(each, FoundRecord) and is_doomed(each.record)
            begun[each.offset] = begun.get(each.offset, False) or is_one
    begun[path.stat().st_size] = False
    return [(begin, end - begin) for begin, end in pairwise(begun) if begun[begin]]


def blank(path: Path, doomed: list[Span]) -> None:
    """Replace these records by a note of the same length; the file is replaced as a whole.

    :raises OSError: when it cannot be written.
    :raises StoreError: when a record is too short for the note.
    """
    partial = partial_of(path)
    shutil.copyfile(path, partial)
    shutil.copymode(path, partial)
    with partial.open("r+b") as file:
        for offset, length in doomed:
            file.seek(offset)
            file.write(_note(length, f"{path}: the record at byte {offset}"))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def partial_of(path: Path) -> Path:
    """The name of a file while it is rewritten."""
    return path.with_name(f".{path.name}.partial")


def _note(length: int, name: str) -> bytes:
    """A whole gzip member of ``length`` bytes with a ``metadata`` record that describes the removed content.

    The comment of the member's header (RFC 1952) fills it up.
    """
    text = b"removed: on request\r\n"
    head = (
        f"{VERSION}\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{uuid4()}>\r\n"
        f"WARC-Date: {warc_date(datetime.now(UTC))}\r\nContent-Type: application/warc-fields\r\n"
        f"Content-Length: {len(text)}\r\n\r\n"
    ).encode("ascii")
    record = head + text + b"\r\n\r\n"
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflate.compress(record) + deflate.flush()
    tail = struct.pack("<2L", zlib.crc32(record), len(record))
    room = length - len(_GZIP_HEAD) - len(packed) - len(tail) - 1
    if room < 0:
        raise StoreError(f"{name} is too short to be blanked ({length} bytes)")
    return _GZIP_HEAD + b" " * room + b"\0" + packed + tail
