"""When a word is looked up again.

Pure rules: how long an answer stays fresh, and which stored answers a crawl reuses.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import msgspec

from dictcrawler.dictionaries import Dictionary
from dictcrawler.errors import ArgumentError
from dictcrawler.model import Lookup, Status

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The due time of an answer that never changes: a capture in an archive."""

MISS_AGE = timedelta(days=180)
"""How long "not in the dictionary" stays fresh. Dictionaries add words slowly."""

FIRST_PAUSE = timedelta(hours=1)
"""How long a word is left alone after its second failure; the pause doubles with each further one."""

LONGEST_PAUSE = timedelta(days=7)

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE = re.compile(r"([0-9]{1,6})([mhdw])")
_WORDS = ("due", "failed", "all", "none")


class Refresh(msgspec.Struct, frozen=True):
    """Which words are looked up again: ``kind`` is ``due``, ``age``, ``failed``, ``all`` or ``none``."""

    kind: str
    age: timedelta = timedelta(0)


def read_refresh(value: str) -> Refresh:
    """Parse ``-a refresh=``.

    :raises ArgumentError: when the value is neither a rule nor an age.
    """
    if value in _WORDS:
        return Refresh(value)
    match = _AGE.fullmatch(value)
    if match is None:
        raise ArgumentError(
            "refresh", f"{value!r} is neither a rule nor an age", "due, failed, all, none, or an age: 12h, 7d, 4w"
        )
    return Refresh("age", timedelta(**{_UNITS[match.group(2)]: int(match.group(1))}))


def due_at(
    lookup: Lookup,
    dictionary: Dictionary,
    failures: int,
    *,
    archived: bool,
    clock_error: timedelta = timedelta(0),
) -> datetime:
    """When to look the word up again, after ``failures`` failures in a row (0 for none).

    ``clock_error`` is how far the local clock is ahead of the clock that all machines share.
    """
    answered_at = (lookup.checked_at or lookup.fetched_at or datetime.now(UTC)) - clock_error
    if failures:
        pause = FIRST_PAUSE * 2 ** min(failures - 2, 20) if failures > 1 else timedelta(0)
        return answered_at + min(pause, LONGEST_PAUSE)
    if lookup.status in (Status.NOT_IN_DICTIONARY, Status.NOT_ARCHIVED):
        return answered_at + MISS_AGE
    # An archive's capture is immutable: it stays fresh until a new parser needs fields that were not stored.
    return NEVER if archived else answered_at + dictionary.max_age
