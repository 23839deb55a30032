"""Ways to crawl the same words: each a program ``python -m benchmarks.ways.NAME URL WORDS OUT CONCURRENCY``.

Each reads the same fields of an entry and writes them as a line of JSON: headword, part of speech, stars,
transcription, recording, inflected forms; of every sense and sub-sense its number, labels and definition,
its examples with pattern and gloss, its synonyms with their group and address.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

LABELS = frozenset({"SYNTAX-CODING", "STYLE-LEVEL", "DIALECT", "SUBJECT-AREA"})
"""The classes of a sense's labels."""


@dataclass(frozen=True, slots=True)
class Task:
    """The task of a way: pages at ``{url}{word}``, this many at once, lines into ``out``."""

    url: str
    words: list[str]
    out: Path
    concurrency: int


def read_task() -> Task:
    """The task on the command line."""
    url, words, out, concurrency = sys.argv[1:]
    return Task(url, Path(words).read_text(encoding="utf-8").split(), Path(out), int(concurrency))
