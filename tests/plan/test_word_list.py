"""A word list, whatever its bytes, becomes one outcome for each line."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import os
import re
import sys
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dictcrawler.errors import InvalidKeyword, KeywordListError
from dictcrawler.plan import list_file, word_list
from dictcrawler.plan.word_list import Keyword
from dictcrawler.text import normalize

Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: bytes, name: str = "words.txt") -> str:
        path = tmp_path / name
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return str(path)

    return written


def requested(found: Iterable[Keyword]) -> list[tuple[int, str | None]]:
    return [(keyword.line, keyword.normalized) for keyword in found]


def pipe_in(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content))))


def test_each_line_is_a_keyword_except_comments_and_blank_lines(write: Write) -> None:
    path = write(b"# greetings\nhi\n\n   \n  # fruit\napple\n")
    assert list(word_list.read(path)) == [Keyword(2, "hi", "hi", None), Keyword(6, "apple", "apple", None)]


@pytest.mark.parametrize("content", [b"hi\napple", b"hi\r\napple\r\n", b"hi\rapple\r", b"\xef\xbb\xbfhi\napple\n"])
def test_line_ends_a_missing_last_one_and_a_byte_order_mark_make_no_difference(write: Write, content: bytes) -> None:
    assert requested(word_list.read(write(content))) == [(1, "hi"), (2, "apple")]


@pytest.mark.parametrize("name", ["words.txt.gz", "words.gz"])
def test_a_gzipped_list_is_read(write: Write, name: str) -> None:
    assert requested(word_list.read(write(b"hi\napple\n", name))) == [(1, "hi"), (2, "apple")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le"])
def test_utf_16_with_a_mark_is_decoded(write: Write, encoding: str) -> None:
    mark = {"utf-16-be": codecs.BOM_UTF16_BE, "utf-16-le": codecs.BOM_UTF16_LE}.get(encoding, b"")
    assert requested(word_list.read(write(mark + "café\r\nnaïve\r\n".encode(encoding)))) == [(1, "café"), (2, "naïve")]


def test_utf_16_that_breaks_off_costs_only_its_last_line(write: Write) -> None:
    first, last = word_list.read(write("hi\nab".encode("utf-16")[:-1]))
    assert first.normalized == "hi"
    assert last == Keyword(2, "a\\ufffd", None, "a replacement character (U+FFFD): the list was decoded wrongly")


def test_bytes_that_are_not_utf_8_are_the_problem_of_their_line_only(write: Write) -> None:
    found = list(word_list.read(write(b"hi\ncaf\xe9 \xff\napple\n")))
    assert found[1] == Keyword(2, "caf\\xe9 \\xff", None, "bytes that are not UTF-8")
    assert requested(found) == [(1, "hi"), (2, None), (3, "apple")]


@pytest.mark.parametrize(
    ("text", "shown", "problem"),
    [
        ("a\0b", "a\\x00b", "a control character"),
        ("\x1b[31mred", "\\x1b[31mred", "a control character"),
        ("a\x85b", "a\\x85b", "a control character"),
        ("caf\ufffd", "caf\\ufffd", "a replacement character (U+FFFD): the list was decoded wrongly"),
        ("\udce9\0", "\\xe9\\x00", "bytes that are not UTF-8; a control character"),
        ("\ud800", "\\ud800", "bytes that are not UTF-8"),
    ],
)
def test_an_invalid_keyword_has_a_problem_and_a_printable_text(text: str, shown: str, problem: str) -> None:
    assert list(word_list.inline(text)) == [Keyword(1, shown, None, problem)]


def test_a_keyword_may_have_a_thousand_characters_and_no_more(write: Write) -> None:
    longest = "é" * word_list.LONGEST_KEYWORD
    fits, too_long, after = word_list.read(write(f"{longest}\n{longest}é\nhi\n".encode()))
    assert fits.normalized == longest
    assert too_long == Keyword(2, longest, None, "longer than 1000 characters")
    assert (after.line, after.normalized) == (3, "hi")


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("  ice \t  cream ", "ice cream"),
        ("ice\u00a0cream", "ice cream"),
        ("don’t", "don't"),
        ("cafe\u0301", "café"),
        ("ap\u200bple\ufeff", "apple"),
        ("Polish", "Polish"),
        ("na\u00adive", "naive"),
    ],
)
def test_spellings_that_look_the_same_are_looked_up_the_same(text: str, normalized: str) -> None:
    assert list(word_list.inline(text)) == [Keyword(1, text, normalized, None)]


def test_words_between_commas_are_keywords_and_know_their_place() -> None:
    assert requested(word_list.inline("hi, apple ,,call")) == [(1, "hi"), (2, "apple"), (4, "call")]


@pytest.mark.parametrize("words", ["", " , ,", "\u200b"])
def test_an_argument_without_a_word_is_refused(words: str) -> None:
    with pytest.raises(KeywordListError, match="no keyword"):
        list(word_list.inline(words))


def test_standard_input_is_read_and_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe_in(monkeypatch, b"hi\napple\n")
    assert requested(word_list.read("-")) == [(1, "hi"), (2, "apple")]
    assert not sys.stdin.closed


def test_standard_input_may_be_gzipped_and_is_a_table_when_a_column_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe_in(monkeypatch, gzip.compress(b"level,word\nA1,hi\n"))
    assert requested(word_list.read("-", column="word")) == [(2, "hi")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("words.csv", b'Word,note\nhi,"two\nlines"\n"ice cream",x\n'),
        ("words.CSV", b"\xef\xbb\xbf note , KEYWORD \r\n,hi\r\n\r\n,ice cream\r\n"),
        ("words.tsv", b"note\theadword\na,b\thi\n\n\tice cream\n"),
        ("words.csv.gz", b"headword\nhi\n\nice cream\n"),
    ],
)
def test_the_one_keyword_column_of_a_table_is_found_by_its_name(write: Write, name: str, content: bytes) -> None:
    found = requested(word_list.read(write(content, name)))
    assert found == [(2, "hi"), (4, "ice cream")]


def test_a_named_column_is_read_and_its_blank_cells_are_no_keywords(write: Write) -> None:
    path = write(b"word,lemma\nran,run\nx,\nwent,go\n", "words.csv")
    assert requested(word_list.read(path, column="lemma")) == [(2, "run"), (4, "go")]


@pytest.mark.parametrize(
    ("header", "column", "message"),
    [
        ("a,b", None, "no column is named word or keyword or headword; .* its columns: a, b"),
        ("word,Keyword", None, "more than one column is named .* its columns: word, Keyword"),
        ("a,a", "a", "more than one column is named a"),
        ("a,b\x1b", "c", r"no column is named c; .* its columns: a, b\\x1b"),
    ],
)
def test_a_table_without_exactly_one_such_column_is_refused_with_the_names_it_has(
    write: Write, header: str, column: str | None, message: str
) -> None:
    path = write(f"{header}\nx,y\n".encode(), "words.csv")
    with pytest.raises(KeywordListError, match=f"words.csv: line 1: {message}"):
        list(word_list.read(path, column=column))


def test_a_header_that_is_no_row_is_refused(write: Write) -> None:
    with pytest.raises(KeywordListError, match=r"words\.csv: the first line must name the columns"):
        list(word_list.read(write(b'"word\nhi\n', "words.csv")))


def test_a_column_of_a_text_list_is_refused(write: Write) -> None:
    with pytest.raises(KeywordListError, match=r"words\.txt: only a \.csv or \.tsv file has a column 'word'"):
        list(word_list.read(write(b"hi\n"), column="word"))


def test_a_broken_row_is_a_problem_of_its_own_lines_only(write: Write) -> None:
    path = write(b'n,word\n1,hi\n2,"ice"cream\n3\n4,apple\n5,"never closed\nlost\n', "words.csv")
    found = list(word_list.read(path))
    assert requested(found) == [(2, "hi"), (3, None), (4, None), (5, "apple"), (6, None)]
    assert found[1].text == '2,"ice"cream'
    assert found[2] == Keyword(4, "3", None, "the row has only 1 of the columns")
    assert found[4].text == '5,"never closed'
    assert "lines 6-7" in (found[4].problem or "")


def test_a_row_without_end_is_a_problem_and_the_next_row_is_read(write: Write) -> None:
    endless = '"' + '\n","'.join("x" * 999 for _ in range(1_010))
    found = list(word_list.read(write(f"word\n{endless}\nhi\n".encode(), "words.csv")))
    assert "longer than 1000000 characters" in (found[0].problem or "")
    assert found[-1] == Keyword(1_012, "hi", "hi", None)


def test_a_line_without_end_in_a_table_is_a_problem_and_the_next_row_is_read(write: Write) -> None:
    content = b"word\n" + b"x," * word_list.LONGEST_ROW + b"\nhi\n"
    broken, after = word_list.read(write(content, "words.csv"))
    assert len(broken.text) == word_list.LONGEST_KEYWORD
    assert after == Keyword(3, "hi", "hi", None)


@pytest.mark.parametrize("content", [b"", b"\n \n# only a comment\n", b"\xef\xbb\xbf", b"word\n\n"])
def test_a_list_without_a_keyword_is_refused(write: Write, content: bytes) -> None:
    name = "words.csv" if b"word" in content else "words.txt"
    with pytest.raises(KeywordListError, match=f"{name}: there is no keyword in it; write one on each line"):
        list(word_list.read(write(content, name)))


def test_an_empty_table_is_refused(write: Write) -> None:
    with pytest.raises(KeywordListError, match=r"words\.csv: line 1: no column"):
        list(word_list.read(write(b"", "words.csv")))


def test_a_missing_file_and_a_folder_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(KeywordListError, match=r"missing\.txt: cannot be read \(No such file or directory\); use a"):
        list(word_list.read(str(tmp_path / "missing.txt")))
    with pytest.raises(KeywordListError, match=rf"{tmp_path.name}: cannot be read \(Is a directory\)"):
        list(word_list.read(str(tmp_path)))
    with pytest.raises(KeywordListError, match=r"missing\.xlsx: cannot be read \(No such file or directory\)$"):
        list(word_list.read(str(tmp_path / "missing.xlsx")))


def test_a_list_that_is_not_gzip_though_its_name_says_so_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.txt.gz"
    path.write_bytes(b"hi\n")
    with pytest.raises(KeywordListError, match=r"words\.txt\.gz: cannot be read \(Not a gzipped file"):
        list(word_list.read(str(path)))


@pytest.mark.parametrize("damage", [lambda packed: packed[:-6000], lambda packed: packed[:6000] + b"\xff" * 6000])
def test_a_gzipped_list_that_breaks_off_names_the_last_line_it_gave(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    packed = gzip.compress(
        "\n".join(hashlib.sha256(bytes([n % 256, n // 256])).hexdigest() for n in range(2000)).encode()
    )
    path = tmp_path / "words.txt.gz"
    path.write_bytes(damage(packed))
    found: list[Keyword] = []
    with pytest.raises(KeywordListError, match=r"words\.txt\.gz, after line \d+: cannot be read") as raised:
        found.extend(word_list.read(str(path)))
    assert f"after line {found[-1].line}:" in str(raised.value)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("café\nhi\n".encode("utf-16-le"), 1),
        ("слово\nнет\n".encode("utf-16-be"), 1),
        ("hi\napple\n".encode("utf-32-le"), 1),
        (b"hi\napple\n\0\n", 3),
        (b"hi\n" + b"x" * 5000 + b"\0\n", 2),
        (codecs.BOM_UTF16_LE + "hi\n\0\n".encode("utf-16-le"), 2),
    ],
    ids=["UTF-16", "UTF-16 of another script", "UTF-32", "one NUL", "in a long line", "NUL as a character"],
)
@pytest.mark.parametrize("name", ["words.txt", "words.txt.gz"])
def test_a_list_with_a_nul_byte_is_refused_with_its_line(write: Write, content: bytes, line: int, name: str) -> None:
    with pytest.raises(KeywordListError, match=rf"{name}: line {line}: it has a NUL byte.*; save it as UTF-8 text"):
        list(word_list.read(write(content, name)))


def test_a_table_with_a_nul_byte_is_refused_with_its_line(write: Write) -> None:
    with pytest.raises(KeywordListError, match="line 3: it has a NUL byte"):
        list(word_list.read(write(b"word\nhi\na\0b\n", "words.csv")))


FOREIGN = {
    "PK\x03\x04": "ZIP archive, as .xlsx",
    "%PDF-1.7": "PDF",
    "\x7fELF": "program",
    "BZh9": "bzip2",
    "{\\rtf1": "RTF",
    "\n<!DOCTYPE html>": "HTML",
    "<?xml version": "XML",
    '["hi", "apple"]': "JSON",
    '{\n "words": []}': "JSON",
    "[\n  {": "JSON",
    "WARC/1.1": "WARC",
    "# from the web\n<!DOCTYPE html>": "HTML",
    "version https://git-lfs.github.com/spec/v1": "git lfs pull",
    "HTTP/1.1 200 OK\n": "web server",
}


@pytest.mark.parametrize("head", FOREIGN)
@pytest.mark.parametrize("name", ["words.txt", "words.txt.gz", "words.csv"])
def test_a_file_of_another_kind_is_refused_by_name(write: Write, head: str, name: str) -> None:
    path = write(head.encode("latin-1") + b"\nhi\napple\n", name)
    with pytest.raises(
        KeywordListError, match=rf"{name}: line 1: it is not a word list but .*{FOREIGN[head]}.*; save it"
    ):
        list(word_list.read(path))


@pytest.mark.parametrize("name", ["words.txt", "words.txt.gz"])
def test_gzip_that_is_not_named_so_or_packed_twice_is_refused(tmp_path: Path, name: str) -> None:
    packed = gzip.compress(b"hi\n")
    (tmp_path / name).write_bytes(gzip.compress(packed) if name.endswith(".gz") else packed)
    with pytest.raises(KeywordListError, match=r"line 1: it is compressed with gzip"):
        list(word_list.read(str(tmp_path / name)))


def test_a_document_in_utf_16_is_no_list(write: Write) -> None:
    with pytest.raises(KeywordListError, match="line 1: it is not a word list but JSON"):
        list(word_list.read(write('["hi", "apple"]'.encode("utf-16"))))


def test_utf_32_with_a_mark_is_decoded(write: Write) -> None:
    assert requested(word_list.read(write("café\nnaïve\n".encode("utf-32")))) == [(1, "café"), (2, "naïve")]


@pytest.mark.parametrize("word", ["PK", "[sic]", "<3", "{}", "[", "RIF", "(a", "<b>"])
def test_a_word_that_begins_like_another_kind_of_file_is_a_word(write: Write, word: str) -> None:
    assert requested(word_list.read(write(f"{word}\nhi\n".encode()))) == [(1, word), (2, "hi")]


def judged(invalid: int, count: int, words: str = "words.txt") -> int:
    """How many lines pass of a list with some lines that the dictionary's rule refuses, after a first good one."""

    def slug(word: str) -> str:
        if word == "?":
            raise InvalidKeyword("no letter")
        return word

    lines = ["hi", *"?" * invalid, *["hi"] * (count - invalid - 1)]
    keywords = (Keyword(number, text, text, None) for number, text in enumerate(lines, 1))
    return sum(1 for _ in word_list.mostly_words(keywords, words, slug))


