"""Whether memory stays flat: a short list, and the beginning of a long one."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import measure, server
from benchmarks.ways import ours

ENDS = (3, 5, 8)
"""Exit statuses: stopped before every word had its outcome; nothing found, because the pages are empty; withheld for
that reason."""


def peaks(short: int, words: int, requested: tuple[int, ...]) -> dict[str, float]:
    """Peaks in MiB: of a list of ``short`` words, and of one of ``words`` after so many of them were ``requested``.

    The server does not know the words of the long list, so its answers are as small as possible.
    """
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name, measure.serving(1) as served:
        folder = Path(name)
        for size, ends in ((short, (short,)), (words, requested)):
            listed = folder / f"{size}.txt"
            with listed.open("w", encoding="utf-8") as file:
                file.writelines(f"none{number:07}\n" for number in range(size))
            for end in ends:
                command = ours.command(f"{served.url}{server.PREFIX}", listed, folder / f"{size}-{end}", 16)
                stop = ("-s", f"CLOSESPIDER_ITEMCOUNT={end}", "-s", "CANARY_MIN_WORDS=99999999")
                cost = measure.run(measure.scrapy(*command, *stop), allowed=ENDS)
                found[f"{end:,} of {size:,}"] = cost.peak
    return found
