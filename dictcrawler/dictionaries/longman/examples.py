"""Examples and boxes of a Longman entry.

An example belongs to a sense; a box (grammar, register, collocations, thesaurus, corpus)
stands beside the senses and keeps its examples to itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from dictcrawler.dictionaries.longman.text import labels, printed, printed_all, printed_once
from dictcrawler.model import Box, Example, Label
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

_GROUPS = frozenset({"GramExa", "ColloExa", "Collocate"})
_GLOSSES = frozenset({"GLOSS", "COLLGLOSS"})
_KINDS = {"F2NBox": "register", "GramBox": "grammar", "ThesBox": "thesaurus", "ColloBox": "collocations"}
_TITLES = ".heading, .boxheader"
_NOT_PROSE = frozenset({"heading", "boxheader", "EXAMPLE", "Section"})


def examples(node: Node) -> Iterator[Example]:
    """The examples among the children: plain ones, and those printed below a pattern."""
    for child in markup.elements(node):
        if markup.has_class(child, "EXAMPLE"):
            yield from _example(child)
        elif not _GROUPS.isdisjoint(markup.classes(child)):
            yield from _patterned(child)


def boxes(node: Node) -> Iterator[Box]:
    """The boxes among the children; a thesaurus box gives one box for each of its words."""
    for child in markup.elements(node):
        if markup.has_class(child, "ThesBox"):
            yield from map(_exponent, child.css(".Exponent"))
        elif kind := _kind(child):
            yield _box(child, kind)


def thesaurus(node: Node) -> Iterator[tuple[str, str]]:
    """Word and heading of all that the thesaurus boxes among the children list."""
    for box in markup.children(node, "ThesBox"):
        heading = [*markup.children(box, "heading"), *markup.children(box, "HEADING")]
        for exponent in box.css(".Exponent"):
            section = markup.children(exponent.parent or box, "SECHEADING")
            if word := printed_once(exponent, "EXP"):
                yield word, ": ".join(printed_all([*heading, *section]))


def corpus(block: Node) -> Iterator[Box]:
    """Sentences found in the corpus, grouped by the phrase they contain."""
    for group in block.css(".exaGroup"):
        sentences = printed_all(markup.children(group, "exa"))
        found = tuple(Example(text=sentence, labels=()) for sentence in sentences)
        yield Box(kind="corpus_examples", title=printed_once(group, "title"), examples=found)


def _example(
    node: Node, pattern: str | None = None, gloss: tuple[str, ...] = (), of_group: tuple[Label, ...] = ()
) -> Iterator[Example]:
    text = printed(node, drop=_GLOSSES)
    if text:
        glosses = (*gloss, *printed_all(node.css(".GLOSS")))
        yield Example(text=text, pattern=pattern, gloss="; ".join(glosses) or None, labels=of_group)


def _patterned(group: Node) -> Iterator[Example]:
    """The examples of one pattern. A collocation without a sentence is its own example."""
    pattern = " ".join(printed_all(filter(_is_frame, markup.elements(group)))) or None
    gloss = printed_all(child for name in sorted(_GLOSSES) for child in markup.children(group, name))
    sentences = list(markup.children(group, "EXAMPLE"))
    for sentence in sentences:
        yield from _example(sentence, pattern, gloss, labels(group))
    if pattern and not sentences:
        yield Example(text=pattern, pattern=pattern, gloss="; ".join(gloss) or None, labels=labels(group))


def _is_frame(node: Node) -> bool:
    # PROPFORM, PROPFORMPREP …; COLLO in senses, COLLOC in boxes.
    return any(name.startswith(("PROPFORM", "COLLO")) for name in markup.classes(node))


def _kind(node: Node) -> str | None:
    name = next((name for name in markup.classes(node) if name.endswith("Box")), None)
    return _KINDS.get(name, name.removesuffix("Box").lower()) if name else None


def _box(node: Node, kind: str) -> Box:
    title = markup.first(node, _TITLES)
    sections = node.css(".Section")
    found = map(_in_section, sections) if sections else map(_example, node.css(".EXAMPLE"))
    return Box(
        kind=kind,
        title=(printed(title) or None) if title else None,
        text=printed(node, drop=_NOT_PROSE) or None,
        examples=tuple(example for several in found for example in several),
    )


def _in_section(section: Node) -> Iterator[Example]:
    headings = printed_all(markup.children(section, "SECHEADING"))
    of_section = tuple(Label(text=heading, type="usage") for heading in headings)
    for example in examples(section):
        yield replace(example, labels=(*of_section, *example.labels))


def _exponent(node: Node) -> Box:
    return Box(
        kind="thesaurus",
        title=printed_once(node, "EXP"),
        text=markup.text(node, drop=frozenset({"EXP", "EXAMPLE"})) or None,
        examples=tuple(examples(node)),
    )
