"""A crash or a failing disk, at any moment, loses nothing: a bounded sample of ``make kill`` and ``make faults``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, cycle

import pytest

from dictcrawler import feeds
from tests.programs import faults, kill
from tests.programs.forking import KILL, Fault
from tests.programs.judging import Published

STEP = 37
"""One change to the data folder in so many fails; ``make faults`` tries every one."""


def test_12_kills_lose_nothing_double_nothing_and_show_readers_whole_feeds_only() -> None:
    found = kill.run(12, seed=2026, in_a_row=len(kill.PHASES), report=lambda _: None)
    assert found.is_clean(), str(found)
    assert sum(found.kills.values()) == 12
    assert set(found.kills) == set(kill.PHASES)
    assert found.polls > found.reads > 2 * found.trials
    # In flight, or in the batch not yet committed.
    assert found.asked_again <= 12 * (16 + 20) + found.too_late * kill.WORDS


@pytest.fixture(scope="module")
def tried() -> Iterator[faults.Bench]:
    with faults.bench() as bench:
        if bench is None:
            pytest.skip("no C compiler, or not Linux: changes cannot be made to fail here")
        yield bench


@pytest.mark.parametrize(("call", "k"), [("symlink", 1), ("rename", 2)])
def test_a_run_published_but_not_yet_latest_is_finished_without_a_question(
    tried: faults.Bench, call: str, k: int
) -> None:
    data = tried.data(f"published-{call}")
    feed = data / "feeds" / "macmillan"
    hurt = tried.crawls.run(data, "macmillan", *faults.NEW, fault=Fault(k, KILL, call=call))
    assert hurt.struck
    assert Published.of(feed) == tried.old
    begun = sorted(feed.glob("2*"))
    assert tried.crawls.run(data, "macmillan", *faults.NEW).status == 0
    assert Published.of(feed) == tried.new
    assert sorted(feed.glob("2*")) == begun


def test_latest_never_goes_back_to_a_run_that_a_crash_kept_from_it(tried: faults.Bench) -> None:
    data = tried.data("superseded")
    feed = data / "feeds" / "macmillan"
    tried.crawls.run(data, "macmillan", *faults.NEW, fault=Fault(1, KILL, call="symlink"))
    assert tried.crawls.run(data, "macmillan", *faults.OTHER).status == 0
    between = feeds.resolve(feed)
    assert tried.crawls.run(data, "macmillan", *faults.NEW).status == 0
    assert feeds.resolve(feed) == between
    assert tried.crawls.run(data, "macmillan", *faults.NEW).status == 0
    assert feeds.resolve(feed) > between


def test_whichever_change_to_the_disk_fails_the_end_is_honest_and_the_same_command_recovers(
    tried: faults.Bench,
) -> None:
    found = faults.Found()
    kinds = cycle(faults.KINDS)
    last = next(k for k in count(2, STEP) if not faults.attempt(tried, k, next(kinds), found))
    assert found.problems == []
    assert last > 100
    assert {"7", "killed"} <= set(found.statuses)
