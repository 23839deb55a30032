"""When a word is asked again.

Pure rules: how long an answer stays fresh, and which answers of the store a crawl accepts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dictcrawler.dictionaries import Dictionary
from dictcrawler.errors import ArgumentError
from dictcrawler.model import Lookup, Status

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The due time of what never changes: a capture in an archive."""

MISS_AGE = timedelta(days=180)
"""How long "not in the dictionary" stays fresh: new words come slowly."""

FIRST_PAUSE = timedelta(hours=1)
"""How long a word rests after its second failure; the pause doubles with each further one."""

LONGEST_PAUSE = timedelta(days=7)

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE = re.compile(r"([0-9]{1,6})([mhdw])")
_WORDS = ("due", "failed", "all", "none")


@dataclass(frozen=True, slots=True)
class Refresh:
    """Which words are asked again: ``kind`` is ``due``, ``age``, ``failed``, ``all`` or ``none``."""

    kind: str
    age: timedelta = timedelta(0)


def read_refresh(value: str) -> Refresh:
    """Read ``-a refresh=``.

    :raises ArgumentError: when it is neither one of the words nor an age.
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
    """When this answer is due to be asked again, after ``failures`` failures in a row (0: none).

    ``clock_error`` is how far the clock here is ahead of the one that all machines share.
    """
    answered_at = (lookup.checked_at or lookup.fetched_at or datetime.now(UTC)) - clock_error
    if failures:
        pause = FIRST_PAUSE * 2 ** min(failures - 2, 20) if failures > 1 else timedelta(0)
        return answered_at + min(pause, LONGEST_PAUSE)
    if lookup.status in (Status.NOT_IN_DICTIONARY, Status.NOT_ARCHIVED):
        return answered_at + MISS_AGE
    # An archive's capture is immutable: it stays fresh until the parser wants more of it.
    return NEVER if archived else answered_at + dictionary.max_age
