"""The page of a run as a single file: the style is inside; it has no script and loads nothing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from dictcrawler.browse import rendering
from dictcrawler.browse.run_report import RunReport, gather
from dictcrawler.errors import DictcrawlerError

__all__ = ["add_to", "as_file", "gather", "write"]


def as_file(report: RunReport) -> str:
    """The page, as HTML."""
    return rendering.standalone("run.html", report=report)


def add_to(folder: Path, run: Path) -> str:
    """Write the page of a published run into a folder; returns a line for the log. The feed is already published, so
    that a failure here is only reported."""
    file = folder / f"{run.parent.name}-{run.name}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write(as_file(gather(run)), file)
    except (DictcrawlerError, OSError) as error:
        return f"the report {file} could not be written: {error}"
    return f"report: {file}"


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
