"""An unchanged file of a run is a hard link to that of the previous run; any other is a file of its own."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictcrawler.feeds import writer
from dictcrawler.model import FeedFile

LINES = [b"first\n", b"second\n", b"third\n"]


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "BLOCK", 8)


def described(lines: list[bytes]) -> FeedFile:
    written = b"".join(lines)
    return FeedFile(lines=len(lines), bytes=len(written), sha256=hashlib.sha256(written).hexdigest())


def test_equal_lines_become_a_link_and_the_earlier_file_stays_when_the_new_one_goes(tmp_path: Path) -> None:
    earlier, now = tmp_path / "earlier", tmp_path / "now"
    earlier.write_bytes(b"".join(LINES))
    assert writer.write_lines(now, LINES, earlier) == described(LINES)
    assert now.samefile(earlier)
    now.unlink()
    assert earlier.read_bytes() == b"".join(LINES)


@given(st.lists(st.sampled_from(LINES), max_size=6), st.lists(st.sampled_from(LINES), max_size=6))
def test_the_new_file_has_its_own_lines_and_any_earlier_file_is_not_changed(
    tmp_path_factory: pytest.TempPathFactory, before: list[bytes], lines: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("files")
    earlier, now = folder / "earlier", folder / "now"
    earlier.write_bytes(b"".join(before))
    assert writer.write_lines(now, lines, earlier) == described(lines)
    assert now.read_bytes() == b"".join(lines)
    assert earlier.read_bytes() == b"".join(before)
    assert now.samefile(earlier) == (before == lines)


def test_without_links_or_over_a_symbolic_link_the_file_is_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier, alias = tmp_path / "earlier", tmp_path / "alias"
    earlier.write_bytes(b"".join(LINES))
    alias.symlink_to(earlier)
    assert writer.write_lines(tmp_path / "one", LINES, alias) == described(LINES)
    assert (tmp_path / "one").stat().st_nlink == 1
    assert not (tmp_path / "one").is_symlink()

    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refused)
    assert writer.write_lines(tmp_path / "two", LINES, earlier) == described(LINES)
    assert (tmp_path / "two").read_bytes() == b"".join(LINES)
    assert writer.write_lines(tmp_path / "three", LINES, tmp_path / "none") == described(LINES)
