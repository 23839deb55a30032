"""Mutated pages through the parsers: an entry page, a miss page or a PageError, and nothing else.

``python -m tests.programs.fuzz_parsers [--minutes 10] [--seed 1]`` mutates the fixture pages and, if available, the
real saved pages (``$DICTCRAWLER_PAGES``), and prints the defects.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from dictcrawler import dictionaries, feeds
from dictcrawler.errors import PageError
from dictcrawler.model import Entry
from dictcrawler.parsing.page import MissPage
from dictcrawler.reading import citation
from dictcrawler.reading.citation import Provenance
from tests.support.texts import TEXTS

FIXTURES = Path(__file__).parents[1] / "dictionaries"
FETCH = Provenance(
    retrieved_from="https://x.example/",
    fetched_at=datetime(2026, 11, 23, tzinfo=UTC),
    payload_digest=f"sha256:{'0' * 64}",
)
_TOKEN = re.compile(r"<[^>]*>?|[^<]+")
_VALUE = re.compile(r'(?<==")[^"]*')
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Sample:
    """A page and its address."""

    dictionary: str
    name: str
    url: str
    html: str


def fixtures(dictionary: str) -> list[Sample]:
    """The fixture pages of a dictionary."""
    found = []
    for case in sorted(FIXTURES.glob(f"{dictionary}/*/case.json")):
        url = json.loads(case.read_text(encoding="utf-8"))["url"]
        html = (case.parent / "page.html").read_text(encoding="utf-8")
        found.append(Sample(dictionary, case.parent.name, url, html))
    return found


def saved(dictionary: str) -> Iterator[Sample]:
    """The real pages of a dictionary, when they are on this machine."""
    pages = Path(os.environ.get("DICTCRAWLER_PAGES", ""))
    if not (pages / "INDEX.tsv").is_file():
        return
    with (pages / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        for row in csv.DictReader(index, delimiter="\t"):
            if row["dictionary"] == dictionary and row["file"].endswith(".html"):
                yield Sample(dictionary, row["file"], row["url"], (pages / row["file"]).read_text(encoding="utf-8"))


def mutated(chance: random.Random, sample: Sample, others: list[Sample]) -> str:
    """The page after one to five mutations of its tags, attributes and texts."""
    tokens = _TOKEN.findall(sample.html)
    for _ in range(chance.randint(1, 5)):
        if not tokens:
            break
        at = chance.randrange(len(tokens))
        end = min(len(tokens), at + chance.choice((1, 1, 2, 5, 20, 200)))
        chance.choice(MUTATIONS)(chance, tokens, slice(at, end), chance.choice(others).html)
    return "".join(tokens)


def _delete(_: random.Random, tokens: list[str], part: slice, __: str) -> None:
    del tokens[part]


def _repeat(chance: random.Random, tokens: list[str], part: slice, _: str) -> None:
    tokens[part] = tokens[part] * chance.choice((2, 2, 3, 10))


def _move(chance: random.Random, tokens: list[str], part: slice, _: str) -> None:
    taken = tokens[part]
    del tokens[part]
    at = chance.randint(0, len(tokens))
    tokens[at:at] = taken


def _splice(chance: random.Random, tokens: list[str], part: slice, other: str) -> None:
    taken = _TOKEN.findall(other)
    at = chance.randrange(len(taken) or 1)
    tokens[part] = taken[at : at + chance.choice((1, 5, 50))]


def _say(chance: random.Random, tokens: list[str], part: slice, _: str) -> None:
    tokens[part.start] = chance.choice(TEXTS)


def _say_escaped(chance: random.Random, tokens: list[str], part: slice, _: str) -> None:
    tokens[part.start] = "".join(f"&#{ord(sign)};" for sign in chance.choice(TEXTS))


def _change_value(chance: random.Random, tokens: list[str], part: slice, _: str) -> None:
    value = chance.choice((chance.choice(TEXTS), "", " ")).replace('"', "&quot;")
    tokens[part] = [_VALUE.sub(lambda _: value, token, count=chance.randint(1, 3)) for token in tokens[part]]


def _change_number(chance: random.Random, tokens: list[str], part: slice, _: str) -> None:
    value = chance.choice(("0", "-1", "9" * 30, "9" * 5000, "1e9", "\u0663", "\u00b2", ""))
    tokens[part] = [_NUMBER.sub(value, token) for token in tokens[part]]


def _drop_attributes(_: random.Random, tokens: list[str], part: slice, __: str) -> None:
    tokens[part] = [
        re.sub(r"\s[^>]*", "", token, count=1) if token.startswith("<") else token for token in tokens[part]
    ]


def _nest(chance: random.Random, tokens: list[str], part: slice, _: str) -> None:
    depth, tag = chance.choice((3, 30, 100)), chance.choice(("div", "span", "ul><li", "ol", "b", "table"))
    tokens[part] = [f"<{tag}>" * depth, *tokens[part]]


def _truncate(_: random.Random, tokens: list[str], part: slice, __: str) -> None:
    del tokens[part.start :]


MUTATIONS = (
    _delete, _repeat, _move, _splice, _say, _say_escaped,
    _change_value, _change_number, _drop_attributes, _nest, _truncate,
)  # fmt: skip


def end_of(sample: Sample, html: str) -> str:
    """The parser's result; entries must encode to a line that the schema accepts.

    :raises Exception: any other exception is a defect.
    """
    dictionary = dictionaries.load(sample.dictionary)
    try:
        read = citation.read(dictionary, html, sample.url, FETCH)
    except PageError as error:
        return type(error).__name__
    if isinstance(read, MissPage):
        msgspec.json.encode(read.suggestions)
        return "MissPage"
    for entry in read:
        msgspec.json.decode(feeds.encode_line(entry), type=Entry)
    return "EntryPage"


def main() -> int:
    """Fuzz until the time is up; 1 when a parser had a defect."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    chance = random.Random(args.seed)
    samples = {name: [*fixtures(name), *saved(name)] for name in dictionaries.names()}
    print({name: len(pages) for name, pages in samples.items()}, "pages", flush=True)
    ends: dict[str, Counter[str]] = {name: Counter() for name in samples}
    defects: Counter[str] = Counter()
    deadline = time.monotonic() + 60 * args.minutes
    while time.monotonic() < deadline:
        for name, pages in samples.items():
            sample = chance.choice(pages)
            html = mutated(chance, sample, pages)
            try:
                ends[name][end_of(sample, html)] += 1
            except Exception:  # noqa: BLE001 - it is what is looked for
                trace = traceback.format_exc().splitlines()
                defects["\n".join([f"{name} in {sample.name}", *trace[-8:]])] += 1
    for name, counted in ends.items():
        print(f"{name}: {counted.total()} pages, {dict(counted)}")
    for defect, count in defects.most_common():
        print(f"--- {count} times, first of {defect}")
    print(f"{defects.total()} defects")
    return bool(defects)


if __name__ == "__main__":
    sys.exit(main())
