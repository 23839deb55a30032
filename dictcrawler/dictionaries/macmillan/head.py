"""The head of a Macmillan entry: part of speech, labels, stars, sounds, forms, variants.

Generation B prints it in ``#headword`` and ``#headbar``, C in ``.big-title`` and ``.entry-pron-head``; a derived word
in ``R-HEAD`` and a phrasal verb in ``PV-HEAD``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec
from msgspec.structs import replace

from dictcrawler.dictionaries.macmillan import address
from dictcrawler.dictionaries.macmillan.classes import LABELS
from dictcrawler.dictionaries.macmillan.tree import Place, Read, every, skip, walk
from dictcrawler.model import Frequency, InflectedForm, Label, Pronunciation, Transcription
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

_IPA = {"american": "en-US-fonipa", "british": "en-GB-fonipa"}
_FORM_OR_LABEL = ", ".join(f".{name}" for name in ("INFLECTION-ENTRY", "PRONS", *LABELS))
_PERSONS = frozenset("I you he she it we they".split())


class Head(msgspec.Struct):
    """The fields of an entry's head, while it is read."""

    place: Place
    headword: str | None = None
    parts_of_speech: list[str] = msgspec.field(default_factory=list)
    labels: list[Label] = msgspec.field(default_factory=list)
    stars: int = 0
    pronunciations: list[Pronunciation] = msgspec.field(default_factory=list)
    forms: list[InflectedForm] = msgspec.field(default_factory=list)

    @property
    def frequency(self) -> tuple[Frequency, ...]:
        """One to three stars; a word printed in black has none."""
        return (
            (Frequency(scheme="macmillan_stars", value=str(self.stars), rank=self.stars, max=3),) if self.stars else ()
        )


class _Sound(msgspec.Struct):
    """One pronunciation, while it is read."""

    labels: list[Label] = msgspec.field(default_factory=list)
    transcriptions: list[str] = msgspec.field(default_factory=list)
    mp3: str | None = None
    ogg: str | None = None

    @property
    def says_something(self) -> bool:
        """Whether it has a transcription or a recording, and not only labels."""
        return bool(self.transcriptions or self.mp3 or self.ogg)


def read_headword(head: Head, node: Node, _anchor: str | None = None) -> None:
    """``BASE``: the first is the headword, any other is a variant of it."""
    text = head.place.text(node)
    if head.headword is None:
        head.headword = text or None
    elif text:
        head.forms.append(InflectedForm(text=text, tag="variant", labels=()))


def read_variant(head: Head, node: Node, _anchor: str | None) -> None:
    """``VARIANT``: another spelling or name, with labels and sounds of its own."""
    other = Head(head.place)
    walk(node, VARIANT_TABLE, other)
    if other.headword is None:
        return
    head.forms.append(
        InflectedForm(
            text=other.headword,
            tag="variant",
            labels=tuple(other.labels),
            pronunciations=tuple(other.pronunciations),
        )
    )
    head.forms.extend(other.forms)


def _label(name: str, head: Head, node: Node, _anchor: str | None) -> None:
    head.labels.extend(head.place.label(node, name))


def _parts_of_speech(head: Head, node: Node, _anchor: str | None) -> None:
    found = (part.strip() for part in head.place.text(node).split(","))
    head.parts_of_speech.extend(part for part in found if part)


def _star(head: Head, _node: Node, _anchor: str | None) -> None:
    head.stars = min(head.stars + 1, 3)


def _pronunciations(head: Head, node: Node, _anchor: str | None) -> None:
    head.pronunciations.extend(_said(head.place, node))


def _said(place: Place, node: Node) -> Iterator[Pronunciation]:
    """``PRONS``: qualifiers, recordings and transcriptions in turn. The next pronunciation begins when a part comes
    that the current one already has, or a qualifier after a transcription."""
    sounds = [_Sound()]
    for part in every(node, ".pron_resource, .QUALIFIER, .PRON, [data-src-mp3], [data-src-ogg]"):
        _add_to_sounds(sounds, place, part)
    if len(sounds) > 1 and sounds[-1] == _Sound(sounds[-1].labels):
        # A label after the last transcription belongs to it.
        sounds[-2].labels.extend(sounds.pop().labels)
    return (_pronunciation(place, sound) for sound in sounds if sound.says_something)


