"""An entry with BeautifulSoup, as most courses teach it."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag

from benchmarks.ways import LABELS


def entry(html: str) -> dict[str, object]:
    """The fields of `benchmarks.ways`."""
    soup = BeautifulSoup(html, "html.parser")
    for mark in soup.select(".SEP, .zwsp"):
        mark.decompose()
    sound = soup.select_one(".PRONS .sound")
    return {
        "headword": _first(soup, "h1 .BASE"),
        "part_of_speech": _first(soup, ".entry-labels .PART-OF-SPEECH"),
        "stars": len(soup.select(".entry-red-star")),
        "ipa": _first(soup, ".PRON"),
        "mp3": sound.get("data-src-mp3") if sound else None,
        "forms": [_text(form) for form in soup.select(".wordforms .INFLECTION-ENTRY")],
        "senses": [_sense(body) for body in soup.select(".SENSE-BODY, .SUB-SENSE-BODY")],
    }


def _sense(body: Tag) -> dict[str, object]:
    content = body.select_one(".SENSE-CONTENT, .SUB-SENSE-CONTENT") or body
    children = [(child, set(child.get("class") or [])) for child in content.find_all(recursive=False)]
    return {
        "number": (_first(body, ".SENSE-NUM") or "").rstrip("."),
        "definition": _first(content, ".DEFINITION"),
        "labels": [_text(child) for child, names in children if names & LABELS],
        "examples": [_example(child) for child, names in children if "EXAMPLES" in names],
        "synonyms": [found for child, names in children if "THES" in names for found in _synonyms(child)],
    }


def _example(examples: Tag) -> dict[str, str | None]:
    gloss = examples.select_one(".GL")
    said = _text(gloss.extract()) if gloss else None
    return {"pattern": _first(examples, ".PATTERNS-COLLOCATIONS"), "text": _first(examples, "p.EXAMPLE"), "gloss": said}


def _synonyms(box: Tag) -> list[list[object]]:
    group = (_first(box, ".h2") or "").rstrip(":")
    return [
        [group, _text(link), link.get("href")] for link in box.select(".synonyms .theslink") if _text(link) != "..."
    ]


def _first(node: Tag, selector: str) -> str | None:
    found = node.select_one(selector)
    return None if found is None else _text(found)


def _text(node: Tag) -> str:
    return " ".join(node.get_text().split())
