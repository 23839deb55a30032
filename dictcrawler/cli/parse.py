"""``dictcrawler parse``: read a saved page and print its entries."""

from __future__ import annotations

import argparse
import gzip
import logging
import sys
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dictcrawler.cli import arguments
from dictcrawler.cli.output import complain, print_lines
from dictcrawler.cli.statuses import DONE, NO_SUCH_WORD
from dictcrawler.errors import DictcrawlerError, UnknownPage

if TYPE_CHECKING:
    from dictcrawler.model import Entry
    from dictcrawler.reading.citation import Provenance

STANDARD_INPUT = "-"
MOST_BYTES = 64 << 20
"""Of a page, unpacked."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("dictionary", metavar="DICTIONARY", help="the dictionary's name, such as macmillan")
    parser.add_argument("page", metavar="PAGE", help="the file (.gz allowed), or - for standard input")
    parser.add_argument("--url", required=True, type=arguments.url, help="the address that the page was saved from")
    parser.add_argument("--language", metavar="NAME", help='the section to read, such as "Old English" (wiktionary)')
    parser.add_argument("--translations", action="store_true", help="the words of other languages too (wiktionary)")
    parser.add_argument(
        "--lost",
        action="store_true",
        help="list the words of the page that are in no field, and the senses, examples … that were not read "
        "(standard error)",
    )


def run(args: argparse.Namespace) -> int:
    """Print the entries of the page as JSON lines, or the evidence that it has none."""
    from dictcrawler import dictionaries, feeds  # noqa: PLC0415 - --help must not wait for them
    from dictcrawler.parsing.page import MissPage  # noqa: PLC0415
    from dictcrawler.reading import citation  # noqa: PLC0415 - --help must not wait for them

    if args.lost:
        logging.basicConfig(format="%(message)s")
        for proof in ("coverage", "structure"):
            logging.getLogger(f"dictcrawler.parsing.{proof}").setLevel(logging.DEBUG)
    dictionary = dictionaries.load(args.dictionary).viewed(args.language, translations=args.translations)
    html, fetch = _saved_page(args.page, args.url)
    read = citation.read(dictionary, html, args.url, fetch)
    if isinstance(read, MissPage):
        print_lines([feeds.encode_line({"status": "not_in_dictionary", "suggestions": read.suggestions})])
        return NO_SUCH_WORD
    print_lines(_publishable_lines(read))
    return DONE


def _publishable_lines(entries: Iterable[Entry]) -> list[bytes]:
    """The lines that a crawl would publish.

    :raises UnknownPage: when there are none.
    """
    from dictcrawler.feeds.checking import checked_entry  # noqa: PLC0415 - --help must not wait for it

    lines, problems = [], []
    for entry in entries:
        try:
            lines.append(checked_entry(entry).line)
        except ValueError as error:
            problems.append(f"left out: {entry.id}: {error}")
    if not lines:
        raise UnknownPage("; ".join(problems))
    for problem in problems:
        complain(problem)
    return lines


def _saved_page(page: str, url: str) -> tuple[str, Provenance]:
    """The page's text, and its citation with the file's modification time as the time of fetching.

    :raises DictcrawlerError: when the file cannot be read as text.
    """
    from dictcrawler.model import digest_of  # noqa: PLC0415 - --help must not wait for it
    from dictcrawler.reading.citation import Provenance  # noqa: PLC0415 - --help must not wait for it

    try:
        if page == STANDARD_INPUT:
            body, fetched_at = sys.stdin.buffer.read(MOST_BYTES + 1), datetime.now(UTC)
        else:
            with gzip.open(page) if page.endswith(".gz") else Path(page).open("rb") as stream:
                body = stream.read(MOST_BYTES + 1)
            fetched_at = datetime.fromtimestamp(Path(page).stat().st_mtime, UTC)
        if len(body) > MOST_BYTES:
            raise EOFError(f"it is larger than {MOST_BYTES >> 20} MiB, which no page is")  # noqa: TRY301
        html = body.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise DictcrawlerError(f"{page}: cannot be read as a page: {error}") from error
    digest = digest_of(body)
    return html, Provenance(retrieved_from=url, fetched_at=fetched_at.replace(microsecond=0), payload_digest=digest)
