"""The parts of a Macmillan entry around its senses: menu, phrases, references, boxes, embedded entries."""

from __future__ import annotations

from functools import partial

from dictcrawler.dictionaries.macmillan import address, boxes, examples, head, relations, senses
from dictcrawler.dictionaries.macmillan.entry import Child, EntryDraft, SenseDraft
from dictcrawler.dictionaries.macmillan.head import HEAD_TABLE, VARIANT_TABLE
from dictcrawler.dictionaries.macmillan.senses import (
    OPEN_DICTIONARY,
    SENSE_TABLE,
    anchor_inside,
    credit,
    read_box,
    read_box_around,
    read_sense,
)
from dictcrawler.dictionaries.macmillan.tree import Read, skip, walk
from dictcrawler.errors import InvalidKeyword
from dictcrawler.model import RelationType
from dictcrawler.parsing.markup import Node
from dictcrawler.parsing.own_address import is_slug

NO_ENTRY_ID = "missing-id:entry"


def read_body(entry: EntryDraft, node: Node) -> None:
    """Read everything of an entry but its headword."""
    walk(node, _ENTRY_TABLE, entry)


def _sense(entry: EntryDraft, node: Node, anchor: str | None) -> None:
    read_sense(SenseDraft(entry=entry, anchor=anchor), node)


def _open_sense(entry: EntryDraft, node: Node, anchor: str | None) -> None:
    read_sense(SenseDraft(entry=entry, anchor=anchor, contributor=OPEN_DICTIONARY), node)


def _credit_of_last(entry: EntryDraft, node: Node, anchor: str | None) -> None:
    if entry.senses and entry.senses[-1].contributor:
        credit(entry.senses[-1], node, anchor)


def _senses(entry: EntryDraft, node: Node, anchor: str | None) -> None:
    walk(node, _SENSES_TABLE, entry, anchor)


def _menu(entry: EntryDraft, node: Node, _anchor: str | None) -> None:
    """``#menu`` or ``.definitions-list``: the short definition of each sense, linked to it."""
    for a in node.css("a"):
        anchor = (a.attributes.get("href") or "").partition("#")[2].strip()
        text = entry.place.text(a)
        if text and anchor:
            entry.indicators[anchor] = text


def _links(kind: RelationType, entry: EntryDraft, node: Node, _anchor: str | None) -> None:
    entry.relations.extend(entry.place.related(kind, node))


def _group_reference(entry: EntryDraft, node: Node, _anchor: str | None) -> None:
    entry.relations.extend(relations.group_reference(entry.place, node).relations)


def _see(entry: EntryDraft, node: Node, _anchor: str | None) -> None:
    entry.relations.extend(relations.see_reference(entry.place, node).relations)


def _box_or_see(entry: EntryDraft, node: Node, anchor: str | None) -> None:
    if not read_box(entry, node):
        _see(entry, node, anchor)


def _frame(entry: EntryDraft, node: Node, anchor: str | None) -> None:
    """Layout that may frame a note."""
    if not read_box(entry, node):
        walk(node, _ENTRY_TABLE, entry, anchor)


def _box_around(entry: EntryDraft, node: Node, _anchor: str | None) -> None:
    read_box_around(entry, node)


def _note(kind: str, entry: EntryDraft, node: Node, _anchor: str | None) -> None:
    entry.boxes.append(boxes.note(entry.place, node, kind))


def _derived(entry: EntryDraft, node: Node, anchor: str | None) -> None:
    """``RUNON``: a derived word, mostly with examples and without a definition."""
    child = _child(entry, node, "derived")
    anchor = anchor or anchor_inside(node)
    own = anchor if anchor and is_slug(anchor) else own_slug(child)
    child.id = f"macmillan:{entry.place.edition}:{own}"
    sense = SenseDraft(entry=child, anchor=anchor)
    child.senses.append(sense)
    walk(node, _DERIVED_TABLE, sense)


