"""Advice for the operator: the meaning of each outcome, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from dictcrawler.model import Status

Group = Literal["found", "missing", "failed"]


@dataclass(frozen=True, slots=True)
class Advice:
    """``meaning`` completes "12 words: …"; ``action`` is empty when there is nothing to do."""

    group: Group
    meaning: str
    action: str = ""


_AGAIN = "The next crawl requests them again."

STATUSES: Final[Mapping[Status, Advice]] = {
    Status.FOUND: Advice("found", "the dictionary has the word, and its entries were read"),
    Status.REDIRECTED: Advice("found", "the dictionary redirects the word to another one, whose entries were read"),
    Status.NOT_IN_DICTIONARY: Advice(
        "missing",
        "the dictionary reports that it does not have the word",
        "Look at the suggestions: some are misspelt.",
    ),
    Status.NOT_ARCHIVED: Advice(
        "missing",
        "the archive has no capture of the word's page",
        "Another archive (archive=), a later day (before=) or the living site (source=live) may have it.",
    ),
    Status.INVALID_KEYWORD: Advice(
        "missing", "the line cannot be an address of this dictionary", "Correct these lines of the word list."
    ),
    Status.REMOVED: Advice(
        "missing",
        "the entry was removed on request, and the word is not looked up any more",
        "To look it up again: dictcrawler forget NAME WORD --undo.",
    ),
    Status.BLOCKED: Advice(
        "failed",
        "the site answered with a challenge, a consent page or a login instead of the dictionary",
        f"Wait a day, then crawl again, with a longer DOWNLOAD_DELAY; or write to the site. {_AGAIN}",
    ),
    Status.RATE_LIMITED: Advice(
        "failed", "the site asked for fewer requests", f"Crawl again with a longer DOWNLOAD_DELAY. {_AGAIN}"
    ),
    Status.DISALLOWED: Advice(
        "failed",
        "the site's robots.txt forbids the page, or the site answered it with an error",
        "Read the site's robots.txt. If it forbids these pages, ask the site or use an archive that has them.",
    ),
    Status.HTTP_ERROR: Advice("failed", "the site answered with an error", f"Usually a fault of the site. {_AGAIN}"),
    Status.NETWORK_ERROR: Advice(
        "failed", "no answer arrived through the network", f"Check the connection and the site. {_AGAIN}"
    ),
    Status.TOO_LARGE: Advice(
        "failed", "the page is larger than allowed", "Look at one of the pages; raise DOWNLOAD_MAXSIZE if it is right."
    ),
    Status.PARSE_ERROR: Advice(
        "failed",
        "the parser does not understand the page",
        "The layout may have changed: read the reasons below, fix the parser, then run dictcrawler reparse.",
    ),
}

_WITHHELD: Final[Mapping[str, str]] = {
    "the list": "The word list differs from that of the latest run. If this is intended, publish with "
    "-s DROPPED_WORDS_LIMIT=1; to keep both lists, give this one a feed of its own with -a feed=NAME.",
    "one and the same entry": "The site may show one page for many words: look at where the words lead. If this is "
    "right, publish with -s ONE_ENTRY_LIMIT=1.",
    "the entries of the words": "The same words have fewer entries: look at the missing words and entries. If this is "
    "right, publish with -s LOST_ENTRIES_LIMIT=1.",
    "lead to other entries": "The site may redirect to other words, or show another edition: look at where the words "
    "lead. If this is right, publish with -s LOST_WORDS_LIMIT=1.",
    "words that run": "The site may have answered with a wall, or with a layout that the parser does not know: look at "
    "the missing and failed words. If the dictionary did lose them, publish with -s LOST_WORDS_LIMIT=1.",
    "senses and examples of an entry": "The site may show only a part of each entry: compare one with its page. If "
    "this is right, publish with -s LOST_PARTS_LIMIT=1.",
    "text coverage": "The parser reads less of each page than before: look at the worst entries below. If this is "
    "right, publish with -s TEXT_COVERAGE_LIMIT=1.",
    "structure": "Senses, examples, transcriptions … on the pages are not read, or fields have other content: see the "
    'warnings below ("senses 5 of 7") and fix the parser. If this is right, publish with '
    "-s STRUCTURE_LIMIT=1.",
    "fill rate": "Fewer entries have the field than before: the layout has probably changed. Compare an entry with its "
    "page. If this is right, publish with -s FILL_RATE_LIMIT=1.",
    "canary": "A word that is certainly in the dictionary could not be read: the site is down, blocks the crawler, or "
    "has a new layout. Open its page in a browser.",
    "not one word was answered": "Look at the reasons below: the network, the site or robots.txt stopped every word.",
    "invented sample entries": "This was a crawl of the built-in sample site. Nothing needs to be done.",
}
_WITHHELD_OTHERWISE: Final = "The feed that readers use is unchanged. Look at the outcomes and the warnings below."


def on_withheld(reason: str) -> str:
    """What to do about a run that was withheld, by its reason."""
    return next((advice for part, advice in _WITHHELD.items() if part in reason), _WITHHELD_OTHERWISE)


def in_group(statuses: Mapping[str, int], group: Group) -> int:
    """How many words were found, or are missing, or failed."""
    return sum(count for name, count in statuses.items() if STATUSES[Status(name)].group == group)
