"""Functions for writing Oxford's entries by hand: short calls that make complete records.

The fields that the site prints in a fixed order (level, grammar, labels, restriction, use, topic) are sorted into that
order here, so that the records match the pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import NamedTuple

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
from dictcrawler.sample.macmillan.authoring import domain, ex, grammar, homograph_number, restriction
from dictcrawler.sample.writing import slug_of

DICTIONARY = "oxford"
SITE = "https://www.oxfordlearnersdictionaries.com"
LANGUAGES = {"english": "en-GB", "american_english": "en-US"}
LEVEL = "CEFR "
VERB_FORMS = (
    "present simple I / you / we / they",
    "he / she / it",
    "past simple",
    "past participle",
    "-ing form",
)
_ACCENTS = {"BrE": ("uk", "gb", "en-GB-fonipa"), "NAmE": ("us", "us", "en-US-fonipa")}
_LINKS: dict[str, RelationType] = {"synonym": "synonym", "opposite": "antonym"}

Link = tuple[str, str]
"""The words before a cross-reference, and its target."""


class Draft(NamedTuple):
    """A sense without id and number, and its cross references."""

    sense: Sense
    links: tuple[Link, ...]
    counterparts: tuple[tuple[str, str], ...]


class Idiom(NamedTuple):
    """An idiom, its other form, its labels and its senses."""

    phrase: str
    other: str | None
    labels: tuple[Label, ...]
    drafts: tuple[Draft, ...]


def sense(  # noqa: PLR0913 — one keyword for each thing the dictionary may print
    definition: str,
    *examples: str | Example,
    level: str | None = None,
    listed: int | None = None,
    codes: str = "",
    labels: Sequence[Label] = (),
    only: str | None = None,
    use: str | None = None,
    topic: str | None = None,
    frame: str | None = None,
    shortcut: str | None = None,
    note: str | None = None,
    links: Sequence[Link] = (),
    also: Sequence[tuple[str, str]] = (),
) -> Draft:
    """A sense: ``frame`` is its bold pattern, ``codes`` its grammar, ``also`` are pairs (label, word of the same
    meaning).

    A definition that begins with ``= `` only names another word.
    """
    general = frame is not None and frame.startswith("+")
    same = definition.removeprefix("= ") if definition.startswith("= ") else None
    made = Sense(
        id="draft",
        indicator=shortcut,
        variant=None if general else frame,
        labels=(
            *([_usage(f"{LEVEL}{level}")] if level else []),
            *([_usage(f"Oxford {listed}")] if listed else []),
            *(grammar(code) for code in codes.split(", ") if code),
            *labels,
            *([restriction(only)] if only else []),
            *([_usage(use)] if use else []),
            *([domain(topic)] if topic else []),
            *([grammar(frame)] if frame and general else []),
        ),
        definitions=(
            Definition(text=same or definition, definition_type="same_as" if same else "full", usage=note),
        ),
        examples=tuple(ex(item) if isinstance(item, str) else item for item in examples),
    )  # fmt: skip
    return Draft(made, (*([("=", same)] if same else []), *links), tuple(also))


def idiom(phrase: str, *drafts: Draft, other: str | None = None, labels: Sequence[Label] = ()) -> Idiom:
    """An idiom of an entry, with its other form."""
    return Idiom(phrase, other, tuple(labels), drafts)


def said(british: str, american: str | None, recording: str) -> tuple[Pronunciation, ...]:
    """Both accents, each with its recordings; the American transcription defaults to the British one."""
    spoken = {"BrE": british, "NAmE": american or british}
    return tuple(_recording(accent, recording, ipa) for accent, ipa in spoken.items())


def verb(*forms: str) -> tuple[InflectedForm, ...]:
    """The five rows of a verb's table, each with its own recordings."""
    return tuple(
        InflectedForm(
            text=form, tag=tag, labels=(), pronunciations=tuple(_recording(accent, form, None) for accent in _ACCENTS)
        )
        for tag, form in zip(VERB_FORMS, forms, strict=True)
    )


def forms(**tagged: str) -> tuple[InflectedForm, ...]:
    """The forms printed in brackets beside the headword: ``comparative="wetter"``."""
    return tuple(InflectedForm(text=form, tag=tag, labels=()) for tag, form in tagged.items())


def variant(text: str, *labels: Label) -> InflectedForm:
    """Another form of the headword or idiom."""
    return InflectedForm(text=text, tag="variant", labels=labels)


def box(kind: str, title: str, text: str, *examples: str) -> Box:
    """A framed note."""
    return Box(kind=kind, title=title, text=text, examples=tuple(map(ex, examples)))


def address(edition: str, slug: str) -> str:
    """The site's address of an entry."""
    return f"{SITE}/definition/{edition}/{slug}"