def test_a_list_most_of_whose_lines_can_be_no_word_is_refused_from_eleven_on() -> None:
    assert judged(10, 11) == 11
    assert judged(11, 22) == 22
    with pytest.raises(
        KeywordListError, match=r"words\.txt: 11 of its 21 lines .* line 2: '\?' \(no letter\); save it"
    ):
        judged(11, 21)
    with pytest.raises(KeywordListError, match="standard input: 11 of"):
        judged(11, 12, "-")


def test_a_list_in_latin_1_is_refused_with_its_first_bad_line(write: Write) -> None:
    path = write("\n".join(["hi", *(f"café{n}" for n in range(20))]).encode("latin-1"))
    found = word_list.mostly_words(word_list.read(path), path, str)
    with pytest.raises(KeywordListError, match=r"line 2: 'caf\\\\xe90' \(bytes that are not UTF-8\)"):
        list(found)


class Stopped(Exception):
    """Raised to stop the reading."""


def stop_after(looks: int) -> Callable[[], None]:
    left = iter(range(looks))

    def look() -> None:
        if next(left, None) is None:
            raise Stopped

    return look


@pytest.mark.parametrize("name", ["/dev/zero", "blank lines", "a pipe", "standard input"])
def test_a_list_that_never_ends_or_never_begins_can_be_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(list_file, "BETWEEN_LOOKS", 0.01)
    path = str(tmp_path / "words.gz")
    if name == "blank lines":
        Path(path).write_bytes(gzip.compress(b"\n" * 1_000_000))
    elif name == "a pipe":
        os.mkfifo(path)
    elif name == "standard input":
        ours, theirs = os.pipe()
        monkeypatch.setattr(sys, "stdin", os.fdopen(ours))
        path = "-"
    else:
        path = name
    with pytest.raises(Stopped):
        list(word_list.read(path, is_checked=False, interrupt=stop_after(20)))
    if name == "standard input":
        sys.stdin.close()
        os.close(theirs)


