"""How lookups and entries look in a notebook: HTML without scripts, on a light and on a dark page alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from dictcrawler.model import Entry, Example, Label, Lookup, Sense
from dictcrawler.text import printable

SHOWN = 50
"""Lookups of a list that are laid out; the rest is counted."""
OPEN = 3
"""In a list of so many or fewer, each is unfolded."""
DEEPEST = 6
_DIM = "opacity:.65"


def of_lookups(lookups: Iterable[Lookup], count: int, title: str) -> str:
    """A list, each lookup folded to a line unless there are only a few."""
    shown = [lookup for _, lookup in zip(range(SHOWN), lookups, strict=False)]
    unfolded = " open" if count <= OPEN else ""
    rows = "".join(f"<details{unfolded}><summary>{_summary(one)}</summary>{of_lookup(one)}</details>" for one in shown)
    more = f"<p>… and {count - len(shown):,} more</p>" if count > len(shown) else ""
    return f"<p><b>{_text(title)}</b></p>{rows}{more}"


def of_lookup(lookup: Lookup) -> str:
    """The entries of a word, or why there are none."""
    if lookup.entries:
        return "".join(map(of_entry, lookup.entries))
    reason = ": ".join(filter(None, (lookup.status.value.replace("_", " "), lookup.error)))
    suggestions = f" Suggestions: {_text(', '.join(lookup.suggestions))}." if lookup.suggestions else ""
    return f'<p style="margin-left:1.5em"><b>{_text(lookup.keyword)}</b> {_text(reason)}.{suggestions}</p>'


def of_entry(entry: Entry) -> str:
    """Headword, forms, senses with their examples, relations and the citation."""
    lines = [_line(0, _head(entry)), *_details(entry), *_senses(entry.senses), *_relations(entry), _citation(entry)]
    return f'<div dir="auto" lang="{_text(entry.lang)}" style="margin:.5em 0 1em 1.5em">{"".join(lines)}</div>'


def _summary(lookup: Lookup) -> str:
    meanings = (
        definition.text for entry in lookup.entries for sense in entry.senses for definition in sense.definitions
    )
    meaning = next(meanings, lookup.status.value.replace("_", " "))
    return f'<b>{_text(lookup.keyword)}</b> <span style="{_DIM}">{_text(meaning)}</span>'


def _head(entry: Entry) -> str:
    number = f"<sup>{_text(entry.homograph_number)}</sup>" if entry.homograph_number else ""
    spoken = dict.fromkeys(each.text for one in entry.pronunciations for each in one.transcriptions)
    parts = ", ".join(entry.parts_of_speech or entry.raw_parts_of_speech)
    rest = [*(f"/{text}/" for text in spoken), parts, _labels(entry.labels)]
    return f'<b style="font-size:1.2em">{_text(entry.headword)}</b>{number} {_dim(" · ".join(filter(None, rest)))}'


def _details(entry: Entry) -> Iterator[str]:
    forms = ", ".join(dict.fromkeys(form.text for form in entry.inflected_forms))
    if forms:
        yield _line(0, _dim(f"forms: {forms}"))
    for etymology in entry.etymologies:
        yield _line(0, _dim(f"origin: {etymology.description}"))


def _senses(senses: Iterable[Sense]) -> Iterator[str]:
    depths: dict[str | None, int] = {None: 0}
    for sense in senses:
        depth = depths[sense.id] = min(depths.get(sense.parent, 0) + 1, DEEPEST)
        meaning = "; ".join(definition.text for definition in sense.definitions)
        number = f"<b>{_text(sense.number)}</b>" if sense.number else ""
        indicator = _text(" ".join(filter(None, (sense.indicator, sense.variant))))
        yield _line(depth, " ".join(filter(None, (number, indicator, _dim(_labels(sense.labels)), _text(meaning)))))
        yield from (_line(depth + 1, f"<i>{_text(_example(example))}</i>") for example in sense.examples)


def _example(example: Example) -> str:
    pattern = f"{example.pattern}:" if example.pattern else None
    gloss = f"(= {example.gloss})" if example.gloss else None
    return " ".join(filter(None, (pattern, example.text, gloss)))


def _relations(entry: Entry) -> Iterator[str]:
    for kind, relations in groupby(sorted(entry.relations, key=lambda one: one.type), lambda one: one.type):
        texts = ", ".join(dict.fromkeys(relation.text for relation in relations))
        yield _line(0, _dim(f"{kind.replace('_', ' ')}: {texts}"))


def _citation(entry: Entry) -> str:
    source = entry.source
    address = _text(source.url)
    # A feed may come from anywhere: only an address of the web becomes a link.
    if source.url.startswith(("https://", "http://")):
        address = f'<a href="{address}" rel="noreferrer noopener" style="color:inherit">{address}</a>'
    rest = " · ".join(filter(None, (f"{source.fetched_at:%Y-%m-%d}", source.rights, source.license)))
    return _line(0, f'<small style="{_DIM}">{address} {_text(rest)}</small>')


def _labels(labels: Iterable[Label]) -> str:
    return ", ".join(label.text for label in labels)


def _dim(text: str) -> str:
    return f'<span style="{_DIM}">{_text(text)}</span>' if text else ""


def _line(depth: int, html: str) -> str:
    return f'<div style="margin-left:{1.5 * depth:g}em">{html}</div>'


def _text(text: str) -> str:
    return escape(printable(text))
