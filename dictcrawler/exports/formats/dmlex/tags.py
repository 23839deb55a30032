"""The tags that entries use, which a resource lists at its end: labels with their types, parts of speech …"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from dictcrawler.model import Entry, Frequency, Label

_FREQUENCY = "frequency"


@dataclass(slots=True)
class Tags:
    """Assigns the tags and remembers which were used.

    A label is a bare tag, and the resource states its type once. A text that occurs with two types gets a tag for each,
    the second with its type in brackets.
    """

    _labels: dict[tuple[str, str], str] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _parts_of_speech: dict[str, None] = field(default_factory=dict)
    _inflected_forms: dict[str, None] = field(default_factory=dict)
    _definition_types: dict[str, None] = field(default_factory=dict)
    _schemes: dict[str, None] = field(default_factory=dict)

    def labels(self, labels: Iterable[Label]) -> list[str]:
        """The tags of labels, each once."""
        return list(dict.fromkeys(self._label(label.text, label.type) for label in labels))

    def labels_of(self, entry: Entry) -> list[str]:
        """The tags of an entry's labels and of its frequency marks."""
        marks = (self._label(_mark(frequency), _FREQUENCY) for frequency in entry.frequency)
        return list(dict.fromkeys((*self.labels(entry.labels), *marks)))

    def parts_of_speech(self, texts: Iterable[str]) -> list[str]:
        """The tags of parts of speech."""
        found = dict.fromkeys(texts)
        self._parts_of_speech |= found
        return list(found)

    def inflected_form(self, tag: str) -> str:
        """The tag of a form."""
        self._inflected_forms[tag] = None
        return tag

    def definition_type(self, tag: str) -> str:
        """The tag of a type of definitions."""
        self._definition_types[tag] = None
        return tag

    def scheme(self, tag: str) -> str:
        """The tag of a transcription scheme."""
        self._schemes[tag] = None
        return tag

    def _label(self, text: str, kind: str) -> str:
        tag = text if self._texts.setdefault(text, kind) == kind else f"{text} ({kind})"
        self._labels[tag, kind] = tag
        return tag

    def listed(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """The lists of a resource, in the order of the XML schema."""
        yield "definitionTypeTags", _tags(self._definition_types)
        yield "inflectedFormTags", _tags(self._inflected_forms)
        yield "labelTags", [{"tag": tag, "typeTag": kind} for tag, kind in sorted(self._labels)]
        yield "labelTypeTags", _tags(dict.fromkeys(kind for _, kind in self._labels))
        # The XML schema demands a description.
        yield "partOfSpeechTags", [{"tag": tag, "description": tag} for tag in sorted(self._parts_of_speech)]
        yield "transcriptionSchemeTags", _tags(self._schemes)


def _tags(tags: Iterable[str]) -> list[dict[str, Any]]:
    return [{"tag": tag} for tag in sorted(tags)]


def _mark(frequency: Frequency) -> str:
    most = f"/{frequency.max}" if frequency.max is not None else ""
    return f"{frequency.scheme} {frequency.value}{most}"
