"""The recordings of a dictionary on disk: files named by their content, and an outcome for each address.

The list is a journal: each outcome appends a line, so a kill loses at most the last line. On closing,
the store rewrites it with one line for each address.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from dictcrawler.errors import FeedError, StoreError
from dictcrawler.feeds.format import encode_line
from dictcrawler.feeds.sounds import SOUNDS, Sound, read_sounds
from dictcrawler.storage.locks import hold

_PARTIAL = ".partial"


class SoundStore:
    """The recordings of a dictionary, for a single writer.

    :raises LockedError: when another process has them open.
    :raises StoreError: when they cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with ExitStack() as held:
            held.enter_context(hold(folder / "sounds.lock"))
            try:
                self.outcomes = {sound.url: sound for sound in read_sounds(folder)}
                self._drop_torn_line()
                self._journal = held.enter_context((folder / SOUNDS).open("ab"))
            except (OSError, FeedError) as error:
                raise StoreError(f"{folder}: {error}") from error
            self._held = held.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def has(self, url: str) -> bool:
        """Whether the recording with that address was fetched and its file is still whole."""
        sound = self.outcomes.get(url)
        if sound is None or sound.file is None:
            return False
        path = self.folder / sound.file
        return path.is_file() and path.stat().st_size == sound.bytes

    def keep(self, body: bytes, suffix: str) -> tuple[str, str]:
        """Write a file unless it exists; returns its name in the folder and its SHA-256.

        :raises StoreError: when it cannot be written.
        """
        digest = hashlib.sha256(body).hexdigest()
        path = self.folder / digest[:2] / f"{digest}.{suffix}"
        name = path.relative_to(self.folder).as_posix()
        try:
            if not path.is_file() or path.stat().st_size != len(body):
                path.parent.mkdir(exist_ok=True)
                partial = path.with_name(f"{path.name}{_PARTIAL}")
                _write(partial, body)
                partial.replace(path)
        except OSError as error:
            raise StoreError(f"{path}: {error}") from error
        return name, digest

    def drop(self, urls: Collection[str]) -> int:
        """Remove the recordings with these addresses, and their files; returns how many there were.

        :raises OSError: when a file cannot be removed.
        """
        gone = [url for url in urls if url in self.outcomes]
        files = {self.outcomes.pop(url).file for url in gone} - {sound.file for sound in self.outcomes.values()}
        for file in filter(None, files):
            (self.folder / file).unlink(missing_ok=True)
        return len(gone)

    def record(self, sound: Sound) -> None:
        """Add an outcome.

        :raises StoreError: when it cannot be written.
        """
        try:
            self._journal.write(encode_line(sound))
            self._journal.flush()
        except OSError as error:
            raise StoreError(f"{self.folder / SOUNDS}: {error}") from error
        self.outcomes[sound.url] = sound

    def close(self) -> None:
        """Rewrite the list with one line for each address, in order, and release the lock.

        :raises StoreError: when it cannot be written; the journal is left as it is.
        """
        with self._held:
            partial = self.folder / f"{SOUNDS}{_PARTIAL}"
            try:
                os.fsync(self._journal.fileno())
                _write(partial, b"".join(encode_line(self.outcomes[url]) for url in sorted(self.outcomes)))
                partial.replace(self.folder / SOUNDS)
            except OSError as error:
                raise StoreError(f"{self.folder / SOUNDS}: {error}") from error

    def _drop_torn_line(self) -> None:
        """Remove a last line that a kill left incomplete, so that the next line does not become its end."""
        path = self.folder / SOUNDS
        if path.exists():
            stored = path.read_bytes()
            os.truncate(path, stored.rfind(b"\n") + 1)


def _write(path: Path, body: bytes) -> None:
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
