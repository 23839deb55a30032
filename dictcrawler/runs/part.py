"""Which part of a run this process does: the whole run, or its slice of a run of several machines."""

from __future__ import annotations

from typing import Literal

import msgspec

from dictcrawler.storage.slices import Slice


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """``whole``: begin, look up, publish.

    ``begin``: read the list, look up the canary, share the run in slices of about ``words`` words, with ``lanes`` of
    them at once.
    ``slice``: look up the words of ``slice``, until the machine has sent no sign of life for ``silence`` seconds.
    """

    kind: Literal["whole", "begin", "slice"] = "whole"
    words: int = 0
    lanes: int = 1
    slice: Slice | None = None
    silence: float = 0.0

    def as_text(self) -> str:
        """The part as text, for the settings of another process."""
        return msgspec.json.encode(self).decode()


WHOLE = Part()


def read_part(text: str) -> Part:
    """The part in the setting ``RUN_PART``: empty for the whole run."""
    return msgspec.json.decode(text, type=Part) if text else WHOLE
