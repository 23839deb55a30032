"""The disk that a crawl takes: kept pages, store and feed, beside its pages compressed by gzip alone."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import measure, server
from benchmarks.ways import ours

GZIP = "the pages by gzip alone"
_SAMPLE = 10
_FOLDERS = ("pages", "store", "feeds")


def bytes_a_word(words: int) -> dict[str, float]:
    """Bytes a word after a first crawl of so many words: by folder, and what gzip makes of every tenth page."""
    with tempfile.TemporaryDirectory() as name, measure.serving(words) as served:
        listed = Path(name, "words.txt")
        listed.write_text("".join(f"{word}\n" for word in server.generated(words)), encoding="utf-8")
        data = Path(name, "data")
        measure.run(measure.scrapy(*ours.command(f"{served.url}{server.PREFIX}", listed, data, 16)))
        found = {folder: _size(data / folder) / words for folder in _FOLDERS}
    bodies = [reply.partition(b"\r\n\r\n")[2] for reply in server.replies(max(1, words // _SAMPLE)).values()]
    return {**found, GZIP: sum(map(len, bodies)) / len(bodies)}


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