def test_a_pipe_that_is_silent_for_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_file, "LONGEST_SILENCE", 0.05)
    monkeypatch.setattr(list_file, "BETWEEN_LOOKS", 0.01)
    os.mkfifo(tmp_path / "words.txt")
    with pytest.raises(KeywordListError, match=r"words\.txt: cannot be read \(nothing came for 0\.05 s\)"):
        list(word_list.read(str(tmp_path / "words.txt")))


def peak_memory(path: str) -> tuple[int, int]:
    tracemalloc.start()
    try:
        count = sum(1 for _ in word_list.read(path))
        return count, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_long_list_is_never_in_memory(write: Write) -> None:
    count, peak = peak_memory(write("".join(f"word {n}\n" for n in range(100_000)).encode()))
    assert count == 100_000
    assert peak < 300_000


@pytest.mark.parametrize("filling", [b"x", b"\xff"])
def test_a_gzip_bomb_of_one_line_is_one_problem_in_flat_memory(write: Write, filling: bytes) -> None:
    count, peak = peak_memory(write(filling * 20_000_000, "words.txt.gz"))
    assert count == 1
    assert peak < 1_000_000


def test_the_digest_of_a_plain_list_is_the_sha256_of_the_file(write: Write) -> None:
    content = "hi\ncafé\nice cream\n".encode()
    digest = word_list.Digest(word_list.read(write(content)))
    assert [keyword.text for keyword in digest] == ["hi", "café", "ice cream"]
    assert digest.hexdigest() == hashlib.sha256(content).hexdigest()


