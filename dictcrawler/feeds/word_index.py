"""Where the lines of a word are in a run: ``words.index``, so that finding a word does not mean reading the whole feed.

`HEAD` and then records of 16 bytes in ascending order: 8 bytes of the BLAKE2b digest of a text, one for its `TextKind`,
7 for the offset of its line (big-endian). The head ends with the SHA-256 of the two files that the index is for. A
reader does not trust the index: it reads each line and compares it with the word.
"""

from __future__ import annotations

import hashlib
import mmap
import tempfile
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from enum import IntEnum
from pathlib import Path
from typing import IO, Self

from dictcrawler.feeds.format import ENTRIES, LOOKUPS, WORDS, encode_line
from dictcrawler.feeds.soundness import EntryHead
from dictcrawler.feeds.unchanged import UnchangedFile
from dictcrawler.model import FeedFile, Lookup, RunManifest
from dictcrawler.text import normalize

HEAD = b"dictcrawler words 1\n".ljust(32, b"\0")
_DIGEST, _OFFSET = 8, 7
_RECORD = _DIGEST + 1 + _OFFSET
_BUCKETS = 32


class TextKind(IntEnum):
    """The kind of a text: the word of a lookup, or the headword, the id or a form of an entry."""

    LOOKUP = 0
    HEADWORD = 1
    ENTRY_ID = 2
    FORM = 3


def folded(text: str) -> str:
    """The text as words are compared: upper and lower case are the same, and so are the apostrophes."""
    return normalize(text).lower()


class IndexWriter:
    """Collects the places of a run while its files are written, on the disk: memory stays flat."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened = ExitStack()
        self._buckets: list[IO[bytes]] = []
        self._entries_end = self._lookups_end = 0

    def __enter__(self) -> Self:
        for _ in range(_BUCKETS):
            self._buckets.append(self._opened.enter_context(tempfile.TemporaryFile(dir=self._folder)))
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def entry(self, head: EntryHead, line: bytes) -> None:
        """Add the next entry of ``entries.jsonl``."""
        self._add(folded(head.headword), TextKind.HEADWORD, self._entries_end)
        self._add(head.id, TextKind.ENTRY_ID, self._entries_end)
        for form in dict.fromkeys(folded(form.text) for form in head.inflected_forms):
            self._add(form, TextKind.FORM, self._entries_end)
        self._entries_end += len(line)

    def lookup_lines(self, lookups: Iterable[Lookup]) -> Iterator[bytes]:
        """Encode the lookups of ``lookups.jsonl`` in turn, and add them."""
        for lookup in lookups:
            line = encode_line(lookup)
            word = folded(lookup.normalized)
            self._add(word, TextKind.LOOKUP, self._lookups_end)
            if lookup.keyword != lookup.normalized and (keyword := folded(lookup.keyword)) != word:
                self._add(keyword, TextKind.LOOKUP, self._lookups_end)
            self._lookups_end += len(line)
            yield line

    def write(self, partial: Path, entries: FeedFile, lookups: FeedFile, before: Path | None) -> None:
        """Write the index of the two files, or link it to that of the run ``before`` if nothing has changed."""
        with UnchangedFile(partial / WORDS, before and before / WORDS) as file:
            file.write(_head(entries, lookups))
            for bucket in self._buckets:
                bucket.seek(0)
                stored = bucket.read()
                file.write(b"".join(sorted(stored[at : at + _RECORD] for at in range(0, len(stored), _RECORD))))

    def _add(self, text: str, place: TextKind, offset: int) -> None:
        if not text:
            # A line that cannot be a word; in a list that is none, all of them would be in one bucket.
            return
        record = _key(text) + bytes((place,)) + offset.to_bytes(_OFFSET, "big")
        self._buckets[record[0] * _BUCKETS >> 8].write(record)


def places(run: Path, manifest: RunManifest, text: str) -> dict[TextKind, list[int]] | None:
    """Where the lines begin in which the text may be, in ascending order; ``None`` when the run has no index that fits.

    ``text`` is `folded`, or an entry's id.
    """
    if not (run / WORDS).is_file():
        return None
    try:
        with (run / WORDS).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as index:
            return _places(index, _key(text)) if _fits(run, manifest, index) else None
    except (OSError, ValueError):
        # There is no index, it is empty, or a record has an unknown kind of place.
        return None


def _fits(run: Path, manifest: RunManifest, index: mmap.mmap) -> bool:
    entries, lookups = manifest.files.get(ENTRIES), manifest.files.get(LOOKUPS)
    if entries is None or lookups is None or (run / ENTRIES).stat().st_size != entries.bytes:
        return False
    head = _head(entries, lookups)
    is_whole = (len(index) - len(head)) % _RECORD == 0
    return (run / LOOKUPS).stat().st_size == lookups.bytes and is_whole and index[: len(head)] == head


def _places(index: mmap.mmap, key: bytes) -> dict[TextKind, list[int]]:
    start = len(HEAD) + 64
    count = (len(index) - start) // _RECORD

    def record(number: int) -> bytes:
        return index[start + number * _RECORD : start + (number + 1) * _RECORD]

    found: dict[TextKind, list[int]] = {place: [] for place in TextKind}
    number = bisect_left(range(count), key, key=record)
    while number < count and (each := record(number)).startswith(key):
        found[TextKind(each[_DIGEST])].append(int.from_bytes(each[_DIGEST + 1 :], "big"))
        number += 1
    return found


def _head(entries: FeedFile, lookups: FeedFile) -> bytes:
    return HEAD + bytes.fromhex(entries.sha256) + bytes.fromhex(lookups.sha256)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()
