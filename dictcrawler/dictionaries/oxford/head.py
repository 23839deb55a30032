"""The head of an entry: how the word is said, how common it is, what its forms are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dictcrawler.dictionaries.oxford.blocks import Block, blocks, nodes
from dictcrawler.dictionaries.oxford.labels import bare, labels
from dictcrawler.model import Frequency, InflectedForm, Label, Pronunciation, Transcription
from dictcrawler.parsing.markup import Node, attribute, classes, clean, first, text

# The two accents of the dictionary, by ``geo``: how the site marks them, and their BCP 47 tags.
_ACCENTS = {"br": ("BrE", "en-GB-fonipa"), "n_am": ("NAmE", "en-US-fonipa")}
# In OALD9 the accent and both kinds of slashes are printed inside the transcription.
_NOT_TRANSCRIPTION = frozenset({"bre", "name", "separator", "wrap"})
_WORD_LISTS = {"oxford3000": "oxford_3000", "academic": "academic_word_list"}
_KEY_SYMBOL = re.compile(r"ox([35])ksym(?:sub)?_([abc][12])$")


def pronunciations(parts: tuple[Block, ...]) -> tuple[Pronunciation, ...]:
    """Every way to say the word, accent by accent."""
    return tuple(said for group in nodes(parts, "pronunciation") for said in _in_one_accent(group))


def frequency(parts: tuple[Block, ...]) -> tuple[Frequency, ...]:
    """CEFR level and word lists, from the symbols beside the headword, each once."""
    marks = [mark for node in nodes(parts, "symbols") for span in node.css("span") for mark in _symbol(span)]
    lists = [_WORD_LISTS[name] for node in nodes(parts, "word_list") for name in classes(node) if name in _WORD_LISTS]
    return tuple(
        Frequency(scheme=scheme, value=value)
        for scheme, value in dict.fromkeys([*marks, *((name, "listed") for name in lists)])
        if value
    )


def verb_forms(box: Node) -> tuple[InflectedForm, ...]:
    """The rows of the table "Verb Forms"; their sound is theirs and not the headword's."""
    return tuple(
        InflectedForm(
            text=words,
            tag=_tag(row),
            labels=(),
            pronunciations=pronunciations(tuple(blocks(row))),
        )
        for row in box.css("tr.verb_form, .vp-g")
        if (words := text(first(row, "td.verb_form, .vp") or row, drop=frozenset({"vf_prefix", "prefix"})))
    )


def inflections(node: Node) -> Iterator[InflectedForm]:
    """``(comparative better, superlative best)``: the slot is the bare text before each form."""
    tag = None
    child = node.first_child
    while child is not None:
        if child.tag == "-text":
            tag = clean(child.text_content or "").strip(" (),;") or tag
        elif words := text(child):
            yield InflectedForm(text=words, tag=tag, labels=())
        child = child.next


def _symbol(span: Node) -> Iterator[tuple[str, str]]:
    for name in classes(span):
        if found := _KEY_SYMBOL.match(name):
            yield "cefr", found[2].upper()
            yield f"oxford_{found[1]}000", "listed"
        elif name == "opal_symbol":
            yield "opal", text(span)


def _tag(row: Node) -> str | None:
    prefix = first(row, ".vf_prefix, .prefix")
    return (text(prefix) or None) if prefix is not None else None


def _in_one_accent(group: Node) -> Iterator[Pronunciation]:
    name, scheme = _ACCENTS.get(_geo(group), (None, "en-fonipa"))
    parts = tuple(blocks(group))
    accent = (Label(text=name, type="region"),) if name else ()
    for sound, transcription in _pairs(parts):
        said = bare(text(transcription, drop=_NOT_TRANSCRIPTION)).strip("/ ") if transcription is not None else ""
        ogg = attribute(sound, "data-src-ogg") if sound is not None else None
        yield Pronunciation(
            transcriptions=(Transcription(text=said, scheme=scheme),) if said else (),
            sound_file=attribute(sound, "data-src-mp3") if sound is not None else None,
            alternate_sound_files=(ogg,) if ogg else (),
            labels=accent + labels(parts),
        )


def _geo(group: Node) -> str:
    return attribute(group, "geo") or classes(group)[0].removeprefix("phons_")


def _pairs(parts: tuple[Block, ...]) -> Iterator[tuple[Node | None, Node | None]]:
    """Sound and transcription belong together until one of the two comes a second time:
    OALD10 prints the sound first, OALD9 the transcription."""
    pair: dict[str, Node] = {}
    for part in parts:
        if part.role in pair:
            yield pair.get("sound"), pair.get("transcription")
            pair = {}
        if part.role in ("sound", "transcription"):
            pair[part.role] = part.node
    if pair:
        yield pair.get("sound"), pair.get("transcription")
