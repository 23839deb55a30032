"""The British edition: a few invented entries, printed in the older layout (generation B)."""

from __future__ import annotations

from dictcrawler.model import Box, LexicalEntry
from dictcrawler.sample.macmillan.authoring import (
    COUNTABLE,
    SPOKEN,
    TRANSITIVE,
    UNCOUNTABLE,
    entry,
    ex,
    grammar,
    noun_forms,
    region,
    restriction,
    said,
    sense,
    verb_forms,
)

FONDNESS = ("To be fond of someone", (("love", "love_1__1"), ("care for", "care-for__2"), ("cherish", "cherish__1")))
GREETINGS = ("Greetings and farewells", (("hello", "hello__1"), ("hi", "hi__1"), ("good morning", "good-morning__1")))

PAGES: tuple[tuple[LexicalEntry, ...], ...] = (
    entry(
        "hello",
        "hello",
        "interjection",
        sense(
            "used when you meet someone, or when you answer the telephone",
            "Hello, have you been waiting long?",
            labels=[SPOKEN],
            thesaurus=[GREETINGS],
        ),
        edition="british",
        counterpart=True,
        stars=2,
        spoken=[said("həˈləʊ", "hello", "british")],
    ),
    entry(
        "love_1",
        "love",
        "verb",
        sense(
            "to feel deep affection for someone, often in a romantic way",
            "He has loved her since university.",
            ex("They love their grandchildren dearly.", "love someone dearly"),
            labels=[restriction("never progressive")],
            thesaurus=[FONDNESS],
            subs=[
                sense("to feel that a place or an idea matters a great deal to you", "She loved that noisy harbour.")
            ],
        ),
        sense(
            "to enjoy something very much",
            ex("We would love to see the northern lights.", "love to do something"),
            ex("I’d love a cuppa.", gloss="would like one very much"),
            labels=[SPOKEN],
        ),
        edition="british",
        counterpart=True,
        stars=3,
        labels=[TRANSITIVE],
        spoken=[said("lʌv", "love", "british")],
        forms=verb_forms("love", "loves", "loving", "loved", "loved"),
        phrases=["I’d love to"],
        boxes=[
            Box(
                kind="collocations",
                title="Collocates: love",
                text="Adverbs frequently used with love fiercely, secretly, tenderly",
                examples=(),
            ),
            Box(
                kind="metaphor",
                title="Metaphor: love",
                text="Love is like a journey that two people make together.",
                examples=(ex("Their marriage had reached a dead end."),),
            ),
        ],
        homographs=["love_2"],
        related=["love seat", "puppy love"],
    ),
    entry(
        "love_2",
        "love",
        "noun",
        sense(
            "a very strong feeling of affection and attraction",
            ex("his love for a woman he had never met", "love for"),
            indicator="affection",
            labels=[UNCOUNTABLE],
        ),
        sense(
            "something that you enjoy very much",
            ex("Gardening is one of her great loves.", "one of someone’s great loves"),
            indicator="thing you enjoy",
            labels=[COUNTABLE],
        ),
        sense(
            "a friendly way of talking to someone",
            "Are you all right, love?",
            usage="Some people think this is rude.",
            indicator="way of talking to someone",
            labels=[grammar("singular"), region("British"), SPOKEN],
        ),
        edition="british",
        counterpart=True,
        stars=3,
        spoken=[said("lʌv", "love", "british")],
        forms=noun_forms("love", "loves"),
        homographs=["love_1"],
        related=["love seat", "puppy love"],
    ),
)

SERVED_BY_BARE_WORD = {"love": "love_1"}
REDIRECTS = {"loves": "love_1"}
