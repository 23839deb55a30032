"""Reads published runs.

``path`` is a file of a feed (``.jsonl`` or ``.jsonl.gz``), the folder of one run, or the
folder of a dictionary, whose ``latest`` run is then read. Nothing here needs Scrapy::

    for entry in feeds.read_entries("data/feeds/macmillan"):
        print(entry.headword, entry.parts_of_speech)

To read entries and lookups of the same run while another run may be published, call `resolve` once
and pass its result.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from dictcrawler.errors import FeedError
from dictcrawler.feeds.format import CHANGES, ENTRIES, LATEST, LOOKUPS, NOT_JSON, RUN, encode_line
from dictcrawler.feeds.lifting import lifted
from dictcrawler.model import SCHEMA_VERSION, Change, Digest, Entry, FeedFile, Lookup, Record, RunManifest

_ANYTHING = re.compile(b"")
_FILES: dict[type[Record], str] = {Entry: ENTRIES, Lookup: LOOKUPS, Change: CHANGES}
_NAME = re.compile(r"\w[\w.-]{0,99}")
LONGEST_LINE = 64 << 20
"""In bytes. No entry of a dictionary is nearly as long, and a longer line would fill the memory."""
_VERSION_KEY = b'"schema_version"'
_OTHER_JSON = (b'": ', b'" :', b"\\u", b"\\/")
"""A line with one of these may come from another program: `encode_line` writes no spaces and hardly any escapes."""
_Record = TypeVar("_Record", bound=Record)


class _Identified(Record, frozen=True, kw_only=True, forbid_unknown_fields=False):
    id: str


class _CitedSource(Record, frozen=True, kw_only=True, forbid_unknown_fields=False):
    payload_digest: Digest


class Cited(Record, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """An entry, reduced to the digest of the page it was read from."""

    source: _CitedSource


def read_entries(path: str | os.PathLike[str]) -> Iterator[Entry]:
    """The entries of a run, in the order of the word list.

    :raises FeedError: when there is no such file, or for the first bad line.
    """
    return _records(_file(path, ENTRIES), Entry)


def read_lookups(path: str | os.PathLike[str]) -> Iterator[Lookup]:
    """The lookups of a run, one for each line of the word list, without the entries.

    :raises FeedError: as `read_entries`.
    """
    return _records(_file(path, LOOKUPS), Lookup)


def cited_digests(path: str | os.PathLike[str]) -> Iterator[str]:
    """The digests of the pages that the entries of a run were read from; other fields are not checked.

    :raises FeedError: as `read_entries`.
    """
    return (each.source.payload_digest for each in _records(_file(path, ENTRIES), Cited))


def read_heads(path: str | os.PathLike[str], kind: type[_Record]) -> Iterator[_Record]:
    """The entries of a run (or the lines of the file ``path``) as records of ``kind``, which has only a few fields.

    ``kind`` is a `Record` with ``forbid_unknown_fields=False``.

    :raises FeedError: as `read_entries`, for the fields that ``kind`` has.
    """
    return _records(_file(path, ENTRIES), kind)


def select_entries(path: str | os.PathLike[str], ids: Collection[str]) -> dict[str, Entry]:
    """The entries of a run with these ids; no other line is decoded completely.

    :raises FeedError: as `read_entries`.
    """
    file = _file(path, ENTRIES)
    heads, entries = msgspec.json.Decoder(_Identified), msgspec.json.Decoder(Entry)
    found = {}
    for number, line in numbered_lines(file):
        entry_id = _decoded(file, number, line, heads).id
        if entry_id in ids:
            found[entry_id] = _decoded(file, number, line, entries)
    return found


def read_changes(path: str | os.PathLike[str]) -> Iterator[Change]:
    """The changes of a run since the complete run before it.

    :raises FeedError: as `read_entries`.
    """
    return _records(_file(path, CHANGES), Change)


def changes_since(path: str | os.PathLike[str], run: str) -> Iterator[Change]:
    """All changes after a run, in order, up to the latest one; ``path`` is a dictionary's feed folder.

    Applied one after another to the entries of that run (see `apply_changes`), they give the
    entries of the latest run.

    :raises FeedError: when that run, or one after it, is no longer there, or the runs name each other in a circle.
    """
    folder = resolve(path)
    chain: list[Path] = []
    while folder.name != run:
        if folder in chain:
            raise FeedError(folder / RUN, None, "the runs before this one lead back to it")
        chain.append(folder)
        previous = read_run(folder).previous_run
        if previous is not None and (Path(previous).name != previous or previous in ("", ".", "..")):
            raise FeedError(folder / RUN, None, f"previous_run {previous!r} is not the name of a run beside it")
        if previous is None:
            raise FeedError(
                folder.parent,
                None,
                f"run {run!r} is not among the runs that lead to the latest one; take the whole feed once with "
                "read_entries and go on from the latest run",
            )
        folder = folder.parent / previous
        if previous != run and not (folder / RUN).exists():
            raise FeedError(
                folder,
                None,
                f"this run was removed (by prune), and the changes since {run!r} with it; take the whole feed with "
                "read_entries and go on from the latest run",
            )
    for later in reversed(chain):
        yield from read_changes(later)


def apply_changes(entries: Mapping[str, Entry] | Iterable[Entry], changes: Iterable[Change]) -> dict[str, Entry]:
    """Apply changes to entries, passed by id or as an iterable; returns the new entries by id."""
    result = dict(entries) if isinstance(entries, Mapping) else {entry.id: entry for entry in entries}
    for change in changes:
        if change.entry is None:
            result.pop(change.id, None)
        else:
            result[change.id] = change.entry
    return result


def read_run(path: str | os.PathLike[str]) -> RunManifest:
    """The manifest of a run.

    :raises FeedError: when there is none, it is not what the schema says, or its ``dictionary`` is not a name: stores,
        locks and kept pages are found by it, so it must not lead to another folder.
    """
    file = _file(path, RUN)
    run = _decoded(file, None, _stored(file), msgspec.json.Decoder(RunManifest))
    if not _NAME.fullmatch(run.dictionary):
        raise FeedError(file, None, f"dictionary {run.dictionary[:100]!r} is not the name of a dictionary")
    return run


def resolve(path: str | os.PathLike[str]) -> Path:
    """The file or run folder that ``path`` refers to at this moment, with all symbolic links resolved.

    :raises FeedError: when it is neither of them nor a folder with a ``latest`` run.
    """
    given = Path(path)
    place = given / LATEST if given.is_dir() and not (given / RUN).exists() else given
    try:
        # Not `Path.resolve`, which raises RuntimeError for a link to itself (Python 3.11, pathlib.py:resolve).
        return Path(os.path.realpath(place, strict=True))
    except OSError as error:
        raise FeedError(given, None, "there is no feed here: no file of a feed, no run, no latest run") from error


def verify(path: str | os.PathLike[str]) -> RunManifest:
    """Check the size and checksum of every file of a run, and return its manifest.

    :raises FeedError: for the first file that does not match.
    """
    folder = resolve(path)
    run = read_run(folder)
    for name, expected in run.files.items():
        if Path(name).name != name:
            raise FeedError(folder / RUN, None, f"{name!r} is not the name of a file beside it")
        _verify_file(folder / name, expected)
    for name, count in ((ENTRIES, run.entries), (LOOKUPS, run.keywords)):
        lines = sum(file.lines for listed, file in run.files.items() if listed.removesuffix(".gz") == name)
        if lines != count:
            raise FeedError(folder / RUN, None, f"it counts {count} lines of {name}, its list of files {lines}")
    return run


def matching(path: str | os.PathLike[str], kind: type[_Record], pattern: bytes) -> Iterator[_Record]:
    """The entries or lookups of a run whose line, as `encode_line` writes it, contains the pattern.

    A file that another program has written, with spaces or escapes, matches as well.

    :raises FeedError: as `read_entries`; lines that do not match are not decoded.
    """
    return _records(_file(path, _FILES[kind]), kind, re.compile(pattern))


def lines_at(run: Path, kind: type[_Record], offsets: Iterable[int]) -> Iterator[_Record]:
    """The records whose lines begin at these bytes of a file of a run.

    :raises FeedError: when no line begins there, or it is bad.
    """
    name, decoder = run / _FILES[kind], msgspec.json.Decoder(kind)
    _refuse_special(name)
    try:
        with name.open("rb") as file:
            for offset in offsets:
                file.seek(max(0, offset - 1))
                is_begin = not offset or file.read(1) == b"\n"
                line = file.readline(LONGEST_LINE + 1)
                if not is_begin or not line.endswith(b"\n"):
                    raise FeedError(name, None, f"no line begins at byte {offset}")
                yield _decoded(name, None, line, decoder)
    except OSError as error:
        raise FeedError(name, None, f"cannot be read: {error}") from error


def _file(path: str | os.PathLike[str], name: str) -> Path:
    place = resolve(path)
    if not place.is_dir():
        return place
    for file in (place / name, place / f"{name}.gz"):
        if file.exists():
            return file
    raise FeedError(place, None, f"this run has no {name}")


def _records(file: Path, kind: type[_Record], pattern: re.Pattern[bytes] = _ANYTHING) -> Iterator[_Record]:
    decoder = msgspec.json.Decoder(kind)
    for number, line in numbered_lines(file):
        if pattern.search(line) or pattern.search(_as_we_write(line)):
            yield _decoded(file, number, line, decoder)


def _as_we_write(line: bytes) -> bytes:
    """A line of another program as `encode_line` writes it; nothing when it is ours, or no JSON."""
    for each in _OTHER_JSON:
        if each in line:
            break
    else:
        return b""
    try:
        return encode_line(msgspec.json.decode(line))
    except NOT_JSON:
        return b""


def numbered_lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file, plain or gzipped, with their numbers from 1.

    :raises FeedError: when it cannot be read, or a line is too long or incomplete.
    """
    number = 0
    _refuse_special(file)
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
            for number, line in enumerate(iter(partial(stream.readline, LONGEST_LINE + 1), b""), 1):
                if len(line) > LONGEST_LINE:
                    raise FeedError(file, number, f"longer than {LONGEST_LINE >> 20} MiB")
                if not line.endswith(b"\n"):
                    raise FeedError(file, number, "half a line; the file was cut off here")
                yield number, line
    except (OSError, EOFError, zlib.error) as error:
        raise FeedError(file, number + 1, f"cannot be read: {error}") from error


