"""The core of an entry with Lexbor: the least that a page can cost in Python."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode


def entry(html: str) -> dict[str, object]:
    """Headword, part of speech, transcription and senses of a page."""
    page = LexborHTMLParser(html)
    for mark in page.css(".GL"):
        mark.decompose()
    for mark in page.css(".SEP, .zwsp"):
        mark.decompose()
    return {
        "headword": _first(page.css_first("h1 .BASE")),
        "part_of_speech": _first(page.css_first(".entry-labels .PART-OF-SPEECH")),
        "ipa": _first(page.css_first(".PRON")),
        "senses": [_sense(content) for content in page.css(".SENSE-CONTENT, .SUB-SENSE-CONTENT")],
    }


def _sense(content: LexborNode) -> dict[str, object]:
    own = [child for child in content.iter() if "EXAMPLES" in (child.attributes.get("class") or "").split()]
    sentences = [sentence for examples in own for sentence in examples.css("p.EXAMPLE")]
    return {
        "definition": _first(content.css_first(".DEFINITION")),
        "examples": [_text(sentence) for sentence in sentences],
    }


def _first(node: LexborNode | None) -> str | None:
    return None if node is None else _text(node)


def _text(node: LexborNode) -> str:
    return " ".join(node.text().split())
