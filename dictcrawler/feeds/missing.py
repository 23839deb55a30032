"""The words of a run without an entry: each once, with the lines of the list that repeat it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterator

import msgspec

from dictcrawler.feeds.reader import matching, resolve
from dictcrawler.model import Lookup, Status

NO_ENTRY = tuple(status for status in Status if not status.has_entries)
"""The statuses of a word without entries."""


class Missing(msgspec.Struct, frozen=True):
    """A word without entries; ``repeated`` are the later lines of the list that have the same word."""

    lookup: Lookup
    repeated: tuple[int, ...]

    @property
    def reason(self) -> str:
        """Its status as text, with the error if there is one."""
        return ": ".join(filter(None, (self.lookup.status.value.replace("_", " "), self.lookup.error)))

    @property
    def remark(self) -> str:
        """The reason, the suggestions of the dictionary, the lines that repeat the word."""
        suggestions = ", ".join(self.lookup.suggestions)
        lines = ", ".join(map(str, self.repeated))
        return "; ".join(
            filter(
                None,
                (
                    self.reason,
                    f"did you mean {suggestions}?" if suggestions else "",
                    f"again in line {lines}" if lines else "",
                ),
            )
        )


def of_run(path: str | os.PathLike[str], statuses: Collection[Status] = NO_ENTRY) -> Iterator[Missing]:
    """The words of a run that ended with one of these statuses, in the order of the list.

    Lines with other statuses are not decoded.

    :raises FeedError: when ``path`` is no feed or a line that matches is bad.
    """
    run = resolve(path)
    names = "|".join(status.value for status in statuses)
    pattern = f'"status":"(?:{names})"'.encode()
    repeated = defaultdict(list)
    for lookup in matching(run, Lookup, b'"duplicate_of":'):
        repeated[lookup.duplicate_of].append(lookup.line)
    for lookup in matching(run, Lookup, pattern):
        if lookup.duplicate_of is None and lookup.status in statuses:
            yield Missing(lookup, tuple(repeated[lookup.line]))
