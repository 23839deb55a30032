"""The cost of starting: the consumers' commands against a bare Python, a crawl of one word against plain Scrapy's."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import measure, server
from benchmarks.measure import Cost
from benchmarks.ways import ours, plain_scrapy

PLAIN = "plain Scrapy, one word"
OURS = ("scrapy crawl macmillan, one word", "dictcrawler crawl macmillan, one word")


def rounds(count: int) -> dict[str, list[Cost]]:
    """The cost by program, one figure a round."""
    taken: dict[str, list[Cost]] = {}
    with tempfile.TemporaryDirectory() as name, measure.serving(1) as served:
        folder = Path(name)
        words = folder / "words.txt"
        words.write_text("".join(f"{word}\n" for word in server.generated(1)), encoding="utf-8")
        url = f"{served.url}{server.PREFIX}"
        crawl = measure.scrapy(*ours.command(url, words, folder / "data", 1))
        measure.run(crawl)
        word = server.generated(1)[0]
        commands = {
            "python -c pass": measure.python("-c", "pass"),
            "python -m dictcrawler --help": measure.python("-m", "dictcrawler", "--help"),
            "python -m dictcrawler show WORD": measure.python(
                "-m", "dictcrawler", "show", word, "--data", str(folder / "data")
            ),
            PLAIN: measure.scrapy(
                *("runspider", plain_scrapy.__file__, "-a", f"url={url}", "-a", f"words={word}"),
                *("-O", str(folder / "out.jsonl"), "-s", "LOG_LEVEL=ERROR", "-s", "DOWNLOAD_DELAY=0"),
            ),
            OURS[0]: [*crawl, "-a", "refresh=all"],
            OURS[1]: measure.python(
                "-m", "dictcrawler", *ours.command(url, words, folder / "data", 1), "-a", "refresh=all"
            ),
        }
        for _ in range(count):
            for label, command in commands.items():
                # Plain Scrapy must not find our settings.
                where = folder if label == PLAIN else measure.ROOT
                taken.setdefault(label, []).append(measure.run(command, folder=where))
    return taken
