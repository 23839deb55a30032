"""An unlimited supply of words for crawls of any length: ``word000001``, ``word000002`` …

A few dozen prototypes are composed once by a generator with a constant seed. A word's page is its prototype's page with
the headword replaced. That takes microseconds, and the same number makes the same bytes in every process.
"""

from __future__ import annotations

import re
from functools import cache
from random import Random

import msgspec

from dictcrawler.model import Example, InflectedForm, LexicalEntry
from dictcrawler.sample.macmillan import generation_c
from dictcrawler.sample.macmillan.authoring import (
    COUNTABLE,
    FORMAL,
    INFORMAL,
    INTRANSITIVE,
    SPOKEN,
    TRANSITIVE,
    Draft,
    domain,
    entry,
    ex,
    noun_forms,
    region,
    said,
    sense,
    verb_forms,
)

LIMIT = 999_999
PROTOTYPES = 61
# Each tenth word has a second page.
HOMOGRAPH_EVERY = 10
PLACEHOLDER = "word000000"
THESAURUS_SHARE, PATTERN_SHARE, GLOSS_SHARE = 0.5, 0.3, 0.1
_SLUG = re.compile(r"word(\d{6})(?:_([12]))?")
_WHO = ("someone", "a visitor", "an old sailor", "the village baker", "a careful driver", "nobody in particular")
_WHAT = (
    "a wooden bridge",
    "the evening train",
    "a basket of plums",
    "the northern road",
    "an unpaid bill",
    "a borrowed coat",
)
_HOW = (
    "with great care",
    "late at night",
    "for no clear reason",
    "in front of the neighbors",
    "as quickly as possible",
)
_VERB = ("carry", "repair", "remember", "measure", "exchange", "forget", "decorate", "question")
_LABELS = (FORMAL, INFORMAL, SPOKEN, region("British"), region("Canadian"), domain("cooking"), domain("law"))
_GROUP = "Made-up words for everyday things"


def name(number: int) -> str:
    """The headword with that number, from 1."""
    return f"word{number:06}"


def number_of(slug: str, words: int) -> tuple[int, str | None] | None:
    """The word's number and homograph number; ``None`` for an address that no page has."""
    found = _SLUG.fullmatch(slug)
    number = int(found[1]) if found else 0
    if found is None or not 1 <= number <= words or bool(found[2]) > has_homograph(number):
        return None
    return number, found[2]


def has_homograph(number: int) -> bool:
    """Whether the word has two pages."""
    return number % HOMOGRAPH_EVERY == 0


@cache
def prototype(index: int, homograph: str | None) -> tuple[LexicalEntry, ...]:
    """The entries of one prototype, with the placeholder for a headword."""
    random = Random(f"{index} {homograph}")  # noqa: S311 — the same in every process is the point
    noun = homograph == "1" or (homograph is None and index % 2 == 0)
    slug = f"{PLACEHOLDER}_{homograph}" if homograph else PLACEHOLDER
    other = {"1": [f"{PLACEHOLDER}_2"], "2": [f"{PLACEHOLDER}_1"], None: []}[homograph]
    return entry(
        slug,
        PLACEHOLDER,
        "noun" if noun else "verb",
        *(_sense(random, noun=noun, subs=random.randint(0, 1)) for _ in range(random.randint(4, 8))),
        stars=random.randint(0, 3),
        spoken=[said("ˈwɜrd", PLACEHOLDER)],
        forms=_forms(noun=noun),
        phrases=[f"a {PLACEHOLDER} of honor"] if index % 3 == 0 else [],
        homographs=other,
        related=[f"{PLACEHOLDER} {end}" for end in ("box", "house", "maker")[: random.randint(0, 3)]],
    )


def entries(number: int, homograph: str | None) -> tuple[LexicalEntry, ...]:
    """The entries of one page of a word."""
    made = msgspec.json.encode(prototype(number % PROTOTYPES, homograph)).decode()
    return msgspec.json.decode(made.replace(PLACEHOLDER, name(number)), type=tuple[LexicalEntry, ...])


def page(number: int, homograph: str | None) -> str:
    """One page of a word."""
    found = _prototype_page(number % PROTOTYPES, homograph)
    return found.replace(PLACEHOLDER, name(number)).replace(PLACEHOLDER.upper(), name(number).upper())


@cache
def _prototype_page(index: int, homograph: str | None) -> str:
    made = prototype(index, homograph)
    return generation_c.entry_page(made, {})


def _forms(*, noun: bool) -> tuple[InflectedForm, ...]:
    if noun:
        return noun_forms(PLACEHOLDER, f"{PLACEHOLDER}s")
    past = f"{PLACEHOLDER}ed"
    return verb_forms(PLACEHOLDER, f"{PLACEHOLDER}s", f"{PLACEHOLDER}ing", past, past)


def _sense(random: Random, *, noun: bool, subs: int) -> Draft:
    grammar = COUNTABLE if noun else random.choice((TRANSITIVE, INTRANSITIVE))
    what, how = random.choice(_WHAT), random.choice(_HOW)
    definition = (
        f"a thing that is used to {random.choice(_VERB)} {what}" if noun else f"to {random.choice(_VERB)} {what} {how}"
    )
    examples = [_example(random) for _ in range(random.randint(1, 5))]
    synonyms = [(_GROUP, ((PLACEHOLDER, f"{PLACEHOLDER}__1"), ("gadget", "gadget__1"), ("thing", "thing__2")))]
    return sense(
        definition,
        *examples,
        labels=[grammar, *random.sample(_LABELS, random.randint(0, 2))],
        subs=[_sense(random, noun=noun, subs=0) for _ in range(subs)],
        thesaurus=synonyms if random.random() < THESAURUS_SHARE else [],
    )


def _example(random: Random) -> Example:
    who, what, how = random.choice(_WHO).capitalize(), random.choice(_WHAT), random.choice(_HOW)
    text = f"{who} left {what} and a {PLACEHOLDER} behind {how}."
    pattern = f"{PLACEHOLDER} of/for something" if random.random() < PATTERN_SHARE else None
    gloss = random.choice(_HOW) if random.random() < GLOSS_SHARE else None
    return ex(text, pattern, gloss)
