"""The recordings that ``dictcrawler sounds`` has fetched for the books, and the paths of their files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dictcrawler.browse.library import Book
from dictcrawler.errors import FeedError
from dictcrawler.feeds.sounds import SOUNDS, Sound, folder_of, read_sounds

# Named by the store's own rule: whatever a list names, no other file is served, and only sound.
_FILE: Final = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}\.[a-z0-9]{1,5}")
_SOUND: Final = re.compile(r"audio/[a-z0-9.+-]+|application/ogg")


@dataclass(slots=True)
class RecordingLists:
    """The lists of recordings, each read again when it has grown."""

    _lists: dict[Path, tuple[tuple[int, int], dict[str, Sound]]] = field(default_factory=dict)

    def sound(self, book: Book, url: str) -> Sound | None:
        """The recording with this address, if it was fetched."""
        folder = _folder(book)
        if folder is None:
            return None
        sound = self._read(folder).get(url)
        is_whole = sound is not None and _FILE.fullmatch(sound.file or "") and _SOUND.fullmatch(sound.media_type or "")
        return sound if is_whole else None

    def file(self, book: Book, sound: Sound) -> Path | None:
        """The path of a recording; ``None`` when it is missing or incomplete."""
        folder = _folder(book)
        if folder is None or sound.file is None:
            return None
        path = folder / sound.file
        return path if path.is_file() and path.stat().st_size == sound.bytes else None

    def _read(self, folder: Path) -> dict[str, Sound]:
        """The fetched recordings of a folder, by address; none when the list cannot be read."""
        try:
            state = (folder / SOUNDS).stat()
            version = (state.st_mtime_ns, state.st_size)
            known = self._lists.get(folder)
            if known is None or known[0] != version:
                known = version, {each.url: each for each in read_sounds(folder) if each.file is not None}
                self._lists[folder] = known
        except (OSError, FeedError):
            return {}
        return known[1]


def _folder(book: Book) -> Path | None:
    """The folder of the recordings, for a run in a data folder: ``data/feeds/NAME/RUN``."""
    feeds = book.run.parent.parent
    if feeds.name != "feeds":
        return None
    return folder_of(feeds.parent, book.manifest.dictionary, book.manifest.arguments.get("source", ""))
