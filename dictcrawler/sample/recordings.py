"""The recordings of the sample sites: a moment of silence each, and on Commons a page that names an invented author."""

from __future__ import annotations

from html import escape
from typing import Final
from urllib.parse import unquote

from dictcrawler.sample.pages import Document

MEDIA_TYPE: Final = "audio/mpeg"

# MPEG-1 layer III, 128 kbit/s, 44.1 kHz, mono: a frame of 417 bytes whose side information is zero is silent.
_FRAME = b"\xff\xfb\x90\xc4" + bytes(413)
_FRAMES = 8
_SUFFIXES = (".mp3", ".ogg", ".wav", ".oga")
_COMMONS = "/wiki/File:"


def reply(path: str) -> bytes | None:
    """The recording at a path. Each contains its own name, so no two are the same."""
    if not path.endswith(_SUFFIXES) or path.startswith(_COMMONS):
        return None
    title = b"\x03" + unquote(path).encode()
    frame = b"TIT2" + _synchsafe(len(title)) + b"\0\0" + title
    return b"ID3\x04\0\0" + _synchsafe(len(frame)) + frame + _FRAME * _FRAMES


def page(path: str) -> Document | None:
    """The page on Commons of a recording, with its machine-readable marks."""
    if not path.startswith(_COMMONS):
        return None
    name = escape(unquote(path.removeprefix(_COMMONS)))
    return Document(
        f"<!doctype html><title>File:{name} - Wikimedia Commons</title><h1>File:{name}</h1>"
        '<table><tr><td id="fileinfotpl_aut">Author</td><td>An invented speaker</td></tr></table>'
        '<div class="licensetpl"><span class="licensetpl_short">CC BY-SA 3.0</span>'
        '<span class="licensetpl_link">https://creativecommons.org/licenses/by-sa/3.0</span></div>'
    )


def _synchsafe(number: int) -> bytes:
    """Four bytes of seven bits each (https://id3.org/id3v2.4.0-structure, 6.2)."""
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))
