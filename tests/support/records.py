"""An invented word in an invented dictionary, for the tests of the feed."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st

from dictcrawler import feeds
from dictcrawler.dictionaries import Dictionary, Edition
from dictcrawler.errors import UnknownPage
from dictcrawler.model import (
    Box,
    Definition,
    Entry,
    Etymology,
    Example,
    FeedFile,
    Frequency,
    InflectedForm,
    Label,
    LexicalEntry,
    Lookup,
    Pronunciation,
    Record,
    Relation,
    RunManifest,
    Sense,
    Source,
    Status,
    Transcription,
)
from dictcrawler.parsing.page import EntryPage, MissPage, Page, ParsedEntry

INFORMAL = Label(text="informal", type="register")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://dictionary.example/en/zorb"


def content(**changes: Any) -> LexicalEntry:
    """The noun "zorb", every kind of field filled."""
    example = Example(
        text="a café zorb — “round”", pattern="zorb of", gloss="a ball", citation="E. Writer", labels=(INFORMAL,)
    )
    filled: dict[str, Any] = {
        "id": "invented:main:zorb_1",
        "dictionary": "invented",
        "edition": "main",
        "lang": "en-GB",
        "headword": "zorb",
        "hyphenation": "zo‧rb",
        "homograph_number": "1",
        "parts_of_speech": (),
        "raw_parts_of_speech": ("noun",),
        "labels": (INFORMAL,),
        "frequency": (Frequency(scheme="stars", value="2", rank=2, max=3),),
        "pronunciations": (
            Pronunciation(
                transcriptions=(Transcription(text="zɔːb", scheme="en-GB-fonipa"),),
                sound_file="https://dictionary.example/zorb.mp3",
                alternate_sound_files=(),
                sound_page="https://dictionary.example/about/zorb.mp3",
                labels=(Label(text="British", type="region"),),
            ),
        ),
        "inflected_forms": (InflectedForm(text="zorbs", tag="plural", labels=()),),
        "etymologies": (Etymology(description="from a sound"),),
        "senses": (
            Sense(
                id="invented:main:zorb_1#1",
                number="1",
                indicator="ball",
                labels=(Label(text="countable", type="grammar"),),
                definitions=(Definition(text="a large ball", definition_type="full", usage="used in play"),),
                examples=(example,),
            ),
            Sense(
                id="invented:main:zorb_1#1a",
                number="1a",
                parent="invented:main:zorb_1#1",
                variant="the zorb",
                contributor="a reader",
                labels=(),
                definitions=(Definition(text="the game of it", definition_type="full"),),
                examples=(),
            ),
        ),
        "relations": (
            Relation(type="synonym", text="ball", from_="invented:main:zorb_1#1", group="round things"),
            Relation(type="derived", text="zorbing", to="invented:main:zorbing_1", url=URL),
        ),
        "boxes": (Box(kind="usage", title="On balls", text="Say zorb.", examples=(example,)),),
    }
    return LexicalEntry(**(filled | changes))


def records(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any record of the model, its lists short enough for hypothesis to vary them well."""
    return st.builds(kind, **{name: _values(hint) for name, hint in get_type_hints(kind).items()})


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) is tuple:
        return st.lists(_values(get_args(hint)[0]), max_size=2).map(tuple)
    if isinstance(hint, type) and issubclass(hint, Record):
        return st.deferred(lambda: records(hint))
    return st.from_type(hint)


def source(**changes: Any) -> Source:
    filled: dict[str, Any] = {
        "url": URL,
        "retrieved_from": f"https://archive.example/{URL}",
        "archived_at": NOON,
        "fetched_at": NOON,
        "payload_digest": f"sha256:{'0' * 64}",
        "layout": "invented-1",
        "parser": "invented/1",
        "revision": "7",
        "rights": "© an inventor",
        "license": "CC0-1.0",
        "attribution": "an inventor",
        "text_coverage": 0.99,
        "warnings": (),
    }
    return Source(**(filled | changes))


