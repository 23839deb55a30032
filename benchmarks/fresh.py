"""The cost of words that need no request: a long list in which every word has a fresh answer.

The answers are written into a store as a crawl would have left them; then the list is crawled, without any request. Two
kinds are timed: words that only the ledger has (``not_in_dictionary``), and words with an entry of average size, which
is published again. The cost of a word is the difference between a long and a short list.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from benchmarks import measure, server
from benchmarks.ways import ours
from dictcrawler import dictionaries, feeds
from dictcrawler.feeds.checking import checked
from dictcrawler.model import Entry, Lookup, Status
from dictcrawler.plan import arguments
from dictcrawler.storage.answers import Answers
from dictcrawler.storage.database import Database

BATCH = 1_000
MISSES, ENTRIES = "µs for a fresh word without an entry", "µs for a fresh word with its entry"


def rounds(count: int, short: int, words: int) -> dict[str, list[float]]:
    """Wall-clock microseconds for a further word of a list, by kind, one figure a round: lists of ``short`` and of
    ``words`` words are compared.

    :raises measure.Failed: when a page was requested.
    """
    taken: dict[str, list[float]] = {MISSES: [], ENTRIES: []}
    with tempfile.TemporaryDirectory() as folder, measure.serving(1) as served:
        for turn in range(count):
            for kind, values in taken.items():
                place = Path(folder, f"{turn}-{list(taken).index(kind)}")
                little, long = (_seconds(place / str(size), served.url, size, kind) for size in (short, words))
                values.append((long - little) / (words - short) * 1e6)
        # One page in each of four stores.
        if served.report().pages != 4 * count:
            raise measure.Failed("fresh words were requested")
    return taken


def _seconds(place: Path, address: str, size: int, kind: str) -> float:
    """Fill a store with this many fresh answers and crawl them all."""
    place.mkdir(parents=True)
    url = f"{address}{server.PREFIX}"
    one = place / "one.txt"
    one.write_text(f"{server.generated(1)[0]}\n", encoding="utf-8")
    measure.run(measure.scrapy(*ours.command(url, one, place / "data", 1)))
    names = [f"fresh{number:07}" for number in range(size)]
    words = place / "words.txt"
    words.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    _fill(place / "data", url, names, kind)
    # The invented answers contain fewer found words than the run before, so the run may be withheld; that costs the
    # same.
    return measure.run(measure.scrapy(*ours.command(url, words, place / "data", 1)), allowed=(0, 5, 8)).wall


def _fill(data: Path, url: str, names: list[str], kind: str) -> None:
    feed = data / "feeds" / "macmillan"
    entry = next(iter(feeds.read_entries(feed)))
    lookup = next(iter(feeds.read_lookups(feed)))
    given = arguments.read(dictionaries.load("macmillan"), {"source": "live", "base_url": f"{url}{{keyword}}"})
    now = datetime.now(UTC).replace(microsecond=0)
    with closing(Database(f"sqlite:///{data}/store/macmillan.sqlite")) as database:
        for start in range(0, len(names), BATCH):
            answers = [(name, checked(_answer(lookup, entry, name, kind))) for name in names[start : start + BATCH]]
            Answers(database).save(given.scope, answers, lambda *_: now + timedelta(days=1))


def _answer(lookup: Lookup, entry: Entry, name: str, kind: str) -> Lookup:
    answer = replace(lookup, keyword=name, normalized=name)
    if kind == MISSES:
        return replace(answer, status=Status.NOT_IN_DICTIONARY, entry_ids=())
    own = replace(entry, id=f"macmillan:american:{name}", headword=name)
    return replace(answer, entry_ids=(own.id,), entries=(own,))
