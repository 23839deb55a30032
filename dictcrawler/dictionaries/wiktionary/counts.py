"""Counts the elements of a Wiktionary page's sections, independently of what is read from them.

Templates mark what they print: a passage, a term, a transcription. Text that an editor has written by hand has no mark.
How many examples or terms it contains is known only within bounds, and any number within them counts as right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from dictcrawler.dictionaries.wiktionary.sections import ETYMOLOGIES, Section
from dictcrawler.model import RelationType
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node
from dictcrawler.parsing.structure import Counts

_NOT_LISTED: frozenset[RelationType] = frozenset({"homophone", "main_entry", "rhyme"})
COUNTS = Counts(
    selectors={},
    is_term=lambda relation: relation.type not in _NOT_LISTED,
    has_box_examples=False,
)

_TERM = "[lang]:not(.tr, .mention-tr, [lang$='-Latn'], .NavHead *, .term-list-header *)"
_PASSAGE = ".e-example, .e-quotation"
_SENSE = "ol > li:not(ul *, dl *)"
_LISTS = frozenset({"ol", "ul", "dl"})
_BELOW = _LISTS | {"blockquote"}
# The transcription of a rhyme is inside a link; in a table of romanizations, cells without one have the class too.
_TRANSCRIPTION = ".IPA:not(td, a *), .enPR, .AHD, .SAMPA"
_IN_TABLE = "td.IPA"
# A player that names neither a file nor a title has nothing that could be published.
_RECORDING = (
    "audio:is([src], [data-mwtitle], :has([src])), video:is([src], [data-mwtitle], :has([src])), "
    ".audiolink a[href*='/commons/']"
)
_UNMARKED = f":not(:has({_PASSAGE}, .nyms))"
_RIGHT_BELOW = f"ol > li > dl > dd{_UNMARKED}, ol > li > ul > li:has(dd){_UNMARKED}"
_BY_HAND = "dd, ul > li, p, blockquote, .poem"
_WORD = re.compile(r"\w")
_CAPTION = re.compile(r"\W*(?:[\w -]*(?:nym|term)s?|see also):", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;/、，；／•·|]")
_IN_LATIN = frozenset({"tr", "mention-tr"})
_LINE_TAGS = frozenset({"li", "dd", "p", "td"})
_LINE = ", ".join(sorted(_LINE_TAGS))
_IN_PARENTHESES = re.compile(r"[(（][^()（）]*[)）]")


def of_sounds(blocks: list[Node], published: int) -> Counter[str]:
    """The transcriptions and recordings of a pronunciation section; ``published`` are the transcriptions read."""
    said = _number(blocks, _TRANSCRIPTION)
    if said != published:
        said = within(published, said, said + _number(blocks, _IN_TABLE))
    return Counter(transcriptions=said, recordings=_number(blocks, _RECORDING))


def transcriptions(blocks: list[Node]) -> int:
    """How many transcriptions some blocks may have."""
    return _number(blocks, f"{_TRANSCRIPTION}, {_IN_TABLE}")


def examples_in(block: Node) -> int:
    """How many examples a block after definitions has: its marked passages, or its lines."""
    return _number([block], _PASSAGE) or len(_saying([*_matches([block], "dd, li")]))


def of_words(blocks: list[Node], published: int) -> Counter[str]:
    """The terms of a section of words; ``published`` are those read."""
    marked = _number(blocks, _TERM)
    return Counter(terms=marked if marked == published else _listed(blocks, blocks, published))


def definition_lists(section: Section) -> Iterator[Node]:
    """The numbered lists below headings of definitions; an etymology has none if an entry follows it."""
    for place, child in enumerate(section.sections):
        following = section.sections[place + 1 :]
        is_etymology = child.kind in ETYMOLOGIES and not (following and following[0].is_entry) and not child.sections
        if child.is_entry or is_etymology:
            yield from child.definitions
        yield from definition_lists(child)


def senses(blocks: list[Node]) -> int:
    """The number of senses in these lists."""
    return _senses(blocks, 0) if blocks else 0


def of_definitions(blocks: list[Node], published: Mapping[str, int]) -> Counter[str]:
    """The senses, examples and terms of definition lists."""
    found = Counter(
        senses=_number(blocks, _SENSE),
        examples=_number(blocks, f"{_PASSAGE}, {_RIGHT_BELOW}"),
        terms=_number(blocks, f".nyms {_TERM}"),
    )
    for kind, look_closer in _CLOSER.items():
        if found[kind] != published[kind]:
            found[kind] = look_closer(blocks, published[kind])
    return found


def _number(blocks: Iterable[Node], css: str) -> int:
    return sum(1 for _ in _matches(blocks, css))


def _matches(blocks: Iterable[Node], css: str) -> Iterator[Node]:
    for block in blocks:
        if block.is_element_node:
            yield from {match.mem_id: match for match in block.css(css)}.values()


def within(published: int, least: int, most: int) -> int:
    """The number that was read, if it is between the least and the greatest that the page can have."""
    return min(max(published, least), most)


def _senses(blocks: list[Node], _published: int) -> int:
    """The list items that print something themselves; where there is no numbered list, those of other lists."""
    items = list(_matches(blocks, _SENSE)) or [item for block in blocks[:1] for item in markup.elements(block)]
    return sum(_WORD.search(_own_text(item)) is not None for item in items)


def _own_text(item: Node) -> str:
    return markup.text_of(node for node in markup.nodes(item) if not _is_below(node))


def _is_below(node: Node) -> bool:
    """Whether a node is no part of the definition itself; a division without a passage may be."""
    return node.tag in _BELOW or (node.tag == "div" and markup.first(node, f"{_PASSAGE}, .nyms") is not None)


def _examples(blocks: list[Node], published: int) -> int:
    """Marked passages, plus lines without a mark. Lines directly below a sense set the minimum, all lines the
    maximum."""
    marked = _number(blocks, _PASSAGE)
    least, most = _by_hand(blocks, _RIGHT_BELOW), _by_hand(blocks, _BY_HAND)
    if not marked + len(least) <= published <= marked + len(most):
        # Read the lines' texts only when the result depends on them.
        least, most = _saying(least), _saying(most)
    in_two_scripts = _number(blocks, ".zhusex [lang]:not([lang$='-Latn'])")
    return within(published, marked + len(least), marked + len(most) + in_two_scripts)


def _by_hand(blocks: list[Node], css: str) -> list[Node]:
    return [line for line in _matches(blocks, css) if markup.first(line, f"{_PASSAGE}, .nyms") is None]


def _saying(lines: list[Node]) -> list[Node]:
    """The lines that print something other than a list of words."""
    texts = ((line, markup.text(line)) for line in lines)
    return [line for line, text in texts if _WORD.search(text) and not _CAPTION.match(text)]


def _terms(blocks: list[Node], published: int) -> int:
    """Terms in marked lists, and in lines that begin with "Synonyms:" without a mark."""
    lists = [*_matches(blocks, ".nyms")]
    lines = (line for line in _matches(blocks, "dd, li") if markup.first(line, ".nyms") is None)
    return _listed(lists, [*lists, *(line for line in lines if _CAPTION.match(markup.text(line)))], published)


def _listed(lists: list[Node], lines: list[Node], published: int) -> int:
    """Marked terms at least; at most the terms, links or parts between commas of each line."""
    marked = sum(_WORD.search(markup.text(term)) is not None for term in _matches(lists, _TERM))
    return within(published, marked, sum(map(_most, _own_lines(lines))))


def _own_lines(blocks: list[Node]) -> Iterator[list[Node]]:
    """The text of each line itself, without the lines nested in it; text between lines counts as a line too."""
    for block in blocks:
        yield [block] if block.is_text_node else _without_lines(block)
        for line in _matches([block], _LINE):
            if line.mem_id != block.mem_id:
                yield _without_lines(line)


def _without_lines(node: Node) -> list[Node]:
    """The nodes of an element down to the lines in it."""
    found: list[Node] = []
    for child in markup.nodes(node):
        if child.tag in _LINE_TAGS:
            continue
        if child.is_element_node and markup.first(child, _LINE) is not None:
            found += _without_lines(child)
        else:
            found.append(child)
    return found


def _most(line: list[Node]) -> int:
    """As many terms as a line can have."""
    text = _IN_PARENTHESES.sub("", markup.text_of(line))
    parts = len(_BETWEEN.findall(text)) + 1 if _WORD.search(text) else 0
    return max(parts, sum(map(_links, line)))


def _links(node: Node) -> int:
    """How many elements are marked as of a language, and links that are in none."""
    if not node.is_element_node or not _IN_LATIN.isdisjoint(markup.classes(node)):
        return 0
    lang = node.attributes.get("lang")
    if node.tag == "a" or lang:
        return not (lang or "").endswith("-Latn")
    return sum(map(_links, markup.elements(node)))


_CLOSER: Mapping[str, Callable[[list[Node], int], int]] = {
    "senses": _senses,
    "examples": _examples,
    "terms": _terms,
}
