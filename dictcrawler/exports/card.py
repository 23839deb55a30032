"""The card of an export: licence, citation, counts and checksums, in the form of a Hugging Face dataset card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from dictcrawler.exports.export import Export, Feed
from dictcrawler.exports.format import Format
from dictcrawler.exports.output import Written, mark
from dictcrawler.exports.rights import PRIVATE_COPY

# https://huggingface.co/docs/hub/datasets-cards
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LARGEST = "1M<n<10M"


def card(export: Export, form: Format, name: str, files: Sequence[Written]) -> Iterator[str]:
    """The lines of the README for the export with that file or folder name."""
    yield "---"
    yield from _front_matter(export, form, name)
    yield "---"
    yield mark(name)
    yield ""
    yield f"# {export.title}"
    yield ""
    yield f"`{name}`: {form.summary}. Written by dictcrawler from {_count(len(export.feeds), 'published run')}."
    yield ""
    yield from _rights(export)
    yield from _citation(export.feeds)
    yield from _contents(export)
    yield from _files(files)


def _front_matter(export: Export, form: Format, name: str) -> Iterator[str]:
    licences = {feed.rights.licence for feed in export.feeds}
    (licence, *others) = sorted(each or "" for each in licences)
    if export.is_open and not others:
        yield f"license: {licence.lower()}"
    else:
        yield "license: other"
        yield f"license_name: {'several-open-licences' if export.is_open else 'all-rights-reserved'}"
    yield f"language: {_listed(sorted({feed.lang.partition('-')[0] for feed in export.feeds}))}"
    yield f"pretty_name: {_quoted(export.title)}"
    yield "tags: [dictionary, lexicography]"
    entries = export.counts["entries"]
    yield f"size_categories: [{next((size for most, size in _SIZES if entries < most), _LARGEST)}]"
    if form.tables:
        yield "configs:"
    for table, file in form.tables:
        yield f"- config_name: {table}"
        yield f"  data_files: {_quoted(file.format(name=name))}"


def _rights(export: Export) -> Iterator[str]:
    yield "## Rights"
    yield ""
    if not export.is_open:
        yield f"**{PRIVATE_COPY}**"
        yield ""
    for feed in export.feeds:
        yield f"- {feed.title}: {feed.rights.notice}"
    yield ""
    if export.is_open:
        yield "Each entry names its page, and its revision and authors where the licence wants them named."
        yield "Changes: each page was divided into fields and its layout left out; the wording is that of its authors."
        yield ""


def _citation(feeds: Iterable[Feed]) -> Iterator[str]:
    yield "## Citation"
    yield ""
    for feed in feeds:
        run = feed.manifest
        yield (
            f"- {feed.title}, {run.entries:,} entries, read by dictcrawler {run.code_version}: run {run.run},"
            f" finished {run.finished_at:%Y-%m-%d}, `entries.jsonl` sha256 `{_sha256_of_entries(feed)}`."
        )
    yield ""


def _sha256_of_entries(feed: Feed) -> str:
    return next(file.sha256 for name, file in feed.manifest.files.items() if name.startswith("entries.jsonl"))


def _contents(export: Export) -> Iterator[str]:
    yield "## Contents"
    yield ""
    yield "| | count |"
    yield "|---|---:|"
    for what, count in export.counts.items():
        yield f"| {what} | {count:,} |"
    yield ""
    if export.left_out:
        yield "Left out, because the format has no place for it:"
        yield ""
        yield from (f"- {what}: {count:,}" for what, count in sorted(export.left_out.items()))
        yield ""


def _files(files: Iterable[Written]) -> Iterator[str]:
    yield "## Files"
    yield ""
    yield "| file | bytes | sha256 |"
    yield "|---|---:|---|"
    for file in files:
        yield f"| `{file.name}` | {file.bytes:,} | `{file.sha256}` |"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _listed(items: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, items))}]"


def _quoted(text: str) -> str:
    """A YAML string, written as JSON, which YAML accepts."""
    return msgspec.json.encode(text).decode()
