"""``dictcrawler words``: from a text to a word list."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from dictcrawler.cli.main import main
from dictcrawler.plan import word_list

pytest.importorskip("simplemma")


def words(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, int]:
    assert main(["words", *map(str, arguments)]) == 0
    return {line.split("\t")[0]: int(line.split("\t")[1]) for line in capsys.readouterr().out.splitlines()}


def test_the_words_of_a_text_are_headwords_with_counts_and_a_word_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "text.txt"
    text.write_text("She loved mice. The mouse’s tail? We love 2 mice!\n", encoding="utf-8")
    found = words(capsys, text)
    assert (found["mouse"], found["love"], found["tail"]) == (3, 2, 1)
    assert "2" not in found
    (tmp_path / "list.txt").write_text("".join(f"{word}\t{n}\n" for word, n in found.items()), encoding="utf-8")
    assert [each.normalized for each in word_list.read(str(tmp_path / "list.txt"))] == list(found)


def test_known_words_and_their_forms_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.txt").write_text("Mice love tails.\n", encoding="utf-8")
    (tmp_path / "known.txt").write_text("loved\nmouse\n", encoding="utf-8")
    assert words(capsys, tmp_path / "text.txt", "--known", tmp_path / "known.txt") == {"tail": 1}


def test_a_line_of_the_known_words_that_is_not_a_word_excludes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.txt").write_text("x marks a tail.\n", encoding="utf-8")
    (tmp_path / "known.txt").write_bytes(b"mark\na\n" + b"z" * 5000 + b"\n\xff\n")
    assert words(capsys, tmp_path / "text.txt", "--known", tmp_path / "known.txt") == {"x": 1, "tail": 1}


def test_of_subtitles_only_the_spoken_text_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "film.srt").write_text("1\n00:00:01,000 --> 00:00:02,500\n<i>tails</i>\n", encoding="utf-8")
    assert words(capsys, tmp_path / "film.srt") == {"tail": 1}


def test_a_book_is_read_chapter_by_chapter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(tmp_path / "book.epub", "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("c1.xhtml", "<html><head><style>p{}</style></head><body><p>tails</p><p>mouse</p></body></html>")
        book.writestr("c2.xhtml", "<html><body><p>tail</p></body></html>")
    assert words(capsys, tmp_path / "book.epub") == {"tail": 2, "mouse": 1}


def test_a_file_that_is_not_a_text_or_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.epub").write_bytes(b"no book")
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "old.srt").write_bytes("café\n".encode("latin-1"))
    for name, problem in (
        ("old.srt", "not UTF-8"),
        ("a.epub", "cannot be read as a book"),
        ("a.pdf", "a PDF document"),
        ("b.txt", "cannot be read (No such file or directory)\n"),
        ("b.epub", "cannot be read (No such file or directory)\n"),
    ):
        assert main(["words", str(tmp_path / name)]) == 4
        err = capsys.readouterr().err
        assert name in err
        assert problem in err
