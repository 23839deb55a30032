"""The senses of a Macmillan entry.

Generation B: ``div.SENSE > div.SENSE-BODY``; C: ``.entry-sense > div.SENSE-BODY > .SENSE-CONTENT``. Sub-senses are
inside the body of their sense in both, so each level is walked with a table of its own.
"""

from __future__ import annotations

from functools import partial

from dictcrawler.dictionaries.macmillan import address, boxes, relations
from dictcrawler.dictionaries.macmillan.classes import LABELS
from dictcrawler.dictionaries.macmillan.entry import EntryDraft, SenseDraft
from dictcrawler.dictionaries.macmillan.examples import examples
from dictcrawler.dictionaries.macmillan.tree import Place, Read, every, skip, walk
from dictcrawler.model import Definition, DefinitionType, Relation, RelationType
from dictcrawler.parsing import inflected, markup
from dictcrawler.parsing.markup import Node

OPEN_DICTIONARY = "Open Dictionary"

_USAGE = frozenset({"USAGUC"})
_LABELS = frozenset(LABELS)
_BODIES = frozenset({"SENSE-BODY", "SENSE-CONTENT", "SUB-SENSE-BODY", "SUB-SENSE-CONTENT"})


def read_sense(sense: SenseDraft, node: Node) -> None:
    """Read a sense, then its sub-senses, into its entry."""
    sense.entry.senses.append(sense)
    if sense.anchor is None:
        sense.anchor = anchor_inside(node)
    walk(node, _SUB_SENSE_TABLE if sense.parent else SENSE_TABLE, sense)


def anchor_inside(node: Node) -> str | None:
    """The sense id on a wrapper inside the sense; generation C does not always put it in the same place."""
    for child in markup.elements(node):
        if SENSE_TABLE.keys().isdisjoint(markup.classes(child)):
            own = child.attributes.get("id")
            found = own if own and address.is_sense_anchor(own) else anchor_inside(child)
            if found:
                return found
    return None


def read_box(entry: EntryDraft, node: Node) -> bool:
    """Read the note that an element frames; ``False`` when it frames none."""
    if not boxes.is_box(node):
        return False
    entry.relations.extend(boxes.arrows(entry.place, node))
    entry.boxes.append(boxes.box(entry.place, node))
    return True


def read_box_around(entry: EntryDraft, head: Node) -> None:
    """Read the note around a head when no known element frames it."""
    read_box(entry, head.parent or head)


def credit(sense: SenseDraft, node: Node, _anchor: str | None) -> None:
    """Who submitted an Open Dictionary sense, from where and when, as far as it is printed."""
    place = sense.entry.place
    parts = place.texts(every(node, ".user, .country, .date"))
    sense.contributor = ", ".join(parts) or place.text(node) or sense.contributor


def _number(sense: SenseDraft, node: Node, _anchor: str | None) -> None:
    sense.number = sense.entry.place.text(node).rstrip(".") or None


def _label(name: str, sense: SenseDraft, node: Node, _anchor: str | None) -> None:
    sense.labels.extend(sense.entry.place.label(node, name))


def _variant(sense: SenseDraft, node: Node, _anchor: str | None) -> None:
    """The phrase that a sense is about; commas separate several."""
    place = sense.entry.place
    found = place.texts(node.css(".BASE") or [node], _LABELS)
    sense.variant = ", ".join(filter(None, (sense.variant, *found))) or None
    sense.labels.extend(place.labels_below(node))


def _bold(sense: SenseDraft, node: Node, anchor: str | None) -> None:
    """Generation B: a ``strong`` is such a phrase only if it is a child of the body."""
    if node.parent is not None and not _BODIES.isdisjoint(markup.classes(node.parent)):
        _variant(sense, node, anchor)


def _define(kind: DefinitionType, sense: SenseDraft, node: Node, _anchor: str | None) -> None:
    place = sense.entry.place
    whole = place.whole_text(node)
    text = place.text(node, _USAGE) if whole is None else whole
    usage = " ".join(place.texts(node.css(".USAGUC"))) or None if whole is None else None
    if text and _is_reference(node, text):
        sense.definitions.append(Definition(text=text, definition_type="same_as", usage=usage))
        sense.relations.extend(relations.see_reference(place, node).relations)
    elif text:
        lemma = inflected.lemma(text)
        sense.definitions.append(Definition(text=text, definition_type="form_of" if lemma else kind, usage=usage))
        sense.relations.extend(_lemma(place, node, lemma) if lemma else ())
    elif usage:
        sense.definitions.append(Definition(text=usage, definition_type=kind))


def _lemma(place: Place, node: Node, lemma: str) -> list[Relation]:
    """The word of which a definition calls the headword a form."""
    linked = [relation for relation in place.related("main_entry", node) if relation.text == lemma]
    return linked or [Relation(type="main_entry", text=lemma)]


