"""Macmillan's class names: what is noise, what is transparent, what carries a label.

Names in capitals are elements of the publisher's own XML and keep their meaning through
all generations of the site; names in small letters are the layout's.
"""

from __future__ import annotations

from dictcrawler.markup import Node
from dictcrawler.model import LabelType

# Advertising, navigation, buttons, captions, lists of other entries: of generation B (seen in
# whole pages) and C (known from the scripts that people wrote to hide them). What few elements
# have stands before ``:is``, so that most elements are compared with little.
NEVER_CONTENT = (
    "script, style, noscript, "
    "[id]:is([id^=ad_], [id*=google_ads], #potw, #headwordright, #social_head, #helplinks-box, #redwordslayer, "
    "#thesaurus-floatinglayer, #innerleftcol, #relatedentries, #usageboxlinks, #innerrightcol), "
    ".am-dictionary, .floating-search, .thesaurus-layer, .headword-definition, .contributeto_button, .wordforms a, "
    ".IBOX-HEAD, .toggle-open, .toggle-close, .related-entries-content, .visible-xs, "
    ".smallprint, .moreButton, .noNumberElement, .textfromopen, "
    ".synonyms:not(:has(a)):is(.THES > *), .thes-links:not(:has(.theslink)), "
    ".TITLE:is(#phrases_container > *, #phrasal_verbs_container > *), "
    # Captions printed as separators ("See also"); those between two links keep the links apart.
    ".SEP:first-child:is(.PV-XREF > *, .RUNON > *, .SEEALSO-GROUP > *, .MAIN-XREF > *, .VARIANT > *)"
)

LABELS: dict[str, LabelType] = {
    "SYNTAX-CODING": "grammar",
    "GRAMMAR-TEXT": "grammar",
    "STYLE-LEVEL": "register",
    "DIALECT": "region",
    "SUBJECT-AREA": "domain",
    "RESTRICTION-CLASS": "restriction",
}

# Elements of the XML that only hold others.
WRAPPERS = frozenset(
    "HOMOGRAPH PV-HOMOGRAPH HEAD HEAD-INFO HEAD-INFO1 HEAD-INFO2 H_S1 H_S2 BASE-FORM MAINENTRY ENTRY "
    "SENSE SENSE-BODY SENSE-CONTENT SENSE-ENTRY SENSE-INFO SENSE-INFO1 SUB-SENSES SUB-SENSE-BODY "
    "SUB-SENSE-CONTENT IBOX INFLECTION-GROUP INFLECTION INFLECTION-CONTENT I-BASEFORM".split()
)

# Elements inside a text, and what is marked in it; none of them is a field of its own.
_INLINE = frozenset("QUERY HW BOLD KEY-REF KEY-IDEA COL-HW ONE-COLLOCATE COLLOCATION-SET SUB INFLX".split())

# The layout's own names, which say nothing of the content.
_LAYOUT = frozenset(
    "a anchor audio_play_button big-title centred clearfix definitions-list dflex entry-labels entry-pron-head "
    "entry-sense entry_onebox entryBody entrylist first foldimage h2 h3 layer left-content limit-max-width "
    "line-box-content openEntry openSense p phrases phrasal-verbs redword row senses show_less sidebox "
    "sideboxbody sound stars_grp synonyms td thes-links theslink toggle-toggle toggleable zwsp".split()
)
_LAYOUT_FAMILIES = ("col-", "icon_", "margin-", "middle-", "no-", "responsive_")


def unknown_classes(content: Node, read: frozenset[str]) -> set[str]:
    """The classes below a node that nobody knows; ``read`` are those that are read.

    A separator names its place beside its own class (``SEP PRON-before``): no content either.
    """
    values = {node.attributes["class"] or "" for node in content.css("[class]:not(.SEP)")}
    names = {name for value in values for name in value.split()}
    return {name for name in names - read - WRAPPERS - _INLINE - _LAYOUT if not name.startswith(_LAYOUT_FAMILIES)}
