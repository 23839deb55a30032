"""Writes HTML: one function for an element, and the fragments that both layouts have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from urllib.parse import quote_plus

from dictcrawler.model import Box, Definition, Example, InflectedForm, Label, LexicalEntry, Relation, Sense
from dictcrawler.sample.macmillan.authoring import HOST, PREFIXES, PRESENT, address
from dictcrawler.sample.writing import slug_of, tag

LABEL_CLASSES = {
    "grammar": "SYNTAX-CODING",
    "register": "STYLE-LEVEL",
    "region": "DIALECT",
    "domain": "SUBJECT-AREA",
    "restriction": "RESTRICTION-CLASS",
}
HREFLANG = {"british": "en", "american": "en-US"}
_BRACKETED = frozenset({"SYNTAX-CODING", "RESTRICTION-CLASS"})
# Words of a definition that link to their own entries: any long one.
_LINKED = re.compile(r"\b[a-z]{6,}\b")
_AT_END = re.compile(r"([.!?]?)$")


def separator(name: str, text: str) -> str:
    """Punctuation that the layout prints around a value."""
    return tag("span", f"SEP {name}", escape(text))


def wrapped(classes: str, before: str, text: str, after: str = "") -> str:
    """A value with its printed separators inside its element."""
    name = classes.split(maxsplit=1)[0]
    closing = separator(f"{name}-after", after) if after else ""
    return tag("span", classes, separator(f"{name}-before", before), escape(text), closing)


def label(item: Label) -> str:
    """A usage label: grammar codes and restrictions in brackets."""
    name = LABEL_CLASSES[item.type]
    if name in _BRACKETED:
        return wrapped(f"{name} show_less", " [", item.text, "]")
    return wrapped(name, " ", item.text)


def labels(items: Iterable[Label]) -> str:
    """Several labels, in order."""
    return "".join(map(label, items))


def spelling_path(edition: str, word: str) -> str:
    """The path and query of the "not found" page."""
    us = "/us" if edition == "american" else ""
    return f"{us}/spellcheck/{edition}/?q={quote_plus(word)}"


def own_id(identifier: str) -> str:
    """The source's own id: the part after the last ``#`` or ``:`` of ours."""
    return re.split(r"[#:]", identifier)[-1]


def linked(text: str, edition: str, wrap: str = "") -> str:
    """Text whose long words are links to their own entries, as on the real site."""

    def link(word: re.Match[str]) -> str:
        anchor = tag("a", "" if wrap else "QUERY", word[0], href=f"{HOST}{PREFIXES[edition]}/{word[0]}", title=word[0])
        return tag("span", wrap, anchor) if wrap else anchor

    return _LINKED.sub(link, escape(text, quote=False))


def definition(item: Definition, edition: str, resource: str) -> str:
    """A definition, or its substitute."""
    before, _, word = item.text.rpartition(" ")
    link = tag("a", "", escape(word), href=f"{HOST}{PREFIXES[edition]}/{slug_of(word)}", title=word)
    if item.definition_type == "same_as":
        return tag("span", "SAMEAS", separator("SAMEAS-before", " "), link)
    if item.definition_type == "form_of":
        return tag("div", "GREF-GROUP", tag("span", "GREF-TYPE", before), " ", tag("span", "GREF-ENTRY", link))
    usage = wrapped("USAGUC", ". ", item.usage) if item.usage else ""
    blank = separator("DEFINITION-before", " ")
    return tag("span", "DEFINITION", blank, linked(item.text, edition), usage, resource=resource)


def example(item: Example, number: int, own: str, edition: str, pattern_tag: tuple[str, str]) -> str:
    """An example with its bold pattern; the gloss goes into the pattern if there is one."""
    gloss = wrapped("GL", " (=", item.gloss, ")") if item.gloss else ""
    sentence = linked(item.text, edition, wrap="EXAMPLE")
    before = ""
    if item.pattern:
        before = tag(*pattern_tag, escape(item.pattern, quote=False), gloss) + separator("EXAMPLE-before", ": ")
    elif gloss:
        sentence = _AT_END.sub(lambda end: gloss + end[1], sentence, count=1)
    classes = "EXAMPLES first" if number == 1 else "EXAMPLES show_less"
    paragraph = tag("p", "EXAMPLE", sentence, resource=f"dict_{edition}")
    page = own.rpartition("__")[0]
    return tag("div", classes, before, paragraph, id=f"{page}__{position(own) + number}")


def examples(sense: Sense, edition: str, pattern_tag: tuple[str, str]) -> str:
    """All examples of a sense; they take the ids that follow the sense's own."""
    own = own_id(sense.id)
    numbered = enumerate(sense.examples, 1)
    return "".join(example(item, number, own, edition, pattern_tag) for number, item in numbered)


def thesaurus(entry: LexicalEntry, sense: Sense) -> str:
    """The thesaurus snippets of a sense: a heading, three words, an ellipsis, a button."""
    own = [relation for relation in entry.relations if relation.type == "synonym" and relation.from_ == sense.id]
    snippets = [_snippet(entry, heading or "", list(words)) for heading, words in groupby(own, lambda item: item.group)]
    return tag("div", "THES", *snippets) if snippets else ""


