"""Lists of words: synonyms, derived terms, alternative forms … as the page prints them.

A line is ``(sense): term (transliteration, “gloss”, qualifier), term, term/term – remark``: commas and semicolons
outside parentheses separate the terms. A term is a link into the dictionary or an element marked as of a language. A
transliteration belongs to the term before it; any other text beside a term names its sense or its circumstances. A
remark after a dash is about all terms of its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from msgspec import Struct, field
from msgspec.structs import replace

from dictcrawler.dictionaries.wiktionary import labels
from dictcrawler.model import Relation, RelationType
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

BASE = "https://en.wiktionary.org/wiki/"
LISTS = frozenset({"ul", "ol", "dl"})
TRANSLITERATIONS = frozenset({"tr", "mention-tr", "headword-tr", "form-of-tr"})
_GLOSSES = frozenset({"mention-gloss", "gloss-content", "ann-pos", "ann-lit"})
# The parentheses and quotation marks that a template prints around them.
_AROUND_GLOSSES = frozenset({"mention-gloss-paren", "annotation-paren", "mention-gloss-double-quote", "gloss-brac"})
_LINES = frozenset({"li", "dd", "p"})
EDGES = " .:;,/／()[]–—-→=\u00a0"
_JOINS = frozenset({"and", "or", "and/or"})
# The words before a colon that name the content of a line: "Synonyms: a, b".
CAPTION = re.compile(
    r"\W*((?:near[- ])?(?:synonym|antonym|hypernym|hyponym|meronym|holonym|troponym|coordinate term|comeronym"
    r"|homophone|derived term|related term|see also))s?:\s*",
    re.IGNORECASE,
)
# A longer text without a link is an editor's remark, not a term.
_MOST_WORDS = 4
_DASHES = frozenset("–—")
_DIVIDE = frozenset(",;•·|")
_IDEOGRAPHIC = {"，": ",", "、": ",", "；": ";", "（": "(", "）": ")", "／": "/"}
_WORD = re.compile(r"\w")
_LITERALLY = re.compile(r"\b(?:literally|lit\.)[\s,:]*$")
# What is left where a transliteration stood.
_EMPTY_BRACKETS = re.compile(r"[(（]\s*[)）]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# A link about the terms of a line: where they are used, or where to read more.
_NO_ENTRIES = (
    "Thesaurus:", "Wikisaurus:", "Appendix:", "Category:", "Index:", "Rhymes:", "Wiktionary:", "Citations:",
)  # fmt: skip
_OUTSIDE = frozenset({"extiw", "external"})
_REMARKS = ("Appendix:Glossary", "Wiktionary:", "Category:", "Special:")


class Term(Struct, frozen=True):
    """A word of a list; ``note`` is the text printed with it, qualifiers and gloss; ``remark`` its dialects."""

    text: str
    url: str | None
    note: str | None
    transliteration: str | None = None
    remark: str | None = None
    is_elsewhere: bool = False
    qualifiers: tuple[str, ...] = ()
    gloss: str | None = None
    is_prose: bool = False

    @property
    def is_han(self) -> bool:
        """Whether it is written in Chinese characters."""
        return _HAN.search(self.text) is not None


class _Segment(Struct):
    """The text between two commas; transliterations belong to the link before them.

    ``common`` are the qualifiers before its first link, ``qualifiers`` those since the latest one.
    """

    links: list[Term] = []
    common: list[str] = []
    qualifiers: list[str] = []
    glosses: list[str] = []
    loose: list[str] = []
    elsewhere: str | None = None

    def add(self, link: Term) -> None:
        """Add a link; what explains the link before it, "aa (“one”) and bb (“two”)", is about that one only."""
        if not self.links:
            self.common, self.qualifiers = self.qualifiers, []
        elif self.qualifiers or self.glosses:
            self.links[-1] = self._explained(self.links[-1])
            self.qualifiers, self.glosses = [], []
        self.links.append(link)

    def gloss(self, text: str) -> None:
        """Add a gloss, with the word that says which one it is: literally “…”."""
        before = "".join(self.loose)
        is_literal = _LITERALLY.search(before)
        if is_literal is not None:
            self.loose = [before[: is_literal.start()]]
        self.glosses.append(f"literally {text}" if is_literal else text)

    def _explained(self, term: Term, *said: str) -> Term:
        qualifiers = (*term.qualifiers, *self.qualifiers, *filter(None, said))
        gloss = "; ".join(filter(None, (term.gloss, *self.glosses))) or None
        return replace(term, qualifiers=qualifiers, gloss=gloss)

    def terms(self, heading: str) -> Iterator[Term]:
        loose = _EMPTY_BRACKETS.sub(" ", "".join(self.loose))
        loose = bare(CAPTION.sub("", markup.clean(loose), count=1))
        loose = "" if self.links and loose in _JOINS else loose
        if not self.links and not _WORD.search(loose):
            return
        before = tuple(filter(None, (heading, *self.common)))
        for term in self.links or [_unlinked(loose, self.elsewhere)]:
            is_settled = bool(term.qualifiers or term.gloss)
            explained = term if is_settled else self._explained(term, loose if self.links else "")
            qualifiers = (*before, *explained.qualifiers)
            note = " ".join(filter(None, (*qualifiers, explained.gloss))) or None
            yield replace(explained, note=note, qualifiers=qualifiers) if note else explained


def _share_reading(links: list[Term], reading: str | None) -> None:
    """The same word in two scripts, "壹貳／壹贰 (yī'èr)", is read in one way."""
    for place, link in enumerate(links[:-1]):
        if link.transliteration is None and link.is_han and links[-1].is_han:
            links[place] = replace(link, transliteration=reading)


class _Line(Struct):
    """A line, while it is read."""

    heading: str = ""
    depth: int = 0
    segments: list[_Segment] = field(default_factory=lambda: [_Segment()])
    remark: list[str] = []
    in_remark: bool = False
    is_marked: bool = False

    def read(self, nodes: Iterable[Node]) -> None:
        run = list(nodes)
        for place, node in enumerate(run):
            if self.in_remark:
                self.remark.append(markup.text_of([node]))
            elif node.tag == "-text":
                self._text(node.text_content or "", run[place + 1 :])
            elif node.is_element_node:
                self._element(node)

    def _element(self, node: Node) -> None:
        segment = self.segments[-1]
        names = markup.classes(node)
        if labels.is_separator(node):
            self._colon(node)
        elif labels.is_label(node):
            segment.qualifiers += filter(None, (bare(markup.text(node)),))
        elif not _GLOSSES.isdisjoint(names):
            if text := markup.text(node):
                segment.gloss(text)
        elif is_bracket(node):
            printed = markup.text(node)
            self.depth += printed.count("(") - printed.count(")")
        elif is_transliteration(node):
            self._transliteration(markup.text(node))
        elif node.attributes.get("lang") or node.tag == "a":
            self._link(node, segment)
        else:
            self.read(markup.nodes(node))

    def _link(self, node: Node, segment: _Segment) -> None:
        text = markup.text(node)
        if node.tag == "a" and _is_remark(node):
            segment.loose.append(text)
            segment.elsewhere = segment.elsewhere or address(node)
        elif text.strip(EDGES):
            self.is_marked = self.is_marked or node.tag != "a"
            found = address(node)
            segment.add(Term(text, found, None, is_elsewhere=_is_elsewhere(found)))

    def _transliteration(self, text: str) -> None:
        # A term printed with a comma in its parentheses becomes a segment of its own.
        for segment in reversed(self.segments):
            if segment.links:
                latest = segment.links[-1]
                both = " ".join(filter(None, (latest.transliteration, text))) or None
                segment.links[-1] = replace(latest, transliteration=both)
                _share_reading(segment.links, both)
                return

    def _colon(self, node: Node) -> None:
        # "(sense):" at the start of a line applies to all of it.
        first = self.segments[-1]
        if markup.text(node) == ":" and not first.links and first.qualifiers:
            self._head(first)

    def _text(self, text: str, following: list[Node]) -> None:
        for place, character in enumerate(text):
            sign = _IDEOGRAPHIC.get(character, character)
            self.depth += (sign == "(") - (sign == ")")
            if sign in _DIVIDE and self.depth <= 0:
                self.segments.append(_Segment())
            elif sign == ":" and self._ends_heading(following):
                self._head(self.segments[-1])
            elif sign in _DASHES and self._begins_remark(following):
                self.in_remark = True
                self.remark.append(text[place + 1 :])
                return
            else:
                self.segments[-1].loose.append(character)

    def _ends_heading(self, following: list[Node]) -> bool:
        """Whether what stands before the first term is about all of the line: "(sense): a, b"."""
        is_begin = self.depth <= 0 and len(self.segments) == 1 and not self.segments[0].links
        return is_begin and any(is_term(node, is_marked=False) for node in following)

    def _head(self, first: _Segment) -> None:
        said = bare(CAPTION.sub("", markup.clean("".join(first.loose)) + ":", count=1))
        self.heading = " ".join(filter(None, (self.heading, *first.qualifiers, said)))
        first.qualifiers, first.loose = [], []

    def _begins_remark(self, following: list[Node]) -> bool:
        """Whether a dash ends the terms: no term follows, or only links without the mark that the terms have."""
        if self.depth > 0 or not self.segments[-1].links:
            return False
        return not any(is_term(node, is_marked=self.is_marked) for node in following)

    def terms(self) -> Iterator[Term]:
        remark = bare(markup.clean("".join(self.remark))) or None
        for segment in self.segments:
            for term in segment.terms(self.heading):
                yield replace(term, remark=remark) if remark else term


def _unlinked(text: str, elsewhere: str | None) -> Term:
    """Text of a line without a link into the dictionary: a word or two, or a sentence."""
    is_prose = elsewhere is None and len(text.split()) > _MOST_WORDS
    return Term(text, elsewhere, None, is_elsewhere=elsewhere is not None, is_prose=is_prose)


def terms(nodes: Iterable[Node]) -> Iterator[Term]:
    """The terms of one printed line."""
    line = _Line()
    line.read(nodes)
    yield from line.terms()


def bare(printed: str, edges: str = EDGES) -> str:
    """The text without the signs at its ends; a pair of brackets within it stays, half a pair goes.

    ``(noun)`` → ``noun``, ``lamp (noun)`` as it is, ``lamp)`` → ``lamp``.
    """
    signs = "".join(sign for sign in edges if sign not in "()")
    text = printed.strip(signs)
    while text.startswith("(") and text.endswith(")") and _is_one_pair(text):
        text = text[1:-1].strip(signs)
    while text.count(")") > text.count("(") and text.endswith(")"):
        text = text[:-1].strip(signs)
    while text.count("(") > text.count(")") and text.startswith("("):
        text = text[1:].strip(signs)
    return text


def _is_one_pair(text: str) -> bool:
    depth = 0
    for sign in text[:-1]:
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return False
    return True


def mentions(node: Node) -> Iterator[Term]:
    """The words that an element mentions, each with the transliteration and the gloss printed with it."""
    yield from terms(markup.nodes(node))


def relation(kind: RelationType, term: Term, from_: str | None = None) -> Relation:
    """The term as a relation. A page that is not an entry, of the source's thesaurus say, becomes a reference."""
    pointed = "see_also" if term.is_elsewhere else kind
    return Relation(
        type=pointed,
        text=term.text,
        transliteration=term.transliteration,
        from_=from_,
        url=term.url,
        group="; ".join(filter(None, (term.note, term.remark))) or None,
    )


