"""The recordings for an export: those fetched by `dictcrawler sounds`, and only those that may be passed on."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dictcrawler.exports.export import Feed
from dictcrawler.feeds.sounds import Sound, folder_of, read_sounds
from dictcrawler.model import Entry, Pronunciation

_NOT_FETCHED = "recordings that were not fetched (dictcrawler sounds fetches them)"
_NOT_OPEN = "recordings that may not be passed on (--personal takes them into your own copy)"
_DAMAGED = "recordings whose file is damaged (dictcrawler sounds -a refresh=all fetches them again)"


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording of a headword: its accent, its source, and its file."""

    said: Pronunciation
    sound: Sound
    path: Path

    @property
    def name(self) -> str:
        """A name for it in a folder with files of all kinds."""
        return f"dictcrawler-{self.sound.sha256}{self.path.suffix}"

    @property
    def credit(self) -> str:
        """Author, licence and page, as far as they are known."""
        sound = self.sound
        return " · ".join(filter(None, (sound.author, sound.license or sound.rights, sound.page)))


class Recordings:
    """The recordings of a feed; missing ones are counted in ``left_out``.

    :raises FeedError: when the list of them cannot be read.
    """

    def __init__(self, feed: Feed, left_out: Counter[str], *, personal: bool) -> None:
        self._left_out = left_out
        self._personal = personal
        self._folder = _folder(feed)
        self._sounds = {} if self._folder is None else {sound.url: sound for sound in read_sounds(self._folder)}
        self._whole: dict[str, bool] = {}

    def of(self, entry: Entry) -> Iterator[Recording]:
        """Those of the headword, each once."""
        found: dict[str, Recording] = {}
        for said in entry.pronunciations:
            sound = self._sounds.get(said.sound_file or "")
            if said.sound_file is None:
                continue
            if self._folder is None or sound is None or sound.file is None:
                self._left_out[_NOT_FETCHED] += 1
            elif not (sound.is_open or self._personal):
                self._left_out[_NOT_OPEN] += 1
            elif not self._is_whole(self._folder / sound.file, sound):
                self._left_out[_DAMAGED] += 1
            else:
                found.setdefault(sound.file, Recording(said, sound, self._folder / sound.file))
        yield from found.values()

    def _is_whole(self, path: Path, sound: Sound) -> bool:
        """Whether the file has the checksum in its name and in the list; checked once."""
        known = self._whole.get(path.name)
        if known is None:
            try:
                known = hashlib.sha256(path.read_bytes()).hexdigest() == sound.sha256
            except OSError:
                known = False
            self._whole[path.name] = known
        return known


def _folder(feed: Feed) -> Path | None:
    """The folder of the recordings, for a run in a data folder: ``data/feeds/NAME/RUN``."""
    feeds = feed.folder.parent.parent
    if feeds.name != "feeds":
        return None
    dictionary = feed.manifest.dictionary
    if Path(dictionary).name != dictionary:
        return None
    return folder_of(feeds.parent, dictionary, feed.manifest.arguments.get("source", ""))
