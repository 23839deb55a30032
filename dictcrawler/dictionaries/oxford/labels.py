"""Oxford's labels: round and square brackets taken apart, each label given its type."""

from __future__ import annotations

import re

from dictcrawler.dictionaries.oxford.blocks import Block, Blocks
from dictcrawler.model import Label, LabelType
from dictcrawler.parsing.outline import Element, texts

_REGISTERS = frozenset(
    "approving dialect disapproving figurative formal humorous informal ironic literary offensive old-fashioned saying "
    "slang specialist taboo technical trademark".split()
) | {"old use"}
_DOMAINS = frozenset(
    "anatomy architecture art astronomy biology business chemistry computing economics finance geology geometry "
    "grammar law linguistics mathematics medical music philosophy phonetics physics politics psychology religion sport "
    "sports statistics technology".split()
)
_REGION = re.compile(
    r"English|\b(?:Br|NAm|Am|Austral|Can|EAfr|Ind|Ir|NZ|SAfr|SEAsian|Scot|WAfr|Welsh)E\b|\b(?:UK|US|Scots|Scottish|Irish)\b"
)
_LABELS = frozenset({"labels", "grammar", "part_of_speech", "topics", "use", "restriction"})
_QUALIFIERS = re.compile(r"\b(?:also|especially|mainly|often|rather|slightly|sometimes|usually|very)\b")
_CEFR_ATTRIBUTES = ("cefr", "fkcefr")
_LIST_ATTRIBUTES = {
    "ox3000": "Oxford 3000",
    "fkox3000": "Oxford 3000",
    "ox5000": "Oxford 5000",
    "fkox5000": "Oxford 5000",
}
_LEVEL_ATTRIBUTES = frozenset(_CEFR_ATTRIBUTES).union(_LIST_ATTRIBUTES)


def are_labels(part: Block) -> bool:
    """Whether a part prints labels."""
    return part.role in _LABELS


def labels_above(part: Block) -> tuple[Label, ...]:
    """The labels of the form of a phrasal verb that a sense belongs to."""
    return tuple(label for above in part.above for label in _of(above))


def labels(parts: Blocks, *, without: str | None = None) -> tuple[Label, ...]:
    """All labels among the parts of an entry, a sense or an example, in printed order."""
    if _LABELS.isdisjoint(parts.by_role):
        return ()
    return tuple(label for part in parts.with_roles(_LABELS) if part.role != without for label in _of(part))


def level_labels(sense: Element) -> tuple[Label, ...]:
    """The level of one sense, from the attributes of its element: CEFR and word list."""
    if _LEVEL_ATTRIBUTES.isdisjoint(sense.attributes):
        return ()
    levels = [f"CEFR {level.upper()}" for name in _CEFR_ATTRIBUTES if (level := sense.attribute(name))]
    lists = [listed for name, listed in _LIST_ATTRIBUTES.items() if sense.attribute(name) == "y"]
    return tuple(Label(text=found, type="usage") for found in dict.fromkeys(levels + lists))


def printed_labels(node: Element) -> tuple[Label, ...]:
    """``(informal, especially British English)`` → two labels, each of its own type."""
    return tuple(Label(text=found, type=_type(found)) for found in _separated(node))


def bare(printed: str) -> str:
    """A label or transcription without the brackets around it."""
    return printed.strip("()[] ")


def _of(part: Block) -> tuple[Label, ...]:
    """The labels that a part with a role of ``_LABELS`` prints."""
    if part.role == "labels":
        return printed_labels(part.node)
    if part.role in ("grammar", "part_of_speech"):
        return tuple(Label(text=found, type="grammar") for found in _separated(part.node))
    if part.role == "topics":
        return tuple(Label(text=found, type="domain") for found in texts(part.node.every("topic_name", "xh")))
    return _whole(part.node, "usage" if part.role == "use" else "restriction")


def patterns(parts: Blocks) -> tuple[str, ...]:
    """The bold frames (``cf``), as printed."""
    return texts(parts.of("pattern"))


def _whole(node: Element, label_type: LabelType) -> tuple[Label, ...]:
    found = bare(node.text())
    return (Label(text=found, type=label_type),) if found else ()


def _separated(node: Element) -> list[str]:
    return [found for piece in bare(node.text()).split(",") if (found := piece.strip())]


def _type(label: str) -> LabelType:
    if _REGION.search(label):
        return "region"
    plain = _QUALIFIERS.sub("", label).strip()
    if plain in _REGISTERS:
        return "register"
    return "domain" if plain in _DOMAINS else "usage"
