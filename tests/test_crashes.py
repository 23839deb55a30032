"""A crash or a failing disk, at any moment, costs nothing: the bounded share of ``make kill`` and ``make faults``."""

from __future__ import annotations

from itertools import count, cycle

import pytest
from programs import faults, kill

STEP = 11
"""Every so many changes to the data folder one fails; ``make faults`` takes them all."""


def test_20_kills_lose_nothing_double_nothing_and_show_readers_whole_feeds_only() -> None:
    found = kill.run(20, seed=2026, in_a_row=len(kill.PHASES), report=lambda _: None)
    assert found.is_clean(), str(found)
    assert sum(found.kills.values()) == 20
    assert set(found.kills) == set(kill.PHASES)
    assert found.polls > found.reads > 2 * found.trials
    # In flight and in the batch not yet committed.
    assert found.asked_again <= 20 * (16 + 20) + found.too_late * kill.WORDS


def test_whichever_change_to_the_disk_fails_the_end_is_honest_and_the_same_command_recovers() -> None:
    found = faults.Found()
    with faults.bench() as tried:
        if tried is None:
            pytest.skip("no C compiler, or not Linux: changes cannot be made to fail here")
        kinds = cycle(faults.KINDS)
        last = next(k for k in count(2, STEP) if not faults.attempt(tried, k, next(kinds), found))
    assert found.problems == []
    assert last > 100
    assert {"7", "killed"} <= set(found.statuses)
