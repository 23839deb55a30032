"""Reads the records of WARC and ARC files of any origin, within limits, and skips damaged records.

warcio's loader parses the heads of records. Its `ArchiveIterator` is not used for foreign files: it reads a
header line of any length into memory, stops at the first damaged record, and silently skips the rest
of a file after a damaged gzip member (warcio 1.8.1: ``bufferedreaders.py``, ``readline`` and
``_decompress``; https://github.com/webrecorder/warcio/issues/138).
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException

MAX_HEAD = 2**20
"""Most bytes of one record's headers, including those of HTTP."""
BLOCK = 2**16
GZIP = b"\x1f\x8b"

# The first line of a record in an uncompressed file.
_ARC_LINE = rb"(?:filedesc|https?|dns|ftp|whois)://?[^ \r\n]* [^ \r\n]+ [0-9]{12,14} [^ \r\n]+ [0-9]+\r?\n"
_FIRST_LINE = re.compile(rb"WARC/[0-9][0-9.]*\r?\n|(?:(?<=\n)|\A)" + _ARC_LINE)
_GZIP_MEMBER = re.compile(rb"\x1f\x8b\x08")
_MARK = re.compile(_GZIP_MEMBER.pattern + b"|" + _FIRST_LINE.pattern)
_LONGEST_MARK = 4096

_DAMAGED = (
    ArchiveLoadFailed,
    StatusAndHeadersParserException,
    EOFError,
    ValueError,
    OverflowError,
    # From a record without WARC-Target-URI (https://github.com/webrecorder/warcio/pull/203, seen in warcio 1.8.1,
    # recordloader.py:load_http_headers).
    AttributeError,
    zlib.error,
)
"""The exceptions of warcio and zlib for a damaged record."""


class NoRecord(ArchiveLoadFailed):  # type: ignore[misc]  # warcio has no types
    """The bytes do not begin like a record."""


