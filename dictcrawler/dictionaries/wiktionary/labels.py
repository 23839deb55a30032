"""Wiktionary's usage labels, typed by table (`label_words`).

A label that is not in it stays as printed, gets the type ``usage``, and makes `known` false.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dictcrawler.dictionaries.wiktionary.label_words import WORDS
from dictcrawler.model import Label, LabelType
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

_TYPES: dict[str, LabelType] = {
    word.strip().casefold(): label_type for label_type, words in WORDS.items() for word in words.split(",")
}
# "now rare", "chiefly UK": the type is that of the word they qualify.
_SOFTENED = re.compile(
    r"^(?:(?:also|chiefly|especially|formerly|frequently|generally|largely|mainly|mostly|now|often|originally"
    r"|possibly|predominantly|primarily|sometimes|somewhat|usually|very|in|the) )+"
)
# "northern Vietnam", "Aachen dialect": a place where the word is used.
_PLACE = re.compile(
    r"^(?:(?:north|south|east|west)(?:east|west)?(?:ern)?|central|upper|lower|inland|coastal|rural|urban)\b"
    r"|\b(?:dialects?|english|accents?)$"
)
# "third declension", "class 9": the class of its inflection.
_INFLECTION = re.compile(r"\b(?:declension|conjugation|accent paradigm|class)\b")
# "with to or with", "followed by a verb": its construction.
_PATTERN = re.compile(r"^(?:with|followed by|in the form|construed with|takes) \S")
_WORD = re.compile(r"\w")
# The number of a noun class means nothing without its name, which is in the title.
_CLASS_NUMBER = re.compile(r"[0-9]+[a-z]?(?:/[0-9]+[a-z]?)?")
_JOINED = re.compile(r" (?:or|and) |/")

LABEL_CLASSES = frozenset(
    {"ib-content", "qualifier-content", "label-content", "usage-label-sense", "usage-label-accent", "usage-label-term"}
)
_GROUPS = ".ib-content, .qualifier-content"
# The printed parentheses, colons and commas around labels.
SEPARATOR_CLASSES = frozenset({"ib-brac", "qualifier-brac", "label-brac", "ib-colon"})


def is_label(node: Node) -> bool:
    """Whether the element prints labels."""
    return not LABEL_CLASSES.isdisjoint(markup.classes(node))


def is_separator(node: Node) -> bool:
    """Whether the element prints only a parenthesis or a colon."""
    return not SEPARATOR_CLASSES.isdisjoint(markup.classes(node))


def known(text: str) -> bool:
    """Whether the table, or a rule beside it, types the label."""
    return _look_up(text) is not None


def is_circumstance(text: str) -> bool:
    """Whether the text says where or by whom a word is used, and nothing of its grammar."""
    return _look_up(text) in {"register", "region", "usage"}


def typed(text: str, default: LabelType = "usage") -> Label:
    """The label with its type by table; ``default`` when it is not known."""
    return Label(text=text, type=_look_up(text) or default)


def of_sound(text: str, default: LabelType = "usage") -> Label:
    """The label of a pronunciation: "with the merger" is not grammar here."""
    label_type = _look_up(text)
    return Label(text=text, type=label_type if label_type and not _PATTERN.match(text.casefold()) else default)


def printed(text: str) -> Iterator[str]:
    """The single labels of a printed group: "(nautical, transitive or intransitive)"."""
    text = text.strip("[] ")
    inner = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    for part in inner.split(","):
        joined = [word.strip() for word in _JOINED.split(part)]
        if all(word.casefold() in _TYPES for word in joined):
            yield from joined
        elif part.strip():
            yield part.strip()


def grammar(node: Node, text: str) -> Label | None:
    """The label of an ``<abbr>``: "m", "pl"; the number of a noun class by its title, "class 9".

    ``None`` for "?", a gender that nobody has looked up.
    """
    if not _WORD.search(text):
        return None
    titled = markup.attribute(node, "title") if _CLASS_NUMBER.fullmatch(text) else None
    return typed(titled or text, "grammar")


def read(node: Node, default: LabelType = "usage") -> tuple[Label, ...]:
    """The labels that an element prints."""
    return tuple(typed(text, default) for text in printed(markup.text(node)))


def joins(nodes: Iterable[Node]) -> str:
    """The words printed between labels, which are not content: "transitive *or* intransitive"."""
    groups = (markup.text(group) for node in nodes if node.is_element_node for group in node.css(_GROUPS))
    return " ".join(word for group in groups for word in _JOINED.findall(group) if len(list(printed(group))) > 1)


def _look_up(text: str) -> LabelType | None:
    folded = text.casefold()
    if folded in _TYPES:
        return _TYPES[folded]
    bare = _SOFTENED.sub("", folded)
    if bare in _TYPES:
        return _TYPES[bare]
    if _PATTERN.match(bare) or _INFLECTION.search(bare):
        return "grammar"
    return "region" if _PLACE.search(bare) else None
