"""The core of an entry with BeautifulSoup, as most courses teach it."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag


def entry(html: str) -> dict[str, object]:
    """Headword, part of speech, transcription and senses of a page."""
    soup = BeautifulSoup(html, "html.parser")
    for mark in soup.select(".SEP, .GL, .zwsp"):
        mark.decompose()
    return {
        "headword": _first(soup, "h1 .BASE"),
        "part_of_speech": _first(soup, ".entry-labels .PART-OF-SPEECH"),
        "ipa": _first(soup, ".PRON"),
        "senses": [_sense(content) for content in soup.select(".SENSE-CONTENT, .SUB-SENSE-CONTENT")],
    }


def _sense(content: Tag) -> dict[str, object]:
    own = [child for child in content.find_all(recursive=False) if "EXAMPLES" in (child.get("class") or [])]
    sentences = [sentence for examples in own for sentence in examples.select("p.EXAMPLE")]
    return {"definition": _first(content, ".DEFINITION"), "examples": [_text(sentence) for sentence in sentences]}


def _first(node: Tag, selector: str) -> str | None:
    found = node.select_one(selector)
    return None if found is None else _text(found)


def _text(node: Tag) -> str:
    return " ".join(node.get_text().split())
