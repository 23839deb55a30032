"""The publisher's own API entries, rendered as generation C pages and read back.

The API's element names are generation C's class names. The entries are copyrighted and stay outside the project, as in
``test_saved_pages.py``. The expected values come from the XML, element by element, not from the parser.
"""

from __future__ import annotations

import json
import os
from html import escape
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest

from dictcrawler.dictionaries.macmillan import DICTIONARY
from dictcrawler.model import LexicalEntry
from dictcrawler.parsing.page import EntryPage

HERE = Path(__file__).parent
PAGES = Path(os.environ.get("DICTCRAWLER_PAGES", HERE.parents[3] / "shared" / "pages"))
FILES = sorted((PAGES / "macmillan-api").glob("*.json"))
SITE = "https://www.macmillandictionary.com"
LABELS = {"SYNTAX-CODING": "grammar", "STYLE-LEVEL": "register", "RESTRICTION-CLASS": "restriction"}
BLOCKS = {"SENSE-NUM", "SENSE-CONTENT", "SUB-SENSE-CONTENT", "EXAMPLES", "RUNON", "R-HEAD", "PV-XREF", "PRONS"}

pytestmark = pytest.mark.skipif(not FILES, reason="the API entries are not on this machine")
each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


# The renderer: XML → generation C


def render(element: Element) -> str:
    special = RENDERERS.get(element.tag)
    if special is not None:
        return special(element) + escape(element.tail or "")
    tag = "p" if element.tag == "EXAMPLE" else "div" if element.tag in BLOCKS else "span"
    own = f' id="{element.get("ID")}"' if element.get("ID") else ""
    return f'<{tag} class="{element.tag}"{own}>{inside(element)}</{tag}>' + escape(element.tail or "")


def inside(element: Element) -> str:
    return escape(element.text or "") + "".join(render(child) for child in element)


def render_head(head: Element) -> str:
    stars = text_of(head.find(".//STARS")).count("★")
    labels = "".join(render(label) for label in head.iterfind("H_S2/*") if label.tag in {"PART-OF-SPEECH", *LABELS})
    sounds = "".join(render(prons) for prons in head.iterfind("H_S2/PRONS"))
    forms = "".join(render_row(row) for row in head.iterfind(".//INFLECTION"))
    return (
        f'<h1 class="big-title"><span class="BASE">{escape(text_of(head.find(".//BASE")))}</span></h1>'
        + '<span class="entry-red-star"></span>' * stars
        + f'<div class="middle-xs entry-pron-head row no-margin"><div class="entry-labels">{labels}</div>{sounds}</div>'
        + (f'<div class="wordforms"><table>{forms}</table></div>' if forms else "")
    )


def render_row(row: Element) -> str:
    cells = "".join(f"<td>{render(cell)}</td>" for cell in row)
    return f"<tr>{cells}</tr>"


def render_audio(audio: Element) -> str:
    mp3, ogg = (escape(source.get("src", "")) for source in audio.iter("source"))
    return f'<span class="sound audio_play_button" data-src-mp3="{mp3}" data-src-ogg="{ogg}"></span>'


def render_sense(sense: Element) -> str:
    content = "".join(
        f'<div class="dflex no-grow">{render(child)}</div>' if child.tag == "SENSE-CONTENT" else render(child)
        for child in sense
    )
    return (
        f'<li><div class="entry-sense anchor" id="{sense.get("ID")}"><div class="SENSE-BODY">{content}</div></div></li>'
    )


def render_sub_sense(sense: Element) -> str:
    content = "".join(render(child) for child in sense)
    own = sense.get("ID")
    return f'<ol class="SUB-SENSES"><li id="{own}"><div class="SUB-SENSE-BODY">{content}</div></li></ol>'


def render_thesaurus(box: Element) -> str:
    heading = f'<a class="cattitle" href="#"><span class="h2">{escape(box.get("txtitle", ""))}</span></a>'
    links = f'<span class="synonyms">{inside(box)}...</span>'
    return f'<div class="THES"><div class="thessnippet">{heading}{links}</div></div>'


def render_link(ref: Element) -> str:
    fragment = f"#{ref.get('bookmark')}" if ref.get("bookmark") else ""
    href = f"{SITE}/dictionary/{ref.get('dictionary')}/{ref.get('entryId')}{fragment}"
    return f'<a href="{escape(href)}">{inside(ref)}</a>'


RENDERERS = {
    "HEAD": render_head,
    "audio": render_audio,
    "SENSE": render_sense,
    "SUB-SENSE": render_sub_sense,
    "TXREF": render_thesaurus,
    "Ref": render_link,
}


def render_page(entry: Element) -> str:
    canonical = f"{SITE}/dictionary/american/{entry.get('ID')}"
    senses = "".join(render(child) for child in entry if child.tag == "SENSE")
    others = "".join(render(child) for child in entry if child.tag not in {"SENSE", "HEAD"})
    return (
        f'<html><head><link rel="canonical" href="{canonical}"></head><body><div id="entryContent"><div>'
        f'<div class="col-xs-12 left-content">{render_head(required(entry.find("HEAD")))}'
        f'<ol class="senses">{senses}</ol>{others}</div></div></div></body></html>'
    )


# The content of the XML


def required(element: Element | None) -> Element:
    assert element is not None
    return element


def text_of(element: Element | None, *, without: tuple[str, ...] = ()) -> str:
    """The text without its separators, as a person would copy it."""

    def pieces(node: Element) -> str:
        skipped = node.tag == "SEP" or node.tag in without
        own = "" if skipped else (node.text or "") + "".join(pieces(child) for child in node)
        return own + (node.tail or "" if node is not element else "")

    return " ".join(pieces(element).split()) if element is not None else ""


