"""Finds the words of a query in the texts of an entry: the best text, with the words marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Final

from dictcrawler.exports.folding import folded

MARK_BEGIN: Final = "\x01"
MARK_END: Final = "\x02"
"""Put around a word that was found. They are control characters, which no other text on the page contains."""

_BEFORE, _AFTER = 60, 160
"""Characters shown before the first word that was found, and from that word on."""
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LEAST_STEM, _LONGEST_ENDING = 3, 3


def excerpt(texts: Iterable[str], words: Sequence[str]) -> str:
    """The first of the texts with the most of the folded words, shortened around the first match, matches marked.

    The index compares stems; this comes close: words match if they begin alike.
    """
    best, most = "", -1
    for text in texts:
        tokens = set(_TOKEN.findall(folded(text)))
        count = sum(any(_is_like(token, word) for token in tokens) for word in words)
        if count > most:
            best, most = text, count
        if most == len(words):
            break
    return _marked(best, words)


def _marked(text: str, words: Sequence[str]) -> str:
    found = [match for match in _TOKEN.finditer(text) if any(_is_like(folded(match[0]), word) for word in words)]
    begin = _word_begin(text, found[0].start() - _BEFORE) if found else 0
    end = _word_end(text, (found[0].start() if found else 0) + _AFTER)
    pieces, at = ["…" if begin else ""], begin
    for match in found:
        if begin <= match.start() and match.end() <= end:
            pieces += [text[at : match.start()], MARK_BEGIN, match[0], MARK_END]
            at = match.end()
    return "".join([*pieces, text[at:end], "…" if end < len(text) else ""])


def _is_like(token: str, word: str) -> bool:
    """Whether a word of a text and one of the query share a stem, judged by their letters."""
    if token.startswith(word):
        return True
    stem = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(token, word, strict=False)))
    return stem >= max(_LEAST_STEM, len(word) - _LONGEST_ENDING) and len(token) <= stem + _LONGEST_ENDING


def _word_begin(text: str, at: int) -> int:
    """The start of the word at or after a position."""
    return 0 if at <= 0 else text.find(" ", at) + 1


def _word_end(text: str, at: int) -> int:
    """The end of the word at or before a position."""
    if at >= len(text):
        return len(text)
    blank = text.rfind(" ", 0, at + 1)
    return blank if blank > 0 else at
