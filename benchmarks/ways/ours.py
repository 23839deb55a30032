"""Our own crawl with everything on: robots.txt, checks, coverage, kept pages, store, feed.

The fields that the other ways read are extracted afterwards by `fields`, which is not measured.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from dictcrawler import feeds
from dictcrawler.model import LexicalEntry, Sense


def command(url: str, words: Path, data: Path, concurrency: int) -> list[str]:
    """The arguments of ``scrapy``."""
    arguments = {"source": "live", "base_url": f"{url}{{keyword}}", "words": words}
    settings = {
        "DATA_DIR": data,
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS": 2 * concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
        "LOG_LEVEL": "ERROR",
    }
    given = [option for name, value in arguments.items() for option in ("-a", f"{name}={value}")]
    return ["crawl", "macmillan", *given, *(o for name, value in settings.items() for o in ("-s", f"{name}={value}"))]


def fields(data: Path) -> list[dict[str, object]]:
    """The fields that the other ways read, from the published entries."""
    return [fields_of(entry) for entry in feeds.read_entries(data / "feeds" / "macmillan")]


def fields_of(entry: LexicalEntry) -> dict[str, object]:
    """The fields of `benchmarks.ways` in one of our entries, which has more."""
    sound = next(iter(entry.pronunciations), None)
    return {
        "headword": entry.headword,
        "part_of_speech": ", ".join(entry.raw_parts_of_speech) or None,
        "stars": next((each.rank for each in entry.frequency), 0),
        "ipa": sound.transcriptions[0].text if sound else None,
        "mp3": sound.sound_file if sound else None,
        "forms": [form.text for form in entry.inflected_forms],
        "senses": [_sense(entry, sense) for sense in entry.senses],
    }


def _sense(entry: LexicalEntry, sense: Sense) -> dict[str, object]:
    around = next((other.number for other in entry.senses if other.id == sense.parent), None)
    synonyms = [each for each in entry.relations if each.type == "synonym" and each.from_ == sense.id]
    return {
        "number": (sense.number or "").removeprefix(around or ""),
        "definition": sense.definitions[0].text if sense.definitions else None,
        "labels": [label.text for label in sense.labels],
        "examples": [{"pattern": one.pattern, "text": one.text, "gloss": one.gloss} for one in sense.examples],
        "synonyms": [[each.group, each.text, each.url] for each in synonyms],
    }


def written(path: Path) -> list[dict[str, object]]:
    """The lines that another way has written."""
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
