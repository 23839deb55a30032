"""The captures in the WARC files that are a crawl's source, kept beside the store.

A file is read once: it is known again by its path, size and time of change. Files may come
from wget, browsers, Common Crawl or this project, gzipped record by record or not at all; ARC files
of older archives are read too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from warcio.recordloader import ArcWarcRecord

from dictcrawler.errors import ArgumentError
from dictcrawler.net import memento
from dictcrawler.net.forms import address_key
from dictcrawler.storage import warc_reading
from dictcrawler.storage.database import CHUNK, Database
from dictcrawler.storage.warc_reading import Damaged, FoundRecord, NoRecord, OneStream
from dictcrawler.text import printable

logger = logging.getLogger(__name__)

NAMED = 10
"""Most damaged records of one file that the log names individually."""
LONGEST_REASON = 200
_RECORDS = ("response", "revisit", "resource")
# Some servers and archiving programs do not know that a page is HTML; the last two are ARC's and the index's words.
_PAGES = frozenset(
    {"", "text/html", "application/xhtml+xml", "text/plain", "text/xml", "application/xml", "application/octet-stream"}
    | {"no-type", "unk"}
)
_CAPTURES = """
SELECT path, "offset", url, captured_at, digest, is_revisit
FROM warc_captures JOIN warc_files ON warc_files.id = warc_captures.file
WHERE path IN (:paths)
"""
_CAPTURE = """
INSERT INTO warc_captures (file, "offset", address, url, captured_at, digest, is_revisit)
VALUES (:file, :offset, :address, :url, :captured_at, :digest, :is_revisit)
"""
# Instead of records. A WACZ file is a ZIP file with its records in ``archive/``.
_OTHER_KINDS = (
    (b"\x28\xb5\x2f\xfd", "it is compressed with zstd: unpack it with zstd -d"),
    (b"\x5d\x2a\x4d\x18", "it is compressed with zstd and a dictionary: unpack it with the program that wrote it"),
    (b"BZh", "it is compressed with bzip2: unpack it"),
    (b"\xfd7zXZ\0", "it is compressed with xz: unpack it"),
    (b"PK\x03\x04", "it is a ZIP file: unpack it, and read the WARC files in it"),
)
# A redirect may lead to a page; a "not found" page may be the dictionary's own. A part of a page does not prove that
# there is none.
_STATUSES = frozenset({200, 203, 206, 226, 301, 302, 303, 307, 308, 404, 410})


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One capture of a page: the place of its record, the fetched URL, and the time of the capture."""

    path: Path
    offset: int
    url: str
    captured_at: datetime
    digest: str
    is_revisit: bool


class WarcIndex:
    """The captures in a set of files.

    :raises StoreError: from every method, when the database cannot be read or written.
    """

    def __init__(self, database: Database, pattern: str) -> None:
        self._database = database
        self._paths = matching(pattern)

    def refresh(self) -> None:
        """Read the files that are new or have changed.

        :raises ArgumentError: when one of them is not a WARC file.
        """
        for path in self._paths:
            state = path.stat()
            known = (path.as_posix(), state.st_size, state.st_mtime_ns)
            if not self._is_known(*known):
                self._read(path, *known)

    def captures(self, address: str, before: datetime) -> tuple[Capture, ...]:
        """The captures of an address up to a day, newest first; scheme, port and ``www.`` do not count."""
        query = f"""{_CAPTURES} AND address = :address AND captured_at <= :before
            ORDER BY captured_at DESC, "offset" DESC"""
        return self._found(query, address=address_key(address), before=before.isoformat())

    def original(self, revisit: Capture) -> Capture | None:
        """The capture that has the body of a ``revisit``."""
        if not revisit.digest:
            return None
        found = self._found(f"{_CAPTURES} AND digest = :digest AND NOT is_revisit LIMIT 1", digest=revisit.digest)
        return found[0] if found else None

    def _found(self, query: str, **values: str) -> tuple[Capture, ...]:
        paths = [path.as_posix() for path in self._paths]
        with self._database.begin() as connection:
            rows = connection.rows(query, paths=paths, **values)
        return tuple(
            Capture(
                path=Path(path),
                offset=offset,
                url=url,
                captured_at=datetime.fromisoformat(captured_at),
                digest=digest,
                is_revisit=bool(is_revisit),
            )
            for path, offset, url, captured_at, digest, is_revisit in rows
        )

    def _is_known(self, path: str, size: int, changed_ns: int) -> bool:
        query = "SELECT id FROM warc_files WHERE path = :path AND size = :size AND changed_ns = :changed_ns"
        with self._database.begin() as connection:
            return connection.value(query, path=path, size=size, changed_ns=changed_ns) is not None

    def _read(self, path: Path, name: str, size: int, changed_ns: int) -> None:
        logger.info("reading what is in %s", path)
        captures = scan(path)
        forget = "DELETE FROM warc_captures WHERE file IN (SELECT id FROM warc_files WHERE path = :path)"
        insert = "INSERT INTO warc_files (path, size, changed_ns) VALUES (:path, :size, :changed_ns) RETURNING id"
        with self._database.begin() as connection:
            connection.change(forget, path=name)
            connection.change("DELETE FROM warc_files WHERE path = :path", path=name)
            file = connection.value(insert, path=name, size=size, changed_ns=changed_ns)
            while chunk := list(islice(captures, CHUNK)):
                connection.change_many(_CAPTURE, [_row(file, capture) for capture in chunk])


