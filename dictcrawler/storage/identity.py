"""Whether a file or folder that is in use is still the one at its path.

A process can continue to write to a file that somebody has removed; everything it writes is lost when it ends.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

GONE = "was removed or replaced while it was in use; what was written to it since is lost. Leave the data folder alone"


class Identity:
    """The file or folder that is at a path now."""

    def __init__(self, path: Path, seen: os.stat_result) -> None:
        self._path = path
        self._seen = (seen.st_dev, seen.st_ino)

    @classmethod
    def of(cls, path: Path) -> Self:
        """Remember which file or folder is there.

        :raises OSError: when there is none.
        """
        return cls(path, path.stat())

    def refuse_another(self) -> None:
        """Check that it is still there.

        :raises OSError: when nothing or something else is at the path.
        """
        try:
            now = self._path.stat()
        except FileNotFoundError as error:
            raise FileNotFoundError(f"{self._path} {GONE}") from error
        if (now.st_dev, now.st_ino) != self._seen:
            raise FileNotFoundError(f"{self._path} {GONE}")
