"""The list of recordings survives kills at any moment."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dictcrawler.errors import LockedError, StoreError
from dictcrawler.feeds.sounds import SOUNDS, Sound, read_sounds
from dictcrawler.storage.sounds import SoundStore
from tests.support import records


def sound(url: str, status: str = "not_found") -> Sound:
    return Sound(url=url, status=status, fetched_at=records.NOON, rights="©")  # type: ignore[arg-type]


def killed(folder: Path, copy: Path, *outcomes: Sound) -> Path:
    """The folder after a kill: these outcomes, and half of a further line."""
    with SoundStore(folder) as store:
        for outcome in outcomes:
            store.record(outcome)
        shutil.copytree(folder, copy)
    with (copy / SOUNDS).open("ab") as file:
        file.write(b'{"url":"half')
    return copy


def test_a_kill_after_a_kill_loses_no_outcome(tmp_path: Path) -> None:
    once = killed(tmp_path / "0", tmp_path / "1", sound("a"))
    assert [each.url for each in read_sounds(once)] == ["a"]
    twice = killed(once, tmp_path / "2", sound("b"))
    assert [each.url for each in read_sounds(twice)] == ["a", "b"]


def test_the_last_outcome_of_an_address_holds_and_a_closed_list_has_one_line_each(tmp_path: Path) -> None:
    with SoundStore(tmp_path) as store:
        for status in ("network_error", "not_found"):
            store.record(sound("b", status))
        store.record(sound("a"))
    assert [(each.url, each.status) for each in read_sounds(tmp_path)] == [("a", "not_found"), ("b", "not_found")]
    with SoundStore(tmp_path) as store:
        assert store.outcomes["b"].status == "not_found"


def test_a_damaged_list_is_an_error_that_names_its_line(tmp_path: Path) -> None:
    with SoundStore(tmp_path) as store:
        store.record(sound("a"))
    with (tmp_path / SOUNDS).open("ab") as file:
        file.write(b"{}\n")
    with pytest.raises(StoreError, match=r"sounds\.jsonl, line 2"):
        SoundStore(tmp_path)


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    with SoundStore(tmp_path), pytest.raises(LockedError):
        SoundStore(tmp_path)
