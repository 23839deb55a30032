"""The head of a Longman entry: headword, pronunciations, forms, frequency."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from dictcrawler.dictionaries.longman.text import LABELS, label_of, printed, printed_all, printed_once
from dictcrawler.errors import MarkupError
from dictcrawler.model import Frequency, InflectedForm, Label, Pronunciation, Transcription
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

_HEADWORDS = ".HWD, .PHRVBHWD, .DERIV"
_FORMS = frozenset({"Inflections", "Variant"})
_NOT_A_FORM = frozenset({"neutral", "PronCodes", "LINKWORD", *LABELS})
_CAPTIONS = frozenset({"infllab", "italic"})
_SCHEMES = {"S": "longman_spoken", "W": "longman_written"}
_ACCENTS = (
    ("PRON", "en-GB-fonipa", "brefile", "British English"),
    ("AMEVARPRON", "en-US-fonipa", "amefile", "American English"),
)
_WORD = re.compile(r"\w")


def headword(head: Node) -> str:
    """The headword as printed; a run-on's leading dash is a separator.

    :raises MarkupError: when there is none.
    """
    found = printed(markup.one(head, _HEADWORDS)).lstrip("—– ")
    if not found:
        raise MarkupError(f"{_HEADWORDS} with a text", "a head")
    return found


def parts_of_speech(head: Node) -> tuple[str, ...]:
    """As printed; a word that is used as two of them has two elements (", noun")."""
    return printed_all(markup.children(head, "POS"))


def frequency(head: Node) -> Iterator[Frequency]:
    """The level ("●●○" is 2 of 3) and the bands of the spoken (S1) and the written (W1) corpus."""
    for level in printed_all(markup.children(head, "LEVEL")):
        yield Frequency(scheme="longman_level", value=level.count("●"), max=len(level))
    for band in printed_all(markup.children(head, "FREQ")):
        yield Frequency(scheme=_SCHEMES.get(band[:1], "longman_frequency"), value=band)


def pronunciations(head: Node) -> Iterator[Pronunciation]:
    """How the headword is said in Britain and in America.

    The American transcription is printed only where it differs, often shortened to the
    part that does ("-ˈloʊ").
    """
    return _accents(head, list(markup.children(head, "PronCodes")))


def inflected_forms(head: Node) -> Iterator[InflectedForm]:
    """Inflections ("past tense went") and variants ("also hallo British English")."""
    for group in markup.elements(head):
        if not _FORMS.isdisjoint(markup.classes(group)):
            yield from _forms(group)


def _accents(head: Node, codes: list[Node]) -> Iterator[Pronunciation]:
    for name, scheme, sound, region in _ACCENTS:
        texts = printed_all(node for code in codes for node in markup.children(code, name))
        transcriptions = tuple(Transcription(text=text, scheme=scheme) for text in texts)
        sound_file = _sound(head, sound)
        if transcriptions or sound_file:
            yield Pronunciation(
                transcriptions=transcriptions,
                sound_file=sound_file,
                alternate_sound_files=(),
                labels=(Label(text=region, type="region"),),
            )


def _sound(head: Node, name: str) -> str | None:
    """The address of a recording without its query, which names the site's release, not the file."""
    for child in markup.children(head, name):
        address = markup.attribute(child, "data-src-mp3")
        return address.partition("?")[0] if address else None
    return None


def _forms(group: Node) -> Iterator[InflectedForm]:
    """A label holds for all forms since the label before it: "also hallo, hullo British English"."""
    forms: list[InflectedForm] = []
    found: list[Label] = []
    tag = None
    for child in markup.elements(group):
        if label := label_of(child):
            found.append(label)
        elif markup.has_class(child, "LINKWORD"):
            link = printed(child)
            tag = link if _WORD.search(link) else tag
        elif forms and markup.has_class(child, "PronCodes"):
            forms[-1] = replace(forms[-1], pronunciations=tuple(_accents(group, [child])))
        elif _NOT_A_FORM.isdisjoint(markup.classes(child)) and (text := printed(child, drop=_CAPTIONS)):
            if found:
                yield from _labelled(forms, found)
                forms, found = [], []
            forms.append(InflectedForm(text=text, tag=_caption(child) or tag, labels=()))
    yield from _labelled(forms, found)


def _caption(form: Node) -> str | None:
    return next(filter(None, (printed_once(form, name) for name in sorted(_CAPTIONS))), None)


def _labelled(forms: list[InflectedForm], found: list[Label]) -> Iterator[InflectedForm]:
    return (replace(form, labels=tuple(found)) for form in forms)
