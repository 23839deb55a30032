"""An entry laid out for a reader, as a tree of elements that each format writes in its own way.

The kinds of the elements are the classes of ``article.css``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlsplit

from dictcrawler.exports.rights import Rights, credit
from dictcrawler.model import (
    Box,
    Definition,
    Entry,
    Example,
    Frequency,
    InflectedForm,
    Label,
    Relation,
    Sense,
    Translation,
)

# A mark out of more than these is printed as a number.
_MOST_SIGNS = 10

Link = Callable[[Relation], str | None]
"""The address of a relation in a format; ``None`` for plain text."""


@dataclass(frozen=True, slots=True)
class Element:
    """An element: ``tag`` is one of HTML's, ``kind`` names the content, ``anchor`` is the id of an entry or sense."""

    tag: str
    kind: str
    children: tuple[Element | str, ...]
    href: str | None = None
    lang: str | None = None
    anchor: str | None = None


def no_link(_: Relation) -> None:
    """Relations as plain text."""


def article(entry: Entry, link: Link = no_link) -> Element:
    """The whole entry: head, forms, senses, related words, boxes, origin, citation."""
    parts = (
        head(entry),
        *_forms(entry.inflected_forms),
        *senses(entry, link),
        *_related("related", [each for each in entry.relations if each.from_ is None], link),
        *map(_box, entry.boxes),
        *(_block("etymology", "Origin: ", each.description) for each in entry.etymologies),
        source(entry),
    )
    return Element("div", "entry", parts, lang=entry.lang, anchor=entry.id)


def head(entry: Entry) -> Element:
    """Headword, pronunciations, parts of speech, labels and frequency marks in a line."""
    number = (_span("homograph", entry.homograph_number),) if entry.homograph_number else ()
    spoken = _spoken(entry)
    parts = ", ".join(entry.parts_of_speech or entry.raw_parts_of_speech)
    return _line(
        "head",
        Element("span", "headword", (entry.hyphenation or entry.headword, *number)),
        _span("pronunciation", spoken) if spoken else None,
        _span("part-of-speech", parts) if parts else None,
        *label_line(entry.labels),
        *(_span("frequency", frequency_text(each)) for each in entry.frequency),
    )


def senses(entry: Entry, link: Link = no_link) -> Iterator[Element]:
    """The list of senses, sub-senses in lists of their own."""
    children: dict[str | None, list[Sense]] = {}
    above: set[str | None] = set()
    for sense in entry.senses:
        # A sense with a missing parent, or one that comes later, becomes a top-level sense.
        children.setdefault(sense.parent if sense.parent in above else None, []).append(sense)
        above.add(sense.id)
    yield from _senses(entry, children, None, link)


def source(entry: Entry) -> Element:
    """The source of the entry and its terms of use."""
    private = () if Rights.of(entry.source).is_open else (" · private copy, do not pass it on",)
    return Element("div", "source", (Element("a", "link", (credit(entry),), href=web_page(entry.source.url)), *private))


def web_page(url: str | None) -> str | None:
    """The address if it is http or https: a feed may come from anywhere, and ``javascript:`` is an address too."""
    return url if url is not None and urlsplit(url).scheme in ("http", "https") else None


def frequency_text(frequency: Frequency) -> str:
    """A mark in the usual notation: ``★★☆``, ``●●○``, ``cefr A1``, ``oxford 3000``."""
    scheme, rank, most = frequency.scheme.replace("_", " "), frequency.rank, frequency.max
    if rank is not None and most is not None and 0 <= rank <= most <= _MOST_SIGNS:
        full, empty = "★☆" if "star" in scheme else "●○"
        return full * rank + empty * (most - rank)
    return scheme if frequency.value == "listed" else f"{scheme} {frequency.value}"


def _spoken(entry: Entry) -> str:
    said = dict.fromkeys(f"/{each.text}/" for one in entry.pronunciations for each in one.transcriptions)
    return " ".join(said)


def _senses(entry: Entry, children: dict[str | None, list[Sense]], parent: str | None, link: Link) -> Iterator[Element]:
    found = children.pop(parent, ())
    if found:
        items = (_sense(entry, sense, tuple(_senses(entry, children, sense.id, link)), link) for sense in found)
        yield Element("ol", "senses", tuple(items))


