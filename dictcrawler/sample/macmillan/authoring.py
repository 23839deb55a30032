"""Functions for writing entries by hand: short calls that make complete records.

The source's own ids are numbered as on the real site: one counter for each page, shared by senses, examples, boxes,
lists of phrases and run-ons, in printed order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from string import ascii_lowercase

from dictcrawler.model import (
    Box,
    Definition,
    DefinitionType,
    Example,
    Frequency,
    InflectedForm,
    Label,
    LexicalEntry,
    Pronunciation,
    Relation,
    RelationType,
    Sense,
    Transcription,
)
from dictcrawler.sample.writing import slug_of

DICTIONARY = "macmillan"
HOST = "https://www.macmillandictionary.com"
# The first part is the edition of the site, the last the dictionary.
PREFIXES = {"american": "/us/dictionary/american", "british": "/dictionary/british"}
LANGUAGES = {"american": "en-US", "british": "en-GB"}
# A definition that only names another word, and the relation to that word.
_REFERENCES: dict[DefinitionType, RelationType] = {"same_as": "see_also", "form_of": "main_entry"}
# The heading of the rows of persons in a verb's table of forms.
PRESENT = "present tense"
_RECORDINGS = {"american": ("us", "American"), "british": ("uk", "British")}


def grammar(text: str) -> Label:
    """A grammar code."""
    return Label(text=text, type="grammar")


def register(text: str) -> Label:
    """A register label."""
    return Label(text=text, type="register")


def region(text: str) -> Label:
    """A dialect label."""
    return Label(text=text, type="region")


def domain(text: str) -> Label:
    """A subject label."""
    return Label(text=text, type="domain")


def restriction(text: str) -> Label:
    """A restriction on use."""
    return Label(text=text, type="restriction")


COUNTABLE = grammar("countable")
UNCOUNTABLE = grammar("uncountable")
TRANSITIVE = grammar("transitive")
INTRANSITIVE = grammar("intransitive")
INFORMAL = register("informal")
FORMAL = register("formal")
SPOKEN = register("mainly spoken")


def ex(text: str, pattern: str | None = None, gloss: str | None = None) -> Example:
    """One example, perhaps with the bold pattern before it and a gloss."""
    return Example(text=text, pattern=pattern, gloss=gloss, labels=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A sense without id and number."""

    definitions: tuple[Definition, ...]
    examples: tuple[Example, ...]
    labels: tuple[Label, ...]
    indicator: str | None
    variant: str | None
    contributor: str | None
    subs: tuple[Draft, ...]
    thesaurus: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def sense(  # noqa: PLR0913 — one keyword for each thing the dictionary may print
    definition: str,
    *examples: str | Example,
    kind: DefinitionType = "full",
    usage: str | None = None,
    labels: Sequence[Label] = (),
    indicator: str | None = None,
    variant: str | None = None,
    contributor: str | None = None,
    subs: Sequence[Draft] = (),
    thesaurus: Sequence[tuple[str, tuple[tuple[str, str], ...]]] = (),
) -> Draft:
    """A sense; ``thesaurus`` is ``((heading, ((word, its own sense id), …)), …)``.

    An empty definition makes the sense of a run-on, which has examples only.
    """
    defined = (Definition(text=definition, definition_type=kind, usage=usage),) if definition else ()
    return Draft(
        definitions=defined,
        examples=tuple(ex(item) if isinstance(item, str) else item for item in examples),
        labels=tuple(labels),
        indicator=indicator,
        variant=variant,
        contributor=contributor,
        subs=tuple(subs),
        thesaurus=tuple(thesaurus),
    )


def said(ipa: str | None, recording: str, edition: str = "american", *labels: Label) -> Pronunciation:
    """A pronunciation with its two recordings; ``ipa`` is ``None`` for compounds."""
    short, dialect = _RECORDINGS[edition]
    name = f"{recording}_{dialect}_English_pronunciation"
    folders = f"{recording[:1]}/{name[:3]}/{name[:5]}/{name}"
    transcriptions = (Transcription(text=ipa, scheme=f"{LANGUAGES[edition]}-fonipa"),) if ipa else ()
    return Pronunciation(
        transcriptions=transcriptions,
        sound_file=f"{HOST}/media/{edition}/{short}_pron/{folders}.mp3",
        alternate_sound_files=(f"{HOST}/media/{edition}/{short}_pron_ogg/{folders}.ogg",),
        labels=labels,
    )


def form(tag: str, text: str) -> InflectedForm:
    """One row of the table of forms."""
    return InflectedForm(text=text, tag=tag, labels=())


