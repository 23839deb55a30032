"""Sentences that define a word as a form of another: "the past tense and past participle of go"."""

from __future__ import annotations

import re

_SLOT = (
    r"(?:simple )?(?:past tense|past participle|present participle|past|plural|singular|comparative|superlative"
    r"|(?:third|second|first) person singular|gerund)(?: forms?)?"
)
_LEAD_IN = re.compile(rf"(?:the )?{_SLOT}(?:(?:,| and| or|, and) (?:the )?{_SLOT})* of", re.IGNORECASE)
_LONGEST_LEMMA = 4


def lemma(sentence: str) -> str | None:
    """The base word when a definition says that the headword is its form; ``None`` for any other definition."""
    found = _LEAD_IN.match(sentence)
    word = sentence[found.end() :].strip(" .") if found else ""
    return word if 0 < len(word.split()) <= _LONGEST_LEMMA else None


def is_lead_in(text: str | None) -> bool:
    """Whether the text is such a sentence up to the word: "the plural of"."""
    return _LEAD_IN.fullmatch((text or "").strip(" :")) is not None
