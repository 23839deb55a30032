"""A resource as a document that is written object by object: JSON or XML."""

from __future__ import annotations

from typing import Any, Protocol, TextIO

import msgspec

from dictcrawler.exports.formats.dmlex.xml_text import NAMESPACE, attribute, xml_text

Json = dict[str, Any]


class Document(Protocol):
    """Takes the objects of a resource, list after list."""

    def add(self, name: str, item: Json) -> None:
        """Write an object of the list with that name."""

    def end(self) -> None:
        """Write the end of the document."""


class JsonDocument:
    """A resource as one JSON object, each object of its lists on a line of its own."""

    def __init__(self, file: TextIO, head: Json) -> None:
        self._file = file
        self._list: str | None = None
        file.write("{" + ",\n".join(f"{_json(name)}: {_json(value)}" for name, value in head.items()))

    def add(self, name: str, item: Json) -> None:
        """Write an object of the list with that name."""
        if name == self._list:
            self._file.write(",\n")
        else:
            end = "" if self._list is None else "\n]"
            self._file.write(f"{end},\n{_json(name)}: [\n")
            self._list = name
        self._file.write(_json(item))

    def end(self) -> None:
        """Write the end of the document."""
        self._file.write("}\n" if self._list is None else "\n]}\n")


class XmlDocument:
    """A resource as XML, each object of its lists on a line of its own."""

    def __init__(self, file: TextIO, head: Json) -> None:
        self._file = file
        attributes = "".join(f" {name}={attribute(value)}" for name, value in head.items())
        file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<lexicographicResource xmlns="{NAMESPACE}"{attributes}>\n')

    def add(self, name: str, item: Json) -> None:
        """Write an object of the list with that name."""
        element = "entry" if name == "entries" else name.removesuffix("s")
        self._file.write(xml_text(element, item) + "\n")

    def end(self) -> None:
        """Write the end of the document."""
        self._file.write("</lexicographicResource>\n")


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
