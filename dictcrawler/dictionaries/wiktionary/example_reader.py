"""Turns the pieces of one item below a definition into examples."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from dictcrawler.dictionaries.wiktionary import labels
from dictcrawler.dictionaries.wiktionary.pieces import Piece, is_latin
from dictcrawler.model import Example, Label
from dictcrawler.parsing import markup

_DATE = re.compile(r"(?:[ac]a?\. )?[0-9]{3,4}\b|(?:[ac]a?\. )?[0-9]+ (?:BCE|CE|AD|BC)\b")
_YEAR = re.compile(r"\b1[0-9]{3}\b|\b20[0-9]{2}\b|\b(?:BCE|century)\b")
_QUOTED = re.compile(r"\(?\s*[“\"]([^“”\"]+)[”\"]\s*\)?\.?")
_DASHES = " ―—–="
# A label in brackets, and perhaps a translation after a dash.
_BRACKETED = re.compile(r"(\[[^\[\]]*\])\s*(?:[―—–]\s*(.*))?")


class _Draft(Struct):
    """An example, while it is read; ``below`` are the lines without a class that follow it."""

    text: list[str]
    citation: str | None
    depth: int
    paragraph: int
    is_marked: bool
    is_sample: bool
    labels: tuple[Label, ...]
    transliterations: list[str] = []
    glosses: list[str] = []
    below: list[str] = []
    depth_below: int = 0

    def go_on(self, printed: str) -> None:
        """Add what is printed right behind the text."""
        if printed.startswith(":"):
            self.text[-1] += printed
        else:
            self.text.append(printed)

    def example(self, *, has_glosses: bool) -> Example:
        text, glosses, transliterations = " ".join(self.text), self.glosses, self.transliterations
        if not has_glosses:
            text = " ".join((text, *self.below))
        elif len(self.below) > 1 and not transliterations and not is_latin(text) and is_latin(self.below[0]):
            # Of two lines below foreign letters, the first is the transliteration.
            transliterations, glosses = self.below[:1], [*glosses, *self.below[1:]]
        else:
            glosses = [*glosses, *self.below]
        return Example(
            text=text,
            transliteration=" ".join(transliterations) or None,
            gloss=" ".join(glosses) or None,
            citation=self.citation,
            labels=self.labels,
        )


class Reader(Struct):
    """Reads the pieces of one item in printed order."""

    has_glosses: bool
    may_be_source: bool
    examples: list[Example] = []
    # The same passage in two scripts is a group of two: they share their translation and transliteration.
    _group: list[_Draft] = []
    _citation: str | None = None
    _labels: tuple[Label, ...] = ()
    _is_explained: bool = False

    def read(self, piece: Piece, following: Sequence[Piece]) -> None:
        """Take the next piece; the pieces in ``following`` decide the kind of a first line."""
        match piece.kind:
            case "passage":
                self._passage(piece)
            case "source":
                self.close()
                self._citation = _named(piece)
            case "footer":
                self._footer(piece)
            case "transliteration" | "translation":
                self._is_explained = True
                for draft in self._group:
                    (draft.glosses if piece.kind == "translation" else draft.transliterations).append(piece.text)
            case "label":
                self._label(labels.read(piece.node))
            case "remark" if self._group:
                self._remark(piece.text)
            case _:
                self._loose(piece, following)

    def close(self) -> str | None:
        """Turn open passages into examples; return a source that no passage has followed."""
        waiting = self._citation if not self._group else None
        self.examples += (draft.example(has_glosses=self.has_glosses) for draft in self._group)
        self._group, self._citation, self._labels, self._is_explained = [], None, (), False
        return waiting

    def _open(self, piece: Piece) -> None:
        citation = self._group[-1].citation if self._group else self._citation
        is_marked = piece.kind == "passage"
        self._group.append(
            _Draft(
                [piece.text],
                citation,
                piece.depth,
                piece.paragraph,
                is_marked=is_marked,
                is_sample=piece.is_sample,
                labels=self._labels,
            )
        )
        self._labels = ()

    def _passage(self, piece: Piece) -> None:
        if self._is_explained:
            citation = self._group[-1].citation if self._group else self._citation
            self.close()
            self._citation = citation
        self._open(piece)

    def _footer(self, piece: Piece) -> None:
        if not self._group:
            self._citation = _named(piece)
        for draft in self._group:
            draft.citation = draft.citation or _named(piece)

    def _remark(self, printed: str) -> None:
        """Text after a dash: a translation, in English sections part of the example."""
        for draft in self._group:
            if self.has_glosses:
                draft.glosses.append(_explanation(printed))
            else:
                draft.go_on(printed)

    def _label(self, found: tuple[Label, ...]) -> None:
        if not self._group:
            self._labels += found
        for draft in self._group:
            draft.labels += found

    def _bracketed(self, found: tuple[Label, ...]) -> None:
        # After a passage the label is about that passage; after a translation or transliteration, about all passages.
        for draft in self._group if self._is_explained else self._group[-1:]:
            draft.labels += found

    def _loose(self, piece: Piece, following: Sequence[Piece]) -> None:
        bracketed = _BRACKETED.fullmatch(piece.text) if self._group else None
        if bracketed:
            self._bracketed(tuple(labels.typed(text) for text in labels.printed(bracketed[1])))
            if bracketed[2]:
                self._remark(bracketed[2])
        elif self._group and piece.text.startswith("From:"):
            self._footer(piece)
        elif self._group:
            self._another_line(piece, following)
        elif self._citation is None and self._is_source(piece, following):
            self._citation = _named(piece)
        else:
            self._open(piece)

    def _is_source(self, piece: Piece, following: Sequence[Piece]) -> bool:
        """Whether a first line names the work that the passage below it is from."""
        begins_with_date = piece.node.tag == "b" and _DATE.match(markup.text(piece.node)) is not None
        if not any(later.kind in {"passage", "list"} or later.depth > piece.depth for later in following):
            # A source whose passage was never filled in.
            return self.may_be_source and begins_with_date
        ends_with_colon = piece.text.endswith(":")
        if not self.may_be_source:
            return begins_with_date or (ends_with_colon and _YEAR.search(piece.text) is not None)
        return begins_with_date or ends_with_colon or not (self.has_glosses and piece.is_sample)

    def _another_line(self, piece: Piece, following: Sequence[Piece]) -> None:
        latest = self._group[-1]
        if self.has_glosses and piece.depth <= latest.depth < latest.depth_below:
            # After a line below the passage, another passage of the same work.
            self.close()
            self._citation = latest.citation
            self._open(piece)
            return
        is_same_line = piece.paragraph == latest.paragraph and piece.depth == latest.depth and not self._is_explained
        is_translation = latest.is_marked or (_is_second_line(latest, piece) and not _goes_on(piece, following))
        if is_same_line and not (is_translation and self.has_glosses):
            latest.text.append(piece.text)
            return
        for draft in self._group:
            draft.below.append(piece.text)
            draft.depth_below = piece.depth


def _explanation(printed: str) -> str:
    """A translation without the signs before it, or around it: – a lamp, (“a lamp”)."""
    text = printed.lstrip(f"{_DASHES}:")
    quoted = _QUOTED.fullmatch(text)
    return quoted[1] if quoted else text


def _is_second_line(latest: _Draft, piece: Piece) -> bool:
    """Whether a line break parts a piece from a sample of another language."""
    return latest.is_sample and len(latest.text) == 1 and not piece.is_sample


def _goes_on(piece: Piece, following: Sequence[Piece]) -> bool:
    """Whether the line breaks make several lines, as of a poem."""
    return any(later.kind == "loose" and later.paragraph == piece.paragraph for later in following)


def _named(piece: Piece) -> str | None:
    return piece.text.removeprefix("From:").strip().rstrip(": ") or None