def _decoded(file: Path, line: int | None, stored: bytes, decoder: msgspec.json.Decoder[_Record]) -> _Record:
    try:
        record = decoder.decode(lifted(stored))
    except msgspec.ValidationError as error:
        raise FeedError(file, line, f"does not match schema_version 1.0 or {SCHEMA_VERSION}: {error}") from error
    except NOT_JSON as error:
        raise FeedError(file, line, f"not JSON: {error}") from error
    # msgspec takes a missing tag for the expected one (https://github.com/msgspec/msgspec/issues/915).
    if isinstance(record, Entry) and _VERSION_KEY not in stored:
        raise FeedError(file, line, f"there is no schema_version; 1.0 and {SCHEMA_VERSION} can be read")
    return record


def _refuse_special(file: Path) -> None:
    """Refuse a pipe or a device in a feed: to open it may wait for ever, to read it may never end.

    One that the caller has named is read: ``/dev/stdin``, or ``/dev/fd/63`` from a shell's ``<(…)``.
    """
    is_special = file.exists() and not (file.is_file() or file.is_dir())
    if is_special and Path("/dev") not in file.absolute().parents:
        raise FeedError(file, None, "not a regular file")


def _stored(file: Path) -> bytes:
    _refuse_special(file)
    try:
        with file.open("rb") as stream:
            stored = stream.read(LONGEST_LINE + 1)
    except OSError as error:
        raise FeedError(file, None, f"cannot be read: {error}") from error
    if len(stored) > LONGEST_LINE:
        raise FeedError(file, None, f"longer than {LONGEST_LINE >> 20} MiB")
    return stored


def _verify_file(file: Path, expected: FeedFile) -> None:
    _refuse_special(file)
    try:
        with file.open("rb") as stream:
            size, sha256 = os.fstat(stream.fileno()).st_size, hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise FeedError(file, None, f"cannot be read: {error}") from error
    count = sum(1 for _ in numbered_lines(file))
    found = FeedFile(lines=count, bytes=size, sha256=sha256)
    if found != expected:
        raise FeedError(file, None, f"not the file that {RUN} lists: {found} instead of {expected}")