def test_the_digest_is_of_the_words_and_not_of_how_they_are_written(write: Write) -> None:
    def digest(content: bytes, name: str) -> str:
        found = word_list.Digest(word_list.read(write(content, name)))
        list(found)
        return found.hexdigest()

    plain = digest(b"hi\nice cream\n", "words.txt")
    assert digest(b"\xef\xbb\xbf# list\r\nhi\r\n\r\n ice  cream", "other.txt.gz") == plain
    assert digest(b'n,word\n1,hi\n2,"ice\ncream"\n', "words.csv") == plain
    assert digest(b"ice cream\nhi\n", "swapped.txt") != plain
    assert digest(b"hi\nice cream\nx\x01\n", "more.txt") != plain


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_have_exactly_one_outcome_for_each_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "words.txt"
    # Gzipped and UTF-16 lists have line ends of their own; their rules are tested above.
    path.write_bytes(b"x" + content)
    lines = re.split(rb"\r\n|\r|\n", b"x" + content)
    found = list(word_list.read(str(path), is_checked=False))
    for keyword in found:
        assert (keyword.normalized is None) != (keyword.problem is None)
        keyword.text.encode()
        if keyword.problem:
            assert not re.search("[\x00-\x1f\x7f-\x9f]", keyword.text)
        else:
            line = lines[keyword.line - 1].decode("utf-8", "surrogateescape")
            assert keyword.text == (line.strip().partition("\t")[0] if "\t" in line.strip() else line)
    without = set(range(1, len(lines) + 1)) - {keyword.line for keyword in found}
    assert len(found) == len({keyword.line for keyword in found})
    for number in without:
        line = lines[number - 1].decode("utf-8", "surrogateescape")
        assert line.lstrip().startswith("#") or normalize(line) == ""


