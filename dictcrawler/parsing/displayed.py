"""Rewrites the elements of a page as a browser displays them, for all parsers and for coverage.

`settle` changes the tree once, before anything reads it, so that all ways to read a text agree:

* hidden elements go, unless a reader can unfold them: folded lists, tables and boxes are content;
* ``<ruby>`` keeps its base text; its reading moves to the attribute `READING`;
* raised and lowered figures become Unicode's ("10¹⁰⁰", "H₂O"), other raised or lowered text gets
  ``^`` or ``_`` ("C_max"), ordinals and abbreviations stay plain ("5th", "Mr", "No");
* a fraction that only a style sheet draws gets its stroke ("2¹⁄₃");
* a formula becomes its TeX, once; without TeX, the text of its MathML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

READING = "data-reading"
"""The attribute of a settled ``<ruby>`` that holds its reading ("しょく")."""

_SHIFTED = frozenset({"sup", "sub"})
_FORMULAS = "math, img[class*='mwe-math']"
# Elements that render a formula, in several ways at once: MediaWiki, KaTeX, MathJax.
_AROUND_FORMULAS = frozenset({"mwe-math-element", "katex", "MathJax"})
_UNSEEN = frozenset({"sr-only", "visually-hidden", "visuallyhidden"})
# Each alternative costs a pass over the tree: as few as possible ("is" is in "display" and in "visibility").
_CONCERNED = (
    f"sup, sub, ruby, {_FORMULAS}, [hidden], [style*='is' i], [class*='sr-only'], [class*='visually'], [class*='frac']"
)
_HIDING = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
# Content that pages fold away until a reader unfolds it: lists, tables, and boxes whose class says so.
_FOLDED_TAGS = frozenset("ul ol dl li dt dd table tbody thead tfoot tr td th".split())
_FOLDED_CLASS = re.compile(r"navcontent|vshide|collaps|unfold|expand", re.IGNORECASE)

_RAISED = str.maketrans("0123456789+-−–=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾")
_LOWERED = str.maketrans("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎")
_FIGURES = re.compile(r"[0-9+\-−–=()\s]*[0-9+\-−–=][0-9+\-−–=()\s]*")
_TRADE_MARKS = {"TM": "™", "SM": "℠"}
# Transcriptions raise letters as modifiers: tʰ, kʷ, nʲ.
_TRANSCRIBED = frozenset({"IPA", "PRON", "AMEVARPRON", "phon"})
_PLAIN_LETTERS, _MODIFIERS = "hwjɣʕnlrsxəmŋiuɪʊɦʔ", "ʰʷʲˠˤⁿˡʳˢˣᵊᵐᵑⁱᵘᶦᶷʱˀ"
_MODIFIED = str.maketrans(_PLAIN_LETTERS, _MODIFIERS)
# The endings that ordinal numbers have in the languages that raise them: 5th, 1er, XIXe, 3.ª
_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|re|ère|i?[eè]me|me|nde?|d?e|d|[oaºª]s?|[mtvrn][oa])\.?", re.IGNORECASE)
_COUNTED = re.compile(r"(?:\d|\b[IVXLCDM]+)[.\s]*$")
# Words whose last letters were raised when they were written by hand: Mr, No, ye, wch, Mlle.
_ABBREVIATIONS = frozenset(
    "No Nos no nos Nr Mr Mrs Ms Mme Mmes Mlle Mlles Mgr Dr Dra St Ste Sr Sra Srta Sta Sto Co Cie Jr Jno Bd Bvd Vve "
    "Vce Hon Capt Col Lieut Lt Maj Revd Rt Wm Thos Chas Geo Robt Saml Jas ye Ye yt wch wth whch sd".split()
)
_LETTERS_AT_END = re.compile(r"[^\W\d_]+$")
# A raised note to the reader is no exponent: "(key)", "[1]", "citation needed".
_NOTE = re.compile(r"\s*\[.*\]\s*", re.DOTALL)
_NOTE_IF_LINKED = re.compile(r"\s*\(.*\)\s*", re.DOTALL)
_LONGEST_EXPONENT = 16
_ONE_SYMBOL = re.compile(r"√?\w+|\(.*\)")
_FRACTIONS = frozenset({"frac", "sfrac"})
_STROKE = re.compile("[/⁄∕]")
_STYLED_TEX = re.compile(r"\{\\(?:display|text|script)style\b(.*)\}", re.DOTALL)


def settle(root: LexborNode) -> None:
    """Rewrite elements whose display differs from their text. **Changes the tree.**"""
    # Each once: Lexbor returns an element for each selector that it matches
    # (docs/upstream/selectolax-duplicate-matches.md).
    found = list({node.mem_id: node for node in root.css(_CONCERNED)}.values())
    for node in found:
        if node.tag in {"math", "img"}:
            _settle_formula(_whole_formula(node))
    # Inner elements first: an exponent inside an exponent is text before the outer one is read.
    for node in reversed(found):
        if _is_hidden(node):
            node.decompose(recursive=False)
        elif node.tag == "ruby":
            _settle_ruby(node)
        elif not _FRACTIONS.isdisjoint(_classes(node)):
            _settle_fraction(node)
        elif node.tag in _SHIFTED:
            _settle_shifted(node, raised=node.tag == "sup")


def _is_hidden(node: LexborNode) -> bool:
    if not _UNSEEN.isdisjoint(_classes(node)):
        return True
    attributes = node.attributes
    # "until-found" is text that a search in the page reveals.
    hidden = "hidden" in attributes and attributes["hidden"] != "until-found"
    if not hidden and not _HIDING.search(attributes.get("style") or ""):
        return False
    return node.tag not in _FOLDED_TAGS and not _FOLDED_CLASS.search(attributes.get("class") or "")


def _classes(node: LexborNode) -> list[str]:
    return (node.attributes.get("class") or "").split()


def _settle_ruby(node: LexborNode) -> None:
    node.attrs[READING] = "".join(reading.text_lexbor().strip() for reading in node.css("rt"))
    for aside in node.css("rt, rp, rtc"):
        aside.decompose(recursive=False)


def _settle_fraction(node: LexborNode) -> None:
    """``<span class="frac">2<span class="num">1</span>⁄<span class="den">3</span></span>``, as wikis write it."""
    numerator, denominator = node.css_first(".num"), node.css_first(".den")
    if numerator is None or denominator is None:
        return
    if not _STROKE.search(node.text_lexbor()):
        denominator.insert_before("⁄")
    _settle_shifted(numerator, raised=True)
    _settle_shifted(denominator, raised=False)


def _whole_formula(node: LexborNode) -> LexborNode:
    above, whole = node.parent, node
    while above is not None and above.tag in {"span", "i", "div", "mjx-container", "mjx-assistive-mml"}:
        if not _AROUND_FORMULAS.isdisjoint(_classes(above)):
            whole = above
        above = above.parent
    return whole


def _settle_formula(node: LexborNode) -> None:
    tex = next(filter(None, _tex(node)), "")
    if tex:
        around = " " if "mwe-math-element-block" in _classes(node) else ""
        node.insert_before(f"{around}{tex}{around}")
        # A second rendering of the same formula then finds nothing around it.
        node.decompose(recursive=False)
        return
    for aside in node.css("annotation, annotation-xml"):
        aside.decompose(recursive=False)
    for part in reversed(node.css("msup, msub, msubsup, mfrac, msqrt")):
        _settle_part(part, [child for child in part.iter() if child.is_element_node])


def _settle_part(part: LexborNode, inner: list[LexborNode]) -> None:
    """A part of MathML whose position determines its meaning."""
    match part.tag, inner:
        case "msup" | "msub", [_, index]:
            _settle_shifted(index, raised=part.tag == "msup")
        case "msubsup", [_, lower, upper]:
            _settle_shifted(lower, raised=False)
            _settle_shifted(upper, raised=True)
        case "mfrac", [above, below]:
            for side in (above, below):
                _bracket(side)
            below.insert_before("/")
        case "msqrt", [*_]:
            _bracket(part)
            _around(part, "√", "")
        case _:
            pass


def _bracket(node: LexborNode) -> None:
    if not _ONE_SYMBOL.fullmatch(node.text_lexbor().strip()):
        _around(node, "(", ")")


def _tex(node: LexborNode) -> Iterator[str]:
    for source in node.css("annotation[encoding*='tex' i], math[alttext], img[alt]"):
        attributes = source.attributes
        written = attributes.get("alttext") or attributes.get("alt") or source.text_lexbor()
        bare = _STYLED_TEX.fullmatch(written.strip())
        yield " ".join((bare[1] if bare else written).split())


def _settle_shifted(node: LexborNode, *, raised: bool) -> None:
    """A raised or lowered element keeps its place in the tree, so that selections still find it."""
    printed = node.text_lexbor()
    if _is_note(node, printed):
        return
    if _FIGURES.fullmatch(printed):
        _translate(node, _RAISED if raised else _LOWERED)
    elif raised and _is_transcribed(node) and all(letter in _PLAIN_LETTERS for letter in printed):
        _translate(node, _MODIFIED)
    elif raised and printed.strip() in _TRADE_MARKS:
        _replace_text(node, _TRADE_MARKS[printed.strip()])
    elif not (raised and _goes_on(_text_before(node), printed.strip())):
        _mark(node, printed.strip(), "^" if raised else "_")


def _goes_on(before: str, raised: str) -> bool:
    """Whether raised letters are part of the word before them: of an ordinal, or of an abbreviation."""
    if _ORDINAL.fullmatch(raised) and _COUNTED.search(before):
        return True
    begins = _LETTERS_AT_END.search(before)
    if begins is not None and raised == "th" and len(begins[0]) == 1:
        # The n-th.
        return True
    return begins is not None and f"{begins[0]}{raised.rstrip('.')}" in _ABBREVIATIONS


def _is_note(node: LexborNode, printed: str) -> bool:
    if len(printed) > _LONGEST_EXPONENT or not re.search(r"[^\W_]|[+\-−–=]", printed):
        return True
    if _NOTE.fullmatch(printed) or printed.strip() == "(key)":
        return True
    return bool(_NOTE_IF_LINKED.fullmatch(printed)) and node.css_first("a") is not None


def _is_transcribed(node: LexborNode) -> bool:
    above, steps = node.parent, 0
    while above is not None and steps < 3:  # noqa: PLR2004
        if not _TRANSCRIBED.isdisjoint(_classes(above)):
            return True
        above, steps = above.parent, steps + 1
    return False


def _mark(node: LexborNode, printed: str, mark: str) -> None:
    is_one = _ONE_SYMBOL.fullmatch(printed)
    _around(node, mark if is_one else f"{mark}(", "" if is_one else ")")


def _around(node: LexborNode, before: str, after: str) -> None:
    first, last = node.first_child, node.last_child
    if first is not None and last is not None:
        first.insert_before(before)
        if after:
            last.insert_after(after)


def _translate(node: LexborNode, table: dict[int, int]) -> None:
    for text in _text_nodes(node):
        text.replace_with((text.text_content or "").translate(table))


def _replace_text(node: LexborNode, text: str) -> None:
    for place, old in enumerate(list(_text_nodes(node))):
        old.replace_with("" if place else text)


def _text_nodes(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        following = child.next
        if child.is_text_node:
            yield child
        else:
            yield from _text_nodes(child)
        child = following


def _text_before(node: LexborNode) -> str:
    """The text before an element on its line, as far as its direct neighbours have it."""
    around: LexborNode | None = node
    while around is not None and around.tag not in {"p", "li", "dd", "div", "td"}:
        before = around.prev
        while before is not None:
            printed = (before.text_content or "") if before.is_text_node else before.text_lexbor()
            if printed.strip():
                return printed
            before = before.prev
        around = around.parent
    return ""