def _is_reference(node: Node, text: str) -> bool:
    """Whether a definition is nothing but another headword (``HW``)."""
    word = markup.first(node, ".HW")
    return word is not None and markup.text(word) == text


def _same_as(sense: SenseDraft, node: Node, anchor: str | None) -> None:
    _define("same_as", sense, node, anchor)
    if inflected.lemma(sense.entry.place.text(node)):
        return
    sense.relations.extend(relations.see_reference(sense.entry.place, node).relations)


def _group_reference(sense: SenseDraft, node: Node, _anchor: str | None) -> None:
    found = relations.group_reference(sense.entry.place, node)
    if found.text:
        sense.definitions.append(Definition(text=found.text, definition_type=found.definition_type))
    sense.relations.extend(found.relations)


def _see(sense: SenseDraft, node: Node, _anchor: str | None) -> None:
    found = relations.see_reference(sense.entry.place, node)
    sense.see.extend(filter(None, [found.text]))
    sense.relations.extend(found.relations)


def _box_or_see(sense: SenseDraft, node: Node, anchor: str | None) -> None:
    if not read_box(sense.entry, node):
        _see(sense, node, anchor)


def _frame(sense: SenseDraft, node: Node, anchor: str | None) -> None:
    if not read_box(sense.entry, node):
        walk(node, _SUB_SENSE_TABLE if sense.parent else SENSE_TABLE, sense, anchor)


def _box_around(sense: SenseDraft, node: Node, _anchor: str | None) -> None:
    read_box_around(sense.entry, node)


def _examples(sense: SenseDraft, node: Node, _anchor: str | None) -> None:
    sense.examples.extend(examples(sense.entry.place, node))


def _thesaurus(sense: SenseDraft, node: Node, _anchor: str | None) -> None:
    sense.relations.extend(relations.thesaurus(sense.entry.place, node))


def _links(kind: RelationType, sense: SenseDraft, node: Node, _anchor: str | None) -> None:
    sense.relations.extend(sense.entry.place.related(kind, node))


def _open(sense: SenseDraft, node: Node, anchor: str | None) -> None:
    sense.contributor = sense.contributor or OPEN_DICTIONARY
    walk(node, SENSE_TABLE, sense, anchor)


def _sub_senses(sense: SenseDraft, node: Node, anchor: str | None) -> None:
    walk(node, _SUB_SENSES_TABLE, sense, anchor)


def _sub_sense(sense: SenseDraft, node: Node, anchor: str | None) -> None:
    sense.has_sub_senses = True
    read_sense(SenseDraft(entry=sense.entry, anchor=anchor, parent=sense), node)


_SUB_SENSE_TABLE: dict[str, Read[SenseDraft]] = {
    **{name: partial(_label, name) for name in LABELS},
    "SENSE-NUM": _number,
    "SENSE-VARIANT": _variant,
    "PHRASE-VARIANT": _variant,
    "MULTIWORD": _variant,
    "<strong>": _bold,
    "DEFINITION": partial(_define, "full"),
    "openDef": partial(_define, "full"),
    "QUICK-DEFINITION": partial(_define, "quick"),
    "SAMEAS": _same_as,
    "GREF-GROUP": _group_reference,
    "MAIN-XREF": _see,
    "SEEALSO-GROUP": _see,
    "SEEALSO": _see,
    "VOCAB-XREF": _see,
    "EXAMPLES": _examples,
    "THES": _thesaurus,
    "thessnippet": _thesaurus,
    "PHR-XREF": partial(_links, "phrase"),
    "PV-XREF": partial(_links, "phrasal_verb"),
    "ONE-BOX": _box_or_see,
    "sidebox": _frame,
    "toggleable": _frame,
    "USAGE-NOTE": _frame,
    "ONEBOX-HEAD": _box_around,
    "USAGE-NOTE-HEAD": _box_around,
    "SUB-SENSES": _sub_senses,
    "DETAILS": credit,
    "details": credit,
    "openDETAIL": credit,
    "open-footer-content": credit,
    "SEP": skip,
}
_SUB_SENSES_TABLE: dict[str, Read[SenseDraft]] = {
    "SUB-SENSE": _sub_sense,
    "SUB-SENSE-BODY": _sub_sense,
    "SUB-SENSE-CONTENT": _sub_sense,
}
SENSE_TABLE: dict[str, Read[SenseDraft]] = {
    **_SUB_SENSE_TABLE,
    **_SUB_SENSES_TABLE,
    "entry-od-sense": _open,
    "greybackground": _open,
}
READ = frozenset({*SENSE_TABLE, "USAGUC", "user", "country", "date"})