def entry(  # noqa: PLR0913 — one keyword for each thing the dictionary may print
    slug: str,
    headword: str,
    parts_of_speech: str,
    *drafts: Draft,
    edition: str = "english",
    level: str | None = None,
    listed: int | None = None,
    opal: str | None = None,
    labels: Sequence[Label] = (),
    spoken: Sequence[Pronunciation] = (),
    inflected: Sequence[InflectedForm] = (),
    origin: str | None = None,
    boxes: Sequence[Box] = (),
    links: Sequence[Link] = (),
    idioms: Sequence[Idiom] = (),
    phrasal_verbs: Sequence[str] = (),
    note: str | None = None,
) -> tuple[LexicalEntry, ...]:
    """The entries of one page: the entry, then its idioms. Boxes of the kind ``snippet`` come first."""
    numbers = count(1)
    bare = LexicalEntry(
        id=f"{DICTIONARY}:{edition}:{slug}",
        dictionary=DICTIONARY,
        edition=edition,
        lang=LANGUAGES[edition],
        headword=headword,
        homograph_number=homograph_number(slug),
        parts_of_speech=(),
        raw_parts_of_speech=tuple(parts_of_speech.split(", ")),
        labels=tuple(labels),
        frequency=_frequency(level, listed, opal),
        pronunciations=tuple(spoken),
        inflected_forms=tuple(inflected),
        etymologies=(Etymology(description=origin),) if origin else (),
        senses=(),
        relations=(),
        boxes=(*boxes, *([Box(kind="help", text=note, examples=())] if note else [])),
    )
    main = _with_senses(bare, drafts, numbers)
    inside = tuple(_idiom(main, item, place, numbers) for place, item in enumerate(idioms, 1))
    relations = (
        *(_link(edition, link) for link in links),
        *(Relation(type="idiom", text=child.headword, to=child.id) for child in inside),
        *(Relation(type="phrasal_verb", text=text, url=address(edition, slug_of(text))) for text in phrasal_verbs),
    )
    return (replace(main, relations=main.relations + relations), *inside)


def _usage(text: str) -> Label:
    return Label(text=text, type="usage")


def _recording(accent: str, name: str, ipa: str | None) -> Pronunciation:
    folder, mark, scheme = _ACCENTS[accent]
    place = f"{name[:1]}/{name[:3]}/{name[:5]}/{name}__{mark}_1"
    return Pronunciation(
        transcriptions=(Transcription(text=ipa, scheme=scheme),) if ipa else (),
        sound_file=f"{SITE}/media/english/{folder}_pron/{place}.mp3",
        alternate_sound_files=(f"{SITE}/media/english/{folder}_pron_ogg/{place}.ogg",),
        labels=(Label(text=accent, type="region"),),
    )


def _frequency(level: str | None, listed: int | None, opal: str | None) -> tuple[Frequency, ...]:
    return (
        *([Frequency(scheme="cefr", value=level)] if level else []),
        *([Frequency(scheme=f"oxford_{listed}", value="listed")] if listed else []),
        *([Frequency(scheme="opal", value=opal)] if opal else []),
    )


def _with_senses(bare: LexicalEntry, drafts: Sequence[Draft], numbers: Iterator[int]) -> LexicalEntry:
    """The senses take the ids of their page's counter; a lone one is not numbered."""
    slug = bare.id.split(":")[2]
    made = [
        (draft, replace(draft.sense, id=f"{bare.id}#{slug}_sng_{next(numbers)}", number=number))
        for draft, number in zip(drafts, map(str, count(1)) if len(drafts) > 1 else (None,), strict=False)
    ]
    relations = tuple(relation for draft, done in made for relation in _from_sense(bare.edition, draft, done.id))
    return replace(bare, senses=tuple(done for _, done in made), relations=relations)


def _from_sense(edition: str, draft: Draft, start: str) -> Iterator[Relation]:
    yield from (_link(edition, link, start) for link in draft.links)
    for label, text in draft.counterparts:
        yield Relation(type="counterpart", text=text, from_=start, group=label)


def _link(edition: str, link: Link, start: str | None = None) -> Relation:
    group, text = link
    url = address(edition, slug_of(text))
    return Relation(type=_LINKS.get(group, "see_also"), text=text, from_=start, url=url, group=group)


def _idiom(main: LexicalEntry, item: Idiom, place: int, numbers: Iterator[int]) -> LexicalEntry:
    bare = replace(
        main,
        id=f"{main.id}:{main.id.split(':')[2]}_idmg_{place}",
        headword=item.phrase,
        homograph_number=None,
        raw_parts_of_speech=("idiom",),
        labels=item.labels,
        frequency=(),
        pronunciations=(),
        inflected_forms=(variant(item.other),) if item.other else (),
        etymologies=(),
        boxes=(),
    )
    made = _with_senses(bare, item.drafts, numbers)
    back = Relation(type="main_entry", text=main.headword, to=main.id)
    return replace(made, relations=(*made.relations, back))