def entry(*, cited: Source | None = None, **changes: Any) -> Entry:
    made = content(**changes)
    fields = {name: getattr(made, name) for name in LexicalEntry.__struct_fields__}
    return Entry(**fields, content_hash=f"sha256:{'1' * 64}", source=cited or source())


def lookup(**changes: Any) -> Lookup:
    filled: dict[str, Any] = {
        "keyword": "Zorb",
        "line": 1,
        "normalized": "Zorb",
        "dictionary": "invented",
        "edition": "main",
        "status": Status.FOUND,
        "entry_ids": ("invented:main:zorb_1",),
        "suggestions": (),
        "requested_url": URL,
        "final_url": URL,
        "http_status": 200,
        "attempts": 1,
        "fetched_at": NOON,
        "run": "2026-11-23T12-00-00Z",
    }
    return Lookup(**(filled | changes))


def feed_file(path: Path) -> FeedFile:
    stored = path.read_bytes()
    lines = gzip.decompress(stored) if path.suffix == ".gz" else stored
    return FeedFile(lines=lines.count(b"\n"), bytes=len(stored), sha256=hashlib.sha256(stored).hexdigest())


def manifest(**changes: Any) -> RunManifest:
    filled: dict[str, Any] = {
        "schema_version": "1.1",
        "run": "2026-11-23T12-00-00Z",
        "dictionary": "invented",
        "edition": "main",
        "arguments": {"words": "words.txt"},
        "started_at": NOON,
        "finished_at": NOON,
        "complete": True,
        "keywords": 1,
        "unique_keywords": 1,
        "words_sha256": "0" * 64,
        "statuses": {"found": 1},
        "warnings": {},
        "entries": 1,
        "mean_text_coverage": 1.0,
        "fill_rates": {},
        "changes": {},
        "files": {},
        "code_version": "0.1.0",
        "previous_run": "2026-10-23T12-00-00Z",
    }
    return RunManifest(**(filled | changes))


def published(run: Path, entries: tuple[Entry, ...], lookups: tuple[Lookup, ...], suffix: str = "") -> Path:
    """A run folder as a crawl leaves it; ``suffix`` is ``.gz`` for gzipped files."""
    run.mkdir(parents=True)
    files = {}
    for name, records in ((feeds.ENTRIES, entries), (feeds.LOOKUPS, lookups)):
        path = run / (name + suffix)
        lines = b"".join(feeds.encode_line(record) for record in records)
        path.write_bytes(gzip.compress(lines) if suffix else lines)
        files[path.name] = feed_file(path)
    reported = manifest(run=run.name, files=files, entries=len(entries), keywords=len(lookups))
    (run / feeds.RUN).write_bytes(msgspec.json.encode(reported))
    return run


def feed(folder: Path, run: str, entries: tuple[Entry, ...], lookups: tuple[Lookup, ...]) -> Path:
    """A dictionary's feed folder whose ``latest`` is this run."""
    published(folder / run, entries, lookups)
    (folder / feeds.LATEST).unlink(missing_ok=True)
    (folder / feeds.LATEST).symlink_to(run)
    return folder


def parse(html: str, url: str) -> Page:
    """Reads "entry", "miss" and "odd" pages."""
    if "miss" in html:
        return MissPage(suggestions=("zorb",), layout="invented-1")
    if "entry" not in html:
        raise UnknownPage(f"neither an entry nor a miss: {url}")
    parsed = ParsedEntry(content=content(), text_coverage=0.99, warnings=("unknown-class:zig",))
    return EntryPage(
        entries=(parsed,),
        canonical_url=URL,
        homographs=(),
        layout="invented-1",
        revision="7",
        attribution="an inventor",
    )


DICTIONARY = Dictionary(
    name="invented",
    title="An Invented Dictionary",
    parser="invented/1",
    editions={"main": Edition("en-GB", ("https://dictionary.example/en/{slug}",))},
    slug=str.lower,
    parse=parse,
    hosts=("dictionary.example",),
    rights="© an inventor",
    license="CC0-1.0",
    canary="zorb",
)
