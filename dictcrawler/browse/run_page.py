"""The page of a run as a single file: the style is inside; it has no script and loads nothing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from dictcrawler.browse import rendering
from dictcrawler.browse.run_report import RunReport, gather

__all__ = ["as_file", "gather", "write"]


def as_file(report: RunReport) -> str:
    """The page, as HTML."""
    return rendering.standalone("run.html", report=report)


def write(page: str, file: Path) -> int:
    """Write the page under another name and rename it; return its size in bytes.

    :raises OSError: when it cannot be written; an earlier file is kept then.
    """
    encoded = page.encode()
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(encoded)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return len(encoded)
