"""Which part of a run this process does: all of it, or what it has been given of a run of several machines."""

from __future__ import annotations

from typing import Literal

import msgspec

from dictcrawler.storage.slices import Slice


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """``whole``: begin, ask, publish.

    ``begin``: read the list, ask the canary, share the run in slices of about ``words`` words, ``lanes`` of them at
    once.
    ``slice``: ask the words of ``slice``, until its machine has not said for ``silence`` seconds that it is alive.
    """

    kind: Literal["whole", "begin", "slice"] = "whole"
    words: int = 0
    lanes: int = 1
    slice: Slice | None = None
    silence: float = 0.0

    def as_text(self) -> str:
        """For the settings of another process."""
        return msgspec.json.encode(self).decode()


WHOLE = Part()


def read_part(text: str) -> Part:
    """The part in the setting ``RUN_PART``: empty for the whole run."""
    return msgspec.json.decode(text, type=Part) if text else WHOLE
