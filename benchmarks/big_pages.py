"""Whether a page of four times the size takes four times as long to parse, and not sixteen.

Wiktionary's longest pages are over 600 kB. They grow in three ways: more senses, longer lists of
words, more languages. For each, invented pages of 150 and 600 kB are parsed; a time ratio near 4 is
linear. Run ``python -m benchmarks.big_pages``; it exits with 1 when a ratio is beyond `LIMIT`.
"""

from __future__ import annotations

import sys
import time
import timeit
from collections.abc import Callable

from dictcrawler import dictionaries
from dictcrawler.model import LexicalEntry
from dictcrawler.parsing.page import EntryPage
from dictcrawler.sample.wiktionary import parsoid
from dictcrawler.sample.wiktionary.authoring import origin, page, plural, quoted, said, section, sense, word

SMALL, BIG = 150_000, 600_000
LIMIT = 6.0
REPEATS = 9
URL = "https://en.wiktionary.org/wiki/longest"

Entries = tuple[LexicalEntry, ...]


def of_senses(count: int) -> Entries:
    """Etymologies of ten senses, with examples, quotations and words of the same kind."""
    example, quotation = "Nobody had seen a longer one.", quoted("It went on and on.", "1888, Ira Quill, Long Tales")
    ten = [sense(f"Meaning {n}.", example, quotation, nyms=[("synonym", "endless")]) for n in range(10)]
    return page("longest", section(*(origin("From length.", word("Noun", *ten)) for _ in range(count // 10 + 1))))


def of_terms(count: int) -> Entries:
    """One sense and a list of derived terms."""
    terms = tuple(("derived", f"longest of {number}") for number in range(count))
    return page("longest", section(origin("From length.", word("Noun", sense("A long one."), lists=terms))))


def of_languages(count: int) -> Entries:
    """A short English section, followed by other languages."""
    english = section(origin("From length.", word("Noun", sense("A long one."), forms=plural("longests"))))
    editions = ("german", "norwegian-bokmål")
    more = [
        section(
            origin("From English.", word("Noun", sense("A long thing."))),
            edition=editions[number % 2],
            spoken=[said("lɔŋ")],
        )
        for number in range(count)
    ]
    return page("longest", english, *more)


def html_of(make: Callable[[int], Entries], size: int) -> str:
    """A page of about that many characters."""
    sample = 100
    per_thing = len(parsoid.entry_page("longest", make(sample), ())) / sample
    return parsoid.entry_page("longest", make(round(size / per_thing)), ())


def seconds(html: str) -> float:
    """The shortest of some parses, in seconds."""
    parse = dictionaries.load("wiktionary").parse
    if not isinstance(parse(html, URL), EntryPage):
        raise TypeError("the page was not read")
    # Processor time: other programs of the machine do not count.
    return min(timeit.repeat(lambda: parse(html, URL), timer=time.process_time, repeat=REPEATS, number=1))


def main() -> int:
    """Print one line for each way to grow."""
    worst = 0.0
    print(f"{'pages of':<10} {'small':>8} {'big':>8}   {'small':>9} {'big':>9}   ratio")
    for make in (of_senses, of_terms, of_languages):
        small, big = html_of(make, SMALL), html_of(make, BIG)
        fast, slow = seconds(small), seconds(big)
        ratio = slow / fast / (len(big) / len(small)) * (BIG / SMALL)
        worst = max(worst, ratio)
        name = make.__name__.removeprefix("of_")
        print(
            f"{name:<10} {len(small) // 1000:>5} kB {len(big) // 1000:>5} kB"
            f"   {fast * 1000:>6.1f} ms {slow * 1000:>6.1f} ms   {ratio:>5.2f}"
        )
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
