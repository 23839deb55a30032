"""What editors write by hand where most pages have a template: "plural of X" as a definition, notes on usage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dictcrawler.dictionaries.wiktionary import terms
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

# What a word is of another one: each word before "of" is one of these, and one of the second group is among them.
_BESIDE = frozenset(
    "a. active alternative and animate archaic attributive capitalization common-gender construct dated definite "
    "dialect dialectal emphatic eye first first-person future imperfect inanimate indefinite middle neuter "
    "nonstandard obsolete of passive perfect person personal present pronunciation second second-person simple "
    "standard strong third third-person uncommon variant weak".split()
)
_NAMES = frozenset(
    "abbreviation ablative accusative acronym clipping comparative conditional contraction dative dual ellipsis "
    "feminine form genitive gerund imperative indicative infinitive inflection initialism instrumental locative "
    "masculine misspelling nominative optative participle past plural preterite singular spelling subjunctive "
    "superlative tense vocative".split()
)
# Alone they are nouns as any other: "form of government".
_NEVER_ALONE = frozenset({"form", "past", "tense", "spelling", "ellipsis"})
_LEAD_IN = re.compile(r"(?:the )?((?:[a-z-]+[ /]){1,8})of (?=\S)", re.IGNORECASE)
_ANOTHER = re.compile(r"(?:[,;/]\s*(?:and|or)?|\s+(?:and|or))\s*(?=\S)")
_USAGE_NOTE = re.compile(r"\W*(?:usage notes?|notes? on usage|notes?)\s*:\s*", re.IGNORECASE)


def lemmas(inline: Iterable[Node], definition: str) -> Iterator[terms.Term]:
    """The linked words when a definition says no more than that the headword is a form of them."""
    found = _LEAD_IN.match(definition)
    if found is None or not _names_a_form(found[1].casefold().replace("/", " ").split()):
        return
    rest = definition[found.end() :]
    links = (link for node in inline if node.is_element_node for link in node.css("[lang], a[href]"))
    for term in (term for link in links for term in terms.terms([link])):
        if not rest.startswith(term.text):
            continue
        rest = rest[len(term.text) :]
        if rest.lstrip()[:1].isalnum() and not _ANOTHER.match(rest):
            return
        yield term
        another = _ANOTHER.match(rest)
        if another is None:
            return
        rest = rest[another.end() :]


def usage_note(item: Node) -> tuple[str, str] | None:
    """Caption and text of a line that is a note on usage ("Usage note: mostly of lamps"); ``None`` for any other."""
    # Most lines are no notes, and their text is not needed.
    if _USAGE_NOTE.match(item.text_lexbor()) is None:
        return None
    printed = markup.text(item)
    found = _USAGE_NOTE.match(printed)
    if found is None or not printed[found.end() :] or _is_one_sample(item, printed):
        return None
    return found[0], printed[found.end() :]


def _names_a_form(words: list[str]) -> bool:
    named = _NAMES.intersection(words)
    return (
        bool(named) and _NAMES.union(_BESIDE).issuperset(words) and (len(words) > 1 or _NEVER_ALONE.isdisjoint(named))
    )


def _is_one_sample(item: Node, printed: str) -> bool:
    """Whether all of a line is a sentence in italics, which may begin with "Note:" itself."""
    return any(node.tag in {"i", "em"} and markup.text(node) == printed for node in markup.elements(item))
