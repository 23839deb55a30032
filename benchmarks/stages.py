"""Where the time of a page goes: each stage of a crawl alone, in milliseconds of processor time for a page.

The rest of a crawl's cost is Scrapy's own code, Twisted's client and system calls. Run ``python -m benchmarks.stages``.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import msgspec

from benchmarks.measure import Spread
from benchmarks.parsing import URL
from dictcrawler import dictionaries
from dictcrawler.dictionaries.macmillan.classes import NEVER_CONTENT
from dictcrawler.feeds.checking import checked
from dictcrawler.model import Lookup, PageState, Status, digest_of
from dictcrawler.net import charsets, codings
from dictcrawler.parsing import coverage, markup
from dictcrawler.parsing.page import EntryPage
from dictcrawler.reading import protocol
from dictcrawler.reading.citation import Provenance, cite
from dictcrawler.reading.normalize import normalize
from dictcrawler.sample.macmillan import synthetic
from dictcrawler.storage.answers import Answers
from dictcrawler.storage.database import Database
from dictcrawler.storage.warc_records import Exchange, RecordMaker

PAGES = 20
ROUNDS = 7
TYPE = "text/html; charset=utf-8"
LIMIT = 8 * 2**20
NOW = datetime.now(UTC).replace(microsecond=0)


class Page:
    """A generated page and all that a crawl makes of it, stage by stage."""

    def __init__(self, number: int) -> None:
        word = synthetic.name(number)
        self.slug, self.url = word, URL.format(word=word)
        self.html = synthetic.page(number, None)
        self.body = self.html.encode()
        self.received = gzip.compress(self.body, mtime=0)
        self.task = protocol.Task(self.body, TYPE, self.url)
        self.answer = protocol.reply(_DICTIONARY, self.task)
        self.message = msgspec.msgpack.encode(self.answer)
        self.page = _DICTIONARY.parse(self.html, self.url)
        if not isinstance(self.page, EntryPage):
            raise TypeError(f"{word} has no entry")
        self.contents = [each.content for each in self.page.entries]
        self.fetch = Provenance(retrieved_from=self.url, fetched_at=NOW, payload_digest=digest_of(self.body))
        self.cited = cite(self.page, _DICTIONARY, self.fetch)
        self.entries = tuple(normalize(entry) for entry in self.cited)
        self.lookup = _lookup(self)
        self.checked = checked(self.lookup)
        fields = [("Content-Type", TYPE), ("Content-Length", str(len(self.body)))]
        self.exchange = Exchange(
            url=self.url, request=[("Accept", "*/*")], status=200, protocol="HTTP/1.1", response=fields, body=self.body,
            digest=self.fetch.payload_digest, fetched_at=NOW,
        )  # fmt: skip


def _lookup(page: Page) -> Lookup:
    ids = tuple(entry.id for entry in page.entries)
    state = PageState(url=page.url, status=200, digest=page.fetch.payload_digest, parser=_DICTIONARY.parser)
    return Lookup(
        keyword=page.slug, line=1, normalized=page.slug, dictionary="macmillan", edition="american",
        status=Status.FOUND, entry_ids=ids, suggestions=(), attempts=1, run="stages", fetched_at=NOW,
        entries=page.entries, pages=(state,),
    )  # fmt: skip


def _coverage(page: Page) -> float:
    content = markup.one(markup.document(page.html), "#entryContent")
    markup.remove(content, NEVER_CONTENT)
    return coverage.ratio(coverage.words_below(content), coverage.landed(page.contents))


def stages(answers: Answers) -> dict[str, Callable[[list[Page]], object]]:
    """The work on some pages, by the name of the stage."""
    maker = RecordMaker()
    maker.warcinfo("stages", {})
    soon = NOW + timedelta(days=1)

    def each(work: Callable[[Page], object]) -> Callable[[list[Page]], object]:
        return lambda pages: [work(page) for page in pages]

    return {
        "decompress": each(lambda page: codings.decode(page.received, "gzip", LIMIT)),
        "digest of the body": each(lambda page: digest_of(page.body)),
        "decode the text": each(lambda page: charsets.decode(page.body, TYPE)),
        "Lexbor's tree alone": each(lambda page: markup.document(page.html)),
        "tree and coverage alone": each(_coverage),
        "parse, every field, tree and coverage included": each(lambda page: _DICTIONARY.parse(page.html, page.url)),
        "to the reading process and back: encode": each(
            lambda page: (msgspec.msgpack.encode(page.task), msgspec.msgpack.encode(page.answer))
        ),
        "to the reading process and back: decode": each(lambda page: _DECODE(page.message)),
        "cite": each(lambda page: cite(page.page, _DICTIONARY, page.fetch)),  # type: ignore[arg-type]  # see Page
        "normalize": each(lambda page: [normalize(entry) for entry in page.cited]),
        "check, with the line of the feed": each(lambda page: checked(page.lookup)),
        "records of the kept page": each(lambda page: maker.exchange(page.exchange, None)),
        "store, one transaction": lambda pages: answers.save(
            "stages", [(page.slug, page.checked) for page in pages], lambda *_: soon
        ),
    }


_DICTIONARY = dictionaries.load("macmillan")
_DECODE = msgspec.msgpack.Decoder(protocol.Reply).decode


def measured(rounds: int = ROUNDS) -> Iterator[tuple[str, Spread]]:
    """Milliseconds for a page, by stage."""
    pages = [Page(number) for number in range(1, PAGES + 1)]
    with tempfile.TemporaryDirectory() as folder, closing(Database(f"sqlite:///{folder}/store.sqlite")) as database:
        for name, work in stages(Answers(database)).items():
            taken = []
            for _ in range(rounds):
                began = time.process_time()
                work(pages)
                taken.append((time.process_time() - began) / len(pages) * 1000)
            yield name, Spread.of(taken)


def main() -> int:
    """Print a table."""
    print("| stage | median, ms | least to most |\n|---|---|---|")
    for name, spread in measured():
        print(f"| {name} | {spread.median:.3f} | {spread.least:.3f} to {spread.most:.3f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
