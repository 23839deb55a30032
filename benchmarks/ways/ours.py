"""Our own crawl with everything on: robots.txt, checks, coverage, kept pages, store, feed.

The core of its entries is written afterwards by `core`, which is not measured.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from dictcrawler import feeds
from dictcrawler.model import Entry


def command(url: str, words: Path, data: Path, concurrency: int) -> list[str]:
    """The arguments of ``scrapy``."""
    arguments = {"source": "live", "base_url": f"{url}{{keyword}}", "words": words}
    settings = {
        "DATA_DIR": data,
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS": concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
        "LOG_LEVEL": "ERROR",
    }
    given = [option for name, value in arguments.items() for option in ("-a", f"{name}={value}")]
    return ["crawl", "macmillan", *given, *(o for name, value in settings.items() for o in ("-s", f"{name}={value}"))]


def core(data: Path) -> list[dict[str, object]]:
    """What the other ways read, of the published entries."""
    return [_core(entry) for entry in feeds.read_entries(data / "feeds" / "macmillan")]


def _core(entry: Entry) -> dict[str, object]:
    transcriptions = [found.text for sound in entry.pronunciations for found in sound.transcriptions]
    return {
        "headword": entry.headword,
        "part_of_speech": ", ".join(entry.raw_parts_of_speech) or None,
        "ipa": transcriptions[0] if transcriptions else None,
        "senses": [
            {
                "definition": sense.definitions[0].text if sense.definitions else None,
                "examples": [example.text for example in sense.examples],
            }
            for sense in entry.senses
        ],
    }


def written(path: Path) -> list[dict[str, object]]:
    """What another way has written."""
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
