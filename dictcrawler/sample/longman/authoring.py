"""Functions for writing pages by hand: short calls that make complete records.

The site's own ids come from one counter for each page. The first entry of a page takes none, every further entry and
every sense takes the next, in printed order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from string import ascii_lowercase

from msgspec.structs import replace

from dictcrawler.model import (
    Box,
    Definition,
    Etymology,
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

HOST = "https://www.ldoceonline.com"
PREFIX = "longman:english:"
BUSINESS = Label(text="Longman Business Dictionary", type="domain")
THESAURUS = "THESAURUS: "
FAMILY = "Word family: "

COUNTABLE = Label(text="countable", type="grammar")
UNCOUNTABLE = Label(text="uncountable", type="grammar")
TRANSITIVE = Label(text="transitive", type="grammar")
INTRANSITIVE = Label(text="intransitive", type="grammar")
INFORMAL = Label(text="informal", type="register")
SPOKEN = Label(text="spoken", type="register")
BRITISH = Label(text="British English", type="region")
AMERICAN = Label(text="American English", type="region")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A sense without id and number, and its cross references."""

    sense: Sense
    links: tuple[Relation, ...]
    subs: tuple[Draft, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft:
    """An entry without ids, and the entries printed in it and after it."""

    content: LexicalEntry
    senses: tuple[Draft, ...]
    run_ons: tuple[LexicalEntry, ...]
    phrasal_verbs: tuple[str, ...]


def domain(text: str) -> Label:
    """A subject: in capitals before a definition, else a topic at the head of the entry."""
    return Label(text=text, type="domain")


def ex(text: str, pattern: str | None = None, gloss: str | None = None, section: str | None = None) -> Example:
    """An example, perhaps with its pattern and a gloss; ``section`` is the heading in a box of collocations."""
    labels = (Label(text=section, type="usage"),) if section else ()
    return Example(text=text, pattern=pattern, gloss=gloss, labels=labels)


def sense(  # noqa: PLR0913 — one keyword for each thing the dictionary may print
    definition: str,
    *examples: str | Example,
    signpost: str | None = None,
    unit: str | None = None,
    labels: Sequence[Label] = (),
    synonyms: Sequence[str] = (),
    opposites: Sequence[str] = (),
    see: Sequence[str] = (),
    subs: Sequence[Draft] = (),
) -> Draft:
    """A sense; without a definition, one that only has sub-senses or points to ``see``."""
    full = (Definition(text=definition, definition_type="full"),) if definition else ()
    pointed = () if subs else tuple(Definition(text=text, definition_type="see") for text in see)
    return Draft(
        sense=Sense(
            id="",
            indicator=signpost,
            variant=unit,
            labels=tuple(labels),
            definitions=full or pointed,
            examples=tuple(ex(item) if isinstance(item, str) else item for item in examples),
        ),
        links=(
            *(Relation(type="synonym", text=text) for text in synonyms),
            *(Relation(type="antonym", text=text) for text in opposites),
            *(_linked("see_also", text) for text in see),
        ),
        subs=tuple(subs),
    )


def thesaurus(word: str, text: str, *examples: str) -> Box:
    """One word of a thesaurus box."""
    return Box(kind="thesaurus", title=word, text=text, examples=tuple(map(ex, examples)))


def note(kind: str, title: str, text: str, *examples: str) -> Box:
    """A note on grammar or register."""
    return Box(kind=kind, title=title, text=text, examples=tuple(map(ex, examples)))


def collocations(*examples: Example) -> Box:
    """A box of collocations; each example names its section."""
    return Box(kind="collocations", title="COLLOCATIONS", examples=examples)


def corpus(title: str, *sentences: str) -> Box:
    """Sentences of the corpus that contain the same phrase."""
    return Box(kind="corpus_examples", title=title, examples=tuple(map(ex, sentences)))


def said(recording: str, british: str | None, american: str | None = None) -> tuple[Pronunciation, ...]:
    """Both accents with their recordings; the American one is transcribed only where it differs."""
    accents = (("bre", british, "en-GB-fonipa", BRITISH), ("ame", american, "en-US-fonipa", AMERICAN))
    return tuple(
        Pronunciation(
            transcriptions=(Transcription(text=ipa, scheme=scheme),) if ipa else (),
            sound_file=f"{HOST}/media/english/{folder}Prons/{recording}.mp3",
            alternate_sound_files=(),
            labels=(region,),
        )
        for folder, ipa, scheme, region in accents
    )


def form(tag: str, text: str, *labels: Label) -> InflectedForm:
    """An inflection or, with the tag "also", another spelling."""
    return InflectedForm(text=text, tag=tag, labels=labels)


def run_on(headword: str, part_of_speech: str, *examples: str) -> LexicalEntry:
    """A derived word at the foot of the entry, with examples and no definition."""
    found = tuple(map(ex, examples))
    senses = (Sense(id="", labels=(), definitions=(), examples=found),) if found else ()
    return _blank(headword, part_of_speech, senses=senses)


def entry(  # noqa: PLR0913 — one keyword for each thing the dictionary may print
    headword: str,
    part_of_speech: str,
    *senses: Draft,
    hyphenation: str | None = None,
    homograph: str | None = None,
    business: bool = False,
    labels: Sequence[Label] = (),
    frequency: str = "",
    spoken: Sequence[Pronunciation] = (),
    forms: Sequence[InflectedForm] = (),
    see: Sequence[str] = (),
    alike: str = "",
    boxes: Sequence[Box] = (),
    run_ons: Sequence[LexicalEntry] = (),
    phrasal_verbs: Sequence[str] = (),
    origin: str | None = None,
) -> EntryDraft:
    """An entry; ``frequency`` as printed ("●●● S1"), ``alike`` the heading of its thesaurus box."""
    listed = [box.title or "" for box in boxes if box.kind == "thesaurus" and box.title != headword]
    content = replace(
        _blank(headword, part_of_speech),
        hyphenation=hyphenation or headword,
        homograph_number=homograph,
        labels=(*labels, *((BUSINESS,) if business else ())),
        frequency=tuple(map(_mark, frequency.split())),
        pronunciations=tuple(spoken),
        inflected_forms=tuple(forms),
        etymologies=(Etymology(description=origin),) if origin else (),
        relations=(
            *(_linked("see_also", text) for text in see),
            *(Relation(type="related", text=text, group=f"{THESAURUS}{alike}") for text in listed),
        ),
        boxes=tuple(boxes),
    )
    return EntryDraft(content=content, senses=senses, run_ons=tuple(run_ons), phrasal_verbs=tuple(phrasal_verbs))


def page(*drafts: EntryDraft, family: Sequence[tuple[str, str]] = ()) -> tuple[LexicalEntry, ...]:
    """The entries of a page, each followed by its run-ons.

    ``family`` is ``((part of speech, word), …)`` and belongs to the first entry.
    """
    slug = slug_of(drafts[0].content.headword)
    numbers = (f"{slug}__{number}" for number in count(1))
    made: list[LexicalEntry] = []
    for position, draft in enumerate(drafts):
        own = next(numbers) if position else slug
        made += _numbered(draft, own, numbers)
    words = (replace(_linked("related", word), group=f"{FAMILY}{group}") for group, word in family)
    return (replace(made[0], relations=(*made[0].relations, *words)), *made[1:])


def address(word: str) -> str:
    """The site's address of a word or phrase."""
    return f"{HOST}/dictionary/{slug_of(word)}"


def _numbered(draft: EntryDraft, own: str, numbers: Iterator[str]) -> Iterator[LexicalEntry]:
    content = draft.content
    entry_id = f"{PREFIX}{'business:' if BUSINESS in content.labels else ''}{own}"
    senses: list[Sense] = []
    links: list[Relation] = []
    for position, item in enumerate(draft.senses, 1):
        sense_id = f"{entry_id}#{next(numbers)}"
        number = str(position) if len(draft.senses) > 1 else None
        senses.append(replace(item.sense, id=sense_id, number=number))
        links += (replace(link, from_=sense_id) for link in item.links)
        for letter, sub in zip(ascii_lowercase, item.subs, strict=False):
            below = replace(sub.sense, id=f"{sense_id}{letter}", number=f"{number or ''}{letter}", parent=sense_id)
            senses.append(below)
            links += (replace(link, from_=below.id) for link in sub.links)
    derived = [_placed(run_on, entry_id, content.headword) for run_on in draft.run_ons]
    relations = (
        *links,
        *content.relations,
        *(Relation(type="derived", text=item.headword, to=item.id) for item in derived),
        *(_linked("phrasal_verb", text) for text in draft.phrasal_verbs),
    )
    yield replace(content, id=entry_id, senses=tuple(senses), relations=relations)
    yield from derived


def _placed(run_on: LexicalEntry, entry_id: str, headword: str) -> LexicalEntry:
    """The site gives run-ons no id: theirs is made of the main entry's id and the run-on's word."""
    own = f"{entry_id}:{run_on.headword}"
    return replace(
        run_on,
        id=own,
        senses=tuple(replace(item, id=f"{own}#sense_1") for item in run_on.senses),
        relations=(Relation(type="main_entry", text=headword, to=entry_id),),
    )


def _mark(text: str) -> Frequency:
    if text[0] in "●○":
        return Frequency(scheme="longman_level", value=str(text.count("●")), rank=text.count("●"), max=len(text))
    return Frequency(scheme="longman_spoken" if text[0] == "S" else "longman_written", value=text)


def _linked(type_: RelationType, text: str) -> Relation:
    return Relation(type=type_, text=text, url=address(text))


def _blank(headword: str, parts_of_speech: str, *, senses: tuple[Sense, ...] = ()) -> LexicalEntry:
    return LexicalEntry(
        id="",
        dictionary="longman",
        edition="english",
        lang="en-GB",
        headword=headword,
        parts_of_speech=(),
        raw_parts_of_speech=tuple(filter(None, parts_of_speech.split(", "))),
        labels=(),
        frequency=(),
        pronunciations=(),
        inflected_forms=(),
        etymologies=(),
        senses=senses,
        relations=(),
        boxes=(),
    )
