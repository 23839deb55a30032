"""The sentence that calls a word a form of another one: "the past tense and past participle of go"."""

from __future__ import annotations

import re

_SLOT = (
    r"(?:simple )?(?:past tense|past participle|present participle|past|plural|singular|comparative|superlative"
    r"|(?:third|second|first) person singular|gerund)(?: forms?)?"
)
_LEAD_IN = re.compile(rf"(?:the )?{_SLOT}(?:(?:,| and| or|, and) (?:the )?{_SLOT})* of", re.IGNORECASE)
_LONGEST_LEMMA = 4


def lemma(sentence: str) -> str | None:
    """The word of which a definition says that the headword is a form; ``None`` for any other definition."""
    found = _LEAD_IN.match(sentence)
    word = sentence[found.end() :].strip(" .") if found else ""
    return word if 0 < len(word.split()) <= _LONGEST_LEMMA else None


def is_lead_in(text: str | None) -> bool:
    """Whether this is what such a sentence says before the word: "the plural of"."""
    return _LEAD_IN.fullmatch((text or "").strip(" :")) is not None
