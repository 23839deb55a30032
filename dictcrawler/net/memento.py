"""How web archives write the time of a capture and the address of its replay (RFC 7089, and the Wayback Machine)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

HEADER = "memento-datetime"
"""The header with the time of a capture. An answer that has it is a capture, whatever its status."""

_FORMAT = "%Y%m%d%H%M%S"
_DIGITS = 14
# ``20230520100000id_/https://…``, also with fewer digits or without ``id_``.
_CAPTURE = r"(?P<timestamp>[0-9]{4,14})(?:[a-z]{2}_)?/"
_BELOW_PREFIX = re.compile(rf"{_CAPTURE}(?P<address>.+)", re.DOTALL)
_ANYWHERE = re.compile(rf"https?://[^?#]*?/{_CAPTURE}(?P<address>https?://.+)", re.DOTALL)


class Replay(msgspec.Struct, frozen=True):
    """A replay URL taken apart into the timestamp and the captured address, as written in the URL."""

    timestamp: str
    address: str


def timestamp_of(moment: datetime) -> str:
    """A moment in the format of archives: ``20230520100000``, in UTC."""
    return moment.astimezone(UTC).strftime(_FORMAT)


def moment_of(timestamp: str) -> datetime | None:
    """The moment of a 14-digit timestamp; ``None`` when it has fewer digits or is no date (30 February)."""
    if len(timestamp) != _DIGITS or not (timestamp.isascii() and timestamp.isdecimal()):
        return None
    try:
        return datetime.strptime(timestamp, _FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def memento_datetime(header: str) -> datetime | None:
    """The moment of a ``Memento-Datetime`` header; ``None`` when it is no date."""
    try:
        return parsedate_to_datetime(header).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def replay_url(prefix: str, timestamp: str, address: str) -> str:
    """The URL of the raw capture nearest to the timestamp."""
    return f"{prefix}{timestamp}id_/{address}"


def replay_of(url: str, prefix: str) -> Replay | None:
    """Take apart a replay URL of one archive; ``None`` for any other URL."""
    return _replay(_BELOW_PREFIX.fullmatch(url.removeprefix(prefix))) if url.startswith(prefix) else None


def replay_anywhere(url: str) -> Replay | None:
    """Take apart a replay URL of any archive; ``None`` when it is not one."""
    return _replay(_ANYWHERE.fullmatch(url))


def _replay(match: re.Match[str] | None) -> Replay | None:
    return Replay(match["timestamp"], match["address"]) if match is not None else None
