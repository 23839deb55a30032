"""The core of an entry with parsel's CSS, as most Scrapy spiders are written."""

from __future__ import annotations

from parsel import Selector

# Text outside of printed separators and glosses.
_TEXT = (
    './/text()[not(ancestor::*[contains(concat(" ", @class, " "), " SEP ") or '
    'contains(concat(" ", @class, " "), " GL ") or contains(concat(" ", @class, " "), " zwsp ")])]'
)


def entry(page: Selector) -> dict[str, object]:
    """Headword, part of speech, transcription and senses of a page."""
    return {
        "headword": _first(page, "h1 .BASE"),
        "part_of_speech": _first(page, ".entry-labels .PART-OF-SPEECH"),
        "ipa": _first(page, ".PRON"),
        "senses": [
            {
                "definition": _first(content, ".DEFINITION"),
                "examples": [_text(sentence) for sentence in content.css(":scope > .EXAMPLES p.EXAMPLE")],
            }
            for content in page.css(".SENSE-CONTENT, .SUB-SENSE-CONTENT")
        ],
    }


def _first(node: Selector, selector: str) -> str | None:
    found = node.css(selector)
    return _text(found[0]) if found else None


def _text(node: Selector) -> str:
    return " ".join("".join(node.xpath(_TEXT).getall()).split())
