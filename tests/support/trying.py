"""Entries that are hard to lay out: right to left, 2,000 characters, 60 senses, no example, markup in the text."""

from __future__ import annotations

from dictcrawler.model import Definition, Entry, Example, InflectedForm, Label, Sense
from tests.support import records

MARKUP = "<b>not bold</b> & \"double\" 'single' {{c1::cloze}} {{Front}} [sound:x.mp3] <script>alert(1)</script>"
LONG = ("a definition that goes on, and on (and on); " * 50)[:2000].strip()
CLOSED = records.source(license=None, rights="© an inventor, all rights reserved")


def entries() -> tuple[Entry, ...]:
    """All of them, in one closed dictionary."""
    hebrew = Example(text="שלום לכולם!", transliteration="shalóm lekhulám", gloss="hello everyone", labels=())
    plural = InflectedForm(text="שלומות", transliteration="shlomót", tag="plural", labels=())
    return (
        _entry("sixty", *(_sense("sixty", n, f"meaning number {n}") for n in range(1, 61))),
        _entry("long", _sense("long", 1, LONG), _sense("long", 2, "x" * 300)),
        _entry("שלום", _sense("שלום", 1, "ברכה בפגישה, hello (greeting) 123.", hebrew), lang="he", forms=(plural,)),
        _entry("naïveté 日本語 👩‍👩‍👧‍👦", _sense("naïveté 日本語 👩‍👩‍👧‍👦", 1, MARKUP)),
        _entry("-less", _sense("-less", 1, "no example")),
        _entry("senseless"),
    )


def _sense(word: str, number: int, text: str, *examples: Example) -> Sense:
    return Sense(
        id=f"invented:main:{word}#{number}",
        number=str(number),
        labels=(Label(text="rare", type="usage"),),
        definitions=(Definition(text=text, definition_type="full"),),
        examples=examples,
    )


def _entry(word: str, *senses: Sense, lang: str = "en-GB", forms: tuple[InflectedForm, ...] = ()) -> Entry:
    return records.entry(
        cited=CLOSED,
        id=f"invented:main:{word}",
        headword=word,
        hyphenation=None,
        lang=lang,
        senses=senses,
        relations=(),
        inflected_forms=forms,
    )