def entry_of(file: Path) -> Element:
    return fromstring(json.loads(file.read_text(encoding="utf-8"))["entryContent"])  # noqa: S314 - a file of ours


def senses_of(entry: Element) -> list[Element]:
    return [element for element in entry.iter() if element.tag in {"SENSE", "SUB-SENSE"}]


def content_of(sense: Element) -> Element:
    found = sense.find("SENSE-CONTENT")
    return required(found if found is not None else sense.find("SUB-SENSE-CONTENT"))


def expected_examples(around: Element) -> list[dict[str, Any]]:
    found = []
    for examples in around.findall("EXAMPLES"):
        pattern = examples.find("PATTERNS-COLLOCATIONS")
        example = {"text": text_of(examples.find("EXAMPLE"), without=("GL",))}
        if pattern is not None:
            example["pattern"] = text_of(pattern, without=("GL",))
        if examples.find(".//GL") is not None:
            example["gloss"] = text_of(examples.find(".//GL"))
        found.append(example)
    return found


def expected_sense(entry: Element, sense: Element) -> dict[str, Any]:
    content = content_of(sense)
    return {
        "id": f"macmillan:american:{entry.get('ID')}#{sense.get('ID')}",
        "definitions": [text_of(definition) for definition in content.findall("DEFINITION")],
        "labels": [(text_of(label), LABELS[label.tag]) for label in content if label.tag in LABELS],
        "variant": text_of(content.find("SENSE-VARIANT")) or None,
        "examples": expected_examples(content),
    }


def expected_synonyms(entry: Element) -> list[tuple[str, ...]]:
    return [
        (
            text_of(ref),
            f"macmillan:american:{entry.get('ID')}#{sense.get('ID')}",
            f"macmillan:american:{ref.get('entryId')}#{ref.get('bookmark')}",
            box.get("txtitle", "").strip().rstrip(":"),
        )
        for sense in senses_of(entry)
        for box in content_of(sense).findall("TXREF")
        for ref in box.findall("Ref")
    ]


# The tests


def read(file: Path) -> tuple[Element, EntryPage]:
    entry = entry_of(file)
    page = DICTIONARY.parse(render_page(entry), f"{SITE}/dictionary/american/{file.stem}")
    assert isinstance(page, EntryPage)
    return entry, page


def main(page: EntryPage) -> LexicalEntry:
    return page.entries[0].content


@each_file
def test_every_sense_of_the_xml_is_read_with_its_fields(file: Path) -> None:
    entry, page = read(file)
    found = [
        {
            "id": sense.id,
            "definitions": [definition.text for definition in sense.definitions],
            "labels": [(label.text, label.type) for label in sense.labels],
            "variant": sense.variant,
            "examples": [
                {name: value for name in ("text", "pattern", "gloss") if (value := getattr(example, name)) is not None}
                for example in sense.examples
            ],
        }
        for sense in main(page).senses
    ]
    assert found == [expected_sense(entry, sense) for sense in senses_of(entry)]


@each_file
def test_every_thesaurus_link_of_the_xml_is_a_synonym_with_its_heading_and_target(file: Path) -> None:
    entry, page = read(file)
    found = [(rel.text, rel.from_, rel.to, rel.group) for rel in main(page).relations if rel.type == "synonym"]
    assert found == expected_synonyms(entry)
    assert found


@each_file
def test_the_head_of_the_xml_is_read(file: Path) -> None:
    entry, page = read(file)
    head, found = required(entry.find("HEAD")), main(page)
    assert found.headword == text_of(head.find(".//BASE"))
    assert found.raw_parts_of_speech == (text_of(head.find(".//PART-OF-SPEECH")),)
    assert [f.rank for f in found.frequency] == [len(text_of(stars)) for stars in head.iter("STARS")]
    assert [label.text for label in found.labels] == [text_of(label) for label in head.iter("SYNTAX-CODING")]
    assert [t.text for p in found.pronunciations for t in p.transcriptions] == [text_of(p) for p in head.iter("PRON")]
    assert [p.sound_file or "" for p in found.pronunciations] == [expanded(head)]
    forms = [row for row in head.iter("INFLECTION") if row.find("INFLECTION-ENTRY") is not None]
    assert [form.text for form in found.inflected_forms] == [text_of(row.find("INFLECTION-ENTRY")) for row in forms]
    assert [(form.tag or "").rpartition(", ")[2] for form in found.inflected_forms] == [
        text_of(row.find("INFLECTION-TYPE")) for row in forms
    ]


def expanded(head: Element) -> str:
    source = required(head.find(".//source")).get("src", "")
    return source.replace("#skLicensedUrl('/media/')$dictCode", f"{SITE}/media/american")


@each_file
def test_run_ons_and_phrasal_verbs_of_the_xml_are_read(file: Path) -> None:
    entry, page = read(file)
    run_ons = [text_of(run_on.find("R-HEAD/ENTRY/BASE")) for run_on in entry.iter("RUNON")]
    assert [child.content.headword for child in page.entries[1:]] == run_ons
    examples = [example for run_on in entry.iter("RUNON") for example in expected_examples(run_on)]
    found = [e for child in page.entries[1:] for sense in child.content.senses for e in sense.examples]
    assert [example.text for example in found] == [example["text"] for example in examples]
    links = [rel.text for rel in main(page).relations if rel.type == "phrasal_verb"]
    assert links == [text_of(ref) for xref in entry.iter("PV-XREF") for ref in xref.iter("Ref")]


@each_file
def test_the_page_made_of_the_xml_is_read_whole(file: Path) -> None:
    _, page = read(file)
    assert [(entry.text_coverage, entry.warnings) for entry in page.entries] == [(1.0, ())] * len(page.entries)
    assert page.layout == "C"
