"""Functions for writing pages by hand: a page has language sections, a section etymologies, an etymology words.

The calls make the complete records that a crawl of the page must find. The heading anchors follow MediaWiki's rule:
each name occurs once on a page ("Noun", "Noun_2").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dictcrawler.model import (
    Box,
    Definition,
    Etymology,
    Example,
    InflectedForm,
    Label,
    LabelType,
    LexicalEntry,
    Pronunciation,
    Relation,
    RelationType,
    Sense,
    Transcription,
)

WIKI = "https://en.wiktionary.org/wiki/"
COMMONS = "https://upload.wikimedia.org/wikipedia/commons"
ALTERNATIVE = "alternative form"
# For each edition: the heading of its section, and its language code.
LANGUAGES = {"english": ("English", "en"), "german": ("German", "de"), "norwegian-bokmål": ("Norwegian Bokmål", "nb")}


def labels(kind: LabelType, printed: str) -> tuple[Label, ...]:
    """Labels of one type: ``"countable, uncountable"``."""
    return tuple(Label(text=text, type=kind) for text in printed.split(", "))


def address(word: str, edition: str = "english") -> str:
    """The target of a link to a word: the section of its language."""
    heading = LANGUAGES[edition][0].replace(" ", "_")
    return f"{WIKI}{word.replace(' ', '_')}#{heading}"


def quoted(text: str, citation: str) -> Example:
    """A dated quotation."""
    return Example(text=text, citation=citation, labels=())


def said(ipa: str, *accents: Label, lang: str = "en") -> Pronunciation:
    """A transcription and its accents."""
    transcription = Transcription(text=ipa, scheme=f"{lang}-fonipa")
    return Pronunciation(transcriptions=(transcription,), alternate_sound_files=(), labels=accents)


def audio(file: str, *accents: Label) -> Pronunciation:
    """A recording, with the mp3 that Commons makes of it."""
    return Pronunciation(
        transcriptions=(),
        sound_file=f"{COMMONS}/transcoded/0/0a/{file}/{file}.mp3",
        alternate_sound_files=(f"{COMMONS}/0/0a/{file}",),
        sound_page=f"https://commons.wikimedia.org/wiki/File:{file}",
        labels=accents,
    )


def form(tag: str, text: str) -> InflectedForm:
    """A form on the headword line."""
    return InflectedForm(text=text, tag=tag, labels=())


def plural(text: str) -> tuple[InflectedForm, ...]:
    """A noun's one form."""
    return (form("plural", text),)


def alternative(text: str, *labels: Label) -> InflectedForm:
    """Another spelling, in a section of its own."""
    return InflectedForm(text=text, tag=ALTERNATIVE, labels=labels)