def read_files(database: Database) -> set[Path]:
    """The files that crawls have used as a source and that are in the index.

    :raises StoreError: when the database cannot be read.
    """
    with database.begin() as connection:
        return {Path(path) for path in connection.column("SELECT path FROM warc_files")}


def matching(pattern: str) -> Sequence[Path]:
    """The files that match a pattern such as ``saved/**/*.warc.gz``, in order.

    :raises ArgumentError: when there are none.
    """
    place = Path(pattern)
    names = place.relative_to(place.anchor).as_posix()
    found = sorted(path.resolve() for path in Path(place.anchor).glob(names) if path.is_file())
    if not found:
        raise ArgumentError("warc", f"no file has the name {pattern!r}", "a path, with * and ** if you like")
    return found


def scan(path: Path) -> Iterator[Capture]:
    """The captures of pages, redirects and "not found" answers in a file, as a stream.

    A record that is damaged, or lacks its URL or date, is skipped and logged.

    :raises ArgumentError: when the file is not a WARC or ARC file, or its records cannot be read one by one.
    """
    found = skipped = 0
    try:
        with path.open("rb") as file:
            for each in warc_reading.records(file):
                capture = each if isinstance(each, Damaged) else _capture(path, each)
                if isinstance(capture, Damaged):
                    if isinstance(capture.reason, NoRecord) and not found:
                        raise capture.reason
                    skipped += 1
                    _name(path, capture, skipped)
                    continue
                found += 1
                if capture is not None:
                    yield capture
    except (OSError, NoRecord, OneStream) as error:
        reason = _other_kind(path) if isinstance(error, NoRecord) else None
        problem = f"{path} is not a WARC file ({reason or ' '.join(str(error).split())})"
        raise ArgumentError("warc", problem, "WARC and ARC files, gzipped or not") from error
    if not found:
        logger.warning("%s: there is no record in it", path)
    if skipped:
        logger.warning("%s: %d damaged records were skipped, %d were read", path, skipped, found)


def _other_kind(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(8)
    return next((kind for magic, kind in _OTHER_KINDS if head.startswith(magic)), None)


def _name(path: Path, damaged: Damaged, number: int) -> None:
    if number <= NAMED:
        reason = printable(" ".join(str(damaged.reason).split()))[:LONGEST_REASON]
        kind = type(damaged.reason).__name__
        logger.warning("%s: the record at byte %d is skipped: %s: %s", path, damaged.offset, kind, reason)


def original_address(url: str) -> str:
    """The captured address in an archive's replay URL; any other URL unchanged."""
    replay = memento.replay_anywhere(url)
    return replay.address if replay is not None else url


def fetched_at(record: ArcWarcRecord) -> datetime:
    """When a record was made (WARC-Date), in whole seconds.

    :raises ValueError: when it has no valid date.
    :raises OverflowError: when the date is out of Python's range.
    """
    date = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date") or "")
    # ISO 28500, section 5.4: the date is in UTC, with or without a zone.
    return (date if date.tzinfo is not None else date.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)


def captured_at(record: ArcWarcRecord) -> datetime:
    """When a page was captured; for a page fetched from an archive, when that archive captured it.

    :raises ValueError: when the record has no date.
    """
    header = record.http_headers.get_header(memento.HEADER) if record.http_headers else None
    moment = memento.memento_datetime(header) if header else None
    if moment is None and (replay := memento.replay_anywhere(record.rec_headers.get_header("WARC-Target-URI"))):
        moment = memento.moment_of(replay.timestamp)
    return moment or fetched_at(record)


def http_status(record: ArcWarcRecord) -> int:
    """The status of the response; a ``resource`` record has none and counts as 200."""
    if not record.http_headers:
        return 200
    code = record.http_headers.get_statuscode()
    return int(code) if code.isdecimal() and len(code) == 3 else 0  # noqa: PLR2004


def _is_page(record: ArcWarcRecord) -> bool:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if record.rec_type not in _RECORDS or not url.startswith(("http://", "https://")):
        return False
    if record.rec_type == "revisit" and not record.http_headers:
        return True
    fields = record.http_headers or record.rec_headers
    media_type = (fields.get_header("Content-Type") or "").partition(";")[0].strip().lower()
    status = http_status(record)
    return status in _STATUSES and (media_type in _PAGES or 300 <= status < 400)  # noqa: PLR2004


def _capture(path: Path, found: FoundRecord) -> Capture | Damaged | None:
    """The capture in a record; ``None`` when it is not a page."""
    record = found.record
    if not _is_page(record):
        return None
    url: str = record.rec_headers.get_header("WARC-Target-URI")
    if not url.isprintable():
        return Damaged(found.offset, ValueError(f"no address: {url!r}"))
    try:
        # A URL that cannot be parsed can never be looked up.
        address_key(original_address(url))
        taken_at = captured_at(record)
    except (ValueError, OverflowError) as error:
        return Damaged(found.offset, error)
    return Capture(
        path=path,
        offset=found.offset,
        url=url,
        captured_at=taken_at,
        digest=record.rec_headers.get_header("WARC-Payload-Digest") or "",
        is_revisit=record.rec_type == "revisit",
    )


def _row(file: int, capture: Capture) -> dict[str, object]:
    return {
        "file": file,
        "offset": capture.offset,
        "address": address_key(original_address(capture.url)),
        "url": capture.url,
        "captured_at": capture.captured_at.isoformat(),
        "digest": capture.digest,
        "is_revisit": capture.is_revisit,
    }
