"""Exports: a published run in other formats.

Each module in ``formats`` is one format, found by its name; its ``FORMAT`` declares it. An export is made from verified
runs, as a stream, in a hidden folder, and is renamed when it is complete::

    from dictcrawler import exports

    exports.export("sqlite", ["data/feeds/macmillan"], "macmillan.sqlite")
"""

from __future__ import annotations

import os
import pkgutil
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from dictcrawler.errors import ExportError, ExportRefused, ExtraMissing, FeedError
from dictcrawler.exports import formats
from dictcrawler.exports.card import card
from dictcrawler.exports.export import Export, OnProgress, opened
from dictcrawler.exports.format import Format
from dictcrawler.exports.output import CARD, Destination, Written, hidden, measured, write_text

__all__ = ["Exported", "Format", "Request", "export", "load", "names"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """How an export is to be made.

    ``force`` replaces an earlier one, ``shareable`` refuses text that may not be passed on, ``folder`` is the folder
    for exports without a path, ``options`` are the format's own.
    """

    force: bool = False
    shareable: bool = False
    folder: Path = Path("data/exports")
    options: Mapping[str, Any] = field(default_factory=dict)
    progress: OnProgress = lambda _: None


@dataclass(frozen=True, slots=True)
class Exported:
    """The written export: its path, its card, its files, and the counts of its content and of what the format could
    not hold."""

    path: Path
    card: Path
    files: tuple[Written, ...]
    counts: Mapping[str, int]
    left_out: Mapping[str, int]
    is_open: bool


def names() -> tuple[str, ...]:
    """The names of all formats, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(formats.__path__)))


def load(name: str) -> Format:
    """The format of that name.

    :raises ExportRefused: when there is none.
    """
    if name not in names():
        raise ExportRefused(f"there is no format {name!r}; there are: {', '.join(names())}")
    declared = import_module(f"{formats.__name__}.{name}").FORMAT
    if not isinstance(declared, Format):
        raise TypeError(f"{formats.__name__}.{name}.FORMAT is not a Format")
    return declared


def export(
    name: str,
    runs: Sequence[str | os.PathLike[str]],
    path: str | os.PathLike[str] | None = None,
    request: Request = Request(),
) -> Exported:
    """Write runs in a format to ``path``: a file or, if the format has several files, a folder.

    A run is its folder, or the folder of a dictionary, whose latest run is then taken.

    :raises ExportRefused: when the export is not allowed or not possible; nothing was done.
    :raises FeedError: when a run is damaged, unfinished or empty.
    :raises ExportError: when it cannot be written; nothing of it is left.
    """
    form = load(name)
    _refuse_impossible(name, form, runs)
    made = Export(opened(map(Path, runs)), _options(name, form, request.options), request.progress)
    if request.shareable and not made.is_open:
        raise ExportRefused(f"not shareable: {made.notice}")
    if request.shareable and made.options.get("personal"):
        raise ExportRefused("not shareable: --personal takes recordings that may not be passed on")
    wanted = request.folder / _own_folder(name, form, made) if path is None else Path(path)
    place = Destination(_named(wanted, form, made), is_folder=form.suffix is None)
    place.refuse_taken(force=request.force)
    try:
        files = _write(made, form, place, force=request.force)
    except sqlite3.IntegrityError as error:
        raise FeedError(made.feeds[0].folder, None, f"an id is there twice: {error}") from error
    except (OSError, sqlite3.Error) as error:
        raise ExportError(place.path, error) from error
    return Exported(place.path, place.card, files, made.counts, dict(sorted(made.left_out.items())), made.is_open)


def _write(made: Export, form: Format, place: Destination, *, force: bool) -> tuple[Written, ...]:
    with hidden(place) as folder:
        form.write(made, folder if place.is_folder else folder / place.path.name)
        files = tuple(measured(folder))
        card_name = CARD if place.is_folder else place.card.name
        write_text(folder / card_name, card(made, form, place.path.name, files))
        place.refuse_taken(force=force)
        place.put(folder)
    return files


def _refuse_impossible(name: str, form: Format, runs: Sequence[object]) -> None:
    if not runs:
        raise ExportRefused("name at least one feed")
    if len(runs) > 1 and not form.takes_several:
        raise ExportRefused(f"{name} holds one dictionary; export each feed by itself")
    if form.extra is not None and form.extra.is_missing:
        raise ExtraMissing(name, form.extra.module, form.extra.name)


def _options(name: str, form: Format, chosen: Mapping[str, Any]) -> dict[str, Any]:
    known = {option.name: option.default for option in form.options}
    for unknown in chosen.keys() - known.keys():
        raise ExportRefused(f"{name} has no option {unknown!r}; it has: {', '.join(known) or 'none'}")
    return known | dict(chosen)


def _own_folder(name: str, form: Format, made: Export) -> Path:
    """Below the folder of all exports: a folder for the runs, in it one for the format."""
    runs = "+".join(feed.run_name for feed in made.feeds)
    return Path(runs, name, f"{made.name}{form.suffix}") if form.suffix else Path(runs, name)


def _named(path: Path, form: Format, made: Export) -> Path:
    """The path of the file: if ``path`` is a folder, a file in that folder."""
    return path / f"{made.name}{form.suffix}" if form.suffix and path.is_dir() else path
