"""The examples of a Macmillan sense: ``div.EXAMPLES`` with a bold pattern and sentences.

The pattern is a ``strong`` in generation B, ``PATTERNS-COLLOCATIONS`` in C; a gloss (``GL``) is part of the sentence or
of the pattern.
"""

from __future__ import annotations

from functools import partial

import msgspec

from dictcrawler.dictionaries.macmillan.classes import LABELS
from dictcrawler.dictionaries.macmillan.tree import Place, Read, skip, walk
from dictcrawler.model import Example, Label
from dictcrawler.parsing.markup import Node

_APART = frozenset({"GL", *LABELS})


class _Examples(msgspec.Struct):
    """One ``EXAMPLES``; its pattern, gloss and labels hold for all its sentences."""

    place: Place
    pattern: str | None = None
    gloss: str | None = None
    labels: list[Label] = msgspec.field(default_factory=list)
    found: list[Example] = msgspec.field(default_factory=list)


def examples(place: Place, node: Node) -> list[Example]:
    """The sentences; a pattern that is printed alone is an example itself."""
    draft = _Examples(place)
    walk(node, _TABLE, draft)
    if draft.pattern and not draft.found and node.css_first("p") is None:
        return [Example(text=draft.pattern, pattern=draft.pattern, gloss=draft.gloss, labels=tuple(draft.labels))]
    return draft.found


def _pattern(draft: _Examples, node: Node, _anchor: str | None) -> None:
    whole = draft.place.whole_text(node)
    if whole is None:
        draft.pattern = draft.place.text(node, _APART) or None
        draft.gloss = _glosses(draft.place, node)
        draft.labels.extend(draft.place.labels_below(node))
    else:
        draft.pattern, draft.gloss = whole or None, None


def _sentence(draft: _Examples, node: Node, _anchor: str | None) -> None:
    whole = draft.place.whole_text(node)
    text = draft.place.text(node, _APART) if whole is None else whole
    if not text:
        return
    gloss, labels = draft.gloss, tuple(draft.labels)
    if whole is None:
        gloss = "; ".join(filter(None, (gloss, _glosses(draft.place, node)))) or None
        labels = (*labels, *draft.place.labels_below(node))
    draft.found.append(Example(text=text, pattern=draft.pattern, gloss=gloss, labels=labels))


def _label(name: str, draft: _Examples, node: Node, _anchor: str | None) -> None:
    draft.labels.extend(draft.place.label(node, name))


def _glosses(place: Place, node: Node) -> str | None:
    return "; ".join(place.texts(node.css(".GL"))) or None


_TABLE: dict[str, Read[_Examples]] = {
    **{name: partial(_label, name) for name in LABELS},
    "PATTERNS-COLLOCATIONS": _pattern,
    "<strong>": _pattern,
    "EXAMPLE": _sentence,
    "SEP": skip,
}
READ = frozenset({*_TABLE, "GL"})
