"""Whether a run may replace the latest one, and if not, why and which command accepts it all the same.

A wall, a changed layout, a broken parser or half a word list must not look like an emptier
dictionary. A run that may not is published in its folder; ``latest`` stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dictcrawler.feeds.comparison import Comparison
from dictcrawler.feeds.soundness import ENOUGH_ENTRIES, Limits
from dictcrawler.model import RunManifest, Status

FEW_WORDS = 5
"""So many words may lead to one entry, and so many entries may be gone, whatever their share."""

MOST_DEFECTS = 20
MOST_DEFECTS_SHARE = 0.05
"""More than so many words, and more than this share of them, may not hit a defect of the program."""

TIMES_MORE = 2
"""How many times as many words as in the run before may lead to one entry."""


def no_answer(now: RunManifest, usual_error: str | None = None) -> str | None:
    """Why a run that learned nothing is worth nothing. A word that is not even looked up does not count.

    ``usual_error`` is why most words failed.
    """
    ended = (Status(name) for name, count in now.statuses.items() if count)
    if any(status.is_answer and status.is_asked for status in ended):
        return None
    return "not one word was answered" + (f": {usual_error}" if usual_error else "")


def too_many_defects(now: RunManifest) -> str | None:
    """Why a run of a broken program is worth nothing."""
    defects = now.defects or 0
    if defects > MOST_DEFECTS and defects > MOST_DEFECTS_SHARE * now.unique_keywords:
        return f"{defects} of {now.unique_keywords} words hit a defect of the program; the log has the tracebacks"
    return None


def lacks_words(found: Comparison, limits: Limits) -> str | None:
    """Why the list is not the one of the latest run, or that one with more or fewer words."""
    accept = "-s DROPPED_WORDS_LIMIT=1 accepts this list, -a feed=NAME gives it a feed of its own"
    if found.dropped > max(1, limits.dropped_words * found.words_before):
        return (
            f"the list lacks {found.dropped} of the {found.words_before} words of run {found.run_before} "
            f"(limit {limits.dropped_words:.0%}); {accept}"
        )
    if found.found_before and found.found_dropped == found.found_before and limits.dropped_words < 1:
        return f"the list has none of the words that were found in run {found.run_before}; {accept}"
    return None


def worse(found: Comparison, limits: Limits) -> str | None:
    """How a run is worse than the previous one, compared by the words that both have."""
    return next(filter(None, _reasons(found, limits)), None)


def _reasons(found: Comparison, limits: Limits) -> Iterator[str | None]:
    yield _lost(found, limits)
    yield _one_entry(found, limits)
    yield _fewer_entries(found, limits)
    yield _elsewhere(found, limits)
    # A rate moves too much with every single entry when there are few.
    if found.before.entries >= ENOUGH_ENTRIES:
        before, now = {"all entries": found.before.coverage}, {"all entries": found.now.coverage}
        yield _fallen("text coverage", now, before, limits.text_coverage, "TEXT_COVERAGE_LIMIT")
        yield _structure(found, limits)
        yield _fewer_parts(found, limits)
        yield _fallen("fill rate", found.now.fill_rates, found.before.fill_rates, limits.fill_rate, "FILL_RATE_LIMIT")


def _lost(found: Comparison, limits: Limits) -> str | None:
    if found.lost > max(1, limits.lost_words * found.found_before):
        return (
            f"{found.lost} of {found.found_before} words that run {found.run_before} found are lost "
            f"(limit {limits.lost_words:.0%}); -s LOST_WORDS_LIMIT=1 accepts this"
        )
    is_in_list = found.found_before > found.found_dropped
    if is_in_list and not found.found_again and (not found.lost or limits.lost_words < 1):
        accept = "-s LOST_WORDS_LIMIT=1 accepts this" if found.lost else "they failed: crawl again later"
        return f"not one of the {found.found_before} words that run {found.run_before} found was found; {accept}"
    return None


def _elsewhere(found: Comparison, limits: Limits) -> str | None:
    if found.elsewhere <= max(FEW_WORDS, limits.lost_words * found.found_before):
        return None
    return (
        f"{found.elsewhere} of {found.found_before} words that run {found.run_before} found lead to other entries now "
        f"(limit {limits.lost_words:.0%}): redirects to other words, another edition? "
        "-s LOST_WORDS_LIMIT=1 accepts this"
    )


def _one_entry(found: Comparison, limits: Limits) -> str | None:
    share, before = found.one_entry, found.one_entry_before.rate
    if share.words <= FEW_WORDS or share.rate <= limits.one_entry or share.rate <= TIMES_MORE * before:
        return None
    return (
        f"{share.words} of {share.of} words lead to one and the same entry (limit {limits.one_entry:.0%}, "
        f"{before:.0%} in run {found.run_before}): a page that the site shows for any word? "
        "-s ONE_ENTRY_LIMIT=1 accepts this"
    )


def _fewer_entries(found: Comparison, limits: Limits) -> str | None:
    gone = found.before.entries - found.now.entries
    if gone <= max(FEW_WORDS, limits.lost_entries * found.before.entries):
        return None
    return (
        f"the entries of the words that both runs have fell from {found.before.entries} to {found.now.entries} "
        f"(limit {limits.lost_entries:.0%}); -s LOST_ENTRIES_LIMIT=1 accepts this"
    )


def _fewer_parts(found: Comparison, limits: Limits) -> str | None:
    before, now = found.before.parts, found.now.parts
    if before is None or now is None or before - now <= limits.lost_parts * before:
        return None
    return (
        f"the mean number of senses and examples of an entry fell from {before:.1f} to {now:.1f} "
        f"(limit {limits.lost_parts:.0%}): shortened pages? -s LOST_PARTS_LIMIT=1 accepts this"
    )


def _structure(found: Comparison, limits: Limits) -> str | None:
    """A run of an older format states no structure, and there is nothing to compare."""
    before, now = found.before.structure, found.now.structure
    if before is None or now is None:
        return None
    whole = "all entries"
    return _fallen("structure", {whole: now}, {whole: before}, limits.structure, "STRUCTURE_LIMIT")


def _fallen(what: str, now: Mapping[str, float], before: Mapping[str, float], limit: float, setting: str) -> str | None:
    for name, rate in before.items():
        if rate - now.get(name, 0.0) > limit:
            return (
                f"the {what} of {name} fell from {rate:.1%} to {now.get(name, 0.0):.1%} (limit {limit:.0%}); "
                f"-s {setting}=1 accepts this"
            )
    return None