@given(st.binary(max_size=300), st.sampled_from(["words.txt", "words.csv", "words.tsv", "words.gz"]))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_end_in_keywords_in_order_or_in_an_error_that_names_the_list(
    tmp_path: Path, content: bytes, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found: list[Keyword] = []
    message = name
    try:
        found.extend(word_list.read(str(path)))
    except KeywordListError as error:
        message = str(error)
    assert name in message
    lines = [keyword.line for keyword in found]
    assert lines == sorted(set(lines))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Cn"]), min_size=1), min_size=1))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_output_of_a_csv_writer_is_read_back(tmp_path: Path, words: list[str]) -> None:
    path = tmp_path / "words.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["n", "word"], *enumerate(words)])
    kept = [normalize(word) for word in words if normalize(word) and "\ufffd" not in word]
    try:
        found = [keyword.normalized for keyword in word_list.read(str(path)) if keyword.normalized]
    except KeywordListError:
        found = []
    assert found == kept


@given(st.text())
@settings(deadline=None)
def test_normalizing_twice_is_normalizing_once(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once
    assert once == once.strip()
    assert unicodedata.is_normalized("NFC", once)


ANKI = b"""#separator:semicolon
#html:true
#tags column:3
#deck column:1
Verbs;<b>love</b>;learned
Verbs;"hi; there";new
"""


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.txt", b"#separator:tab\n#html:false\nlove\tto feel affection\napple\ta fruit\n", ["love", "apple"]),
        ("notes.txt", ANKI, ["love", "hi; there"]),
        ("counted.txt", b"love\t42\napple\t7\n", ["love", "apple"]),
        ("notes.txt", b"#tags column:" + b"9" * 5000 + b"\nlove\n", ["love"]),
        ("semicolons.csv", b'Word;count\nlove;42\n"bye, bye";7\n', ["love", "bye, bye"]),
        ("unicode-text.csv", "Word\tcount\nlove\t42\n".encode("utf-16"), ["love"]),
        ("excel.csv", b"sep=;\nWord;count\nlove;1,5\n", ["love"]),
        ("exchanged.tsv", b"sep=,\nword,count\nlove,42\n", ["love"]),
    ],
)
def test_lists_that_other_programs_write_are_read(write: Write, name: str, content: bytes, words: list[str]) -> None:
    assert [keyword.normalized for keyword in word_list.read(write(content, name))] == words