def _add_to_sounds(sounds: list[_Sound], place: Place, part: Node) -> None:
    names = markup.classes(part)
    text = place.text(part)
    if "PRON" in names:
        if sounds[-1].transcriptions:
            sounds.append(_Sound())
        sounds[-1].transcriptions.extend([text] if text else ())
    elif "QUALIFIER" in names or "pron_resource" in names:
        if sounds[-1].transcriptions:
            sounds.append(_Sound())
        kind = Label(text=text, type="usage" if "QUALIFIER" in names else "region") if text else None
        sounds[-1].labels.extend([kind] if kind else ())
    else:
        if sounds[-1].mp3 or sounds[-1].ogg:
            sounds.append(_Sound())
        sounds[-1].mp3 = markup.attribute(part, "data-src-mp3")
        sounds[-1].ogg = markup.attribute(part, "data-src-ogg")


def _pronunciation(place: Place, sound: _Sound) -> Pronunciation:
    files = [address.absolute(href, place.url, place.edition) for href in (sound.mp3, sound.ogg) if href]
    scheme = _scheme(place.edition, "".join(files))
    return Pronunciation(
        transcriptions=tuple(Transcription(text=text, scheme=scheme) for text in sound.transcriptions),
        sound_file=files[0] if files else None,
        alternate_sound_files=tuple(files[1:]),
        labels=tuple(sound.labels),
    )


def _scheme(edition: str, files: str) -> str:
    """The dialect of a transcription: from the folder of its recording, else from the edition.

    The captions of recordings are useless: they read "British" for both.
    """
    if "/us_pron" in files:
        return _IPA["american"]
    return _IPA["british"] if "/uk_pron" in files else _IPA[edition]


def _forms(head: Head, node: Node, _anchor: str | None) -> None:
    """``wordforms``: a table of types and forms. A row without a form ("present tense") is the heading of the rows
    of persons ("he/she/it") below it."""
    heading = ""
    for row in node.css("tr"):
        kind = markup.first(row, ".INFLECTION-TYPE")
        tag = head.place.text(kind) if kind is not None else ""
        if markup.first(row, ".INFLECTION-ENTRY") is None:
            heading = tag
            continue
        heading = heading if _is_person(tag) else ""
        head.forms.extend(_forms_of(head.place, row, ", ".join(filter(None, (heading, tag)))))


def _forms_of(place: Place, row: Node, tag: str) -> Iterator[InflectedForm]:
    """The forms of a row; a label belongs to the form after it, a sound to the one before it."""
    labels: list[Label] = []
    form: InflectedForm | None = None
    for part in every(row, _FORM_OR_LABEL):
        names = markup.classes(part)
        text = place.text(part)
        if "PRONS" in names:
            form = replace(form, pronunciations=tuple(_said(place, part))) if form else None
        elif "INFLECTION-ENTRY" not in names:
            labels.extend(label for name in names if name in LABELS for label in place.label(part, name))
        elif text:
            if form:
                yield form
            form = InflectedForm(text=text, tag=tag or None, labels=tuple(labels))
            labels.clear()
    if form:
        yield form


def _is_person(tag: str) -> bool:
    return tag.partition("/")[0] in _PERSONS


_LABEL_TABLE: dict[str, Read[Head]] = {name: partial(_label, name) for name in LABELS}

VARIANT_TABLE: dict[str, Read[Head]] = {
    **_LABEL_TABLE,
    "BASE": read_headword,
    "PRONS": _pronunciations,
    "PART-OF-SPEECH": _parts_of_speech,
    "SEP": skip,
}

# ``BASE`` is not here: of a page's main entry only the one in the ``h1`` is the headword.
HEAD_TABLE: dict[str, Read[Head]] = {
    **_LABEL_TABLE,
    "PRONS": _pronunciations,
    "PART-OF-SPEECH": _parts_of_speech,
    "VARIANT": read_variant,
    "PHRASE-VARIANT": read_variant,
    "SENSE-VARIANT": read_variant,
    "icon_star": _star,
    "entry-red-star": _star,
    "wordforms": _forms,
    "BASE": skip,
    "SEP": skip,
}

READ = frozenset({*HEAD_TABLE, "PRON", "QUALIFIER", "pron_resource", "INFLECTION-TYPE", "INFLECTION-ENTRY"})
