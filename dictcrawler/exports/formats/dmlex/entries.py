"""The JSON object of a DMLex ``entry``, with duplicates removed where DMLex requires unique values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, TypeVar

from dictcrawler.exports.formats.dmlex.tags import Tags
from dictcrawler.model import Definition, Entry, Example, InflectedForm, Pronunciation, Sense

Json = dict[str, Any]

_Item = TypeVar("_Item")


def dmlex_entry(entry: Entry, tags: Tags, left_out: Counter[str]) -> Json:
    """The object of an entry; content that has no place in it is counted."""
    _count(entry, left_out)
    return _filled(
        id=entry.id,
        headword=entry.headword,
        homographNumber=entry.homograph_number,
        partsOfSpeech=tags.parts_of_speech(entry.parts_of_speech or entry.raw_parts_of_speech),
        labels=tags.labels_of(entry),
        pronunciations=_pronunciations(entry.pronunciations, tags),
        inflectedForms=[
            _form(form, tags) for form in _unique(entry.inflected_forms, lambda form: (form.text, form.tag))
        ],
        senses=list(_senses(entry.senses, tags, left_out)),
        etymologies=[
            {"description": each.description} for each in _unique(entry.etymologies, lambda it: it.description)
        ],
    )


def _count(entry: Entry, left_out: Counter[str]) -> None:
    examples = [example for sense in entry.senses for example in sense.examples]
    counts = {
        "boxes": len(entry.boxes),
        "hyphenations": entry.hyphenation is not None,
        "phrases that senses are about": sum(sense.variant is not None for sense in entry.senses),
        "contributors of senses": sum(sense.contributor is not None for sense in entry.senses),
        "patterns of examples": sum(example.pattern is not None for example in examples),
        "glosses of examples": sum(example.gloss is not None for example in examples),
        "translations": sum(len(sense.translations or ()) for sense in entry.senses),
        "transliterations": _transliterations(entry),
        "other formats of recordings": sum(len(said.alternate_sound_files) for said in entry.pronunciations),
    }
    left_out.update({what: count for what, count in counts.items() if count})


def _transliterations(entry: Entry) -> int:
    examples = sum(each.transliteration is not None for sense in entry.senses for each in sense.examples)
    forms = sum(form.transliteration is not None for form in entry.inflected_forms)
    return examples + forms + sum(relation.transliteration is not None for relation in entry.relations)


def _senses(senses: Iterable[Sense], tags: Tags, left_out: Counter[str]) -> Iterator[Json]:
    indicators = set()
    for sense in senses:
        indicator = sense.indicator if sense.indicator not in indicators else None
        left_out.update({"repeated indicators of senses": 1} if indicator != sense.indicator else {})
        indicators.add(sense.indicator)
        definitions = _unique(_definitions(sense.definitions, tags), lambda it: it["text"])
        examples = _unique(sense.examples, lambda example: example.text)
        left_out.update(_repeated("examples", len(sense.examples) - len(examples)))
        yield _filled(
            id=sense.id,
            indicator=indicator,
            labels=tags.labels(sense.labels),
            definitions=definitions,
            examples=[_example(example, tags) for example in examples],
        )


def _repeated(what: str, count: int) -> dict[str, int]:
    return {f"repeated {what} of a sense": count} if count else {}


def _definitions(definitions: Iterable[Definition], tags: Tags) -> Iterator[Json]:
    """The definitions; a usage note printed inside one becomes a definition of the type ``usage``."""
    for definition in definitions:
        yield {"text": definition.text, "definitionType": tags.definition_type(definition.definition_type)}
        if definition.usage:
            yield {"text": definition.usage, "definitionType": tags.definition_type("usage")}


def _example(example: Example, tags: Tags) -> Json:
    return _filled(text=example.text, sourceElaboration=example.citation, labels=tags.labels(example.labels))


def _form(form: InflectedForm, tags: Tags) -> Json:
    return _filled(
        text=form.text,
        tag=tags.inflected_form(form.tag) if form.tag else None,
        labels=tags.labels(form.labels),
        pronunciations=_pronunciations(form.pronunciations, tags),
    )


def _pronunciations(pronunciations: Iterable[Pronunciation], tags: Tags) -> list[Json]:
    """The pronunciations, a recording with the first of them that it belongs to."""
    files: set[str | None] = {None}
    found = []
    for said in pronunciations:
        transcriptions = _unique(said.transcriptions, lambda it: it.text)
        one = _filled(
            soundFile=said.sound_file if said.sound_file not in files else None,
            transcriptions=[{"text": each.text, "scheme": tags.scheme(each.scheme)} for each in transcriptions],
        )
        files.add(said.sound_file)
        if one:
            found.append(one | _filled(labels=tags.labels(said.labels)))
    return found


def _unique(items: Iterable[_Item], key: Callable[[_Item], Hashable]) -> list[_Item]:
    """The first item of each key."""
    found: dict[Hashable, _Item] = {}
    for item in items:
        found.setdefault(key(item), item)
    return list(found.values())


def _filled(**fields: Any) -> Json:  # noqa: ANN401 - JSON
    return {name: value for name, value in fields.items() if value}
