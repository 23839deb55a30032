"""Text coverage: the share of an entry's visible words that landed in some field.

It distinguishes a good parser from one that silently lost a block, and reveals pages in an unknown
layout. It must not know which classes the parser reads, or it would prove
nothing. Its input is the entry's subtree, a selector of what is never content (advertising,
navigation, buttons, captions, the page's printed separators), and the finished entry.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from itertools import chain
from operator import attrgetter

from msgspec import structs

from dictcrawler.model import LexicalEntry, Record
from dictcrawler.parsing import markup

logger = logging.getLogger(__name__)

APART = "\x1f"
"""The separator of texts that are apart; it counts as a blank when text is split into words."""

_WORD = re.compile(r"\w+")
# Each character of an ASCII word as "a", any other as a blank: counting " a" takes a tenth of the time of a search.
_ASCII_WORDS = bytes(ord("a") if _WORD.match(chr(code)) else ord(" ") for code in range(128)) + bytes(128)
_MOST_KEPT = 20_000
_LONGEST_KEPT = 100
_BEFORE_LETTER = re.compile(r"(?<=\d)(?=\D)")
# Fields with addresses or our own vocabulary, which the page does not print.
_NOT_PRINTED = frozenset(
    {"id", "dictionary", "edition", "lang", "parts_of_speech", "type", "scheme",
     "definition_type", "parent", "from", "to", "url", "kind", "sound_file", "alternate_sound_files",
     "sound_page"}
)  # fmt: skip


def words(text: str) -> Counter[str]:
    """The multiset of words of a text, cleaned and case folded."""
    return Counter(chain.from_iterable(map(_WORDS_OF.__getitem__, text.split())))


def in_order(text: str) -> list[str]:
    """The words of a text as `words` counts them, one after another."""
    return [word for token in text.split() for word in _WORDS_OF[token]]


class _WordsOf(dict[str, tuple[str, ...]]):
    """The words of a token between blanks, mostly one. Most tokens recur, on the same page or on later ones."""

    def __missing__(self, token: str) -> tuple[str, ...]:
        if token.isascii() and token.isalnum():
            found: tuple[str, ...] = (token.casefold(),)
        else:
            is_clean = token.isascii() and token.isprintable()
            found = tuple(_WORD.findall((token if is_clean else markup.clean(token)).casefold()))
        if len(self) >= _MOST_KEPT:
            self.clear()
        if len(token) <= _LONGEST_KEPT:
            self[token] = found
        return found


_WORDS_OF = _WordsOf()


def landed(entries: Iterable[LexicalEntry]) -> Counter[str]:
    """The multiset of words in the printed fields of the entries."""
    return words(" ".join(_strings(entries)))


def share(visible: str, entries: Iterable[LexicalEntry]) -> float:
    """The `ratio` of the words of a visible text that landed in the entries.

    A text between two `APART` that equals a field is matched as a whole, so only a small rest must be split
    into words. The words of a match are on both sides, so the ratio is the same.
    """
    unused = dict(Counter(_strings(entries)))
    whole: list[str] = []
    parts: list[str] = []
    for text in filter(None, map(str.strip, filter(None, visible.split(APART)))):
        count = unused.pop(text, 0)
        if not count:
            parts.append(text)
            continue
        whole.append(text)
        if count > 1:
            unused[text] = count - 1
    seen = words(" ".join(parts))
    missing = lost(seen, words(" ".join([text for text, count in unused.items() for _ in range(count)])))
    return _share(seen.total() + _count(whole), missing) if missing else 1.0


def _count(texts: list[str]) -> int:
    """The number of words of clean texts."""
    of_ascii = (b" " + " ".join(filter(str.isascii, texts)).encode().translate(_ASCII_WORDS)).count(b" a")
    return of_ascii + sum([len(_WORD.findall(text)) for text in texts if not text.isascii()])


def lost(visible: Counter[str], fields: Counter[str]) -> Counter[str]:
    """The visible words that are in no field, for a person who repairs a parser."""
    # Not by subtraction of the one Counter from the other, which looks at the words of both.
    pairs = ((word, count - fields.get(word, 0)) for word, count in visible.items())
    return Counter({word: more for word, more in pairs if more > 0})


def ratio(visible: Counter[str], fields: Counter[str]) -> float:
    """Matched words / visible words, 0–1 to four places; 1 when nothing is visible.

    The lost words go to the log at level DEBUG.
    """
    return _share(visible.total(), lost(visible, fields))


def _share(total: int, missing: Counter[str]) -> float:
    if missing:
        logger.debug("lost: %s", missing)
    return round(1 - missing.total() / total, 4) if total else 1.0


def words_below(node: markup.Node) -> Counter[str]:
    """The visible words of a subtree without the elements that are never content. **Prepares** it."""
    markup.prepare(node)
    return words(markup.prepared_text(node))


def _strings(entries: Iterable[LexicalEntry]) -> list[str]:
    """The printed strings of entries and of all records in them, in no order."""
    found: list[str] = []
    records: list[Record] = list(entries)
    # Further records are added at the end of the list while it is read.
    for record in records:
        values, is_numbered = _printed_values(type(record))
        for value in values(record):
            if not value:
                continue
            if isinstance(value, str):
                found.append(value)
            elif isinstance(value, tuple):
                (found if isinstance(value[0], str) else records).extend(value)
        if is_numbered and (number := getattr(record, "number", None)):
            # A sub-sense is printed "a." below its sense and numbered "2a" in the feed.
            found.append(_BEFORE_LETTER.sub(" ", number))
    return found


@cache
def _printed_values(record: type[Record]) -> tuple[Callable[[Record], tuple[object, ...]], bool]:
    """A function that returns the printed fields of a record without its number, and whether it has a number."""
    names = [field.name for field in structs.fields(record) if field.encode_name not in _NOT_PRINTED]
    is_numbered = "number" in names
    own = tuple(name for name in names if name != "number")
    if len(own) == 1:
        return lambda one: (getattr(one, own[0]),), is_numbered
    return attrgetter(*own), is_numbered