def _snippet(entry: LexicalEntry, heading: str, words: list[Relation]) -> str:
    category = f"{HOST}/thesaurus-category/{entry.edition}/{slug_of(heading)}"
    links = [tag("a", "theslink", escape(word.text), href=word.url or "", title=word.text) for word in words]
    more = tag("a", "theslink", "...", href=category)
    button = tag(
        "a",
        "moreButton",
        "\n    Explore Thesaurus\n",
        href=category,
        data_word=entry.headword,
        title=f"See all synonyms for {heading} ",
    )
    title = tag("span", "synonyms", tag("span", "icon_thesaurus_small_bullet", " "), "Synonyms and related words\n")
    return tag("div", "synonyms", title) + tag(
        "div",
        "thessnippet",
        tag("a", "cattitle", tag("span", "h2", escape(heading), ":"), href=category),
        tag("span", "synonyms", ", ".join(links), more),
        tag("div", "centred", button),
    )


def forms_table(forms: Iterable[InflectedForm]) -> str:
    """The rows of the table of forms; a verb's table begins with a row that has no form."""
    rows = [_row((form.tag or "").removeprefix(f"{PRESENT}, "), form.text) for form in forms]
    if len(rows) > len(("singular", "plural")):
        rows.insert(0, tag("tr", "", tag("td", "", tag("span", "INFLECTION-TYPE", PRESENT))))
    return tag("table", "", *rows)


def _row(name: str, text: str) -> str:
    form = tag("span", "I-BASEFORM", tag("span", "INFLECTION-ENTRY", escape(text)))
    content = tag("td", "", tag("span", "INFLECTION-CONTENT", form))
    return tag("tr", "", tag("td", "", tag("span", "INFLECTION-TYPE", escape(name))), content)


def box_body(box: Box, headword: str) -> str:
    """The text of a framed note: collocates in a line, or a lead and its examples."""
    text = box.text or ""
    if box.kind == "collocations":
        return _collocates(text, headword)
    if box.kind == "metaphor":
        return tag("div", "KEY-IDEA", escape(text)) + _bullets(_key_reference(item.text) for item in box.examples)
    return tag("div", "p", escape(text)) + _bullets(tag("span", "EX", escape(item.text)) for item in box.examples)


def _bullets(items: Iterable[str]) -> str:
    return tag("ul", "", *(tag("li", "", item) for item in items))


def _collocates(text: str, headword: str) -> str:
    lead, _, words = text.partition(f" {headword} ")
    listed = ", ".join(tag("span", "ONE-COLLOCATE", escape(word)) for word in words.split(", "))
    return f"{escape(lead)} {tag('span', 'COL-HW', headword)} {tag('div', 'p', '▪ ', listed)}"


def _key_reference(text: str) -> str:
    first, _, rest = text.partition(" ")
    return f"{escape(first)} {tag('span', 'KEY-REF', escape(rest))}"


def links(entry: LexicalEntry, relation: str, item_class: str) -> str:
    """A list of links to pages of their own, with the real site's blanks before text and address."""
    return "".join(
        tag(
            "li",
            item_class,
            tag("a", "", f" {escape(item.text, quote=False)}", title=item.text, href=f" {item.url}"),
        )
        for item in entry.relations
        if item.type == relation and item.url
    )


def senses_in_order(entry: LexicalEntry) -> Iterator[tuple[Sense, tuple[Sense, ...]]]:
    """Each numbered sense with its sub-senses."""
    for sense in entry.senses:
        if sense.parent is None:
            yield sense, tuple(sub for sub in entry.senses if sub.parent == sense.id)


def last_id(senses: Iterable[Sense]) -> int:
    """The highest number used by the senses and their examples."""
    return max((position(sense.id) + len(sense.examples) for sense in senses), default=0)


def next_position(entries: Sequence[LexicalEntry]) -> int:
    """The first number that no sense, example or run-on of the page uses."""
    inside = max((position(entry.id) for entry in entries[1:]), default=0)
    return 1 + max(inside, 0, *(last_id(entry.senses) for entry in entries))


def position(identifier: str) -> int:
    """The position of an id in its page's count: 7 for ``call_2__7``."""
    return int(identifier.rpartition("__")[2])


def box_in_sense_id(entry: LexicalEntry) -> str:
    """The id that follows the first sense, its sub-senses and all of their examples."""
    first = entry.senses[0]
    group = [sense for sense in entry.senses if first.id in (sense.id, sense.parent)]
    return f"{own_id(entry.id)}__{last_id(group) + 1}"


def alternates(entry: LexicalEntry) -> dict[str, str]:
    """The ``hreflang`` links: the page itself and its counterpart in the other edition."""
    targets = [entry.id, *(item.to or "" for item in entry.relations if item.type == "counterpart")]
    return {HREFLANG[target.split(":")[1]]: address(target) for target in targets}
