"""How web archives write the time of a capture and the address of its replay (RFC 7089, and the Wayback Machine)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

HEADER = "memento-datetime"
"""The header that says when a capture was taken: what has it was captured, whatever its status."""

_FORMAT = "%Y%m%d%H%M%S"
_DIGITS = 14
# ``20230520100000id_/https://…``, with fewer digits or without ``id_`` too.
_CAPTURE = r"(?P<timestamp>[0-9]{4,14})(?:[a-z]{2}_)?/"
_BELOW_PREFIX = re.compile(rf"{_CAPTURE}(?P<address>.+)", re.DOTALL)
_ANYWHERE = re.compile(rf"https?://[^?#]*?/{_CAPTURE}(?P<address>https?://.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Replay:
    """The URL of a replay, taken apart: which capture of which address, as the URL has them."""

    timestamp: str
    address: str


def timestamp_of(moment: datetime) -> str:
    """A moment as archives write it: ``20230520100000``, in UTC."""
    return moment.astimezone(UTC).strftime(_FORMAT)


def moment_of(timestamp: str) -> datetime | None:
    """The moment of a whole timestamp; ``None`` when it has fewer digits or is no date (30 February)."""
    if len(timestamp) != _DIGITS or not (timestamp.isascii() and timestamp.isdecimal()):
        return None
    try:
        return datetime.strptime(timestamp, _FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def memento_datetime(header: str) -> datetime | None:
    """The moment that a ``Memento-Datetime`` header names; ``None`` when it is no date."""
    try:
        return parsedate_to_datetime(header).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def replay_url(prefix: str, timestamp: str, address: str) -> str:
    """The URL of the raw capture nearest to a timestamp."""
    return f"{prefix}{timestamp}id_/{address}"


def replay_of(url: str, prefix: str) -> Replay | None:
    """What a URL of one archive replays; ``None`` when it is not a replay of that archive."""
    return _replay(_BELOW_PREFIX.fullmatch(url.removeprefix(prefix))) if url.startswith(prefix) else None


def replay_anywhere(url: str) -> Replay | None:
    """What a URL replays, whatever archive it is of; ``None`` when it is not a replay's."""
    return _replay(_ANYWHERE.fullmatch(url))


def _replay(match: re.Match[str] | None) -> Replay | None:
    return Replay(match["timestamp"], match["address"]) if match is not None else None
