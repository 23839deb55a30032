"""Longman's class names: the role of each, the classes that are never content, and those kept apart in a text.

The names are those of the publisher's XML (``Sense``, ``EXAMPLE``, ``PROPFORM``) and have not changed from 2016 to
2026; lower-case ones belong to the site's layout.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from dictcrawler.dictionaries.longman.counts import COUNTS
from dictcrawler.model import LabelType
from dictcrawler.parsing.outline import Kind, Kinds

LABELS: Mapping[str, LabelType] = {
    "GRAM": "grammar",
    "REGISTERLAB": "register",
    "GEO": "region",
    "geo": "region",
    "ACTIV": "domain",
    "FIELD": "domain",
    "FIELDXX": "domain",
}

# The name of each form, for those that the page does not name.
FORM_TAGS: Mapping[str, str | None] = {
    "PASTTENSE": "past tense",
    "PASTPART": "past participle",
    "PTandPP": "past tense and past participle",
    "PRESPART": "present participle",
    "T3PERSSING": "third person singular",
    "PLURALFORM": "plural",
    "COMP": "comparative",
    "SUPERL": "superlative",
    "FULLFORM": "full form",
    "ABBR": "abbreviation",
    "ORTHVAR": None,
    "LEXVAR": None,
    "UNCLASSIFIED": None,
}
_FORMS = frozenset(FORM_TAGS) | {f"{name}X" for name, tag in FORM_TAGS.items() if tag}

# Printed separators: brackets, bullets, arrows, "at", "see". No field repeats them.
MARKS = frozenset({"neutral"})

_ROLES = {
    "head": "Head",
    "sense": "Sense",
    "subsense": "Subsense",
    "section": "SpokenSect",
    "below": "PhrVbEntry RunOn SUBENTRY SubEntry",
    "box": "Box Hint LearnerItem",
    "headword": "HWD PHRVBHWD DERIV SUBHWD",
    "number": "sensenum",
    "signpost": "SIGNPOST",
    "label": " ".join(LABELS),
    "definition": "DEF",
    "example": "EXAMPLE COLLEXA THESEXA",
    "pattern": "GramExa ColloExa Collocate",
    "relation": "SYN OPP RELATEDWD AMEQUIV BREQUIV HOMOPHONE",
    "reference": "Crossref Thesref crossRef REFHWD assetref",
    "phrase": "LEXUNIT",
    "variants": "Variant AmEVariant BrEVariant",
    "forms": "Inflections",
    "form": " ".join(_FORMS),
    "sounds": "PronCodes",
    "recording": "brefile amefile",
    "part_of_speech": "POS",
    "frequency": "LEVEL FREQ AC",
    "hyphenation": "HYPHENATION",
    "homograph": "HOMNUM",
}
_ROLE_OF = {name: role for role, names in _ROLES.items() for name in names.split()}

# Read by name inside the elements above, or known to be layout.
_KNOWN = frozenset(_ROLE_OF) | frozenset(
    # fields and texts
    "AMEVARPRON BADCOLLO BADEXA CENTURY COLLGLOSS COLLO COLLOC COLLOINEXA CROSS CROSSREFTYPE ColloBox Crossrefto "
    "DEFBOLD EXP EXPL EXPR Entry ErrorBox Exponent F2NBox GLOSS GOODCOLLO GramBox HEADING HINTBOLD HINTITALIC "
    "HINTTITLE LANG LINKWORD NodeW NonDV OBJECT ORIGIN PRON PRONSTRONG PROPFORM PROPFORMPREP "
    "REFHOMNUM REFLEX REFSENSENUM SECHEADING STRONG SUFFIX Section THESPROPFORM TRAN Tail ThesBox UsageBox "
    "boxheader collodef defRef dont_say exa exaGroup infllab italic keycollo neutral refsensenum subheading title "
    "warning "
    # beside the entries
    "aux col1 col2 etym firsts header next_tenses opp pos topic verbTable verb_form w wordfams "
    # layout
    "asset assetlink bussdictEntry cross collo dictentry dictlink display div entry frequent heading ldoceEntry "
    "newline span thesref tooltip topics_container yellow_box".split()
)
_CORPUS_GROUP = re.compile(r"cexa\d+(g\d+)?")

# Advertising, players, buttons, captions, and elements that the site's style sheet hides.
_HIDDEN = frozenset(
    "am-default am-dictionary contentslot speaker synopp dictionary_intro asset_intro related_topics lemma view_more "
    "view_less BOX COMMENT NOTE Noteprompt PIC PICCAL USAGE".split()
)
# Left out below an element of the class on the right. The head of a word origin repeats the headword, to show whose
# origin it is; the separators and numbers of a link repeat its address.
_HIDDEN_IN = {
    "Head": "etym",
    "crossRef": "asset",
    "neutral": "REFHWD thesref",
    "REFHOMNUM": "crossRef Crossref REFHWD",
    "REFSENSENUM": "crossRef Crossref REFHWD",
}
# Part of a running text: the text before and after such an element may be one word.
_INLINE = frozenset(
    "COLLOINEXA CROSS Crossrefto DEFBOLD EXPR NodeW NonDV OBJECT REFHWD SUFFIX crossRef defRef refsensenum".split()
)
# Searched for in a whole block or table.
_LANDMARKS = frozenset({"Entry", "bussdictEntry", "topics_container", "exaGroup", "assetref", "lemma"})
# They mark words in a text and have no field of their own.
_TRANSPARENT = frozenset("COLLOINEXA CROSS DEFBOLD EXPR NodeW OBJECT SUFFIX defRef".split())
_BLOCKS = frozenset(
    "newline DEF EXAMPLE COLLEXA THESEXA EXPL HEADING heading SECHEADING subheading Section Collocate Exponent GramExa "
    "ColloExa Sense Subsense SpokenSect RunOn PhrVbEntry SUBENTRY SubEntry Hint LearnerItem Tail".split()
)


def _is_known(name: str) -> bool:
    # The class of a player or an icon tells nothing about the content.
    return name in _KNOWN or name in _HIDDEN or _CORPUS_GROUP.fullmatch(name) is not None


def _kind(value: str) -> Kind:
    names = tuple(value.split())
    role = next((_ROLE_OF[name] for name in names if name in _ROLE_OF), None)
    if role is None and any(name.endswith("Box") for name in names):
        role = "box"
    is_hidden = not _HIDDEN.isdisjoint(names)
    unknown = () if is_hidden else tuple(name for name in names if not _is_known(name))
    return Kind(
        names=names,
        role=role,
        is_hidden=is_hidden,
        hidden_in=frozenset(place for name in names for place in _HIDDEN_IN.get(name, "").split()),
        is_block=not _BLOCKS.isdisjoint(names) or role == "box",
        is_inline=not names or not _INLINE.isdisjoint(names),
        unknown=unknown,
        is_transparent=bool(names) and _TRANSPARENT.issuperset(names),
        is_noted=bool(unknown) or not _LANDMARKS.isdisjoint(names),
    )


KINDS = Kinds(_kind, COUNTS.may_match)
