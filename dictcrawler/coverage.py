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
from collections.abc import Iterable, Iterator

import msgspec

from dictcrawler import markup
from dictcrawler.model import LexicalEntry

logger = logging.getLogger(__name__)

_WORD = re.compile(r"\w+")
# Fields that hold addresses or our own vocabulary, none of it printed on the page.
_NOT_PRINTED = frozenset(
    {"id", "dictionary", "edition", "lang", "parts_of_speech", "type", "scheme",
     "definition_type", "parent", "from", "to", "url", "kind", "sound_file", "alternate_sound_files",
     "sound_page"}
)  # fmt: skip


def words(text: str) -> Counter[str]:
    """The multiset of words of a text, case folded."""
    return Counter(_WORD.findall(text.casefold()))


def landed(entries: Iterable[LexicalEntry]) -> Counter[str]:
    """The multiset of words in the printed fields of the entries."""
    found: Counter[str] = Counter()
    for entry in entries:
        found.update(words(" ".join(_strings(msgspec.to_builtins(entry)))))
    return found


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
    """The visible words of a subtree. **Removes** what matches ``never_content`` from it."""
    markup.remove(node, never_content)
    return words(markup.text(node))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == "number":
                # A sub-sense is printed "a." below its sense and numbered "2a" in the feed.
                yield re.sub(r"(?<=\d)(?=\D)", " ", str(inner))
            elif key not in _NOT_PRINTED:
                yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)
