"""Durations, counts and the forecast of a crawl, as text for people."""

from __future__ import annotations

from collections.abc import Mapping

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def duration(seconds: float) -> str:
    """``45 s``, ``12 min``, ``2 h 05 min``, ``3 d 4 h``: two units at most."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} min"
    return f"{whole // _DAY} d {whole % _DAY // _HOUR} h"


def counted(statuses: Mapping[str, int]) -> str:
    """``13 found, 2 not in dictionary``."""
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in sorted(statuses.items()) if count)


def forecast(due: int, words: int, delay: float, at_once: int) -> str:
    """How many words are due and how long they take at least: one page a word, ``delay`` seconds apart.

    Pages of homographs, retries and pages of suggestions take additional time.
    """
    if not due:
        return f"{words:,} words, none of them due: nothing is requested"
    due_words = f"{words:,} words, {due:,} of them due"
    if not delay:
        return f"{due_words}: as fast as possible, {at_once} at once"
    pace = f"a page every {delay:g} s" if delay != 1 else "one page a second"
    return f"{due_words}: at least {duration(due * delay)} at {pace}"
