"""The checks of a feed and a store after a crash."""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from dictcrawler import feeds

# Fields that may differ between two runs over the same pages.
_PASSING = re.compile(rb'"(?:run|fetched_at)":"[^"]*"|127\.0\.0\.1:\d+')


@dataclass(frozen=True)
class Published:
    """The files of one published run by name, without run ids, fetch times and ports."""

    files: Mapping[str, bytes]

    @classmethod
    def of(cls, path: Path) -> Published:
        """Read a run, or the latest one, after its checksums were verified.

        :raises FeedError: when it is incomplete.
        """
        run = feeds.resolve(path)
        names = feeds.verify(run).files
        return cls({name: _PASSING.sub(b"", (run / name).read_bytes()) for name in sorted(names)})

    def without(self, name: str) -> Published:
        """The same run without one file."""
        return Published({other: text for other, text in self.files.items() if other != name})

    def lost(self, expected: Published) -> int:
        """The number of expected lines that are missing."""
        found = {line for text in self.files.values() for line in text.splitlines()}
        return sum(line not in found for text in expected.files.values() for line in text.splitlines())

    def duplicated(self) -> int:
        """The number of repeated lines."""
        return sum(len(text.splitlines()) - len(set(text.splitlines())) for text in self.files.values())

    def differing(self, expected: Published) -> int:
        """The number of bytes in which the two differ."""
        return sum(_differing(self.files[name], text) for name, text in expected.files.items())

    def first_difference(self, expected: Published) -> str:
        """The first unexpected line, and the expected one."""
        for name, text in expected.files.items():
            pairs = zip_longest(self.files[name].splitlines(), text.splitlines(), fillvalue=b"")
            for number, (line, wanted) in enumerate(pairs, start=1):
                if line != wanted:
                    return f"{name}, line {number}: {line.decode()} instead of {wanted.decode()}"
        return "none"


def _differing(one: bytes, other: bytes) -> int:
    return abs(len(one) - len(other)) + sum(a != b for a, b in zip(one, other, strict=False))


@dataclass(frozen=True)
class StoreSeen:
    """A store after a crash: the problems that SQLite finds in it, and whether it has a run to resume."""

    problem: str | None
    has_unfinished_run: bool

    @classmethod
    def of(cls, data: Path) -> StoreSeen:
        """Check a copy, since opening a store repairs it."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(shutil.copytree(data / "store", Path(folder, "store")))
            with closing(sqlite3.connect(copy / "macmillan.sqlite")) as connection:
                found = str(connection.execute("PRAGMA integrity_check").fetchone()[0])
                states = {state for (state,) in connection.execute("SELECT state FROM runs")}
        return cls(None if found == "ok" else found, bool(states & {"importing", "running"}))
