"""Predicts a crawl without a request: the words that are due, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from dictcrawler.feeds.soundness import Limits
from dictcrawler.model import Status
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.plan.word_list import Keyword
from dictcrawler.runs.opening import DataPlace, writing
from dictcrawler.runs.run import Run

NEVER, FAILED, OLD = "never answered", "failed before", "answered long enough ago"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A crawl that could begin now. ``due``: words by reason. ``resumed``: the unfinished run that it continues."""

    lines: int
    unique: int
    invalid: int
    removed: int
    due: Mapping[str, int]
    resumed: str | None

    def table(self) -> Iterator[str]:
        """The counts, one a line; zero counts are left out."""
        rows = [
            ("lines of the list", self.lines),
            ("different words", self.unique),
            ("lines that cannot be an address", self.invalid),
            ("removed on request", self.removed),
            ("due", sum(self.due.values())),
            *((f"  {why}", count) for why, count in self.due.items()),
        ]
        width = max(len(name) for name, _ in rows)
        yield from (f"  {name:<{width}}  {count:>9,}" for name, count in rows if count)
        if self.resumed:
            yield f"  continues run {self.resumed}, which is not finished"


def plan(place: DataPlace, arguments: CrawlArguments, keywords: Iterable[Keyword], limits: Limits) -> Planned:
    """Read the word list and count the due words. The store and an unfinished run are left as they are.

    :raises DictcrawlerError: the errors of a crawl's beginning: the list, the store or the feed cannot be used, or
        another crawl is running.
    """
    with writing(place, arguments) as database:
        # As with resume=yes: otherwise the unfinished run would be given up. The same words are due in both cases.
        run = Run.begin(database, replace(arguments, resume=True), place.feeds, keywords, limits)
        try:
            return _planned(run)
        finally:
            if not run.is_resumed:
                run.forget()


def _planned(run: Run) -> Planned:
    due = {NEVER: 0, FAILED: 0, OLD: 0}
    for status, count in run.due_by_status().items():
        due[_why(status)] += count
    unasked = Counter(lookup.status for lookup in run.invalid())
    return Planned(
        lines=run.lines,
        unique=run.unique,
        invalid=unasked[Status.INVALID_KEYWORD],
        removed=unasked[Status.REMOVED],
        due=due,
        resumed=run.id if run.is_resumed else None,
    )


def _why(status: Status | None) -> str:
    """Why a word with this last outcome is due."""
    if status is None:
        return NEVER
    return OLD if status.is_answer else FAILED
