"""Pages are read in the test's own process, with any parser that it has set."""

from __future__ import annotations

from dictcrawler.dictionaries import Dictionary
from dictcrawler.reading import protocol
from dictcrawler.reading.protocol import Reading, Task


class ReadingHere:
    """Stands in for a `reading_process.ReadingProcess`; without its limits."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary

    async def read(self, body: bytes, content_type: str | None, url: str) -> Reading:
        return protocol.reading_of(protocol.reply(self._dictionary, Task(body, content_type, url)))

    async def close(self) -> None:
        """There is nothing to end."""
