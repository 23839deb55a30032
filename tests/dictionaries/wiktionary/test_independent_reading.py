"""A second, independent reading of every language section of every saved page, with lxml and rules of its own.

It uses only the site's visible conventions: numbered lists below a part of speech are definitions, items indented below
one are examples or words of the sense, slanted strokes and square brackets hold transcriptions. All of these must be in
the feed. The pages are copyrighted and never part of this project.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import lxml.html
import pytest
from lxml.html import HtmlElement

from dictcrawler import dictionaries
from dictcrawler.model import LexicalEntry
from dictcrawler.parsing.page import EntryPage

PAGES = Path(os.environ.get("DICTCRAWLER_PAGES", Path(__file__).parents[4] / "shared" / "pages")) / "wiktionary"
FILES = sorted(PAGES.glob("*.html")) if PAGES.is_dir() else []
ADDRESS = "https://en.wiktionary.org/wiki/{}"

pytestmark = pytest.mark.skipif(not FILES, reason="the real saved pages are not on this machine")

# Text that the site prints for its editors and its script, and words that only introduce what follows.
NOT_PRINTED = (
    "//script|//style|//figure|//sup[contains(@class,'reference')]|//*[contains(@class,'mw-editsection')]"
    "|//*[contains(@class,'maintenance-line')]|//*[contains(@class,'thumb')]|//*[contains(@class,'interproject')]"
    "|//*[contains(@class,'noprint')]|//*[contains(@class,'sister')]|//*[@class='deprecated']/i[1]"
    "|//*[contains(@class,'scribunto-error')]|//*[contains(@class,'HQToggle')]|//*[contains(@class,'nyms-toggle')]"
    "|//*[contains(@class,'attentionseeking')]|//ol[contains(@class,'references')]"
    # The number of a bare link: "[1]".
    "|//a[contains(@class,'autonumber')]"
)
CAPTIONS = frozenset(
    "synonym synonyms antonym antonyms hypernym hypernyms hyponym hyponyms meronym meronyms coordinate term terms "
    "holonym holonyms near or and please add an english translation of this quotation".split()
)
NOT_ENTRIES = re.compile(
    r"^(References|Further reading|Etymology|Translations|Descendants|Anagrams|See also|.*[Tt]erms|.*nyms|Usage notes"
    r"|Statistics|Pronunciation|Alternative forms|Quotations|Gallery|Trivia|Notes|Conjugation|Declension|Inflection)"
)


@dataclass
class Section:
    """The findings of the second reading for one language."""

    definitions: list[Counter[str]] = field(default_factory=list)
    below: Counter[str] = field(default_factory=Counter)
    transcriptions: set[str] = field(default_factory=set)


def words(text: str) -> Counter[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return Counter(re.findall(r"\w+", re.sub("[\u00ad\u200b\u200e\u200f^]", "", plain)))


def own_text(item: HtmlElement) -> str:
    """The text of a list item without that of the lists in it."""
    parts = [item.text or ""]
    for child in item:
        if child.tag not in {"ol", "ul", "dl"}:
            parts.append(own_text(child) if isinstance(child.tag, str) else "")
        parts.append(child.tail or "")
    block = item.tag in {"div", "p", "br", "dd", "li", "td"}
    return f" {''.join(parts)} " if block else "".join(parts)


@cache
def second_reading(file: Path) -> dict[str, Section]:
    root = lxml.html.fromstring(file.read_bytes().decode())
    for node in root.xpath(NOT_PRINTED):
        node.drop_tree()
    for node in root.xpath("//*[contains(@class,'vsShow')][contains(@style,'none')]"):
        node.drop_tree()
    content = (root.xpath("//*[contains(@class,'mw-parser-output')]") or [root])[0]
    found: dict[str, Section] = {}
    language = heading = ""
    for node in content.iter():
        if node.tag in {"h2", "h3", "h4", "h5", "h6"}:
            title = node.text_content().strip()
            is_anchored = bool(node.get("id") or node.xpath(".//*[@id]"))
            is_anchored = is_anchored and title != "Contents"
            language = title if node.tag == "h2" and is_anchored else language
            heading = title
            if language and node.tag == "h2" and is_anchored:
                found.setdefault(language, Section())
        elif language in found:
            _take(node, heading, found[language])
    return found


def _take(node: HtmlElement, heading: str, section: Section) -> None:
    if node.tag == "span" and "IPA" in (node.get("class") or "").split() and not node.xpath("ancestor::a"):
        section.transcriptions.add(unicodedata.normalize("NFC", node.text_content().strip().strip("/[]")))
    if NOT_ENTRIES.match(heading) or node.xpath("ancestor::table") or not _is_in_definitions(node):
        return
    if node.tag == "li" and node.getparent().tag == "ol" and not node.xpath("ancestor::ul|ancestor::dl"):
        section.definitions.append(words(own_text(node)))
    elif node.tag in {"dd", "li"}:
        section.below += words(own_text(node))


def _is_in_definitions(node: HtmlElement) -> bool:
    return bool(node.xpath("ancestor-or-self::li[parent::ol]"))


def sections() -> Iterator[object]:
    for file in FILES:
        for language in second_reading(file):
            yield pytest.param(file, language, id=f"{file.stem}-{language}")


def entries(file: Path, language: str) -> list[LexicalEntry]:
    wiktionary = dictionaries.load("wiktionary")
    assert wiktionary.in_language is not None
    page = wiktionary.in_language(language).parse(
        file.read_text(encoding="utf-8"), ADDRESS.format(file.name.split(".")[0])
    )
    assert isinstance(page, EntryPage)
    return [entry.content for entry in page.entries]


def said_by(texts: Iterable[str | None]) -> Counter[str]:
    return words(" ".join(filter(None, texts)))


def below(read: list[LexicalEntry]) -> Counter[str]:
    """The published words from below definitions."""
    texts: list[str | None] = []
    for entry in read:
        for example in (example for sense in entry.senses for example in sense.examples):
            texts += (example.text, example.transliteration, example.gloss, example.citation)
            texts += (label.text for label in example.labels)
        for relation in entry.relations:
            texts += (relation.text, relation.transliteration, relation.group)
    return said_by(texts)


@pytest.mark.parametrize(("file", "language"), list(sections()))
def test_no_definition_example_or_transcription_of_a_language_section_is_lost(file: Path, language: str) -> None:
    second = second_reading(file)[language]
    read = entries(file, language)
    senses = [sense for entry in read for sense in entry.senses]

    published = [
        said_by([*(given.text for given in sense.definitions), *(label.text for label in sense.labels)])
        for sense in senses
    ]
    for definition in filter(None, second.definitions):
        match = next((sense for sense in published if not set(definition) - set(sense) - {"or", "and"}), None)
        assert match is not None, f"lost: {definition}"
        published.remove(match)

    lost = {word: count for word, count in (second.below - below(read)).items() if word not in CAPTIONS}
    assert lost == {}

    transcriptions = {
        said.text.strip("/[]") for entry in read for way in entry.pronunciations for said in way.transcriptions
    }
    assert second.transcriptions <= transcriptions


def test_the_second_reading_finds_something_to_compare() -> None:
    found = [section for file in FILES for section in second_reading(file).values()]
    assert sum(len(section.definitions) for section in found) > 150
    assert sum(section.below.total() for section in found) > 1500
    assert sum(len(section.transcriptions) for section in found) > 50


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_translation_that_is_printed_is_published_once(file: Path) -> None:
    root = lxml.html.fromstring(file.read_bytes().decode())
    of_english = "//*[contains(@class,'NavFrame')][.//table[contains(@class,'translations')]]"
    frames = [frame for frame in root.xpath(of_english) if "to be checked" not in frame[0].text_content()]
    printed = Counter(
        unicodedata.normalize("NFC", " ".join(word.text_content().split()))
        for frame in frames
        for word in frame.xpath(".//li//*[@lang][not(contains(concat(' ',@class,' '),' tr '))]|.//dd//*[@lang][0]")
        if not word.xpath("ancestor::*[contains(@class,'ttbc')]")
    )
    wiktionary = dictionaries.load("wiktionary")
    assert wiktionary.with_translations is not None
    page = wiktionary.with_translations(wiktionary).parse(
        file.read_text(encoding="utf-8"), ADDRESS.format(file.name.split(".")[0])
    )
    contents = [entry.content for entry in page.entries] if isinstance(page, EntryPage) else []
    published = Counter(said.text for entry in contents for sense in entry.senses for said in sense.translations or ())
    assert published == printed
