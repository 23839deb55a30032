"""The classes allowed in an entry: read by name somewhere, or known to carry no meaning.

A class in neither table is new, and an entry that contains it gets a warning (``unknown-class:NAME``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dictcrawler.parsing.markup import Node

_READ = frozenset(
    """
    active-voice AHD alternative-form alternative-forms ann-lit antonym antonyms audiotable causative causatives
    citation-whole cited-source comeronym comeronyms coordinate-term coordinate-terms defdate deprecated e-example
    e-literally e-quotation e-source e-translation e-transliteration enPR form-of form-of-definition
    form-of-definition-link h-quotation h-usage-example headword headword-line headword-tr holonym holonyms homophones
    hypernym hypernyms hyponym hyponyms ib-brac ib-colon ib-comma ib-content imperfective imperfectives IPA label-brac
    label-comma label-content meronym meronyms NavHead near-synonym near-synonyms nyms perfective perfectives
    qualifier-brac qualifier-colon qualifier-comma qualifier-content SAMPA sense-qualifier-colon senseid synonym
    synonyms term-list-header tr troponym troponyms usage-label-accent usage-label-sense usage-label-term
    """.split()
)
# Appearance, link targets, scripts: nothing that a field could hold.
_IGNORED = frozenset(
    """
    anchor ann-pos ann-tr annotation-paren audiofile audiolink autonumber biota bold ce-date ce-date2 checksense
    cited-lines cited-passage collapsible collocation collocations columns columns-bg den Derived derived-term
    derived-terms derivedterms desc-arr description e-brackets e-footer e-literally e-normalization etyl etylcleanup
    etymid external extiw floatnone form-of-tr frac gender gloss-brac gloss-content gloss-text haudio hlist
    inflection-of inflection-table inflection-table-wrapper internal interProject IPAchar jump-target k-attribution
    k-player kskin lang-mul lb-brac lb-content list-switcher list-switcher-header list-switcher-wrapper manual-tr
    mediaContainer mention mention-gloss mention-gloss-double-quote mention-gloss-paren mention-tr mw-redirect
    mw-references-wrap mw-selflink NavContent NavFrame near-antonym near-antonyms new None noresize noun-class nowrap
    nowraplinks num nyms-list nyms-toggle object-usage-tag plainlinks plainlist poem polytonic prettytable pseudo
    q-hellip q-hellip-b q-hellip-sp redlink reference-text references see-cites selflink serial-and serial-comma sfrac
    smallcaps standard-box term-list term-list-rows terms texhtml text thumbinner toccolours toggle-content
    translations ul-column-count unicode use-synonyms use-with-mention verse vsHide vsShow vsSwitcher vsToggleElement
    wikitable wiktQuote zhpron zhpron-monospace zhusex
    """.split()
)
_IN_TABLES = "table [class], .NavHead [class]"
# Script codes of ISO 15924 ("Latn", "Latinx"), languages and the look of their templates ("fi-decl"), and the slots of
# inflected forms ("3|s|pres-form-of").
_PATTERN = re.compile(
    r"^(?:[A-Z][a-z]{3}|Latinx|Polyt|Rumin|Semap|Morse|[a-z]{2,3}-[A-Z][a-z]{3}|lang-\S+|\S+-form-of|mw-\S+"
    r"|(?:origin|target|pos|gender|\w*translit\w*)-\S*|audio-?\S*"
    r"|vs[A-Z]\w*|k-\S+|oo-ui-\S+|cdx-\S+|wikt-\S+|inflection-table\S*|(?:hide|show)-when-\S+|(?!ib-)[a-z]{2,3}-\S+)$"
)


def warnings(blocks: Iterable[Node]) -> Iterator[str]:
    """A warning for each unknown class. Classes inside tables are only layout; the text of tables is kept whole."""
    held = [block for block in blocks if block.is_element_node]
    elements = [element for block in held for element in block.css("[class]")]
    if _unknown(elements):
        in_tables = {element.mem_id for block in held for element in block.css(_IN_TABLES)}
        for name in sorted(_unknown(element for element in elements if element.mem_id not in in_tables)):
            yield f"unknown-class:{name}"


def _unknown(elements: Iterable[Node]) -> set[str]:
    # Few values stand on many elements.
    values = {element.attrs["class"] or "" for element in elements}
    names = {name for value in values for name in value.split()}
    return {name for name in names - _READ - _IGNORED if not _PATTERN.match(name)}
