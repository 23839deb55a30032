"""Published runs: their format, reading, writing, checking and history. Consumers of a feed start here.

Nothing here needs Scrapy::

    from dictcrawler import feeds

    for entry in feeds.read_entries("data/feeds/macmillan"):
        print(entry.headword, entry.parts_of_speech)
"""

from dictcrawler.feeds.format import CHANGES, ENTRIES, LATEST, LOOKUPS, RUN, encode_line
from dictcrawler.feeds.reader import (
    apply_changes,
    changes_since,
    cited_digests,
    matching,
    read_changes,
    read_entries,
    read_heads,
    read_lookups,
    read_run,
    resolve,
    select_entries,
    verify,
)

__all__ = [
    "CHANGES",
    "ENTRIES",
    "LATEST",
    "LOOKUPS",
    "RUN",
    "apply_changes",
    "changes_since",
    "cited_digests",
    "encode_line",
    "matching",
    "read_changes",
    "read_entries",
    "read_heads",
    "read_lookups",
    "read_run",
    "resolve",
    "select_entries",
    "verify",
]
