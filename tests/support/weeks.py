"""A feed with three weekly runs, as crawls would leave them: a good one, one with failures, a withheld one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from dictcrawler import feeds
from dictcrawler.feeds import changes
from dictcrawler.feeds.soundness import Census
from dictcrawler.model import Definition, Entry, Example, Lookup, RunManifest, Sense, Status
from tests.support import records

BEGIN = datetime(2026, 11, 1, 2, tzinfo=UTC)
WEEK = timedelta(days=7)
SITE = "https://dictionary.example/en"
ROOTS = ("amber", "brook", "cedar", "delta", "ember", "fjord", "grove", "haven", "islet", "jolly", "kiosk", "lilac")


def words(count: int) -> list[str]:
    """``amber``, ``brook`` … ``amber-1`` …: as many as necessary."""
    return [ROOTS[n % len(ROOTS)] + (f"-{n // len(ROOTS)}" if n >= len(ROOTS) else "") for n in range(count)]


def entry(word: str, definition: str = "", examples: int = 2, **cited: Any) -> Entry:
    """A small entry; ``cited`` are fields of its source."""
    text = definition or f"a thing that is called {word}, as invented for a test"
    sense = Sense(
        id=f"invented:main:{word}#1",
        number="1",
        labels=(),
        definitions=(Definition(text=text, definition_type="full"),),
        examples=tuple(Example(text=f"Example {n} with {word} in it.", labels=()) for n in range(1, examples + 1)),
    )
    digest = hashlib.sha256(msgspec.json.encode([word, sense])).hexdigest()
    made = records.entry(
        id=f"invented:main:{word}",
        headword=word,
        hyphenation=None,
        homograph_number=None,
        parts_of_speech=("noun",),
        senses=(sense,),
        relations=(),
        boxes=(),
        cited=records.source(**({"url": f"{SITE}/{word}", "payload_digest": f"sha256:{digest}"} | cited)),
    )
    return msgspec.structs.replace(made, content_hash=f"sha256:{digest}")


@dataclass(frozen=True)
class Outcome:
    """The outcome of a word; ``error`` is worded as by a crawl."""

    word: str
    status: Status = Status.FOUND
    error: str | None = None
    suggestions: tuple[str, ...] = ()


def publish(
    feed: Path, begun: datetime, entries: Sequence[Entry], outcomes: Sequence[Outcome], reason: str | None = None
) -> Path:
    """Publish a run like a crawl of one word a second; it becomes ``latest`` unless it is withheld for a reason."""
    run = feed / begun.strftime("%Y%m%dT%H%M%SZ")
    run.mkdir(parents=True)
    latest = feed / feeds.LATEST
    before = feeds.read_run(latest) if latest.exists() else None
    ids = {each.headword: (each.id,) for each in entries}
    lookups = [_lookup(n, each, ids.get(each.word, ()), run.name, begun) for n, each in enumerate(outcomes, 1)]
    census = Census()
    lines = list(census.count(feeds.encode_line(each) for each in entries))
    found = [] if before is None else list(changes.between(feed / before.run / feeds.ENTRIES, lines, lambda _: False))
    content = {
        feeds.ENTRIES: lines,
        feeds.LOOKUPS: [feeds.encode_line(each) for each in lookups],
        feeds.CHANGES: [feeds.encode_line(each) for each in found],
    }
    for file, written in content.items():
        (run / file).write_bytes(b"".join(written))
    manifest = RunManifest(
        schema_version="1.1",
        run=run.name,
        dictionary="invented",
        edition="main",
        arguments={"dictionary": "invented", "edition": "main", "source": "live", "words": "words.txt"},
        started_at=begun,
        finished_at=begun + timedelta(seconds=len(lookups)),
        complete=True,
        reason=reason,
        keywords=len(lookups),
        unique_keywords=len(lookups),
        words_sha256="0" * 64,
        statuses=dict(sorted(Counter(each.status.value for each in lookups).items())),
        warnings=dict(sorted(census.warnings.items())),
        entries=len(entries),
        mean_text_coverage=census.mean_coverage(),
        fill_rates=census.fill_rates(),
        changes=dict(sorted(Counter(f"{each.type}/{each.cause}" for each in found).items())),
        files={file: records.feed_file(run / file) for file in content},
        code_version="0.1.0",
        previous_run=None if before is None else before.run,
    )
    (run / feeds.RUN).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    if reason is None:
        latest.unlink(missing_ok=True)
        latest.symlink_to(run.name)
    return run


def _lookup(line: int, outcome: Outcome, ids: tuple[str, ...], run: str, begun: datetime) -> Lookup:
    is_asked = outcome.status is not Status.INVALID_KEYWORD
    return records.lookup(
        keyword=outcome.word,
        line=line,
        normalized=outcome.word,
        status=outcome.status,
        entry_ids=ids,
        suggestions=outcome.suggestions,
        error=outcome.error,
        requested_url=f"{SITE}/{outcome.word}" if is_asked else None,
        final_url=f"{SITE}/{outcome.word}" if is_asked else None,
        http_status=None,
        fetched_at=begun + timedelta(seconds=line) if is_asked else None,
        run=run,
    )


def three(feed: Path, count: int = 400) -> tuple[Path, Path, Path]:
    """A good run; one with changes and 10 % failures; one that met a wall, withheld."""
    names = words(count)
    good = publish(feed, BEGIN, [entry(name) for name in names], [*map(Outcome, names), MISSPELT])
    failing = publish(feed, BEGIN + WEEK, list(_changed(names)), list(_failing(names)))
    half = count // 2
    walled = publish(
        feed,
        BEGIN + 2 * WEEK,
        [entry(name, examples=0, text_coverage=0.6, warnings=("unknown-class:zig",)) for name in names[:half]],
        [*map(Outcome, names[:half]), *(Outcome(name, Status.BLOCKED, "a challenge page") for name in names[half:])],
        reason=f"{half} of {count} words that run {failing.name} found are lost (limit 5%)",
    )
    return good, failing, walled


MISSPELT = Outcome("zrob", Status.NOT_IN_DICTIONARY, suggestions=("zorb", "orb"))


def _changed(names: list[str]) -> Iterator[Entry]:
    yield entry(names[0])
    yield entry(names[1], f"a small thing that is now called {names[1]}, as invented for a better test")
    yield entry(names[2], examples=3, text_coverage=0.93, warnings=("unknown-class:zag",))
    yield entry(names[3], text_coverage=0.97, warnings=("unknown-class:zag", "unknown-part-of-speech:thing"))
    yield from map(entry, names[5:])
    yield entry("newcomer")


def _failing(names: list[str]) -> Iterator[Outcome]:
    for n, name in enumerate(names):
        if n % 20 == 5:
            yield Outcome(name, Status.NETWORK_ERROR, "no connection: the server refused it")
        elif n % 20 == 15:
            yield Outcome(name, Status.HTTP_ERROR, "HTTP status 503")
        elif n % 100 == 7:
            yield Outcome(name, Status.PARSE_ERROR, f"neither an entry nor a miss: {SITE}/{name}")
        else:
            yield Outcome(name)
    yield Outcome("newcomer")
    yield MISSPELT
    yield Outcome("-", Status.INVALID_KEYWORD, "'-': not 1 to 100 letters and digits")
