"""A new file of a run that is often the file of the run before, byte for byte: it is compared with it, not written.

While both are equal nothing is written. A file that is equal to its end becomes a hard link to the earlier one; one
that differs, or cannot be linked, becomes a file of its own. Files of a published run are never changed in place: to
change one, write a new file and rename it.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from dictcrawler.errors import StoreError

_BLOCK = 1 << 20


class UnchangedFile:
    """A new file at ``path``, synced when its ``with`` block is left; it may be equal to the file ``earlier``."""

    def __init__(self, path: Path, earlier: Path | None = None) -> None:
        self._path = path
        self._own: BinaryIO | None = None
        self._equal = 0
        try:
            self._earlier = earlier.open("rb", buffering=0) if earlier is not None and earlier.is_file() else None
        except OSError:
            # Packed (.gz) or removed by hand.
            self._earlier = None
        if self._earlier is None:
            self._own = path.open("xb", buffering=0)

    def __enter__(self) -> Self:
        return self

    def write(self, block: bytes) -> None:
        """Append to the file."""
        if self._own is None and self._continues(block):
            self._equal += len(block)
        else:
            _write(self._own or self._parted(), block)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            for file in (self._own, self._earlier):
                if file is not None:
                    file.close()

    def _finish(self) -> None:
        if self._own is None and not (self._continues(b"", at_most=1) and self._linked()):
            self._parted()
        file = self._own or self._earlier
        if file is not None:
            os.fsync(file.fileno())

    def _continues(self, block: bytes, at_most: int = 0) -> bool:
        """Whether the earlier file continues with this block; with ``at_most`` a byte more, whether it ends with it."""
        wanted = len(block) + at_most
        return self._earlier is not None and os.pread(self._earlier.fileno(), wanted, self._equal) == block

    def _linked(self) -> bool:
        if self._earlier is None:
            return False
        try:
            os.link(self._earlier.name, self._path, follow_symlinks=False)
        except OSError:
            # The file system has no links, or the earlier file is another user's.
            return False
        if os.path.samestat(os.fstat(self._earlier.fileno()), self._path.lstat()):
            return True
        self._path.unlink()
        return False

    def _parted(self) -> BinaryIO:
        """A file of its own with all that was equal so far."""
        self._own = self._path.open("xb", buffering=0)
        for start in range(0, self._equal, _BLOCK):
            size = min(_BLOCK, self._equal - start)
            block = b"" if self._earlier is None else os.pread(self._earlier.fileno(), size, start)
            if len(block) != size:
                raise StoreError(f"{self._path}: the file of the run before was cut off while this one was written")
            _write(self._own, block)
        return self._own


def is_same_file(earlier: Path, now: Path) -> bool:
    """Whether the file of now was linked to the earlier one, so that they cannot differ."""
    return earlier.exists() and now.samefile(earlier)


def _write(file: BinaryIO, block: bytes) -> None:
    left = memoryview(block)
    while left:
        left = left[file.write(left) :]
