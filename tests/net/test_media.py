"""A recording is known by its first bytes."""

from __future__ import annotations

import pytest

from dictcrawler.net.media import audio_kind
from dictcrawler.sample import recordings

REST = bytes(100)


@pytest.mark.parametrize(
    ("body", "suffix"),
    [
        (b"ID3\x04" + REST, "mp3"),
        (b"\xff\xfb\x90\xc4" + REST, "mp3"),
        (b"\xff\xf3\x40\xc0" + REST, "mp3"),
        (b"OggS\x00\x02" + REST, "ogg"),
        (b"RIFF\x10\0\0\0WAVEfmt " + REST, "wav"),
        (b"fLaC" + REST, "flac"),
        (b"\0\0\0\x20ftypM4A " + REST, "m4a"),
        (b"\x1a\x45\xdf\xa3" + REST, "webm"),
        (b"ID3", None),
        (b"", None),
        (b"<!doctype html>" + REST, None),
        (b"\xff\xff\xff\xff" + REST, None),
        (b"\xff\xd8\xff\xe0" + REST, None),
        ("\ufefftext".encode("utf-16") + REST, None),
        (b"\x1f\x8b\x08" + REST, None),
    ],
)
def test_the_first_bytes_of_a_body_decide_its_kind(body: bytes, suffix: str | None) -> None:
    kind = audio_kind(body)
    assert (kind and kind.suffix) == suffix


def test_the_recordings_of_the_sample_are_recordings_and_no_two_are_the_same() -> None:
    bodies = [recordings.reply(path) for path in ("/a.mp3", "/b.ogg")]
    assert [body and audio_kind(body) for body in bodies] == [audio_kind(b"ID3" + REST)] * 2
    assert bodies[0] != bodies[1]