class OneStream(ArchiveLoadFailed):  # type: ignore[misc]
    """All records of the file are in one gzip stream: none of them can be read at its place."""


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record and its offset in the file. Its ``raw_stream`` can be read until the next record is requested."""

    offset: int
    record: ArcWarcRecord


@dataclass(frozen=True, slots=True)
class Damaged:
    """An offset at which no record can be read, and why; reading continues at the next record."""

    offset: int
    reason: Exception


def records(file: BinaryIO) -> Iterator[FoundRecord | Damaged]:
    """All records of a file, in order.

    :raises OneStream: when they are all in one gzip stream.
    """
    offset, is_searching, last = 0, False, None
    # The inside of a damaged gzip member is not read as records, even where it is stored uncompressed.
    mark = _MARK
    while (begin := _mark(file, offset, mark) if is_searching else offset) is not None:
        stream = _Stream(file, begin)
        try:
            record = _load(stream)
            if record is not None:
                yield FoundRecord(begin, record)
            end, is_searching = stream.end_of(record), False
            if end == begin:
                return
            offset, last = end, begin + stream.blank
        except OneStream:
            raise
        except _DAMAGED as error:
            # One report for everything unreadable up to the next record.
            if not is_searching:
                yield Damaged(begin, error)
            # After a record whose length is wrong, the next one may begin within it.
            mark = _GZIP_MEMBER if stream.is_gzip else _MARK
            within = isinstance(error, NoRecord) and last is not None and not is_searching
            offset, is_searching = (last if within and last is not None else begin) + 1, True


def record_at(file: BinaryIO, offset: int, most: int) -> tuple[ArcWarcRecord, bytes]:
    """The record at a place where `records` found one, and up to ``most`` bytes of its body, codings and all.

    :raises ArchiveLoadFailed: when it is no longer there, is cut off, or does not have the checksum of its gzip member.
    """
    stream = _Stream(file, offset)
    try:
        record = _load(stream)
        if record is None:
            raise NoRecord("the file ends before it")
        body: bytes = record.raw_stream.read(most)
        # The checksum is at the end of the member. A longer body is refused anyway.
        if len(body) < most:
            stream.end_of(record)
    except _DAMAGED as error:
        raise ArchiveLoadFailed(f"{type(error).__name__}: {error}") from error
    return record, body


def _load(stream: _Stream) -> ArcWarcRecord | None:
    """The record at the beginning of a stream; ``None`` when only blank lines are left."""
    line = stream.readline()
    while line and not line.strip():
        stream.blank = stream.tell()
        line = stream.readline()
    if not line:
        return None
    if _FIRST_LINE.match(line) is None:
        raise NoRecord(f"it begins with {line[:60]!r}")
    known = "warc" if line.startswith(b"WARC/") else "arc"
    return _LOADER.parse_record_stream(stream, line, known)


_LOADER = ArcWarcRecordLoader(verify_http=False, arc2warc=True)


def _mark(file: BinaryIO, offset: int, mark: re.Pattern[bytes]) -> int | None:
    """The offset at which the next record may begin; ``None`` at the end of the file."""
    # A mark may span two blocks; a first line comes after the end of another line.
    start = max(offset - 1, 0)
    file.seek(start)
    window = file.read(BLOCK)
    while window:
        for match in mark.finditer(window):
            if start + match.start() >= offset:
                return start + match.start()
        block = file.read(BLOCK)
        if not block:
            return None
        kept = window[-_LONGEST_MARK:]
        start += len(window) - len(kept)
        window = kept + block
    return None


class _Stream:
    """A file from an offset on, decompressed up to the end of one gzip member; the stream that warcio reads."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        file.seek(offset)
        # Files of both kinds are sometimes joined to one.
        self.is_gzip = file.read(len(GZIP)) == GZIP
        file.seek(offset)
        self._file = file
        self._next: Callable[[], bytes] = self._inflated if self.is_gzip else self._plain
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 16) if self.is_gzip else None
        self._buffer = b""
        self._position = 0
        self._in_lines = 0
        self.blank = 0
        """Bytes of blank lines before the record."""
        self._begin = offset
        self._read = 0

    def read(self, length: int) -> bytes:
        """``length`` bytes, fewer only at the end."""
        parts = []
        while length > 0 and self._fill():
            part = self._buffer[self._position : self._position + length]
            self._position += len(part)
            length -= len(part)
            parts.append(part)
        self._read += sum(map(len, parts))
        return b"".join(parts)

    def readline(self, length: int | None = None) -> bytes:
        """A line of a head, at most ``length`` bytes of it.

        :raises ArchiveLoadFailed: when the lines so far have more than `MAX_HEAD` bytes.
        """
        parts: list[bytes] = []
        left = MAX_HEAD + 1 - self._in_lines if length is None else min(length, MAX_HEAD + 1 - self._in_lines)
        while left > 0 and not (parts and parts[-1].endswith(b"\n")) and self._fill():
            end = self._buffer.find(b"\n", self._position, self._position + left)
            part = self._buffer[self._position : self._position + left if end < 0 else end + 1]
            self._position += len(part)
            left -= len(part)
            parts.append(part)
        line = b"".join(parts)
        self._in_lines += len(line)
        self._read += len(line)
        if self._in_lines > MAX_HEAD:
            raise ArchiveLoadFailed(f"a head of more than {MAX_HEAD:,} bytes")
        return line

    def tell(self) -> int:
        """The number of bytes read so far."""
        return self._read

    def end_of(self, record: ArcWarcRecord | None) -> int:
        """The offset after a record and the blank lines that follow it.

        :raises ArchiveLoadFailed: when the file ends within the record, or the record has no length.
        :raises OneStream: when another record follows in the same gzip member.
        """
        left: int = 0 if record is None else getattr(record.raw_stream, "limit", 0)
        if self._inflate is None:
            if record is not None and record.length is None:
                raise ArchiveLoadFailed("no Content-Length")
            end = self._begin + self._read + left
            if end > os.fstat(self._file.fileno()).st_size:
                raise ArchiveLoadFailed("the file ends within it")
            return end
        while left > 0 and (part := self.read(min(left, BLOCK))):
            left -= len(part)
        if left > 0:
            raise ArchiveLoadFailed("its gzip member ends within it")
        if _FIRST_LINE.match(self.read(_LONGEST_MARK).lstrip()) is not None:
            raise OneStream("all records are in one gzip stream: mend it with `warcio recompress OLD NEW`")
        while self.read(BLOCK):
            pass
        return self._file.tell() - len(self._inflate.unused_data)

    def _fill(self) -> bool:
        """Read more; returns whether there was any."""
        if self._position < len(self._buffer):
            return True
        self._buffer, self._position = self._next(), 0
        return bool(self._buffer)

    def _plain(self) -> bytes:
        return self._file.read(BLOCK)

    def _inflated(self) -> bytes:
        """The next bytes of the member; a block of a file may be a thousand times as long.

        :raises ArchiveLoadFailed: when the file ends before the member does.
        """
        inflate = self._inflate
        while inflate is not None and not inflate.eof:
            packed = inflate.unconsumed_tail or self._file.read(BLOCK)
            if not packed and self._file.tell() == self._begin:
                return b""
            if not packed:
                raise ArchiveLoadFailed("the file ends within its gzip member")
            if part := inflate.decompress(packed, BLOCK):
                return part
        return b""
