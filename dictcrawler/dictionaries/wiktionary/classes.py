"""The classes that may stand in an entry: read by name somewhere, or known to carry no meaning.

A class that is in neither table is new, and an entry that has it says so (``unknown-class:NAME``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

_READ = frozenset(
    """
    AHD antonym antonyms audiotable citation-whole cited-source comeronym comeronyms coordinate-term
    coordinate-terms defdate deprecated e-example e-literally e-quotation e-source e-translation e-transliteration
    enPR form-of form-of-definition form-of-definition-link h-quotation h-usage-example headword headword-line
    headword-tr holonym holonyms homophones hypernym hypernyms hyponym hyponyms ib-brac ib-colon ib-comma ib-content
    IPA label-brac label-comma label-content meronym meronyms NavHead near-synonym near-synonyms nyms qualifier-brac
    qualifier-colon qualifier-comma qualifier-content sense-qualifier-colon senseid synonym synonyms
    term-list-header tr troponym troponyms usage-label-accent usage-label-sense usage-label-term
    """.split()
)
# How it looks, where a link goes, which script it is in: nothing that a field could hold.
_IGNORED = frozenset(
    """
    ann-pos ann-tr annotation-paren audiofile audiolink cited-passage collapsible columns-bg derivedterms etyl
    etylcleanup external extiw gender gloss-brac gloss-content inflection-of inflection-table
    inflection-table-wrapper internal interProject kskin lang-mul list-switcher list-switcher-wrapper mediaContainer
    mention mention-gloss mention-gloss-double-quote mention-gloss-paren mention-tr mw-redirect mw-references-wrap
    mw-selflink NavContent NavFrame new None nowrap nyms-toggle object-usage-tag plainlinks polytonic pseudo
    q-hellip-b q-hellip-sp reference-text references selflink serial-and serial-comma term-list text ul-column-count
    unicode use-with-mention wikitable
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