def verb_forms(third: str, participle: str, past: str) -> tuple[InflectedForm, ...]:
    """A verb's three forms."""
    tags = ("third-person singular simple present", "present participle", "simple past and past participle")
    return tuple(map(form, tags, (third, participle, past)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A sense without id and number; ``lemma`` is the word of which it is only a form."""

    definition: str
    lemma: str | None
    examples: tuple[Example, ...]
    labels: tuple[Label, ...]
    nyms: tuple[tuple[RelationType, str], ...]
    anchor: str | None
    subs: tuple[Draft, ...]


def sense(  # noqa: PLR0913 - one keyword for each thing the dictionary may print
    definition: str,
    *examples: str | Example,
    labels: Sequence[Label] = (),
    since: str | None = None,
    nyms: Sequence[tuple[RelationType, str]] = (),
    anchor: str | None = None,
    lemma: str | None = None,
    subs: Sequence[Draft] = (),
) -> Draft:
    """A sense; quotations come after the examples. ``since`` is a date of use: "from 14th c."."""
    dates = (Label(text=since, type="restriction"),) if since else ()
    return Draft(
        definition=definition,
        lemma=lemma,
        examples=tuple(Example(text=item, labels=()) if isinstance(item, str) else item for item in examples),
        labels=(*labels, *dates),
        nyms=tuple(nyms),
        anchor=anchor,
        subs=tuple(subs),
    )


def form_of(what: str, lemma: str) -> Draft:
    """``plural of apple``."""
    return sense(f"{what} {lemma}", lemma=lemma)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One part of speech."""

    heading: str
    senses: tuple[Draft, ...]
    forms: tuple[InflectedForm, ...] = ()
    labels: tuple[Label, ...] = ()
    pronunciations: tuple[Pronunciation, ...] = ()
    lists: tuple[tuple[RelationType, str], ...] = ()
    note: str | None = None


def word(heading: str, *senses: Draft, **more: object) -> Word:
    """One part of speech; ``more`` are the other fields of `Word`."""
    return Word(heading=heading, senses=senses, **more)  # type: ignore[arg-type]  # named as the fields are


@dataclass(frozen=True, slots=True)
class Origin:
    """An etymology, its words and their common pronunciations."""

    text: str
    words: tuple[Word, ...]
    pronunciations: tuple[Pronunciation, ...]


def origin(text: str, *words: Word, spoken: Sequence[Pronunciation] = ()) -> Origin:
    """A homograph, in a section with several."""
    return Origin(text, words, tuple(spoken))


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A language section: its etymologies, and the parts printed above them, which hold for all."""

    edition: str
    origins: tuple[Origin, ...]
    pronunciations: tuple[Pronunciation, ...]
    shared: tuple[Relation, ...]


def section(
    *origins: Origin,
    edition: str = "english",
    spoken: Sequence[Pronunciation] = (),
    rhyme: str | None = None,
    homophones: Sequence[str] = (),
) -> Section:
    """A language section."""
    heading = LANGUAGES[edition][0]
    rhymes = [Relation(type="rhyme", text=f"-{rhyme}", url=f"{WIKI}Rhymes:{heading}/{rhyme}")] if rhyme else []
    same = [Relation(type="homophone", text=other, url=address(other, edition)) for other in homophones]
    return Section(edition=edition, origins=origins, pronunciations=tuple(spoken), shared=(*rhymes, *same))


def page(title: str, *sections: Section) -> tuple[LexicalEntry, ...]:
    """The entries of a page, in all its languages, in printed order."""
    return tuple(_entries(title, sections))


def _entries(title: str, sections: Sequence[Section]) -> Iterator[LexicalEntry]:
    anchors: Counter[str] = Counter()
    for part in sections:
        for number, found in enumerate(part.origins, 1):
            for made in found.words:
                anchors[made.heading] += 1
                anchor = made.heading.replace(" ", "_")
                anchor += f"_{anchors[made.heading]}" if anchors[made.heading] > 1 else ""
                homograph = str(number) if len(part.origins) > 1 else None
                yield _entry(f"wiktionary:{part.edition}:{title}#{anchor}", homograph, made, found, part)


def _entry(entry_id: str, homograph: str | None, made: Word, found: Origin, part: Section) -> LexicalEntry:
    numbered = list(_numbered(made.senses, entry_id))
    title = entry_id.split(":", 2)[2].partition("#")[0]
    return LexicalEntry(
        id=entry_id,
        dictionary="wiktionary",
        edition=part.edition,
        lang=LANGUAGES[part.edition][1],
        headword=title.replace("_", " "),
        homograph_number=homograph,
        parts_of_speech=(),
        raw_parts_of_speech=(made.heading,),
        labels=made.labels,
        frequency=(),
        pronunciations=(*part.pronunciations, *found.pronunciations, *made.pronunciations),
        inflected_forms=made.forms,
        etymologies=(Etymology(description=found.text),),
        senses=tuple(sense for _, sense in numbered),
        relations=(
            *(relation for draft, sense in numbered for relation in _from_sense(draft, sense, part.edition)),
            *part.shared,
            *(Relation(type=kind, text=text, url=address(text, part.edition)) for kind, text in made.lists),
        ),
        boxes=(Box(kind="usage_note", title="Usage notes", text=made.note, examples=()),) if made.note else (),
    )


def _numbered(drafts: Sequence[Draft], entry_id: str, above: Sense | None = None) -> Iterator[tuple[Draft, Sense]]:
    for count, draft in enumerate(drafts, 1):
        number = f"{above.number}{chr(ord('a') + count - 1)}" if above else str(count)
        made = Sense(
            id=f"{entry_id}#{draft.anchor or number}",
            number=number,
            parent=above.id if above else None,
            labels=draft.labels,
            definitions=(Definition(text=draft.definition, definition_type="form_of" if draft.lemma else "full"),),
            examples=draft.examples,
        )
        yield draft, made
        yield from _numbered(draft.subs, entry_id, made)


def _from_sense(draft: Draft, made: Sense, edition: str) -> Iterator[Relation]:
    if draft.lemma:
        yield Relation(type="main_entry", text=draft.lemma, from_=made.id, url=address(draft.lemma, edition))
    for kind, text in draft.nyms:
        yield Relation(type=kind, text=text, from_=made.id, url=address(text, edition))
