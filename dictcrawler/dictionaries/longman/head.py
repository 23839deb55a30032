"""The head of a Longman entry: headword, pronunciations, forms, frequency."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dictcrawler.dictionaries.longman.classes import FORM_TAGS, MARKS
from dictcrawler.dictionaries.longman.text import label_of, parts, printed, printed_all, printed_once
from dictcrawler.errors import MarkupError
from dictcrawler.model import Frequency, InflectedForm, Label, Pronunciation, Transcription
from dictcrawler.parsing.outline import Element, Parts

_CAPTIONS = frozenset({"infllab", "italic"})
_BESIDE_A_FORM = _CAPTIONS | {"PronCodes"}
_SCHEMES = {"S": "longman_spoken", "W": "longman_written"}
_ACCENTS = (
    ("PRON", "en-GB-fonipa", "brefile", "British English"),
    ("AMEVARPRON", "en-US-fonipa", "amefile", "American English"),
)
_QUALIFIERS = frozenset({"STRONG", "PRONSTRONG", "italic"})
_ITALICS = frozenset({"i", "em"})
_REGIONS = {"AmEVariant": "American English", "BrEVariant": "British English"}
_WORD = re.compile(r"\w")


def headword(found: Parts) -> str:
    """The headword as printed, from the parts of a head; a run-on's leading dash is a separator.

    :raises MarkupError: when there is none.
    """
    words = headwords(found)
    if not words:
        raise MarkupError(".HWD, .PHRVBHWD, .DERIV, .SUBHWD", "a head")
    return words[0]


def headwords(found: Parts) -> tuple[str, ...]:
    """The headword, then others printed beside it."""
    words = (printed(part).lstrip("—– ") for part in found.of("headword"))
    return tuple(dict.fromkeys(word for word in words if word))


def parts_of_speech(found: Parts) -> tuple[str, ...]:
    """As printed; a word with two parts of speech has two elements ("noun", ", verb")."""
    return printed_all(found.of("part_of_speech"))


def frequency(found: Parts) -> Iterator[Frequency]:
    """The level ("●●○" is 2 of 3), the bands of the spoken (S1) and the written (W1) corpus, the Academic Word List."""
    marks = found.of("frequency")
    for level in _marked(marks, "LEVEL"):
        filled = level.count("●")
        yield Frequency(scheme="longman_level", value=str(filled), rank=filled, max=len(level))
    for band in _marked(marks, "FREQ"):
        yield Frequency(scheme=_SCHEMES.get(band[:1], "longman_frequency"), value=band)
    for mark in dict.fromkeys(_marked(marks, "AC")):
        yield Frequency(scheme="academic_word_list", value=mark)


def _marked(marks: Iterable[Element], name: str) -> tuple[str, ...]:
    return printed_all(mark for mark in marks if name in mark.kind.names)


def pronunciations(found: Parts) -> tuple[Pronunciation, ...]:
    """The British and American pronunciations, from the parts of a head.

    The American transcription is printed only where it differs, often shortened to the part that does ("-ˈloʊ").
    """
    return _said(found.of("sounds"), found.of("recording"))


def inflected_forms(found: Parts) -> Iterator[InflectedForm]:
    """The other forms in a head: further headwords, inflections ("past tense went"), variants ("also hallo British
    English")."""
    for word in headwords(found)[1:]:
        yield InflectedForm(text=word, tag="variant", labels=())
    for part in found.of_any("forms", "variants", "form"):
        yield from _forms(part)


@dataclass(slots=True)
class _Way:
    """One pronunciation: its qualifiers, and its transcriptions by the class of their accent."""

    labels: list[Label] = field(default_factory=list)
    said: dict[str, list[str]] = field(default_factory=dict)


def _said(codes: list[Element], recordings: list[Element]) -> tuple[Pronunciation, ...]:
    """The pronunciations by accent; the first of each accent gets the first recording in that accent."""
    ways = _ways(codes)
    found = []
    for name, scheme, sound, region in _ACCENTS:
        files = [file for recording in recordings if sound in recording.kind.names and (file := _file(recording))]
        accent = Label(text=region, type="region")
        for way in ways:
            texts = way.said.get(name, ())
            file = files.pop(0) if files else None
            if texts or file:
                found.append(_pronunciation(texts, scheme, file, (accent, *way.labels)))
        found.extend(_pronunciation((), scheme, file, (accent,)) for file in files)
    return tuple(found)


def _ways(codes: list[Element]) -> list[_Way]:
    """A qualifier ("strong") begins another pronunciation."""
    ways = [_Way()]
    for code in codes:
        for child in _leaves(code):
            text = printed(child).strip(" ;,") if not MARKS.intersection(child.kind.names) else ""
            if text and (label := _qualifier(child, text)):
                if ways[-1].said:
                    ways.append(_Way())
                ways[-1].labels.append(label)
            elif text:
                name = "AMEVARPRON" if "AMEVARPRON" in child.kind.names else "PRON"
                if name in child.kind.names:
                    ways[-1].said.setdefault(name, []).append(printed(child))
    return ways


def _leaves(code: Element) -> Iterator[Element]:
    """The elements of a ``PronCodes``; wrappers of unknown class are opened."""
    for child in code.elements():
        if child.tag in _ITALICS or (child.kind.names and not child.kind.unknown):
            yield child
        else:
            yield from _leaves(child)


def _qualifier(element: Element, text: str) -> Label | None:
    if element.kind.role == "label":
        return label_of(element)
    is_qualifier = not _QUALIFIERS.isdisjoint(element.kind.names) or element.tag in _ITALICS
    return Label(text=text, type="usage") if is_qualifier else None


def _pronunciation(texts: Iterable[str], scheme: str, file: str | None, of_it: tuple[Label, ...]) -> Pronunciation:
    return Pronunciation(
        transcriptions=tuple(Transcription(text=text, scheme=scheme) for text in texts),
        sound_file=file,
        alternate_sound_files=(),
        labels=of_it,
    )


def _file(recording: Element) -> str | None:
    """The address of a recording without its query, which identifies the site's release, not the file."""
    address = recording.attribute("data-src-mp3")
    return address.partition("?")[0] if address else None


@dataclass(slots=True)
class _Form:
    """A form, while its group is being read."""

    text: str
    tag: str | None
    labels: tuple[Label, ...] = ()
    codes: list[Element] = field(default_factory=list)
    recordings: list[Element] = field(default_factory=list)

    def finished(self) -> InflectedForm:
        return InflectedForm(
            text=self.text, tag=self.tag, labels=self.labels, pronunciations=_said(self.codes, self.recordings)
        )


def _forms(group: Element) -> Iterator[InflectedForm]:
    """A label holds for all forms up to the next label: "also hallo, hullo British English"."""
    forms: list[_Form] = []
    labelled = 0
    pending: list[Label] = []
    tag = None
    for child in _parts_of_group(group):
        role = child.kind.role
        if role == "label":
            pending.extend(filter(None, [label_of(child)]))
        elif role == "sounds" and forms:
            forms[-1].codes.append(child)
        elif role == "recording" and forms:
            forms[-1].recordings.append(child)
        elif role == "form" and (text := printed(child, _BESIDE_A_FORM)):
            if pending:
                _label(forms[labelled:], pending)
                labelled, pending = len(forms), []
            forms.append(_Form(text, _caption(child) or tag or _tag(child)))
            forms[-1].codes.extend(parts(child).of("sounds"))
        elif "LINKWORD" in child.kind.names:
            link = printed(child).strip("() ,")
            tag = link if _WORD.search(link) else tag
    _label(forms[labelled:], pending)
    region = next((_REGIONS[name] for name in group.kind.names if name in _REGIONS), None)
    for form in forms:
        if region and not form.labels:
            form.labels = (Label(text=region, type="region"),)
        yield form.finished()


def _parts_of_group(group: Element) -> Iterator[Element]:
    if group.kind.role == "form":
        yield group
        return
    for child in group.elements():
        if child.kind.role in {None, "variants", "forms"} and "LINKWORD" not in child.kind.names:
            yield from _parts_of_group(child)
        else:
            yield child


def _label(forms: list[_Form], of_them: list[Label]) -> None:
    for form in forms:
        form.labels = tuple(of_them)


def _caption(form: Element) -> str | None:
    return printed_once(form.every(*_CAPTIONS))


def _tag(form: Element) -> str | None:
    return next(
        (FORM_TAGS[name.removesuffix("X")] for name in form.kind.names if name.removesuffix("X") in FORM_TAGS), None
    )