def _sense(entry: Entry, sense: Sense, below: tuple[Element, ...], link: Link) -> Element:
    related = [relation for relation in entry.relations if relation.from_ == sense.id]
    meaning = _line(
        "meaning",
        _span("number", sense.number) if sense.number else None,
        _span("indicator", sense.indicator) if sense.indicator else None,
        _span("variant", sense.variant) if sense.variant else None,
        *label_line(sense.labels),
        *_definitions(sense.definitions),
        _span("contributor", f"(from {sense.contributor})") if sense.contributor else None,
    )
    parts = (
        meaning,
        *examples(sense.examples),
        *_related("related", related, link),
        *_translations(sense.translations or ()),
        *below,
    )
    return Element("li", "sense", parts, anchor=sense.id)


def _definitions(definitions: Iterable[Definition]) -> Iterator[Element]:
    for definition in definitions:
        yield _span("definition", definition.text)
        if definition.usage:
            yield _span("usage", f"— {definition.usage}")


def examples(examples: Sequence[Example]) -> Iterator[Element]:
    """The list of examples, if there are any."""
    if examples:
        yield Element("ul", "examples", tuple(Element("li", "example", tuple(_example(each))) for each in examples))


def _example(example: Example) -> Iterator[Element | str]:
    parts = (
        _span("pattern", example.pattern) if example.pattern else None,
        *label_line(example.labels),
        _span("text", example.text),
        _span("transliteration", example.transliteration) if example.transliteration else None,
        _span("gloss", f"(= {example.gloss})") if example.gloss else None,
        _span("citation", f"— {example.citation}") if example.citation else None,
    )
    return _spaced(parts)


def _forms(forms: Sequence[InflectedForm]) -> Iterator[Element]:
    if forms:
        yield _line("forms", *(_form(form) for form in forms))


def _form(form: InflectedForm) -> Element:
    parts = (
        _span("tag", form.tag) if form.tag else None,
        *label_line(form.labels),
        _span("form", form.text),
        _span("transliteration", form.transliteration) if form.transliteration else None,
    )
    return Element("span", "inflection", tuple(_spaced(parts)))


def _related(kind: str, relations: Sequence[Relation], link: Link) -> Iterator[Element]:
    """A line for each type of relation, without homographs: those are printed beside the entry anyway."""
    wanted = sorted((each for each in relations if each.type != "homograph"), key=lambda each: each.type)
    for name, group in groupby(wanted, lambda each: each.type):
        words = {each.text: Element("a", "word", (_word(each),), href=link(each)) for each in group}
        listed: list[Element | str] = []
        for word in words.values():
            listed += [", ", word] if listed else [word]
        label = _span("relation", name.replace("_", " "))
        yield Element("div", kind, (label, " ", *listed))


def _word(relation: Relation) -> str:
    return f"{relation.text} ({relation.transliteration})" if relation.transliteration else relation.text


def _translations(translations: Sequence[Translation]) -> Iterator[Element]:
    for lang, group in groupby(translations, lambda each: each.lang):
        words = ", ".join(dict.fromkeys(each.text for each in group))
        yield Element(
            "div", "translations", (_span("relation", lang), " ", Element("span", "word", (words,), lang=lang))
        )


def _box(box: Box) -> Element:
    title = box.title or box.kind.replace("_", " ")
    text = (Element("div", "box-text", (box.text,)),) if box.text else ()
    return Element("div", "box", (Element("div", "box-title", (title,)), *text, *examples(box.examples)))


def label_line(labels: Iterable[Label]) -> Iterator[Element]:
    """The labels in one element, if there are any."""
    text = ", ".join(label.text for label in labels)
    if text:
        yield _span("labels", text)


def _block(kind: str, before: str, text: str) -> Element:
    return Element("div", kind, (before, text))


def _span(kind: str, text: str) -> Element:
    return Element("span", kind, (text,))


def _line(kind: str, *parts: Element | None) -> Element:
    return Element("div", kind, tuple(_spaced(parts)))


def _spaced(parts: Iterable[Element | None]) -> Iterator[Element | str]:
    """The parts that are not empty, with spaces between them."""
    between = ""
    for part in parts:
        if part is not None:
            if between:
                yield between
            yield part
            between = " "
