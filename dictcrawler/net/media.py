"""The audio format of a body, from its first bytes: a server's ``Content-Type`` is no evidence."""

from __future__ import annotations

import msgspec


class AudioKind(msgspec.Struct, frozen=True):
    """A media type and its file extension."""

    media_type: str
    suffix: str


_MP3 = AudioKind("audio/mpeg", "mp3")
# Offset, bytes, kind; most are those of https://mimesniff.spec.whatwg.org/#matching-an-audio-or-video-type-pattern.
_SIGNATURES = (
    (0, b"ID3", _MP3),
    (0, b"OggS\x00", AudioKind("audio/ogg", "ogg")),
    (8, b"WAVE", AudioKind("audio/wav", "wav")),
    (0, b"fLaC", AudioKind("audio/flac", "flac")),
    (4, b"ftypM4A", AudioKind("audio/mp4", "m4a")),
    (0, b"\x1a\x45\xdf\xa3", AudioKind("audio/webm", "webm")),
)
_SHORTEST = 64
"""Bytes of the shortest recording: anything shorter is an empty file with a header."""
_SYNC, _RESERVED_VERSION, _RESERVED_LAYER, _BAD_BITRATE, _BAD_RATE = 0xE0, 0x08, 0x00, 0xF0, 0x0C


def audio_kind(body: bytes) -> AudioKind | None:
    """The audio format of a body; ``None`` when it is not audio."""
    if len(body) < _SHORTEST:
        return None
    found = next((kind for at, mark, kind in _SIGNATURES if body.startswith(mark, at)), None)
    return found or (_MP3 if _is_mpeg_frame(body) else None)


def _is_mpeg_frame(body: bytes) -> bool:
    """Whether it begins with the header of an MPEG audio frame (ISO/IEC 11172-3, 2.4.1.3), without reserved values."""
    if body[0] != 0xFF or body[1] & _SYNC != _SYNC:  # noqa: PLR2004 - eleven bits that are set
        return False
    version, layer = body[1] & 0x18, body[1] & 0x06
    bitrate, rate = body[2] & _BAD_BITRATE, body[2] & _BAD_RATE
    return version != _RESERVED_VERSION and layer != _RESERVED_LAYER and bitrate != _BAD_BITRATE and rate != _BAD_RATE
