"""Converts the objects of DMLex's JSON to its XML: the same model, with attributes for short values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree as ET

NAMESPACE = "http://docs.oasis-open.org/lexidma/ns/dmlex-1.0"

# The element of each list.
_ELEMENTS: Mapping[str, str] = MappingProxyType(
    {
        "partsOfSpeech": "partOfSpeech",
        "labels": "label",
        "pronunciations": "pronunciation",
        "transcriptions": "transcription",
        "inflectedForms": "inflectedForm",
        "senses": "sense",
        "definitions": "definition",
        "examples": "example",
        "etymologies": "etymology",
        "members": "member",
    }
)
# Values that are elements; every other one is an attribute.
_TEXTS = frozenset({"headword", "text", "indicator", "description"})
# Where the order of elements in the XML schema differs from the order of the keys.
_ORDER = ("headword", "text", "indicator", "description", "partsOfSpeech", "transcriptions", "labels")
_INTEGER = re.compile(r"[0-9]+")
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*")
# The XML schema has xs:integer and xs:language where JSON allows any string.
_NARROWER = MappingProxyType({"homographNumber": _INTEGER, "scheme": _LANGUAGE})
# https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(name: str, value: Mapping[str, Any]) -> str:
    """An object as an element of that name, without the namespace, which the document declares."""
    return ET.tostring(_element(name, value), encoding="unicode")


def attribute(text: str) -> str:
    """A text as the value of an attribute, in quotation marks."""
    return (
        ET.tostring(ET.Element("a", {"b": _clean(text)}), encoding="unicode").removeprefix("<a b=").removesuffix(" />")
    )


def _element(name: str, value: Mapping[str, Any] | str) -> ET.Element:
    if isinstance(value, str):
        return ET.Element(name, {"tag": _clean(value)})
    element = ET.Element(name)
    for key in sorted(value, key=lambda key: _ORDER.index(key) if key in _ORDER else len(_ORDER)):
        _add(element, key, value[key])
    return element


def _add(element: ET.Element, key: str, value: Any) -> None:  # noqa: ANN401 - JSON
    if key in _ELEMENTS:
        element.extend(_element(_ELEMENTS[key], item) for item in value)
    elif key in _TEXTS:
        ET.SubElement(element, key).text = _clean(value)
    elif key not in _NARROWER or _NARROWER[key].fullmatch(value):
        element.set(key, _clean(value))


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
