"""An entry with parsel's CSS, as most Scrapy spiders are written."""

from __future__ import annotations

from parsel import Selector

from benchmarks.ways import LABELS

_LABELS = ", ".join(f":scope > .{name}" for name in sorted(LABELS))
_NO_MARK = 'not(ancestor-or-self::*[contains(@class, "SEP ") or contains(@class, "zwsp")])'
_TEXT = f".//text()[{_NO_MARK}]"
_TEXT_WITHOUT_GLOSS = f'.//text()[{_NO_MARK} and not(ancestor::*[@class = "GL"])]'


def entry(page: Selector) -> dict[str, object]:
    """The fields of `benchmarks.ways`."""
    return {
        "headword": _first(page, "h1 .BASE"),
        "part_of_speech": _first(page, ".entry-labels .PART-OF-SPEECH"),
        "stars": len(page.css(".entry-red-star")),
        "ipa": _first(page, ".PRON"),
        "mp3": page.css(".PRONS .sound::attr(data-src-mp3)").get(),
        "forms": [_text(form) for form in page.css(".wordforms .INFLECTION-ENTRY")],
        "senses": [_sense(body) for body in page.css(".SENSE-BODY, .SUB-SENSE-BODY")],
    }


def _sense(body: Selector) -> dict[str, object]:
    content = body.css(".SENSE-CONTENT, .SUB-SENSE-CONTENT")[0]
    return {
        "number": (_first(body, ".SENSE-NUM") or "").rstrip("."),
        "definition": _first(content, ".DEFINITION"),
        "labels": [_text(label) for label in content.css(_LABELS)],
        "examples": [_example(examples) for examples in content.css(":scope > .EXAMPLES")],
        "synonyms": [found for box in content.css(":scope > .THES") for found in _synonyms(box)],
    }


def _example(examples: Selector) -> dict[str, str | None]:
    return {
        "pattern": _first(examples, ".PATTERNS-COLLOCATIONS", _TEXT_WITHOUT_GLOSS),
        "text": _first(examples, "p.EXAMPLE", _TEXT_WITHOUT_GLOSS),
        "gloss": _first(examples, ".GL"),
    }


def _synonyms(box: Selector) -> list[list[object]]:
    group = (_first(box, ".h2") or "").rstrip(":")
    links = box.css(".synonyms .theslink")
    return [[group, _text(link), link.attrib["href"]] for link in links if _text(link) != "..."]


def _first(node: Selector, selector: str, texts: str = _TEXT) -> str | None:
    found = node.css(selector)
    return _text(found[0], texts) if found else None


def _text(node: Selector, texts: str = _TEXT) -> str:
    return " ".join("".join(node.xpath(texts).getall()).split())