def _phrasal_verb(entry: EntryDraft, node: Node, _anchor: str | None) -> None:
    """``phrasalverb``: an embedded phrasal verb with senses of its own.

    Its id comes from its senses: ``pack-in__1`` is a sense of ``pack-in``. If its senses are numbered with those of the
    surrounding entry (``pack_1__9``), its id is that of the first.
    """
    child = _child(entry, node, "phrasal_verb")
    walk(node, _PHRASAL_VERB_TABLE, child)
    anchor = next((sense.anchor for sense in child.senses if sense.anchor), "")
    own = address.slug_of_sense(anchor) or own_slug(child)
    is_shared = entry.id.endswith(f":{own}")
    child.id = f"macmillan:{entry.place.edition}:{anchor if is_shared else own}"
    child.homograph_number = None if is_shared else address.homograph_number(own)


def _child(entry: EntryDraft, node: Node, kind: RelationType) -> EntryDraft:
    child = EntryDraft(place=entry.place, id="", indicators=entry.indicators, warnings=entry.warnings)
    walk(node, _HEAD_INSIDE_TABLE, child)
    entry.children.append(Child(kind, child))
    return child


def _head_inside(child: EntryDraft, node: Node, _anchor: str | None) -> None:
    walk(node, VARIANT_TABLE, child)


def own_slug(entry: EntryDraft) -> str:
    """The slug that the headword would have, for an entry to which the source gives no id."""
    entry.warnings.add(NO_ENTRY_ID)
    try:
        return address.slug(entry.headword or "")
    except InvalidKeyword:
        return "unnamed"


_SENSES: dict[str, Read[EntryDraft]] = {
    "SENSE": _sense,
    "entry-sense": _sense,
    "SENSE-BODY": _sense,
    "SENSE-CONTENT": _sense,
    "phrasalverbsense": _sense,
    "entry-od-sense": _open_sense,
    "greybackground": _open_sense,
    "openSense": _open_sense,
    "DETAILS": _credit_of_last,
    "details": _credit_of_last,
    "openDETAIL": _credit_of_last,
    "open-footer-content": _credit_of_last,
}
# Elements allowed in the list of senses and after it; none of them belongs to a head.
_SENSES_TABLE: dict[str, Read[EntryDraft]] = {
    **_SENSES,
    "PHR-XREF": partial(_links, "phrase"),
    "PV-XREF": partial(_links, "phrasal_verb"),
    "#phrasal_verbs_container": partial(_links, "phrasal_verb"),
    "GREF-GROUP": _group_reference,
    "SAMEAS": _see,
    "MAIN-XREF": _see,
    "SEEALSO-GROUP": _see,
    "SEEALSO": _see,
    "VOCAB-XREF": _see,
    "ONE-BOX": _box_or_see,
    "sidebox": _frame,
    "toggleable": _frame,
    "USAGE-NOTE": _frame,
    "ONEBOX-HEAD": _box_around,
    "USAGE-NOTE-HEAD": _box_around,
    "SUMMARY": partial(_note, "grammar"),
    "PROPERTIES": partial(_note, "facts"),
    "RUNON": _derived,
    "phrasalverb": _phrasal_verb,
    "R-HEAD": skip,
    "PV-HEAD": skip,
}
_ENTRY_TABLE: dict[str, Read[EntryDraft]] = {
    **HEAD_TABLE,
    **_SENSES_TABLE,
    "#menu": _menu,
    "definitions-list": _menu,
    "senses": _senses,
}
_HEAD_INSIDE_TABLE: dict[str, Read[EntryDraft]] = {"R-HEAD": _head_inside, "PV-HEAD": _head_inside}
_DERIVED_TABLE: dict[str, Read[SenseDraft]] = {**SENSE_TABLE, "R-HEAD": skip}
_PHRASAL_VERB_TABLE: dict[str, Read[EntryDraft]] = {**_SENSES_TABLE}

# Every class that some function of the entry's modules reads.
READ = (
    frozenset({*_ENTRY_TABLE, "R-HEAD", "PV-HEAD"})
    | head.READ
    | senses.READ
    | examples.READ
    | relations.READ
    | boxes.READ
)
