"""From bytes to text: which decodings are certain, and which get a warning."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictcrawler.net import charsets
from dictcrawler.net.charsets import CONFLICT, REPLACED

WORD = "naïve – ʃ"


@pytest.mark.parametrize(
    ("body", "content_type", "text", "warnings"),
    [
        (WORD.encode(), "text/html; charset=utf-8", WORD, ()),
        (WORD.encode(), "text/html", WORD, ()),
        (WORD.encode(), None, WORD, ()),
        (WORD.encode(), "text/html; charset=iso-8859-1", WORD, (CONFLICT,)),
        (WORD.encode(), "text/html; charset=klingon", WORD, ()),
        (WORD.encode(), "text/html; charset=punycode", WORD, ()),
        (WORD.encode("utf-8-sig"), "text/html; charset=cp1252", WORD, (CONFLICT,)),
        (WORD.encode("utf-16"), "text/html", WORD, ()),
        (f"<{WORD}".encode("utf-16-le"), "text/html; charset=utf-16", f"<{WORD}", ()),
        (f"<{WORD}".encode("utf-16-be"), "text/html", f"<{WORD}", ()),
        ("naïve".encode("cp1252"), "text/html; charset=windows-1252", "naïve", ()),
        ("naïve".encode("cp1252"), "text/html", "naïve", ()),
        ("naïve".encode("cp1252"), "text/html; charset=utf-8", "na\ufffdve", (REPLACED,)),
        (b'<meta charset="utf-8">na\xefve', "text/html; charset=cp1252", '<meta charset="utf-8">naïve', (CONFLICT,)),
        (b'<meta charset="utf-16">\xc3\xa4', "text/html", '<meta charset="utf-16">ä', ()),
        ("日本".encode("shift_jis"), "text/html; charset=Shift_JIS", "日本", ()),
        ("\ufffd".encode(), "text/html; charset=utf-8", "\ufffd", (REPLACED,)),
        (b"plain", "text/html; charset=shift_jis", "plain", ()),
        (b"", None, "", ()),
    ],
)
def test_the_first_charset_that_fits_every_byte_is_taken(
    body: bytes, content_type: str | None, text: str, warnings: tuple[str, ...]
) -> None:
    assert charsets.decode(body, content_type) == charsets.Decoded(text, warnings)


@given(st.binary(max_size=200), st.text(max_size=40))
def test_any_bytes_and_any_header_give_a_text(body: bytes, charset: str) -> None:
    charsets.decode(body, f"text/html; charset={charset}")


def test_every_charset_of_the_web_is_known_to_python() -> None:
    assert {codecs.lookup(name).name for name in charsets._WEB} == charsets._WEB
