"""Ways to crawl the same words: each a program ``python -m benchmarks.ways.NAME URL WORDS OUT CONCURRENCY``.

Each reads the same core of an entry from a page and writes it as a line of JSON: headword, part of speech,
transcription, and of every sense and sub-sense the definition and the examples.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Task:
    """What a way is asked for: pages at ``{url}{word}``, so many at once, lines into ``out``."""

    url: str
    words: list[str]
    out: Path
    concurrency: int


def task() -> Task:
    """The task on the command line."""
    url, words, out, concurrency = sys.argv[1:]
    return Task(url, Path(words).read_text(encoding="utf-8").split(), Path(out), int(concurrency))
