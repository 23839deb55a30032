"""Texts as sources of words: a file that is not a text is refused by name, before any request."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from dictcrawler.errors import KeywordListError
from dictcrawler.plan import reading_text

pytest.importorskip("simplemma")

TEXT = "We love apples.\n" * 200


def book() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as chapters:
        chapters.writestr("one.xhtml", f"<html><body>{TEXT}</body></html>")
    return packed.getvalue()


def with_damage(packed: bytes, name: bytes) -> bytes:
    """Change the compressed bytes right after a name."""
    start = packed.index(name) + len(name) + 2
    return packed[:start] + b"\xff" * 20 + packed[start + 20 :]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("text.txt", TEXT.encode("utf-16-le"), "not UTF-8 text"),
        ("text.txt", TEXT.encode("utf-32-be"), "not UTF-8 text"),
        ("film.srt", TEXT.encode() + b"\0", "not UTF-8 text"),
        ("text.txt", (TEXT + "café").encode("latin-1"), "not UTF-8 text"),
        ("text.txt.gz", gzip.compress(TEXT.encode())[:-12], "cannot be read"),
        ("text.txt.gz", gzip.compress(TEXT.encode())[:20] + b"\xff" * 40, "cannot be read"),
        ("book.epub", with_damage(book(), b"one.xhtml"), "cannot be read as a book"),
        ("book.epub", book()[:-30], "cannot be read as a book"),
    ],
    ids=["UTF-16", "UTF-32", "NUL", "Latin-1", "gzip cut off", "gzip damaged", "a chapter damaged", "a book cut off"],
)
def test_a_file_that_is_not_a_text_is_refused_by_name(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(KeywordListError, match=f"{name}: .*{problem}"):
        reading_text.count(str(tmp_path / name))


def test_known_words_in_another_encoding_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "known.txt").write_bytes("".join(f"café {number}\n" for number in range(20)).encode("latin-1"))
    with pytest.raises(KeywordListError, match=r"known.txt: 20 of its 20 lines cannot be words"):
        reading_text.count(str(tmp_path / "text.txt"), known=str(tmp_path / "known.txt"))
