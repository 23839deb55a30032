"""The classes that may stand in an entry: read by name somewhere, or known to carry no meaning.

A class that is in neither table is new, and an entry that has it says so (``unknown-class:NAME``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from dictcrawler import markup
from dictcrawler.markup import Node

_READ = frozenset(
    """
    AHD IPA NavHead audiotable citation-whole cited-source defdate deprecated e-example e-literally e-quotation
    e-source e-translation e-transliteration enPR form-of form-of-definition form-of-definition-link h-quotation
    h-usage-example headword headword-line headword-tr homophones ib-brac ib-colon ib-comma ib-content label-brac
    label-comma label-content nyms qualifier-brac qualifier-colon qualifier-comma qualifier-content
    sense-qualifier-colon senseid term-list-header tr usage-label-accent usage-label-sense usage-label-term
    antonym antonyms coordinate-term coordinate-terms comeronym comeronyms holonym holonyms hypernym hypernyms
    hyponym hyponyms meronym meronyms near-synonym near-synonyms synonym synonyms troponym troponyms
    """.split()
)
# How it looks, where a link goes, which script it is in: nothing that a field could hold.
_IGNORED = frozenset(
    """
    NavContent NavFrame ann-pos ann-tr annotation-paren audiofile audiolink cited-passage derivedterms etyl
    etylcleanup external extiw gender inflection-table inflection-table-wrapper interProject internal kskin
    list-switcher list-switcher-wrapper mediaContainer mention mention-gloss mention-gloss-double-quote
    mention-gloss-paren mention-tr mw-redirect mw-references-wrap new nowrap nyms-toggle polytonic q-hellip-b
    q-hellip-sp reference-text references selflink serial-and serial-comma term-list text ul-column-count unicode
    use-with-mention mw-selflink pseudo None plainlinks inflection-of lang-mul collapsible wikitable
    """.split()
)
# Script codes of ISO 15924 ("Latn", "Latinx"), languages, and the slots of inflected forms ("3|s|pres-form-of").
_PATTERN = re.compile(r"^(?:[A-Z][a-z]{3}|Latinx|[a-z]{2,3}-[A-Z][a-z]{3}|lang-\S+|\S+-form-of|mw-\S+|audio-?\S*)$")


def warnings(blocks: Iterable[Node]) -> Iterator[str]:
    """A warning for each class that nobody knows."""
    elements = chain.from_iterable(block.css("[class]") for block in blocks if block.is_element_node)
    names = {name for element in elements for name in markup.classes(element)}
    for name in sorted(names - _READ - _IGNORED):
        if not _PATTERN.match(name):
            yield f"unknown-class:{name}"
