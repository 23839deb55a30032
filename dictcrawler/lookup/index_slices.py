"""The slices of a capture index that are to be read: addresses with a common prefix, split where there are too many."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from dictcrawler.storage.captures import IndexSliceState

PAGE_SIZE = 20_000
"""Rows of one answer: about 3 MB from the Wayback Machine, 7 MB from pywb."""
SMALL_PAGE = 2_500
UNLIMITED = 1_000_000_000
FEWEST_WORDS = 20
"""A slice with fewer words is not split: its words are looked up one by one."""
FAILURES_AT_A_KEY = 4
DEEPEST = 20
"""Most characters of a word in the prefix of a slice."""

# A character in an address: percent-escapes that follow one another may be the bytes of one.
_CHARACTER = re.compile(r"(?:%[0-9A-Fa-f]{2})+|.", re.DOTALL)


class IndexSlice(msgspec.Struct):
    """All addresses that begin with ``base`` and ``start``; ``depth`` is the number of characters in ``start``.

    Its next answer has at most ``limit`` rows and begins at ``resume_key``; ``keys`` are the keys so far,
    ``captures`` is the number of captures listed so far, ``failures`` the number of failed queries in a row.
    """

    base: str
    start: str = ""
    depth: int = 0
    limit: int = PAGE_SIZE
    resume_key: str | None = None
    keys: set[str] = msgspec.field(default_factory=set)
    captures: int = 0
    failures: int = 0

    @property
    def beginning(self) -> str:
        """The common prefix of its addresses."""
        return self.base + self.start


class IndexSlices:
    """The slices to read, in order.

    ``bases`` are the prefixes of all addresses. ``slugs`` returns the slugs of the words to look up:
    a slice is split into those parts that contain such words. ``known`` lists the slices read before; those
    read ``since`` or later are not read again.
    """

    def __init__(
        self,
        bases: Iterable[str],
        slugs: Callable[[], Iterator[str]],
        known: Mapping[str, IndexSliceState],
        since: datetime,
    ) -> None:
        self._slugs = slugs
        self._known = known
        self._read = {name for name, state in known.items() if state.read_at is not None and state.read_at >= since}
        self._waiting = deque(part for base in bases for part in self._unread(IndexSlice(base)))

    def __bool__(self) -> bool:
        return bool(self._waiting)

    @property
    def first(self) -> IndexSlice:
        """The slice to read next."""
        return self._waiting[0]

    def shrink(self) -> None:
        """Make the next query smaller: fewer rows of the first slice at a time, then only a part of it.

        A slice that was read up to a resume key continues there, and is split only after `FAILURES_AT_A_KEY`.
        """
        first = self.first
        first.failures += 1
        if first.limit == PAGE_SIZE:
            first.limit = SMALL_PAGE
        elif first.resume_key is None or first.failures >= FAILURES_AT_A_KEY:
            self.split()

    def split(self) -> None:
        """Replace the first slice by its parts, each from its beginning; by none when they would be too small."""
        self._waiting.extendleft(reversed(list(self._parts(self._waiting.popleft()))))

    def end(self, *, is_read: bool) -> None:
        """Remove the first slice: it was read to its end (``is_read``), or is given up."""
        ended = self._waiting.popleft()
        if is_read:
            self._read.add(ended.beginning)

    def was_read(self, address: str) -> bool:
        """Whether the slice that contains the address was read to its end."""
        return any(address.startswith(beginning) for beginning in self._read)

    def _unread(self, whole: IndexSlice) -> Iterator[IndexSlice]:
        """The slice itself, or those of its parts that were not read yet."""
        # A store of version 0.1.0 has the whole index under the name "".
        if not self._read.isdisjoint(("", whole.beginning)):
            return
        state = self._known.get(whole.beginning)
        if state is None and any(name.startswith(whole.beginning) for name in self._known):
            for part in self._parts(whole):
                yield from self._unread(part)
            return
        whole.resume_key = None if state is None else state.resume_key
        yield whole

    def _parts(self, whole: IndexSlice) -> Iterator[IndexSlice]:
        """The parts of a slice that contain words, split at the next character in which these words differ."""
        words = [_CHARACTER.findall(slug) for slug in self._slugs() if slug.startswith(whole.start)]
        if len(words) < FEWEST_WORDS:
            return
        starts, depth = [whole.start], whole.depth
        while len(starts) == 1 and depth < DEEPEST:
            depth += 1
            starts = list(dict.fromkeys("".join(word[:depth]) for word in words if len(word) >= depth))
        if len(starts) > 1:
            limit = min(whole.limit, PAGE_SIZE)
            yield from (IndexSlice(whole.base, start, depth, limit) for start in starts)
