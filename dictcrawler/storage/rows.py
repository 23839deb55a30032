"""The values of rows, read back; a row that something else has damaged ends in an error that says which it is."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

import msgspec

from dictcrawler.errors import DamagedRow

_Kind = TypeVar("_Kind")


def decoded(data: bytes, kind: type[_Kind], table: str, key: str) -> _Kind:
    """What a column has encoded as JSON.

    :raises DamagedRow: when that cannot be read.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, TypeError, UnicodeDecodeError) as error:
        raise DamagedRow(table, key, error) from error


def moment(text: str, table: str, key: str) -> datetime:
    """A moment as `dictcrawler.storage.database.timestamp` has written it.

    :raises DamagedRow: when it is none.
    """
    try:
        return datetime.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise DamagedRow(table, key, error) from error
