"""Decodes the values of rows; a damaged row raises an error that identifies it."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

import msgspec

from dictcrawler.errors import DamagedRow

_Kind = TypeVar("_Kind")


def decoded(data: bytes, kind: type[_Kind], table: str, key: str) -> _Kind:
    """Decode a column's JSON.

    :raises DamagedRow: when that fails.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, TypeError, UnicodeDecodeError) as error:
        raise DamagedRow(table, key, error) from error


def moment(text: str, table: str, key: str) -> datetime:
    """Parse a moment written by `dictcrawler.storage.database.timestamp`.

    :raises DamagedRow: when that fails.
    """
    try:
        return datetime.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise DamagedRow(table, key, error) from error