def test_a_column_is_named_without_regard_to_case(write: Write) -> None:
    assert requested(word_list.read(write(b"Lemma,n\nrun,1\n", "words.csv"), column="lemma")) == [(2, "run")]


def test_a_workbook_is_read_like_a_table(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (("Word", "count"), ("love", 42), (None, None), ("apple", 7)):
        book.worksheets[0].append(row)
    book.save(tmp_path / "words.xlsx")
    assert requested(word_list.read(str(tmp_path / "words.xlsx"))) == [(2, "love"), (4, "apple")]


@pytest.mark.parametrize("part", ["workbook.xml", "styles.xml", "worksheets/sheet1.xml"])
@pytest.mark.parametrize("damage", [lambda data: data[: len(data) // 2], lambda _: b""], ids=["cut off", "empty"])
def test_a_damaged_workbook_is_refused_by_name(tmp_path: Path, part: str, damage: Callable[[bytes], bytes]) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["hi"])
    book.save(tmp_path / "whole.xlsx")
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as whole, zipfile.ZipFile(tmp_path / "words.xlsx", "w") as damaged:
        for name in whole.namelist():
            data = whole.read(name)
            damaged.writestr(name, damage(data) if name == f"xl/{part}" else data)
    with pytest.raises(KeywordListError, match=r"words\.xlsx: cannot be read as a workbook"):
        list(word_list.read(str(tmp_path / "words.xlsx")))


def test_the_words_of_a_python_list_are_keywords_by_their_positions() -> None:
    assert requested(word_list.passed(word for word in ("hi", " apple "))) == [(1, "hi"), (2, "apple")]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("hi", "'hi' is not a list of words"),
        (5, "5 is not a list of words"),
        ([], "no word in the list"),
        (["hi", 5], "word 2 of the list is 5, a int"),
        (["hi", " "], r"word 2 of the list is blank \(' '\)"),
    ],
)
def test_a_python_list_that_is_not_one_of_words_is_refused(words: object, problem: str) -> None:
    with pytest.raises(KeywordListError, match=problem):
        word_list.passed(words)  # type: ignore[arg-type]


def sheet(folder: Path, *rows: tuple[str | None, ...]) -> str:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "words.xlsx")
    return str(folder / "words.xlsx")


def test_a_sheet_of_one_column_needs_no_header(tmp_path: Path) -> None:
    assert requested(word_list.read(sheet(tmp_path, ("hi",), ("apple",)))) == [(1, "hi"), (2, "apple")]
    assert requested(word_list.read(sheet(tmp_path, ("word",), ("apple",)))) == [(2, "apple")]


@pytest.mark.parametrize(("rows", "problem"), [((), "the first sheet is empty"), ((("a", "b"), ("hi", "x")), "column")])
def test_a_sheet_without_words_is_refused(tmp_path: Path, rows: tuple[tuple[str, ...], ...], problem: str) -> None:
    with pytest.raises(KeywordListError, match=problem):
        list(word_list.read(sheet(tmp_path, *rows)))
