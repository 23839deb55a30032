"""A sample of HTML files: ``WORD.html`` for each word, ``_miss.html`` for all others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dictcrawler.model import LexicalEntry
from dictcrawler.sample.pages import Document, Reply, SamplePages

MISS = "_miss"
_NOT_FOUND = 404


class FilePages(SamplePages):
    """The pages of a folder; ``address`` is the URL template of an entry, with ``{slug}``.

    A file's name is the word as in its address, with the characters themselves in place of their percent codes.
    Only the pages are known, so `truth` and `suggestions` are empty.
    """

    def __init__(self, folder: Path, address: str) -> None:
        self._files = {file.stem: file for file in sorted(folder.glob("*.html"))}
        before, after = map(re.escape, urlsplit(address).path.split("{slug}"))
        self._entry = re.compile(f"{before}([^/]+){after}")

    def words(self) -> Iterator[str]:
        """The names of the files."""
        return (name for name in self._files if name != MISS)

    def truth(self, word: str, edition: str | None = None) -> tuple[LexicalEntry, ...]:  # noqa: ARG002
        """Nothing."""
        return ()

    def suggestions(self, word: str, edition: str | None = None) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing."""
        return ()

    def reply(self, path: str, query: Mapping[str, str]) -> Reply | None:  # noqa: ARG002
        """The file of a word, or the page for all others."""
        found = self._entry.fullmatch(path)
        return self.document(found[1]) if found else None

    def document(self, slug: str) -> Document:
        """The page at an entry's address."""
        name = unquote(slug)
        is_known = name in self._files and name != MISS
        file = self._files[name if is_known else MISS]
        return Document(file.read_text(encoding="utf-8"), status=200 if is_known else _NOT_FOUND)
