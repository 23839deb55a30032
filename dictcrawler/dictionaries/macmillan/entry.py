"""Drafts: an entry and its senses while they are read, and how they become objects of the model."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from dictcrawler.dictionaries.macmillan.head import Head
from dictcrawler.dictionaries.macmillan.tree import Link
from dictcrawler.model import (
    Box,
    Definition,
    Example,
    Label,
    LexicalEntry,
    Relation,
    RelationType,
    Sense,
)
from dictcrawler.parsing.publishable import free_id

LANGUAGES = {"american": "en-US", "british": "en-GB"}
NO_SENSE_ID = "missing-id:sense"


class Child(msgspec.Struct):
    """An embedded entry, and its relation to the entry around it."""

    kind: RelationType
    entry: EntryDraft


class EntryDraft(Head, kw_only=True):
    """An entry: the page's own, or a derived word or embedded phrasal verb in it."""

    id: str
    homograph_number: str | None = None
    indicators: dict[str, str] = msgspec.field(default_factory=dict)
    senses: list[SenseDraft] = msgspec.field(default_factory=list)
    relations: list[Relation] = msgspec.field(default_factory=list)
    boxes: list[Box] = msgspec.field(default_factory=list)
    children: list[Child] = msgspec.field(default_factory=list)
    warnings: set[str] = msgspec.field(default_factory=set)

    @property
    def says_something(self) -> bool:
        """Whether anything but a head was found."""
        return bool(any(sense.says_something for sense in self.senses) or self.relations or self.boxes or self.children)

    def entries(self, around: Link | None = None) -> Iterator[LexicalEntry]:
        """This entry, then those inside it; ``around`` is the entry that contains this one."""
        me = Link(self.headword or self.id, "", self.id)
        inside = [child for child in self.children if child.entry.headword]
        taken = {self.id}
        for child in inside:
            child.entry.id = free_id(child.entry.id, taken)
            taken.add(child.entry.id)
        to_inside = [Relation(type=child.kind, text=child.entry.headword or "", to=child.entry.id) for child in inside]
        to_around = [Relation(type="main_entry", text=around.text, to=around.to)] if around else []
        yield self._entry(me.text, [*to_inside, *to_around])
        for child in inside:
            yield from child.entry.entries(me)

    def _entry(self, headword: str, kin: list[Relation]) -> LexicalEntry:
        kept = [sense for sense in self.senses if sense.says_something]
        ids = self._sense_ids(kept)
        from_senses = [replace(relation, from_=ids[id(sense)]) for sense in kept for relation in sense.relations]
        return LexicalEntry(
            id=self.id,
            dictionary="macmillan",
            edition=self.place.edition,
            lang=LANGUAGES[self.place.edition],
            headword=headword,
            homograph_number=self.homograph_number,
            parts_of_speech=(),
            raw_parts_of_speech=tuple(self.parts_of_speech),
            labels=tuple(self.labels),
            frequency=self.frequency,
            pronunciations=tuple(self.pronunciations),
            inflected_forms=tuple(self.forms),
            etymologies=(),
            senses=tuple(sense.finished(ids) for sense in kept),
            relations=(*from_senses, *self.relations, *kin),
            boxes=tuple(self.boxes),
        )

    def _sense_ids(self, senses: list[SenseDraft]) -> dict[int, str]:
        """The senses' ids in the feed. A sense without an id in the source is numbered, with a warning; an id that
        the source uses twice gets a suffix."""
        ids: dict[int, str] = {}
        taken: set[str] = set()
        for ordinal, sense in enumerate(senses, 1):
            if sense.anchor is None:
                self.warnings.add(NO_SENSE_ID)
            own_id = free_id(f"{self.id}#{sense.anchor or f'sense-{ordinal}'}", taken)
            taken.add(own_id)
            ids[id(sense)] = own_id
        return ids


class SenseDraft(msgspec.Struct, kw_only=True):
    """A sense or, with a ``parent``, a sub-sense. ``see`` is the text of its cross references, which becomes the
    definition when there is no other."""

    entry: EntryDraft
    anchor: str | None
    parent: SenseDraft | None = None
    number: str | None = None
    variant: str | None = None
    contributor: str | None = None
    labels: list[Label] = msgspec.field(default_factory=list)
    definitions: list[Definition] = msgspec.field(default_factory=list)
    examples: list[Example] = msgspec.field(default_factory=list)
    relations: list[Relation] = msgspec.field(default_factory=list)
    see: list[str] = msgspec.field(default_factory=list)
    has_sub_senses: bool = False

    @property
    def says_something(self) -> bool:
        """Whether anything but a number and labels was found."""
        return bool(
            self.definitions or self.examples or self.relations or self.variant or self.see or self.has_sub_senses
        )

    def finished(self, ids: dict[int, str]) -> Sense:
        """The model's sense; ``ids`` are those of all senses of the entry, by ``id()`` of their drafts."""
        see = (Definition(text=text, definition_type="see") for text in self.see if not self.definitions)
        return Sense(
            id=ids[id(self)],
            number=self.full_number(),
            parent=ids[id(self.parent)] if self.parent else None,
            indicator=self.entry.indicators.get(self.anchor) if self.anchor else None,
            variant=self.variant,
            contributor=self.contributor,
            labels=tuple(self.labels),
            definitions=(*self.definitions, *see),
            examples=tuple(self.examples),
        )

    def full_number(self) -> str | None:
        """``2a``: the page prints only the letter of a sub-sense."""
        if self.number is None or self.parent is None:
            return self.number
        return f"{self.parent.full_number() or ''}{self.number}"
