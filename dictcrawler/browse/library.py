"""The feeds to browse, each with the index of its latest run; newer runs are loaded while pages are served."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dictcrawler import feeds
from dictcrawler.browse import index_files
from dictcrawler.browse.index import Index
from dictcrawler.errors import DictcrawlerError, FeedError
from dictcrawler.model import RunManifest

OnProgress = Callable[[str, int, int], None]
"""Called with a feed's name, the number of entries indexed so far and their total."""


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """A feed in which words can be looked up: its run and its index."""

    name: str
    run: Path
    manifest: RunManifest
    index: Index

    @property
    def title(self) -> str:
        """Dictionary and edition, for people: ``Macmillan (american)``."""
        return f"{self.manifest.dictionary.capitalize()} ({self.manifest.edition})"


class Library:
    """Feeds by name: those of a data folder, or the folders of feeds and runs that were named.

    `refresh` may run in a thread while `books` are read: it replaces them in one step.
    """

    def __init__(self, data: Path, named: Iterable[Path], cache: Path) -> None:
        self._data = data
        self._named = tuple(named)
        self._cache = cache
        self._books: dict[str, Book] = {}
        self._problems: dict[str, str] = {}
        self._seen: dict[str, Path] = {}

    @property
    def books(self) -> tuple[Book, ...]:
        """The feeds that have an index."""
        return tuple(self._books.values())

    @property
    def problems(self) -> dict[str, str]:
        """The feeds that have none, with the reason."""
        return dict(self._problems)

    def folders(self) -> list[Path]:
        """The folders of all feeds; a named run stands for its feed."""
        return [path.parent if (path / feeds.RUN).exists() else path for path in self._paths()]

    def folder(self, name: str) -> Path | None:
        """The folder of a feed."""
        return next((folder for folder in self.folders() if folder.name == name), None)

    def book(self, name: str) -> Book | None:
        """The feed of that name."""
        return self._books.get(name)

    def is_outdated(self) -> bool:
        """Whether the latest run of a feed has changed since the last check. Cheap: it follows links only."""
        return dict(self._runs()) != self._seen

    def refresh(self, progress: OnProgress = lambda *_: None) -> list[Book]:
        """Make the missing indexes; a feed that cannot be read is left out, with its problem.

        Returns the books that were replaced; the caller closes them once nobody reads them.
        """
        seen = dict(self._runs())
        books, problems = {}, {}
        for name, run in seen.items():
            known = self._books.get(name)
            try:
                books[name] = known if known and known.run == run else self._opened(name, run, progress)
            except DictcrawlerError as error:
                problems[name] = str(error)
        replaced = [book for name, book in self._books.items() if books.get(name) is not book]
        self._books, self._problems, self._seen = books, problems, seen
        return replaced

    def _opened(self, name: str, run: Path, progress: OnProgress) -> Book:
        manifest = feeds.read_run(run)
        file = index_files.ready(run, self._cache, lambda done: progress(name, done, manifest.entries))
        return Book(name, run, manifest, Index(file))

    def _runs(self) -> Iterator[tuple[str, Path]]:
        """The run to read of each feed that has one."""
        for path in self._paths():
            try:
                run = feeds.resolve(path)
            except FeedError:
                continue
            yield run.parent.name, run

    def _paths(self) -> list[Path]:
        return list(self._named) or sorted(path for path in (self._data / "feeds").glob("*") if path.is_dir())
