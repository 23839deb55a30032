"""The head of an entry: pronunciations, frequency, forms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dictcrawler.dictionaries.oxford.blocks import Blocks, blocks
from dictcrawler.dictionaries.oxford.labels import bare, labels, printed_labels
from dictcrawler.model import Frequency, InflectedForm, Label, Pronunciation, Transcription
from dictcrawler.parsing.markup import clean
from dictcrawler.parsing.outline import Element

# The two accents of the dictionary, by ``geo``: how the site marks them, and their BCP 47 tags.
_ACCENTS = {"br": ("BrE", "en-GB-fonipa"), "n_am": ("NAmE", "en-US-fonipa")}
# In OALD9 the accent and both kinds of slashes are printed inside the transcription.
_NOT_TRANSCRIPTION = frozenset({"bre", "name", "separator", "wrap"})
_WORD_LISTS = {"oxford3000": "oxford_3000", "academic": "academic_word_list"}
_KEY_SYMBOL = re.compile(r"ox([35])ksym(?:sub)?_([abc][12])$")
_PREFIXES = frozenset({"vf_prefix", "prefix"})
_FORMS = frozenset({"inflected_form", "if"})
_VARIANTS = frozenset({"v"})


def pronunciations(parts: Blocks) -> tuple[Pronunciation, ...]:
    """All pronunciations, accent by accent."""
    return tuple(said for group in parts.of("pronunciation") for said in _in_one_accent(group))


def frequency(parts: Blocks) -> tuple[Frequency, ...]:
    """CEFR level and word lists, from the symbols beside the headword, each once."""
    marks = [mark for node in parts.of("symbols") for span in node.below() for mark in _symbol(span)]
    lists = [_WORD_LISTS[name] for node in parts.of("word_list") for name in node.kind.names if name in _WORD_LISTS]
    return tuple(
        Frequency(scheme=scheme, value=value)
        for scheme, value in dict.fromkeys([*marks, *((name, "listed") for name in lists)])
        if value
    )


def verb_forms(box: Element) -> tuple[InflectedForm, ...]:
    """The rows of the table "Verb Forms"; a recording in it belongs to its row, not to the headword."""
    return tuple(
        InflectedForm(text=words, tag=_tag(row), labels=(), pronunciations=pronunciations(blocks(row)))
        for row in _rows(box)
        if (words := (_form_of(row) or row).text(_PREFIXES))
    )


def inflections(node: Element) -> Iterator[InflectedForm]:
    """``(comparative better, superlative best)``: the slot is the text before each form."""
    yield from (form.finished() for form in _forms(node, _FORMS))


def variants(node: Element) -> Iterator[InflectedForm]:
    """The forms of one ``.variants``, e.g. ``(British English ladder)``: labels come before them."""
    for form in _forms(node, _VARIANTS):
        form.tag = "variant"
        yield form.finished()


@dataclass(slots=True)
class _Form:
    """A form, while its group is being read: parts printed after it belong to it."""

    text: str
    tag: str | None = None
    labels: tuple[Label, ...] = ()
    pronunciations: list[Pronunciation] = field(default_factory=list)

    def finished(self) -> InflectedForm:
        return InflectedForm(
            text=self.text, tag=self.tag, labels=self.labels, pronunciations=tuple(self.pronunciations)
        )


@dataclass(slots=True)
class _Group:
    """The forms of one pair of brackets, while they are read. The labels before a form hold for the following forms
    too, until another label is printed."""

    names: frozenset[str]
    forms: list[_Form] = field(default_factory=list)
    slot: str | None = None
    labels: list[Label] = field(default_factory=list)
    are_used: bool = False
    has_marked: bool = True
    """Whether the class of an element marks it as a form."""

    def read(self, element: Element) -> None:
        for child in element.children:
            if isinstance(child, str):
                self.slot = clean(child).strip(" (),;") or self.slot
            else:
                self._read(child)

    def _read(self, child: Element) -> None:
        role, names = child.kind.role, child.kind.names
        if not self.names.isdisjoint(names) or self._is_plain_form(child):
            self._form(child)
        elif role == "labels":
            self._label(printed_labels(child))
        elif role == "pronunciation":
            if self.forms:
                self.forms[-1].pronunciations.extend(_in_one_accent(child))
        elif not _PREFIXES.isdisjoint(names) or (self.names is _FORMS and child.kind.unknown and child.has_own_text):
            self.slot = child.text().strip(" (),;") or self.slot
        elif "v-g" in names:
            self.labels, self.are_used = [], False
            self.read(child)
        else:
            self.read(child)

    def _is_plain_form(self, child: Element) -> bool:
        """A form without a mark of its own, as in OALD9."""
        return not self.has_marked and child.kind.role in {None, "group"} and child.has_own_text

    def _label(self, found: tuple[Label, ...]) -> None:
        if self.are_used:
            self.labels, self.are_used = [], False
        self.labels.extend(found)

    def _form(self, child: Element) -> None:
        if text := child.text():
            qualifier = child.attribute("q")
            # ``(sometimes go running)``: OALD10 repeats the bare word before a form in ``q``.
            own = (Label(text=qualifier, type="usage"),) if qualifier else ()
            self.forms.append(_Form(text, self.slot, (*self.labels, *own)))
            self.are_used = True


def _forms(node: Element, names: frozenset[str]) -> list[_Form]:
    group = _Group(names, has_marked=names is not _FORMS or bool(node.every(*names)))
    group.read(node)
    if group.labels and not group.are_used:
        # Printed after the form they describe.
        for form in group.forms:
            form.labels = form.labels or tuple(group.labels)
    return group.forms


def _rows(box: Element) -> list[Element]:
    return [row for row in box.every("verb_form", "vp-g") if row.tag == "tr" or "vp-g" in row.kind.names]


def _form_of(row: Element) -> Element | None:
    cells = row.every("verb_form", "vp")
    return next((cell for cell in cells if cell.tag == "td" or "vp" in cell.kind.names), None)


def _symbol(span: Element) -> Iterator[tuple[str, str]]:
    for name in span.kind.names:
        if found := _KEY_SYMBOL.match(name):
            yield "cefr", found[2].upper()
            yield f"oxford_{found[1]}000", "listed"
        elif name == "opal_symbol":
            yield "opal", span.text()


def _tag(row: Element) -> str | None:
    prefix = row.first("vf_prefix", "prefix")
    return (prefix.text() or None) if prefix is not None else None


def _in_one_accent(group: Element) -> Iterator[Pronunciation]:
    name, scheme = _ACCENTS.get(_geo(group), (None, "en-fonipa"))
    parts = blocks(group)
    accent = (Label(text=name, type="region"),) if name else ()
    for sound, transcription in _pairs(parts):
        said = bare(transcription.text(_NOT_TRANSCRIPTION)).strip("/ ") if transcription is not None else ""
        mp3 = sound.attribute("data-src-mp3") if sound is not None else None
        ogg = sound.attribute("data-src-ogg") if sound is not None else None
        if said or mp3 or ogg:
            yield Pronunciation(
                transcriptions=(Transcription(text=said, scheme=scheme),) if said else (),
                sound_file=mp3,
                alternate_sound_files=(ogg,) if ogg else (),
                labels=accent + labels(parts),
            )


def _geo(group: Element) -> str:
    return group.attribute("geo") or group.kind.names[0].removeprefix("phons_")


def _pairs(parts: Blocks) -> Iterator[tuple[Element | None, Element | None]]:
    """A recording and a transcription form a pair until either comes a second time: OALD10 prints the recording
    first, OALD9 the transcription."""
    pair: dict[str, Element] = {}
    for part in parts.every:
        if part.role in pair:
            yield pair.get("sound"), pair.get("transcription")
            pair = {}
        if part.role in ("sound", "transcription"):
            pair[part.role] = part.node
    yield pair.get("sound"), pair.get("transcription")
