"""The rows of Yomitan's banks: terms, their forms, facts about a term, and tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from dictcrawler.exports.article import article, frequency_text, web_page
from dictcrawler.exports.formats.yomitan.content import content
from dictcrawler.model import Entry, Relation

Row = list[Any]

# The conditions under which Yomitan removes the ending of an English word.
_RULES: Mapping[str, str] = MappingProxyType(
    {
        "noun": "n",
        "proper noun": "n",
        "verb": "v",
        "auxiliary verb": "v",
        "linking verb": "v",
        "modal verb": "v",
        "phrasal verb": "v_phr",
        "adjective": "adj",
        "adverb": "adv",
    }
)
_FORM = "non-lemma"


def term(entry: Entry, sequence: int) -> Row:
    """The row of an entry; of the entries of a word, the first in the feed comes first."""
    tags = " ".join(map(_tag, entry.parts_of_speech))
    rules = " ".join(dict.fromkeys(_RULES[part] for part in entry.parts_of_speech if part in _RULES))
    definition = {"type": "structured-content", "content": content(article(entry, _link))}
    return [entry.headword, "", tags, rules, -sequence, [definition], sequence, ""]


def forms(entry: Entry, sequence: int) -> Iterator[Row]:
    """A row for each form other than the headword, with a link to the headword."""
    tags: dict[str, list[str]] = {}
    for form in entry.inflected_forms:
        if form.text != entry.headword:
            tags.setdefault(form.text, []).append(form.tag or "form")
    for text, found in tags.items():
        yield [text, "", _FORM, "", -sequence, [[entry.headword, list(dict.fromkeys(found))]], sequence, ""]


def metas(entry: Entry) -> Iterator[Row]:
    """The pronunciations of a term, and the frequency marks that are a number.

    Yomitan shows a pronunciation if its reading is that of the term; a term without a reading is its own reading.
    """
    spoken = [
        {"ipa": f"/{each.text}/", "tags": [label.text for label in said.labels]}
        for said in entry.pronunciations
        for each in said.transcriptions
    ]
    if spoken:
        yield [entry.headword, "ipa", {"reading": entry.headword, "transcriptions": spoken}]
    for frequency in entry.frequency:
        if frequency.rank is not None:
            mark = {"value": frequency.rank, "displayValue": frequency_text(frequency)}
            yield [entry.headword, "freq", mark]


def tags(parts_of_speech: Mapping[str, None]) -> Iterator[Row]:
    """The rows of the tags: name, category, order, meaning, score."""
    yield [_FORM, "", 0, "an inflected form", 0]
    for part in sorted(parts_of_speech):
        yield [_tag(part), "partOfSpeech", 0, part, 0]


def _tag(part_of_speech: str) -> str:
    """Make a text usable as a tag: spaces separate tags."""
    return part_of_speech.replace(" ", "-")


def _link(relation: Relation) -> str | None:
    """The link to a word: inside Yomitan if the dictionary has an entry of it, else to the word's page."""
    if relation.to is not None:
        return f"?query={quote(relation.text)}&wildcards=off"
    return web_page(relation.url)
