"""An entry with Lexbor: the lowest possible cost of a page in Python."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

from benchmarks.ways import LABELS


def entry(html: str) -> dict[str, object]:
    """The fields of `benchmarks.ways`."""
    page = LexborHTMLParser(html)
    for mark in page.css(".SEP, .zwsp"):
        mark.decompose()
    sound = page.css_first(".PRONS .sound")
    return {
        "headword": _text_of(page.css_first("h1 .BASE")),
        "part_of_speech": _text_of(page.css_first(".entry-labels .PART-OF-SPEECH")),
        "stars": len(page.css(".entry-red-star")),
        "ipa": _text_of(page.css_first(".PRON")),
        "mp3": sound.attributes.get("data-src-mp3") if sound else None,
        "forms": [_text(form) for form in page.css(".wordforms .INFLECTION-ENTRY")],
        "senses": [_sense(body) for body in page.css(".SENSE-BODY, .SUB-SENSE-BODY")],
    }


def _sense(body: LexborNode) -> dict[str, object]:
    content = body.css_first(".SENSE-CONTENT, .SUB-SENSE-CONTENT") or body
    children = [(child, set((child.attributes.get("class") or "").split())) for child in content.iter()]
    return {
        "number": (_text_of(body.css_first(".SENSE-NUM")) or "").rstrip("."),
        "definition": _text_of(content.css_first(".DEFINITION")),
        "labels": [_text(child) for child, names in children if names & LABELS],
        "examples": [_example(child) for child, names in children if "EXAMPLES" in names],
        "synonyms": [found for child, names in children if "THES" in names for found in _synonyms(child)],
    }


def _example(examples: LexborNode) -> dict[str, str | None]:
    gloss = examples.css_first(".GL")
    said = _text_of(gloss)
    if gloss is not None:
        gloss.decompose()
    pattern, sentence = examples.css_first(".PATTERNS-COLLOCATIONS"), examples.css_first("p.EXAMPLE")
    return {"pattern": _text_of(pattern), "text": _text_of(sentence), "gloss": said}


def _synonyms(box: LexborNode) -> list[list[object]]:
    group = (_text_of(box.css_first(".h2")) or "").rstrip(":")
    links = box.css(".synonyms .theslink")
    return [[group, _text(link), link.attributes["href"]] for link in links if _text(link) != "..."]


def _text_of(node: LexborNode | None) -> str | None:
    return None if node is None else _text(node)


def _text(node: LexborNode) -> str:
    return " ".join(node.text().split())
