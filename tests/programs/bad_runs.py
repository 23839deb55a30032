"""Runs that are bad in every way we know, each over a good feed of 100 words; checks the feed afterwards.

``python -m tests.programs.bad_runs`` prints one line for each way. A run that is bad as a whole must leave the feed
unchanged, to the byte; one in which some words fail must keep their entries, marked stale. Each must end with the
documented exit status, and only a run without a fault with 0.
"""

from __future__ import annotations

import gzip
import json
import lzma
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import lxml.html
from aiohttp import web

from dictcrawler import feeds, sample
from dictcrawler.runs.verdict import ExitStatus
from dictcrawler.sample.pages import Document, Redirect
from dictcrawler.storage import locks
from tests.programs.forking import Crawls, Ended
from tests.support.server import Server, serving

PATH = "/us/dictionary/american/"
SEARCH = "/search/love"
FROM_BEFORE = "before"
"""In the query of an address to which the word before leads."""
WORDS = tuple(f"word{number:06}" for number in range(1, 101))
SOME = frozenset(WORDS[-30:])
"""The last ones, because a wall stops the run, which should have answered the others by then."""
FAST = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "RETRY_TIMES": 0}

Fault = Callable[[str, str], web.Response]
"""The answer for a word, in place of its page, this text."""


@dataclass(frozen=True)
class Way:
    """A way for a run to be bad.

    ``fault`` is the behaviour of the site, for the words in ``hurt`` or for all; ``given`` and ``settings`` are the
    crawl's, ``words`` a word list of its own; ``around`` is the trouble with the data folder in the meantime. ``stops``
    is sent to the crawl after 20 pages.
    """

    name: str
    status: int
    fault: Fault | None = None
    hurt: frozenset[str] | None = None
    given: tuple[str, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    around: Callable[[Path], AbstractContextManager[object]] = nullcontext
    stops: signal.Signals | None = None
    words: bytes | None = None

    def hurts(self, word: str) -> bool:
        return self.hurt is None or word in self.hurt

    @property
    def is_of_some_words(self) -> bool:
        """Whether the run is to be published, with entries that are stale."""
        return self.status in (ExitStatus.WORDS_FAILED, ExitStatus.BLOCKED)


@dataclass(frozen=True)
class Feed:
    """The latest feed: its run, its files, and the content of each entry by its id."""

    run: str
    files: Mapping[str, bytes]
    entries: Mapping[str, str]
    stale: frozenset[str]

    @classmethod
    def of(cls, data: Path) -> Feed:
        """Read it, after its checksums were verified.

        :raises FeedError: when it is incomplete.
        """
        run = feeds.resolve(data / "feeds" / "macmillan")
        feeds.verify(run)
        return cls(
            run.name,
            {file.name: file.read_bytes() for file in run.iterdir()},
            {entry.id: entry.content_hash for entry in feeds.read_entries(run)},
            frozenset(lookup.keyword for lookup in feeds.read_lookups(run) if lookup.stale_since is not None),
        )


@dataclass
class Site:
    """The sample site, which can behave as a way requires."""

    way: Way | None = None
    crawl: int = 0
    served: int = 0

    def __post_init__(self) -> None:
        self._pages = sample.load("macmillan", len(WORDS))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/robots.txt":
            return web.Response(status=404)
        self.served += 1
        if self.way is not None and self.way.stops is not None and self.served == 20:
            os.kill(self.crawl, self.way.stops)
        word = request.path.rsplit("/", 1)[-1]
        if FROM_BEFORE in request.query:
            return page(_text_of(self._pages.reply(request.path, {})))
        if request.path == SEARCH:
            return page(OTHER)
        reply = self._pages.reply(request.path, dict(request.query))
        if isinstance(reply, Redirect):
            return web.Response(status=reply.status, headers={"Location": reply.location})
        text = reply.text if isinstance(reply, Document) else ""
        way = self.way
        if way is None or way.fault is None or not request.path.startswith(PATH) or not way.hurts(word):
            return page(text)
        return way.fault(word, text)


def _text_of(reply: object) -> str:
    return reply.text if isinstance(reply, Document) else ""


# Behaviours of a site -----------------------------------------------------------------------------------


def page(text: str, status: int = 200, **headers: str) -> web.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(text=text, status=status, content_type="text/html", headers=named)


def says(text: str, status: int = 200, **headers: str) -> Fault:
    return lambda _word, _text: page(f"<html><body><h1>{text}</h1></body></html>", status, **headers)


def sends(change: Callable[[str], str]) -> Fault:
    return lambda _, text: page(change(text))


def without_examples(_: str, text: str) -> web.Response:
    return page(re.sub(r'class="EXAMPLES?\b', 'class="X', text))


def without_half_of_the_senses(_: str, text: str) -> web.Response:
    root = lxml.html.document_fromstring(text)
    for senses in root.xpath("//*[div[starts-with(@class, 'SENSE entry-sense')] or li[.//div[@class='SENSE-BODY']]]"):
        for sense in list(senses)[(len(senses) + 1) // 2 :]:
            senses.remove(sense)
    return page(lxml.html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>"))


def of_another_edition(_: str, text: str) -> web.Response:
    """Under the same address; its links and its own address are the other edition's."""
    return page(text.replace("/us/dictionary/american/", "/dictionary/british/"))


def leads_to_next(word: str, text: str) -> web.Response:
    if not word.startswith("word"):
        return page(text)
    following = f"word{int(word.removeprefix('word')) % len(WORDS) + 1:06}"
    return web.Response(status=302, headers={"Location": f"{PATH}{following}?{FROM_BEFORE}=1"})


def gone(word: str, _: str) -> web.Response:
    return web.Response(status=302, headers={"Location": f"/us/spellcheck/american/?q={word}"})


def damaged(_: str, text: str) -> web.Response:
    return web.Response(body=text.encode(), content_type="text/html", headers={"Content-Encoding": "gzip"})


def leads_away(_word: str, _text: str) -> web.Response:
    return web.Response(status=301, headers={"Location": "https://publisher.invalid/help"})


def leads_to(address: str) -> Fault:
    """A redirect; ``{word}`` is the word's place in the address, ``{tenth}`` one of ten of them."""

    def answer(word: str, text: str) -> web.Response:
        tenth = f"word{int(word.removeprefix('word') or 0) % 10 + 1:06}" if word.startswith("word") else word
        location = address.format(word=word, tenth=tenth)
        return page(text) if location.endswith(f"/{word}") else web.Response(status=302, headers={"Location": location})

    return answer


OTHER = _text_of(sample.load("macmillan").reply(f"{PATH}love", {}))
FEW = (f"word={','.join(WORDS[:5])}",)
CONSENT = "<div id='onetrust-consent-sdk'>We value your privacy</div>"
FAILURES: Mapping[str, Fault] = {
    "500": says("error", 500),
    "404": says("no such page", 404),
    "a login page": says("<form action='/login'>Log in</form>"),
    "an empty page": sends(lambda _: ""),
    "half of the page": sends(lambda text: text[: len(text) // 2]),
    "another layout": sends(lambda text: re.sub(r'class="[^"]*"', "", text)),
    "another word's page": sends(lambda _: OTHER),
    "a damaged gzip body": damaged,
    "a redirect to another site": leads_away,
}
REFUSALS: Mapping[str, Fault] = {
    "401": says("log in", 401),
    "403": says("no", 403),
    "a consent page": says(CONSENT),
    "a challenge": says("Just a moment...", 403, cf_mitigated="challenge"),
}


# Trouble on this machine -------------------------------------------------------------------------------


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Another crawl is running."""
    with locks.hold_run(f"sqlite:///{data}/store/macmillan.sqlite", data, "macmillan", "macmillan"):
        yield


@contextmanager
def replaced(name: str, data: Path) -> Iterator[None]:
    """Something that is not a store, or not a folder, is in its place."""
    place = data / name
    aside = place.rename(data / "aside")
    place.write_bytes(b"this is no database\n" * 200)
    yield
    place.unlink()
    aside.rename(place)


# Every page, with the canary before it and without.
WHOLE = tuple(
    Way(f"every word: {name}{how}", ExitStatus.WITHHELD, fault, settings=settings)
    for how, settings in ((", a canary first", {}), ("", {"CANARY_MIN_WORDS": 1000}))
    for name, fault in {**FAILURES, **REFUSALS}.items()
)
LIST = "\n".join(WORDS).encode() + b"\n"
# Files that are not word lists: refused before any request.
NO_LISTS = {
    "UTF-16 without its mark": LIST.decode().encode("utf-16-le"),
    "UTF-16 with big ends, of another script": "слово\nнет\n".encode("utf-16-be"),
    "UTF-32 without its mark": LIST.decode().encode("utf-32-le"),
    "Latin-1": "".join(f"café {number}\n" for number in range(100)).encode("latin-1"),
    "Shift JIS": "".join(f"言葉{number}\n" for number in range(100)).encode("shift-jis"),
    "control characters": b"\x01\x02\n" * 100,
    "a spreadsheet": b"PK\x03\x04\x14\0\x06\0" + LIST,
    "a program": b"\x7fELF\x02\x01\x01" + LIST,
    "a PDF": b"%PDF-1.7\n" + LIST,
    "gzip without its name": gzip.compress(LIST),
    "xz": lzma.compress(LIST),
    "an HTML page": b"<!doctype html>\n<ul><li>" + LIST,
    "JSON": json.dumps(WORDS, indent=1).encode(),
    "a NUL in its last line": LIST + b"x\0\n",
    "punctuation": b"???\n---\n" * 20,
}
# Readable lists: their run is published in a folder, but it is not the feed.
OTHER_LISTS = {
    "half of the words": "\n".join(WORDS[:50]).encode(),
    "other words": "\n".join(f"other{number}" for number in range(100)).encode(),
    "a table read as text": "".join(f"{word};{number}\n" for number, word in enumerate(WORDS)).encode(),
    "five lines that can be no word": b"???\n" * 5,
    "a third in another encoding": "\n".join((*WORDS[:66], *(f"é{n}" for n in range(34)))).encode("latin-1"),
}
WITHHELD = (
    *(Way(f"a list of {name}", ExitStatus.WITHHELD, words=words) for name, words in OTHER_LISTS.items()),
    Way(
        "half of the words are gone, the first is a thousand times in the list",
        ExitStatus.WITHHELD,
        gone,
        hurt=frozenset(WORDS[50:]),
        words=LIST + WORDS[0].encode().join([b"\n"] * 1001),
    ),
    Way("every word leads to one page", ExitStatus.WITHHELD, leads_to(f"{PATH}love"), frozenset(WORDS)),
    Way("a fifth leads to one page", ExitStatus.WITHHELD, leads_to(f"{PATH}love"), frozenset(WORDS[:20])),
    Way("every word leads to a search", ExitStatus.WITHHELD, leads_to(SEARCH + "?q={word}"), frozenset(WORDS)),
    Way("every word leads to the next one", ExitStatus.WITHHELD, leads_to_next, frozenset(WORDS)),
    Way("another edition's pages", ExitStatus.WITHHELD, of_another_edition, frozenset(WORDS)),
    Way("entries lose half of their senses", ExitStatus.WITHHELD, without_half_of_the_senses, frozenset(WORDS)),
    Way("every word leads to one of ten", ExitStatus.WITHHELD, leads_to(PATH + "{tenth}"), frozenset(WORDS[10:])),
    Way(
        "entries lose their examples, one word more in the list",
        ExitStatus.WITHHELD,
        without_examples,
        hurt=frozenset(WORDS),
        settings={"TEXT_COVERAGE_LIMIT": 1},
        words=LIST + b"hello\n",
    ),
    Way(
        "entries have text that is not understood, one word less in the list",
        ExitStatus.WITHHELD,
        without_examples,
        hurt=frozenset(WORDS),
        settings={"FILL_RATE_LIMIT": 1},
        words=LIST.partition(b"\n")[2],
    ),
    Way("the canary alone: a login page", ExitStatus.WITHHELD, FAILURES["a login page"], frozenset({"love"})),
    # Few words: a site that answers so gets requests more and more slowly.
    Way("5 words: 503", ExitStatus.WITHHELD, says("error", 503), given=FEW),
    Way("5 words: 429", ExitStatus.WITHHELD, says("slow down", 429), given=FEW),
    Way("every word is gone", ExitStatus.WITHHELD, gone, hurt=frozenset(WORDS)),
    Way("6 of 100 words are gone", ExitStatus.WITHHELD, gone, hurt=frozenset(WORDS[:6])),
    Way("nobody listens", ExitStatus.WITHHELD, given=("base_url=http://127.0.0.1:9/{keyword}",)),
    Way(
        "entries lose their examples",
        ExitStatus.WITHHELD,
        without_examples,
        hurt=frozenset(WORDS),
        settings={"TEXT_COVERAGE_LIMIT": 1},
    ),
    Way(
        "entries have text that is not understood",
        ExitStatus.WITHHELD,
        without_examples,
        hurt=frozenset(WORDS),
        settings={"FILL_RATE_LIMIT": 1},
    ),
    Way("invented entries", ExitStatus.WITHHELD, given=("source=sample", "word=hi,love")),
)
BESIDE = (
    Way("one of the words, by hand", ExitStatus.COMPLETE, given=(f"word={WORDS[0]}",)),
    Way("another word, by hand", ExitStatus.COMPLETE, given=("word=hi",)),
    Way("a word that there is not, by hand", ExitStatus.NOTHING_FOUND, given=("word=bananna",)),
)
"""No fault at all: but not the feed."""
STOPPED = (
    *(Way(f"a list that is {name}", ExitStatus.REFUSED, words=words) for name, words in NO_LISTS.items()),
    Way("an unknown argument", ExitStatus.REFUSED, given=("wrods=x",)),
    Way("a word list that is not there", ExitStatus.REFUSED, given=("words=/nowhere/words.txt",)),
    Way("an empty word list", ExitStatus.REFUSED, given=("words=/dev/null",)),
    Way("20 pages and SIGINT", ExitStatus.INCOMPLETE, stops=signal.SIGINT),
    Way("20 pages and SIGTERM", ExitStatus.INCOMPLETE, stops=signal.SIGTERM),
    Way("20 pages and SIGKILL", -signal.SIGKILL, stops=signal.SIGKILL),
    Way("an end after 10 outcomes", ExitStatus.INCOMPLETE, settings={"CLOSESPIDER_ITEMCOUNT": 10}),
    Way("a damaged store", ExitStatus.STORE_FAILED, around=partial(replaced, "store/macmillan.sqlite")),
    Way("a file in the place of the store", ExitStatus.REFUSED, around=partial(replaced, "store")),
    Way("another crawl at work", ExitStatus.LOCKED, around=held),
)
PARTLY = (
    *(Way(f"30 of 100 words: {name}", ExitStatus.WORDS_FAILED, fault, SOME) for name, fault in FAILURES.items()),
    *(Way(f"30 of 100 words: {name}", ExitStatus.BLOCKED, fault, SOME) for name, fault in REFUSALS.items()),
)
WAYS = (*WHOLE, *WITHHELD, *BESIDE, *STOPPED, *PARTLY)


@dataclass(frozen=True)
class Result:
    """The result of a run, and of the feed. ``is_replaced``: some byte of the feed has changed."""

    way: Way
    ended: Ended
    is_replaced: bool
    vanished: int
    stale: int

    @property
    def problem(self) -> str | None:
        """The problem, if there is one."""
        if self.ended.status != self.way.status:
            return f"exit status {self.ended.status}, not {int(self.way.status)}: {self.ended.log}"
        if self.is_replaced != self.way.is_of_some_words:
            return "the feed was replaced" if self.is_replaced else "the feed was not replaced"
        if self.vanished:
            return f"{self.vanished} entries are no longer there, or say something else"
        if self.way.is_of_some_words and self.stale < len(SOME):
            return f"{self.stale} words are marked stale"
        return None

    @property
    def verdict(self) -> str:
        """The visible state of the feed."""
        return f"{self.stale} words stale, none vanished" if self.way.is_of_some_words else "the feed unchanged"


class Bench:
    """A good feed and the site it came from; the runs are tried one after the other over copies of it."""

    def __init__(self, crawls: Crawls, site: Site, server: Server, folder: Path) -> None:
        self._crawls = crawls
        self._site = site
        self._server = server
        self._folder = folder
        calm = self._crawl(folder / "good", Way("none", ExitStatus.COMPLETE))
        if calm.status != ExitStatus.COMPLETE:
            raise RuntimeError(calm.log)

    def attempt(self, way: Way) -> Result:
        """One bad run."""
        data = Path(shutil.copytree(self._folder / "good", self._folder / "tried", symlinks=True))
        before = Feed.of(data)
        with way.around(data):
            ended = self._crawl(data, way)
        after = Feed.of(data)
        shutil.rmtree(data)
        vanished = sum(after.entries.get(id_) != content for id_, content in before.entries.items())
        is_replaced = (before.run, before.files) != (after.run, after.files)
        return Result(way, ended, is_replaced, vanished, len(after.stale))

    def _crawl(self, data: Path, way: Way) -> Ended:
        given = {
            "source": "live",
            "homographs": "first",
            "refresh": "all",
            "base_url": f"{self._server.url}{PATH}{{keyword}}",
            "word": ",".join(WORDS),
        }
        given |= dict(each.split("=", 1) for each in way.given)
        if given["source"] == "sample":
            del given["base_url"]
        if way.words is not None:
            given["words"] = str(self._folder / "words.txt")
            Path(given["words"]).write_bytes(way.words)
        if "words" in given:
            del given["word"]
        options = [part for name, value in given.items() for part in ("-a", f"{name}={value}")]
        settings = {**FAST, **way.settings}
        options += [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        self._site.way, self._site.served = way, 0
        self._site.crawl = self._crawls.start(data, "macmillan", *options)
        return self._crawls.wait()


@contextmanager
def bench() -> Iterator[Bench]:
    """Prepare everything."""
    site = Site()
    with tempfile.TemporaryDirectory(prefix="bad-runs-") as folder, serving(site.answer) as server, Crawls() as crawls:
        yield Bench(crawls, site, server, Path(folder))


def main() -> int:
    """Try all ways; 1 when one of them damaged anything."""
    results = []
    with bench() as tried:
        for way in WAYS:
            results.append(result := tried.attempt(way))
            print(f"{way.name}: exit status {result.ended.status}, {result.problem or result.verdict}", flush=True)
    whole = [result for result in results if not result.way.is_of_some_words and result.way not in BESIDE]
    beside = [result for result in results if result.way in BESIDE]
    partly = [result for result in results if result.way.is_of_some_words]
    bad = (*whole, *partly)
    print(
        f"{len(whole)} ways for a run to be bad: {sum(each.is_replaced for each in whole)} feeds replaced; "
        f"{len(partly)} ways for {len(SOME)} of {len(WORDS)} words to fail: "
        f"{sum(each.vanished for each in partly)} of {len(partly) * len(SOME)} entries vanished; "
        f"{len(beside)} runs of a word by hand: {sum(each.is_replaced for each in beside)} feeds replaced; "
        f"exit status 0: {sum(each.ended.status == 0 for each in bad)} of {len(bad)} bad runs, "
        f"another than the documented one: {sum(each.ended.status != each.way.status for each in results)}"
    )
    return any(result.problem for result in results)


if __name__ == "__main__":
    sys.exit(main())
