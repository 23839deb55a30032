"""The speed-up of reading kept pages with two processes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import measure, server
from benchmarks.ways import ours


def rounds(count: int, words: int) -> dict[str, list[float]]:
    """Wall-clock seconds for the pages of ``words``, by number of processes, one figure a round."""
    taken: dict[str, list[float]] = {"1": [], "2": []}
    with tempfile.TemporaryDirectory() as name, measure.serving(words) as served:
        folder = Path(name)
        listed = folder / "words.txt"
        listed.write_text("".join(f"{word}\n" for word in server.generated(words)), encoding="utf-8")
        measure.run(measure.scrapy(*ours.command(f"{served.url}{server.PREFIX}", listed, folder / "data", 16)))
        for _ in range(count):
            for processes, seconds in taken.items():
                command = measure.scrapy(
                    "reparse", "macmillan", "--processes", processes, "-s", f"DATA_DIR={folder / 'data'}"
                )
                seconds.append(measure.run(command).wall)
    return taken
