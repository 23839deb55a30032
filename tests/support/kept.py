"""Queries about the pages that a crawl has kept."""

from __future__ import annotations

import sqlite3
import zlib
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker


@dataclass(frozen=True)
class Record:
    """One WARC record, read by warcio."""

    type: str
    url: str | None
    offset: int
    length: int
    warc: dict[str, str]
    http: dict[str, str]
    status: str
    body: bytes


def files(data: Path) -> list[Path]:
    """The kept files, oldest first, those that are still open too."""
    return sorted((data / "pages").glob("*/*.warc.gz*"))


def records(*paths: Path) -> Iterator[Record]:
    """All records of these files."""
    for path in paths:
        with path.open("rb") as file:
            iterator = ArchiveIterator(file)
            for record in iterator:
                body = record.raw_stream.read()
                yield Record(
                    record.rec_type,
                    record.rec_headers.get_header("WARC-Target-URI"),
                    iterator.get_record_offset(),
                    iterator.get_record_length(),
                    dict(record.rec_headers.headers),
                    dict(record.http_headers.headers) if record.http_headers else {},
                    record.http_headers.get_statuscode() if record.http_headers else "",
                    body,
                )


def pages(data: Path) -> list[Record]:
    """The kept responses, revisits too."""
    return [record for record in records(*files(data)) if record.type in ("response", "revisit")]


def problems(*paths: Path) -> int:
    """The exit status of ``warcio check``: 0 when it finds nothing wrong."""
    return int(Checker(Namespace(inputs=[str(path) for path in paths], verbose=False)).process_all())


def members(path: Path) -> list[bytes]:
    """The gzip members of a file, unzipped; anything after the last complete one is an error."""
    found, rest = [], path.read_bytes()
    while rest:
        stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        found.append(stream.decompress(rest))
        assert stream.eof, f"{path} is cut off"
        rest = stream.unused_data
    return found


def indexed(data: Path) -> list[tuple[str, int, int, str]]:
    """The rows of the index: file, offset, length, digest."""
    with sqlite3.connect(f"file:{data}/store/macmillan.sqlite?mode=ro", uri=True) as store:
        rows = store.execute("select file, offset, length, digest from pages order by id").fetchall()
    store.close()
    return rows
