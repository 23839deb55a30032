"""One run: from the word list to the published feed.

Plain synchronous code around the store; the spider and the pipelines hold a `Run`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from dictcrawler import __version__, publishing
from dictcrawler.arguments import CrawlArguments
from dictcrawler.errors import InvalidKeyword, StoreError
from dictcrawler.feeds import ENTRIES, LATEST, LOOKUPS, read_run
from dictcrawler.keywords import Digest, Keyword
from dictcrawler.model import SCHEMA_VERSION, Lookup, RunManifest, Status
from dictcrawler.store import KeywordLine, RunRecord, Store


@dataclass(frozen=True, slots=True)
class Published:
    """A published run: its folder, its manifest, and why it is not ``latest``, if it is not."""

    folder: Path
    manifest: RunManifest
    withheld: str | None


class Run:
    """A run in the store. Made by `begin`, which resumes an unfinished run of the same words and arguments."""

    def __init__(
        self, store: Store, record: RunRecord, arguments: CrawlArguments, feeds: Path, *, resumed: bool
    ) -> None:
        self.store = store
        self.id = record.id
        self.resumed = resumed
        self._record = record
        self._arguments = arguments
        self._folder = feeds / arguments.feed
        self.lines, self.unique = store.count_keywords(record.id)
        self.pending_at_start = self.count_pending()

    @classmethod
    def begin(cls, store: Store, arguments: CrawlArguments, feeds: Path, keywords: Iterable[Keyword]) -> Run:
        """Read the word list into the ledger.

        :raises KeywordListError: when the list cannot be read.
        """
        now = _now()
        described = arguments.as_text()
        record = RunRecord(_run_id(store, now), "", "importing", described, "", now)
        store.begin_import(record)
        digest = Digest(keywords)
        store.add_keywords(record.id, _ledger_lines(digest, arguments.dictionary.slug))
        words_sha256 = digest.hexdigest()
        identity = hashlib.sha256(json.dumps([described, words_sha256], sort_keys=True).encode()).hexdigest()
        run = store.end_import(record.id, identity, words_sha256)
        return cls(store, store.run(run), arguments, feeds, resumed=run != record.id)

    def pending(self) -> Iterator[KeywordLine]:
        """The words that still need an answer, in the list's order, as a stream."""
        return self.store.pending(self.id, self._arguments.scope)

    def count_pending(self) -> int:
        """How many words have no outcome yet."""
        return self.store.count_pending(self.id, self._arguments.scope)

    def invalid(self) -> Iterator[Lookup]:
        """The outcome of the lines that can never be an address: known without a request."""
        return self.store.invalid(self.id)

    def save(self, lookups: Sequence[Lookup]) -> None:
        """Store the outcomes of words, all or none. Invalid keywords are in the ledger already."""
        slug = self._arguments.dictionary.slug
        answers = [(slug(each.normalized), each) for each in lookups if each.status is not Status.INVALID_KEYWORD]
        self.store.save(self._arguments.scope, answers)

    def lookups(self) -> Iterator[Lookup]:
        """One lookup a line of the list, without entries."""
        return self.store.lookups(self.id, self._arguments.scope)

    def publish(self) -> Published:
        """Publish a run in which every word has its outcome, and make it ``latest`` if it may be.

        May be called again after a crash at any point inside it.

        :raises StoreError: when the outcomes do not add up to the lines of the list.
        """
        folder = self._folder / self.id
        manifest = read_run(folder) if folder.is_dir() else self._write()
        withheld = self._reason_to_withhold(manifest)
        if withheld is None:
            publishing.make_latest(folder)
        self.store.finish(self.id, "withheld" if withheld else "complete", manifest.finished_at)
        return Published(folder, manifest, withheld)

    def _write(self) -> RunManifest:
        partial = publishing.begin(self._folder, self.id)
        tally = publishing.Tally()
        warnings: Counter[str] = Counter()
        entries = publishing.write_entries(
            partial, _counting(self.store.entry_lines(self.id, self._arguments.scope), warnings)
        )
        lookups = publishing.write_lookups(partial, tally.count(self.lookups()))
        if (tally.lines, tally.unique) != (self.lines, self.unique):
            raise StoreError(
                f"run {self.id}: {self.lines} keywords ({self.unique} different) in the list, "
                f"but {tally.lines} ({tally.unique}) outcomes; nothing was published"
            )
        manifest = RunManifest(
            schema_version=SCHEMA_VERSION,
            run=self.id,
            dictionary=self._arguments.dictionary.name,
            edition=self._arguments.edition,
            arguments=self._record.arguments,
            started_at=self._record.started_at,
            finished_at=_now(),
            complete=True,
            keywords=tally.lines,
            unique_keywords=tally.unique,
            words_sha256=self._record.words_sha256,
            statuses=dict(sorted(tally.statuses.items())),
            warnings=dict(sorted(warnings.items())),
            entries=entries.lines,
            files={ENTRIES: entries, LOOKUPS: lookups},
            code_version=__version__,
            previous_run=self._latest_run(),
        )
        publishing.commit(partial, manifest)
        return manifest

    def _latest_run(self) -> str | None:
        latest = self._folder / LATEST
        return latest.readlink().name if latest.is_symlink() else None

    def _reason_to_withhold(self, manifest: RunManifest) -> str | None:
        if not any(Status(status).is_answer for status in manifest.statuses):
            return "not one word was answered"
        latest = self._folder / LATEST
        invented = self._arguments.source == "sample"
        if invented and latest.exists() and read_run(latest).arguments.get("source") != "sample":
            return "invented sample entries do not replace a real feed"
        return None


def _ledger_lines(keywords: Iterable[Keyword], slug: Callable[[str], str]) -> Iterator[KeywordLine]:
    for keyword in keywords:
        normalized, problem = keyword.normalized, keyword.problem
        address = None
        if normalized is not None:
            try:
                address = slug(normalized)
            except InvalidKeyword as error:
                problem = str(error)
        yield KeywordLine(keyword.line, keyword.text, normalized or "", address, problem)


class _Cited(msgspec.Struct):
    source: _Warned


class _Warned(msgspec.Struct):
    warnings: tuple[str, ...]


def _counting(lines: Iterable[bytes], warnings: Counter[str]) -> Iterator[bytes]:
    decode = msgspec.json.Decoder(_Cited).decode
    for line in lines:
        warnings.update(decode(line).source.warnings)
        yield line


def _run_id(store: Store, now: datetime) -> str:
    """The moment of the start, such as ``20261123T021529Z``; a number follows when it is taken."""
    base = now.strftime("%Y%m%dT%H%M%SZ")
    name, taken = base, 1
    while store.has_run(name):
        taken += 1
        name = f"{base}-{taken}"
    return name


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
