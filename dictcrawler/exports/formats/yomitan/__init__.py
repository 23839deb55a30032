"""A dictionary for Yomitan (https://yomitan.wiki), the pop-up dictionary for browsers, version 3 of its format."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from dictcrawler.exports.export import Export
from dictcrawler.exports.format import Format, Option
from dictcrawler.exports.formats.yomitan.content import styles
from dictcrawler.exports.formats.yomitan.terms import Row, forms, metas, tags, term
from dictcrawler.exports.zipped import member, new_archive, write_member

_ROWS_OF_A_BANK = 10_000


def write(export: Export, path: Path) -> None:
    """Write the zip file, and beside it its index, which Yomitan reads to look for updates."""
    index = msgspec.json.format(msgspec.json.encode(_index(export)), indent=2) + b"\n"
    with new_archive(path) as archive:
        write_member(archive, "index.json", [index])
        write_member(archive, "styles.css", [styles().encode()])
        parts: dict[str, None] = {}
        _write_banks(archive, "term_bank", _terms(export, parts))
        _write_banks(archive, "term_meta_bank", (row for entry in export.entries() for row in metas(entry)))
        _write_banks(archive, "tag_bank", tags(parts))
    path.with_name(f"{path.name}.index.json").write_bytes(index)


def _index(export: Export) -> dict[str, Any]:
    (feed,) = export.feeds
    address: str | None = export.options["download-url"]
    lang = feed.lang.partition("-")[0]
    index: dict[str, Any] = {
        "title": feed.title,
        "format": 3,
        "revision": feed.manifest.run,
        "sequenced": True,
        "author": "dictcrawler",
        "description": f"{feed.manifest.entries:,} entries. {feed.rights.notice}",
        "attribution": feed.rights.notice,
        "sourceLanguage": lang,
        "targetLanguage": "en",
        "frequencyMode": "occurrence-based",
    }
    if address is not None:
        index |= {"isUpdatable": True, "downloadUrl": address, "indexUrl": f"{address}.index.json"}
    return index


def _terms(export: Export, parts: dict[str, None]) -> Iterator[Row]:
    """Yield the rows of entries and forms, and collect their parts of speech."""
    for sequence, entry in enumerate(export.entries(), 1):
        parts |= dict.fromkeys(entry.parts_of_speech)
        yield term(entry, sequence)
        if not export.options["no-forms"]:
            yield from forms(entry, sequence)


def _write_banks(archive: zipfile.ZipFile, name: str, rows: Iterable[Row]) -> None:
    """Write the rows into as many files as necessary."""
    waiting = iter(rows)
    number, first = 1, next(waiting, None)
    while first is not None:
        with member(archive, f"{name}_{number}.json") as file:
            file.write(b"[\n" + msgspec.json.encode(first))
            for row in islice(waiting, _ROWS_OF_A_BANK - 1):
                file.write(b",\n" + msgspec.json.encode(row))
            file.write(b"\n]\n")
        number, first = number + 1, next(waiting, None)


def _address(text: str) -> str:
    if urlsplit(text).scheme not in ("http", "https"):
        raise ValueError(f"{text!r} is not an address that begins with http:// or https://")
    return text


FORMAT = Format(
    summary="dictionary for Yomitan, the pop-up dictionary for browsers",
    write=write,
    suffix=".zip",
    passes=2,
    options=(
        Option(name="no-forms", help="no terms for inflected forms, which lead to their headwords"),
        Option(
            name="download-url",
            metavar="URL",
            read=_address,
            default=None,
            help="where you will publish the file, and its index as URL.index.json: Yomitan then offers updates",
        ),
    ),
)
