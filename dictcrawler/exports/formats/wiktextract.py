"""JSON lines in the format of wiktextract, which kaikki.org publishes, for tools that read those.

Names and shapes are those of ``extractor/en/type_utils.py`` of https://github.com/tatuylonen/wiktextract (d9fa233, July
2026), which has no schema of its own for English. An entry's citation becomes a template in ``info_templates``, the
only place for facts that wiktextract has no field for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dictcrawler import feeds
from dictcrawler.exports.export import Export
from dictcrawler.exports.format import Format
from dictcrawler.exports.rights import Rights, credit
from dictcrawler.model import Entry, Example, InflectedForm, Label, PartOfSpeech, Pronunciation, Relation, Sense

Json = dict[str, Any]

_PARTS_OF_SPEECH: Mapping[PartOfSpeech, str] = MappingProxyType(
    {
        "abbreviation": "abbrev",
        "adjective": "adj",
        "adverb": "adv",
        "article": "article",
        "auxiliary verb": "verb",
        "combining form": "combining_form",
        "conjunction": "conj",
        "contraction": "contraction",
        "determiner": "det",
        "exclamation": "intj",
        "infinitive marker": "particle",
        "interfix": "interfix",
        "interjection": "intj",
        "letter": "character",
        "linking verb": "verb",
        "modal verb": "verb",
        "noun": "noun",
        "number": "num",
        "ordinal number": "adj",
        "participle": "verb",
        "particle": "particle",
        "phrasal verb": "verb",
        "phrase": "phrase",
        "predeterminer": "det",
        "prefix": "prefix",
        "preposition": "prep",
        "pronoun": "pron",
        "proper noun": "name",
        "proverb": "proverb",
        "punctuation mark": "punct",
        "quantifier": "det",
        "short form": "abbrev",
        "suffix": "suffix",
        "symbol": "symbol",
        "verb": "verb",
    }
)
_UNKNOWN = "unknown"

# The list of an entry that each relation goes to.
_LISTS: Mapping[str, str] = MappingProxyType(
    {
        "antonym": "antonyms",
        "coordinate_term": "coordinate_terms",
        "counterpart": "related",
        "derived": "derived",
        "holonym": "holonyms",
        "hypernym": "hypernyms",
        "hyponym": "hyponyms",
        "idiom": "derived",
        "main_entry": "related",
        "meronym": "meronyms",
        "phrasal_verb": "derived",
        "phrase": "derived",
        "related": "related",
        "see_also": "related",
        "synonym": "synonyms",
        "troponym": "troponyms",
    }
)
# A sense has no list for these: they stay with the entry and name the sense.
_LISTS_OF_SENSE = frozenset(
    {"antonyms", "coordinate_terms", "holonyms", "hypernyms", "hyponyms", "meronyms", "related", "synonyms"}
)
_SOUNDS: Mapping[str, str] = MappingProxyType({"homophone": "homophone", "rhyme": "rhymes"})


def write(export: Export, path: Path) -> None:
    """Write one line an entry."""
    with path.open("xb", buffering=1 << 20) as file:
        file.writelines(feeds.encode_line(_word(entry, export.left_out)) for entry in export.entries())


def _word(entry: Entry, left_out: Counter[str]) -> Json:
    _count(entry, left_out)
    glosses = _glosses(entry.senses)
    word = _filled(
        word=entry.headword,
        lang_code=entry.lang.partition("-")[0],
        lang=_language(entry),
        pos=_PARTS_OF_SPEECH[entry.parts_of_speech[0]] if entry.parts_of_speech else _UNKNOWN,
        etymology_number=entry.homograph_number,
        etymology_text="\n".join(etymology.description for etymology in entry.etymologies),
        hyphenations=[{"parts": entry.hyphenation.split("‧")}] if entry.hyphenation else (),
        forms=[_form(form) for form in entry.inflected_forms],
        sounds=[sound for each in entry.pronunciations for sound in _sounds(each)],
        info_templates=[_citation(entry)],
    )
    senses = {sense.id: _sense(sense, glosses[sense.id]) for sense in entry.senses}
    for relation in entry.relations:
        _add_relation(relation, word, senses, glosses)
    translations = [
        _filled(
            lang_code=each.lang,
            word=each.text,
            roman=each.transliteration,
            sense=" ".join(glosses[sense.id][-1:]),
            note=", ".join(_texts(each.labels)),
        )
        for sense in entry.senses
        for each in sense.translations or ()
    ]
    return word | _filled(translations=translations, senses=list(senses.values()))


def _count(entry: Entry, left_out: Counter[str]) -> None:
    counts = {
        "boxes": len(entry.boxes),
        "frequency marks": len(entry.frequency),
        "labels of whole entries": len(entry.labels),
        "further parts of speech of an entry": len(entry.parts_of_speech[1:]),
        "links to homographs": sum(relation.type == "homograph" for relation in entry.relations),
    }
    left_out.update({what: count for what, count in counts.items() if count})


def _language(entry: Entry) -> str:
    """The name of the language; a feed of another language than English has it as its edition."""
    return "English" if entry.lang.partition("-")[0] == "en" else entry.edition.replace("-", " ").title()


def _citation(entry: Entry) -> Json:
    source = entry.source
    facts = {
        "id": entry.id,
        "url": source.url,
        "revision": source.revision,
        "attribution": source.attribution,
        "license": source.license,
        "rights": Rights.of(source).notice,
    }
    return {"name": "dictcrawler source", "args": _filled(**facts), "expansion": credit(entry)}


def _glosses(senses: Iterable[Sense]) -> dict[str, list[str]]:
    """The definitions of each sense, after those of the senses above it."""
    found: dict[str, list[str]] = {}
    for sense in senses:
        own = "; ".join(definition.text for definition in sense.definitions)
        found[sense.id] = [*found.get(sense.parent or "", ()), *filter(None, [own])]
    return found


def _sense(sense: Sense, glosses: list[str]) -> Json:
    labels = ", ".join(label.text for label in sense.labels)
    usage = " ".join(definition.usage for definition in sense.definitions if definition.usage)
    before = " ".join(filter(None, (sense.indicator, sense.variant, f"({labels})" if labels else None)))
    raw = " ".join(filter(None, (before, *glosses[-1:], usage)))
    return _filled(
        senseid=[sense.id],
        glosses=glosses,
        raw_glosses=[*glosses[:-1], raw] if raw and [raw] != glosses[-1:] else (),
        qualifier=labels,
        topics=[label.text for label in sense.labels if label.type == "domain"],
        tags=() if glosses else ["no-gloss"],
        examples=[_example(example) for example in sense.examples],
    )


def _example(example: Example) -> Json:
    return _filled(
        text=example.text,
        roman=example.transliteration,
        ref=example.citation,
        note=" ".join(filter(None, (example.pattern, example.gloss and f"(= {example.gloss})"))),
        raw_tags=_texts(example.labels),
        type="quotation" if example.citation else "example",
    )


def _form(form: InflectedForm) -> Json:
    ipa = (each.text for said in form.pronunciations for each in said.transcriptions)
    tags = [form.tag] if form.tag else []
    return _filled(
        form=form.text, roman=form.transliteration, raw_tags=[*tags, *_texts(form.labels)], ipa=next(ipa, None)
    )


def _sounds(pronunciation: Pronunciation) -> Iterable[Json]:
    """One for each transcription, and one for the recording."""
    note = ", ".join(_texts(pronunciation.labels))
    for transcription in pronunciation.transcriptions:
        yield _filled(ipa=f"/{transcription.text}/", note=note)
    files = [file for file in (pronunciation.sound_file, *pronunciation.alternate_sound_files) if file]
    if files:
        yield _filled(
            audio=files[-1].rpartition("/")[2],
            mp3_url=next((file for file in files if file.endswith(".mp3")), None),
            ogg_url=next((file for file in files if file.endswith((".ogg", ".oga"))), None),
            note=note,
        )


def _add_relation(relation: Relation, word: Json, senses: Mapping[str, Json], glosses: Mapping[str, list[str]]) -> None:
    """Add a relation to its list: that of the sense it starts at if senses have such a list, else that of the entry."""
    if relation.type in _SOUNDS:
        word.setdefault("sounds", []).append({_SOUNDS[relation.type]: relation.text})
    elif relation.type in _LISTS:
        name = _LISTS[relation.type]
        sense = senses.get(relation.from_ or "") if name in _LISTS_OF_SENSE else None
        meaning = glosses.get(relation.from_ or "", [])[-1:] if sense is None else []
        link = _filled(
            word=relation.text,
            roman=relation.transliteration,
            sense=" ".join(filter(None, (relation.group, *meaning))),
            extra="" if name.startswith(relation.type) else relation.type.replace("_", " "),
            urls=[relation.url] if relation.url else (),
        )
        (word if sense is None else sense).setdefault(name, []).append(link)


def _texts(labels: Iterable[Label]) -> list[str]:
    return [label.text for label in labels]


def _filled(**fields: Any) -> Json:  # noqa: ANN401 - JSON
    """The fields that are not empty; wiktextract omits empty ones."""
    return {name: value for name, value in fields.items() if value}


FORMAT = Format(
    summary="JSON lines in the shape of wiktextract and kaikki.org",
    write=write,
    suffix=".jsonl",
    tables=(("words", "{name}"),),
)