def verb_forms(base: str, third: str, participle: str, past: str, past_participle: str) -> tuple[InflectedForm, ...]:
    """The five rows of a verb's table."""
    tags = (f"{PRESENT}, I/you/we/they", f"{PRESENT}, he/she/it", "present participle", "past tense", "past participle")
    return tuple(map(form, tags, (base, third, participle, past, past_participle)))


def noun_forms(singular: str, plural: str) -> tuple[InflectedForm, ...]:
    """The two rows of a noun's table."""
    return (form("singular", singular), form("plural", plural))


def address(identifier: str) -> str:
    """The site's address of an entry or sense id of ours."""
    entry_id, _, anchor = identifier.partition("#")
    _, edition, slug = entry_id.split(":")
    return f"{HOST}{PREFIXES[edition]}/{slug}" + (f"#{anchor}" if anchor else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A run-on or an embedded phrasal verb: an entry of its own on its parent's page."""

    headword: str
    part_of_speech: str
    relation: RelationType
    pronunciations: tuple[Pronunciation, ...]
    labels: tuple[Label, ...]
    senses: tuple[Draft, ...]


def run_on(headword: str, part_of_speech: str, *examples: str | Example, spoken: Pronunciation | None = None) -> Child:
    """A derived word at the foot of the entry, with examples and no definition."""
    return Child(
        headword=headword,
        part_of_speech=part_of_speech,
        relation="derived",
        pronunciations=(spoken,) if spoken else (),
        labels=(),
        senses=(sense("", *examples),) if examples else (),
    )


def embedded(headword: str, *senses: Draft, labels: Sequence[Label] = ()) -> Child:
    """A phrasal verb whose senses are printed on the verb's page."""
    return Child(
        headword=headword,
        part_of_speech="phrasal verb",
        relation="phrasal_verb",
        pronunciations=(),
        labels=tuple(labels),
        senses=senses,
    )


def entry(  # noqa: PLR0913 — one keyword for each thing the dictionary may print
    slug: str,
    headword: str,
    parts_of_speech: str,
    *senses: Draft,
    edition: str = "american",
    stars: int = 0,
    labels: Sequence[Label] = (),
    spoken: Sequence[Pronunciation] = (),
    forms: Sequence[InflectedForm] = (),
    phrases: Sequence[str] = (),
    phrasal_verbs: Sequence[str] = (),
    see_also: Sequence[tuple[str, str]] = (),
    homographs: Sequence[str] = (),
    related: Sequence[str] = (),
    boxes: Sequence[Box] = (),
    children: Sequence[Child] = (),
    counterpart: bool = False,
) -> tuple[LexicalEntry, ...]:
    """The entries of one page: the entry, then its run-ons and embedded phrasal verbs.

    ``homographs`` are the addresses of the other pages of the headword; with ``counterpart``
    the other edition has the same address.
    """
    page = _Page(slug=slug, edition=edition, headword=headword)
    numbered = page.number_senses(senses, page.entry_id, sum(map(stands_in_sense, boxes)))
    inside = [(child, page.child(child)) for child in children]
    relations = (
        *(relation for draft, made in numbered for relation in page.from_sense(draft, made)),
        *(page.link("phrase", phrase, slug_of(phrase)) for phrase in phrases),
        *(page.link("phrasal_verb", verb, slug_of(verb)) for verb in phrasal_verbs),
        *(page.link("see_also", text, target) for text, target in see_also),
        *(Relation(type=child.relation, text=made.headword, to=made.id) for child, made in inside),
        *(page.link("homograph", headword, other) for other in homographs),
        *(page.link("related", word, slug_of(word)) for word in related),
        *([page.counterpart()] if counterpart else []),
    )
    main = page.record(
        page.entry_id,
        headword,
        tuple(parts_of_speech.split(", ")) if parts_of_speech else (),
        labels=tuple(labels),
        frequency=(Frequency(scheme="macmillan_stars", value=str(stars), rank=stars, max=3),) if stars else (),
        pronunciations=tuple(spoken),
        inflected_forms=tuple(forms),
        senses=tuple(made for _, made in numbered),
        relations=relations,
        boxes=tuple(boxes),
    )
    return (main, *(made for _, made in inside))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """Hands out the ids of one page."""

    slug: str
    edition: str
    headword: str
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def entry_id(self) -> str:
        return self.id_of(self.slug)

    def id_of(self, slug: str) -> str:
        return f"{DICTIONARY}:{self.edition}:{slug}"

    def next_id(self) -> str:
        """The source's own id of the next part of the page."""
        return f"{self.slug}__{next(self.numbers)}"

    def link(self, relation: RelationType, text: str, slug: str) -> Relation:
        target = self.id_of(slug)
        return Relation(type=relation, text=text, to=target, url=address(target))

    def counterpart(self) -> Relation:
        (edition,) = LANGUAGES.keys() - {self.edition}
        target = f"{DICTIONARY}:{edition}:{self.slug}"
        return Relation(type="counterpart", text=self.headword, to=target, url=address(target))

    def from_sense(self, draft: Draft, made: Sense) -> Iterator[Relation]:
        """The relations of a sense: the word that replaces its definition, then its synonyms."""
        for definition in draft.definitions:
            if definition.definition_type in _REFERENCES:
                yield self.reference(definition, made)
        for heading, words in draft.thesaurus:
            for text, target in words:
                to = f"{self.id_of(target.rpartition('__')[0])}#{target}"
                yield Relation(type="synonym", text=text, from_=made.id, to=to, url=address(to), group=heading)

    def reference(self, definition: Definition, made: Sense) -> Relation:
        """``the past tense of feel`` becomes a relation to feel; the words before it are the group."""
        group, _, word = definition.text.rpartition(" ")
        to = self.id_of(slug_of(word))
        relation = _REFERENCES[definition.definition_type]
        return Relation(type=relation, text=word, from_=made.id, to=to, url=address(to), group=group or None)

    def number_senses(self, drafts: Sequence[Draft], entry_id: str, boxes: int = 0) -> list[tuple[Draft, Sense]]:
        """Senses and their sub-senses, flat; a lone sense is not numbered.

        ``boxes`` are printed under the first sense and take ids as well.
        """
        made: list[tuple[Draft, Sense]] = []
        for position, draft in enumerate(drafts, 1):
            number = str(position) if len(drafts) > 1 or draft.subs else None
            parent = self.sense(draft, entry_id, self.next_id(), number=number)
            made.append((draft, parent))
            for letter, sub in zip(ascii_lowercase, draft.subs, strict=False):
                own = self.next_id()
                made.append((sub, self.sense(sub, entry_id, own, number=f"{number}{letter}", parent=parent.id)))
            if position == 1:
                self.skip(boxes)
        return made

    def skip(self, ids: int) -> None:
        for _ in range(ids):
            next(self.numbers)

    def sense(
        self, draft: Draft, entry_id: str, own: str, *, number: str | None = None, parent: str | None = None
    ) -> Sense:
        """A sense; its examples take the ids that follow its own."""
        self.skip(len(draft.examples))
        return Sense(
            id=f"{entry_id}#{own}",
            number=number,
            parent=parent,
            indicator=draft.indicator,
            variant=draft.variant,
            contributor=draft.contributor,
            labels=draft.labels,
            definitions=draft.definitions,
            examples=draft.examples,
        )

    def child(self, child: Child) -> LexicalEntry:
        """An entry on another entry's page shares its id with its first sense."""
        own = self.next_id()
        many = len(child.senses) > 1
        senses = tuple(
            self.sense(
                draft,
                self.id_of(own),
                own if position == 1 else self.next_id(),
                number=str(position) if many else None,
            )
            for position, draft in enumerate(child.senses, 1)
        )
        return self.record(
            self.id_of(own),
            child.headword,
            (child.part_of_speech,),
            labels=child.labels,
            pronunciations=child.pronunciations,
            senses=senses,
            relations=(Relation(type="main_entry", text=self.headword, to=self.entry_id),),
        )

    def record(  # noqa: PLR0913 — the fields of a record
        self,
        entry_id: str,
        headword: str,
        parts_of_speech: tuple[str, ...],
        *,
        labels: tuple[Label, ...] = (),
        frequency: tuple[Frequency, ...] = (),
        pronunciations: tuple[Pronunciation, ...] = (),
        inflected_forms: tuple[InflectedForm, ...] = (),
        senses: tuple[Sense, ...] = (),
        relations: tuple[Relation, ...] = (),
        boxes: tuple[Box, ...] = (),
    ) -> LexicalEntry:
        return LexicalEntry(
            id=entry_id,
            dictionary=DICTIONARY,
            edition=self.edition,
            lang=LANGUAGES[self.edition],
            headword=headword,
            homograph_number=homograph_number(entry_id),
            parts_of_speech=(),
            raw_parts_of_speech=parts_of_speech,
            labels=labels,
            frequency=frequency,
            pronunciations=pronunciations,
            inflected_forms=inflected_forms,
            etymologies=(),
            senses=senses,
            relations=relations,
            boxes=boxes,
        )


def stands_in_sense(box: Box) -> bool:
    """Collocations are printed under the first sense, all other boxes at the foot of the entry."""
    return box.kind == "collocations"


def homograph_number(entry_id: str) -> str | None:
    """The ``2`` of ``call_2``; ``None`` for ``apple`` and for ids of the page's counter (``ambition__7``)."""
    found = re.search(r"[^_]_(\d+)$", entry_id)
    return found[1] if found else None
