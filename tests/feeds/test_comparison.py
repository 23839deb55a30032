"""Two runs are compared by the words that both have."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from dictcrawler import feeds
from dictcrawler.errors import InvalidKeyword
from dictcrawler.feeds import withholding
from dictcrawler.feeds.comparison import Comparison, Share, compare
from dictcrawler.feeds.soundness import Limits
from dictcrawler.model import Entry, Lookup, Sense, Status
from tests.support import records

SENSES = tuple(Sense(id=f"invented:main:x#{number}", labels=(), definitions=(), examples=()) for number in range(4))


def slug(word: str) -> str:
    if not word.strip("?"):
        raise InvalidKeyword("no letter")
    return word.lower()


def entry(word: str, *, coverage: float = 1.0, structure: float | None = None) -> Entry:
    cited = records.source(text_coverage=coverage, structure=structure)
    return records.entry(id=f"invented:main:{word}", cited=cited)


def found(word: str, *ids: str, status: Status = Status.FOUND, **changes: object) -> Lookup:
    entry_ids = tuple(f"invented:main:{each}" for each in ids or (word.lower(),))
    return records.lookup(normalized=word, entry_ids=entry_ids, status=status, **changes)


def missed(word: str, status: Status = Status.NOT_IN_DICTIONARY) -> Lookup:
    return records.lookup(normalized=word, entry_ids=(), status=status)


def compared(folder: Path, before: tuple[Lookup, ...], now: tuple[Lookup, ...], coverage: float = 1.0) -> Comparison:
    runs = []
    for name, lookups, read in (("before", before, 1.0), ("now", now, coverage)):
        ids = dict.fromkeys(each.removeprefix("invented:main:") for lookup in lookups for each in lookup.entry_ids)
        run = records.published(folder / name, tuple(entry(each, coverage=read) for each in ids), lookups)
        runs.append((run, feeds.read_run(run)))
    return compare(runs[0], runs[1], slug)


def test_words_are_counted_once_however_often_and_however_spelt(tmp_path: Path) -> None:
    before = (found("Ape"), found("ape", duplicate_of=1), found("bee"), missed("???", Status.INVALID_KEYWORD))
    seen = compared(tmp_path, before, (found("APE"), missed("bee"), missed("bee"), found("cat")))
    assert (seen.words_before, seen.dropped, seen.found_before, seen.lost, seen.found_again) == (2, 0, 2, 1, 1)


def test_a_word_that_is_a_thousand_times_in_the_list_hides_no_loss(tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(50)]
    same = [found("ape"), *(found("ape", duplicate_of=1) for _ in range(1000))]
    seen = compared(tmp_path, (*same, *map(found, words)), (*same, *map(missed, words)))
    assert "50 of 51 words" in (withholding.worse(seen, Limits()) or "")


def test_a_failed_word_that_keeps_its_entries_is_neither_lost_nor_found(tmp_path: Path) -> None:
    seen = compared(tmp_path, (found("ape"),), (found("ape", status=Status.HTTP_ERROR),))
    assert (seen.lost, seen.found_again, seen.now.entries) == (0, 0, 1)


def test_words_that_left_the_list_are_dropped_and_not_lost(tmp_path: Path) -> None:
    seen = compared(tmp_path, (found("ape"), missed("bee"), found("cat")), (found("cat"),))
    assert (seen.dropped, seen.found_dropped, seen.lost) == (2, 1, 0)


def test_only_entries_of_words_that_both_runs_have_are_compared(tmp_path: Path) -> None:
    seen = compared(tmp_path, (found("ape"), found("bee")), (found("bee"), found("cat"), found("dog")), coverage=0.5)
    assert (seen.before.entries, seen.before.coverage) == (1, 1.0)
    assert (seen.now.entries, seen.now.coverage) == (1, 0.5)


def test_the_share_of_one_entry_is_that_of_the_entry_that_most_words_lead_to(tmp_path: Path) -> None:
    now = (found("ape", "bee", "ape"), found("bee"), missed("cat"), found("bees", "bee"))
    seen = compared(tmp_path, (missed("ape"),), now)
    assert (seen.one_entry_before, seen.one_entry) == (Share(0, 1), Share(3, 4))
    assert Share(0, 0).rate == 0


def test_words_that_lead_to_none_of_their_entries_any_more_are_elsewhere(tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(60)]
    turned = {word: words[place - 1] for place, word in enumerate(words)}
    before = (*(found(word, word, f"{word}_2") for word in words), missed("ape"))
    now = [found(word, turned[word] if place >= 50 else word) for place, word in enumerate(words)]
    seen = compared(tmp_path, before, (*now, found("ape")))
    assert (seen.elsewhere, seen.lost) == (10, 0)
    same = compared(tmp_path / "all", tuple(map(found, words)), tuple(found(word, turned[word]) for word in words))
    assert "60 of 60 words" in (withholding.worse(same, Limits()) or "")
    assert "lead to other entries now" in (withholding.worse(same, Limits()) or "")
    assert withholding.worse(same, Limits(lost_words=1)) is None


@pytest.mark.parametrize("more", [(), ("new",)], ids=["the same list", "one word more"])
def test_a_run_whose_entries_have_fewer_senses_and_examples_is_worse(tmp_path: Path, more: tuple[str, ...]) -> None:
    words = [f"word{number}" for number in range(50)]
    runs = []
    for name, senses, listed in (("before", 4, words), ("now", 2, [*words, *more])):
        entries = tuple(records.entry(id=f"invented:main:{word}", senses=SENSES[:senses]) for word in listed)
        run = records.published(tmp_path / name, entries, tuple(map(found, listed)))
        runs.append((run, msgspec.structs.replace(feeds.read_run(run), mean_parts=float(senses))))
    seen = compare(runs[0], runs[1], slug)
    assert "senses and examples of an entry fell from 4.0 to 2.0" in (withholding.worse(seen, Limits()) or "")
    assert withholding.worse(seen, Limits(lost_parts=1)) is None


def structured(folder: Path, before: float | None, now: float | None) -> Comparison:
    words = [f"word{number}" for number in range(50)]
    runs = []
    for name, share in (("before", before), ("now", now)):
        entries = tuple(entry(word, structure=share) for word in words)
        run = records.published(folder / name, entries, tuple(map(found, words)))
        runs.append((run, msgspec.structs.replace(feeds.read_run(run), mean_structure=share)))
    return compare(runs[0], runs[1], slug)


def test_a_run_that_reads_less_of_the_structure_of_its_pages_is_worse(tmp_path: Path) -> None:
    reason = withholding.worse(structured(tmp_path, 1.0, 0.9), Limits()) or ""
    assert "the structure of all entries fell from 100.0% to 90.0%" in reason
    assert withholding.worse(structured(tmp_path / "accepted", 1.0, 0.9), Limits(structure=1)) is None
    assert withholding.worse(structured(tmp_path / "older", None, 0.5), Limits()) is None