def without_lists(run: Iterable[Node]) -> Iterator[Node]:
    """The text of a list item itself, without the lists nested in it."""
    for node in run:
        if node.tag in _LINES:
            yield from (child for child in markup.nodes(node) if child.tag not in LISTS)
        else:
            yield node


def is_transliteration(node: Node) -> bool:
    """Whether the element is the Latin transliteration of the text before it."""
    if not TRANSLITERATIONS.isdisjoint(markup.classes(node)):
        return True
    return (node.attributes.get("lang") or "").endswith("-Latn") and markup.first(node, "a[href]") is None


def is_bracket(node: Node) -> bool:
    """Whether the element prints only a parenthesis or a quotation mark around what explains a term."""
    return not _AROUND_GLOSSES.isdisjoint(markup.classes(node))


def address(node: Node) -> str | None:
    """The target of an element's link; ``None`` without a link or for a page that nobody has written."""
    link = node if node.tag == "a" else _link(node)
    if link is None or markup.has_class(link, "new"):
        return None
    href = markup.attribute(link, "href")
    return markup.absolute(BASE, href) if href else None


def _link(node: Node) -> Node | None:
    links = (inner for inner in markup.elements_of([node]) if inner.tag == "a" and "href" in inner.attributes)
    return next(links, None)


def is_term(node: Node, *, is_marked: bool) -> bool:
    """Whether an element is a term or contains one; ``is_marked``: only terms marked as of a language count."""
    if not node.is_element_node:
        return False
    found = node.css("[lang]" if is_marked else "[lang], a")
    return any(not is_transliteration(term) and not (term.tag == "a" and _is_remark(term)) for term in found)


def _is_elsewhere(found: str | None) -> bool:
    """Whether an address leads to a page of the wiki other than an entry: of its thesaurus, appendices, categories."""
    if found is None or not _may_name_a_space(found.partition("://")[2]):
        return False
    return unquote(urlsplit(found).path).partition("/wiki/")[2].startswith(_NO_ENTRIES)


def _is_remark(link: Node) -> bool:
    """Whether a link leads out of the dictionary: to Wikipedia's article about a dialect, or to a page about the
    wiki."""
    attributes = link.attributes
    if not _OUTSIDE.isdisjoint((attributes.get("class") or "").split()):
        return True
    href = attributes.get("href") or ""
    if not _may_name_a_space(href):
        return False
    return unquote(urlsplit(href).path).rpartition("/wiki/")[2].removeprefix("./").startswith(_REMARKS)


def _may_name_a_space(address: str) -> bool:
    """Whether an address can lead to "Category:…" and the like: a quick test, since most addresses have no colon."""
    return ":" in address or "%" in address
