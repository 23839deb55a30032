"""How much worse than the previous run a run may be, from the settings."""

from __future__ import annotations

from scrapy.settings import BaseSettings

from dictcrawler.feeds.soundness import Limits


def limits_of(settings: BaseSettings) -> Limits:
    """The limits of a crawl or a reparse."""
    return Limits(
        lost_words=settings.getfloat("LOST_WORDS_LIMIT"),
        dropped_words=settings.getfloat("DROPPED_WORDS_LIMIT"),
        one_entry=settings.getfloat("ONE_ENTRY_LIMIT"),
        lost_entries=settings.getfloat("LOST_ENTRIES_LIMIT"),
        lost_parts=settings.getfloat("LOST_PARTS_LIMIT"),
        fill_rate=settings.getfloat("FILL_RATE_LIMIT"),
        text_coverage=settings.getfloat("TEXT_COVERAGE_LIMIT"),
        structure=settings.getfloat("STRUCTURE_LIMIT"),
    )
