"""Text coverage: the share of an entry's visible words that landed in some field.

It is what tells a parser that silently lost a block, or a page in a layout nobody has
seen, from a good one. It must not know which classes the parser reads, or it proves
nothing: it gets the entry's subtree, a selector of what is never content (advertising,
navigation, buttons, captions, the page's printed separators), and the finished entry.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from msgspec import structs

from dictcrawler.model import LexicalEntry, Record
from dictcrawler.parsing import markup

logger = logging.getLogger(__name__)

_WORD = re.compile(r"\w+")
_BEFORE_LETTER = re.compile(r"(?<=\d)(?=\D)")
# Fields that hold addresses or our own vocabulary, none of it printed on the page.
_NOT_PRINTED = frozenset(
    {"id", "dictionary", "edition", "lang", "parts_of_speech", "type", "scheme",
     "definition_type", "parent", "from", "to", "url", "kind", "sound_file", "alternate_sound_files",
     "sound_page"}
)  # fmt: skip


def words(text: str) -> Counter[str]:
    """The multiset of words of a text, cleaned and case folded."""
    # Not a Counter yet: a plain dictionary takes half as long for an item.
    found: dict[str, int] = {}
    for printed, count in Counter(text.split()).items():
        # Most are a word as they stand, and many come again: few are left to be searched, and fewer to be cleaned.
        if printed.isascii() and printed.isalnum():
            word = printed.casefold()
            found[word] = found.get(word, 0) + count
        else:
            is_clean = printed.isascii() and printed.isprintable()
            for word in _WORD.findall((printed if is_clean else markup.clean(printed)).casefold()):
                found[word] = found.get(word, 0) + count
    return Counter(found)


def landed(entries: Iterable[LexicalEntry]) -> Counter[str]:
    """The multiset of words in the printed fields of the entries."""
    found: list[str] = []
    for entry in entries:
        _add_strings(entry, found)
    return words(" ".join(found))


def lost(visible: Counter[str], fields: Counter[str]) -> Counter[str]:
    """The visible words that landed nowhere, for a person who mends a parser."""
    return visible - fields


def ratio(visible: Counter[str], fields: Counter[str]) -> float:
    """Matched words / visible words, 0–1 to four places; 1 when nothing is visible.

    The lost words go to the log at level DEBUG.
    """
    total = visible.total()
    missing = lost(visible, fields)
    if missing:
        logger.debug("lost: %s", missing)
    return round(1 - missing.total() / total, 4) if total else 1.0


def visible_words(node: markup.Node, never_content: str) -> Counter[str]:
    """The visible words of a subtree. **Removes** what matches ``never_content`` from it, and prepares it."""
    markup.remove(node, never_content)
    return words_below(node)


def words_below(node: markup.Node) -> Counter[str]:
    """The visible words of a subtree from which all that is never content was removed. **Prepares** it."""
    markup.prepare(node)
    return words(markup.prepared_text(node))


def _add_strings(record: Record, found: list[str]) -> None:
    for name in _printed_fields(type(record)):
        value = getattr(record, name)
        if not value:
            continue
        if isinstance(value, str):
            # A sub-sense is printed "a." below its sense and numbered "2a" in the feed.
            found.append(_BEFORE_LETTER.sub(" ", value) if name == "number" else value)
        elif isinstance(value, tuple):
            for inner in value:
                if isinstance(inner, str):
                    found.append(inner)
                else:
                    _add_strings(inner, found)


@cache
def _printed_fields(record: type[Record]) -> tuple[str, ...]:
    return tuple(field.name for field in structs.fields(record) if field.encode_name not in _NOT_PRINTED)
