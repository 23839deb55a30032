"""The note types: their fields, templates and styles.

Their ids must never change: Anki identifies a note type by its id, and refuses notes of a type whose fields have
changed. If you change the fields, change the id.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from dictcrawler.exports.html_text import styles

if TYPE_CHECKING:
    from genanki import Model

FIELDS = (
    "Id",
    "Word",
    "Homograph",
    "Head",
    "Clue",
    "Article",
    "Recording",
    "Dictionary",
    "Source",
)
"""Anki looks for duplicates in the first field and sorts by the second."""

CLOZE_FIELDS = ("Id", "Word", "Text", "Head", "Clue", "Recording", "Dictionary", "Source")

_WORD = '<div class="front">{{Word}}{{#Homograph}}<sup>{{Homograph}}</sup>{{/Homograph}}</div>'
_MEANING = '<div class="entry">{{Head}}<hr id="answer">{{Article}}{{Source}}</div>{{Recording}}'
_CLUE = '{{#Clue}}<div class="clue entry">{{Clue}}</div>{{/Clue}}'


@dataclass(frozen=True, slots=True)
class NoteType:
    """A note type: its id, its name, its fields and its templates (name, question, answer)."""

    id: int
    name: str
    fields: tuple[str, ...]
    templates: tuple[tuple[str, str, str], ...]
    is_cloze: bool = False


_BOTH_WAYS = (
    ("Word to meaning", _WORD, _MEANING),
    ("Meaning to word", _CLUE, _MEANING),
)
ENTRY = NoteType(1_764_374_401, "dictcrawler entry", FIELDS, _BOTH_WAYS)
SENSE = NoteType(1_764_374_402, "dictcrawler sense", FIELDS, _BOTH_WAYS)
CLOZE = NoteType(
    1_764_374_403,
    "dictcrawler cloze",
    CLOZE_FIELDS,
    (
        (
            "Cloze",
            '<div class="entry">{{cloze:Text}}</div>' + _CLUE,
            '<div class="entry">{{cloze:Text}}<hr id="answer">{{Head}}{{Clue}}{{Source}}</div>{{Recording}}',
        ),
    ),
    is_cloze=True,
)


@cache
def model(kind: NoteType) -> Model:
    """The note type as an object of genanki."""
    import genanki  # noqa: PLC0415 - an extra

    return genanki.Model(
        kind.id,
        kind.name,
        fields=[{"name": name} for name in kind.fields],
        templates=[{"name": name, "qfmt": question, "afmt": answer} for name, question, answer in kind.templates],
        css=styles() + files(__package__ or "").joinpath("card.css").read_text(encoding="utf-8"),
        model_type=genanki.Model.CLOZE if kind.is_cloze else genanki.Model.FRONT_BACK,
        sort_field_index=1,
    )
