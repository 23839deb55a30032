"""``python -m dictcrawler``: read a saved page, show a stored word, look after the published runs.

Crawling is Scrapy's command (``scrapy crawl NAME``); nothing here loads Scrapy. Exit status:
0 done, 2 wrong usage, 3 the dictionary or the feed does not have the word, 4 not readable,
5 the latest run is too old, 75 a crawl is at work on what should be pruned.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import logging
import os
import sys
import zlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from dictcrawler.cli import browse as browse_command
from dictcrawler.cli import report as report_command
from dictcrawler.defaults import STORE_URL
from dictcrawler.errors import ArgumentError, DictcrawlerError, FeedError, LockedError, UnknownPage
from dictcrawler.text import printable
from dictcrawler.version import __version__

if TYPE_CHECKING:
    from dictcrawler.feeds.search import Found
    from dictcrawler.model import Entry
    from dictcrawler.reading.citation import Fetch
    from dictcrawler.runs.prune import Prune, Removed

DONE = 0
WRONG_USAGE = 2
NO_SUCH_WORD = 3
UNREADABLE = 4
TOO_OLD = 5
AT_WORK = 75
BROKEN_PIPE = 141

STANDARD_INPUT = "-"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    asked = _parser(is_export=arguments[:1] == ["export"]).parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = asked.command
    try:
        status = command(asked)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_standard_output()
        return BROKEN_PIPE
    except ArgumentError as error:
        _complain(error)
        return WRONG_USAGE
    except DictcrawlerError as error:
        _complain(error)
        return UNREADABLE
    return status


def _parser(*, is_export: bool) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dictcrawler", description="Read dictionary pages and published feeds.")
    parser.add_argument("--version", action="version", version=f"dictcrawler {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    parse = commands.add_parser("parse", help="read a saved page and print its entries as JSON lines")
    parse.add_argument("dictionary", metavar="DICTIONARY", help="the dictionary's name, such as macmillan")
    parse.add_argument("page", metavar="PAGE", help="the file (.gz allowed), or - for standard input")
    parse.add_argument("--url", required=True, type=_url, help="the address that the page was saved from")
    parse.add_argument("--lost", action="store_true", help="say on standard error which words landed in no field")
    parse.set_defaults(command=_parse)

    show = commands.add_parser("show", help="show the stored entries of a word")
    show.add_argument("word", metavar="WORD")
    show.add_argument("--dictionary", metavar="NAME", help="look in this dictionary's feed only")
    _add_data(show)
    show.add_argument("--json", action="store_true", help="print the entries as JSON lines")
    show.set_defaults(command=_show)

    runs = commands.add_parser("runs", help="list the published runs")
    runs.add_argument("--dictionary", metavar="NAME", help="of this feed only")
    _add_data(runs)
    runs.set_defaults(command=_runs)

    status = commands.add_parser("status", help="say how old the latest runs are; exit status 5 when one is too old")
    status.add_argument("--max-age", metavar="AGE", type=_age, help="such as 8d or 36h")
    status.add_argument("--dictionary", metavar="NAME", help="of this feed only")
    _add_data(status)
    status.set_defaults(command=_status)

    prune = commands.add_parser(
        "prune", help="remove old runs, never the latest, and the kept pages that nothing refers to any more"
    )
    prune.add_argument("--keep", metavar="N", type=_positive, required=True, help="how many runs of each feed to keep")
    prune.add_argument("--dry-run", action="store_true", help="only say what would be removed")
    prune.add_argument(
        "--dictionary", metavar="NAME", help="the runs of this feed only, and the kept pages of its whole dictionary"
    )
    prune.add_argument(
        "--store", metavar="URL", default=STORE_URL, help="the STORE_URL of the crawls (default: theirs)"
    )
    _add_data(prune)
    prune.set_defaults(command=_prune)

    share = commands.add_parser("share", help="write what may be passed on of a run, with a NOTICE")
    share.add_argument("run", metavar="RUN", help="the folder of a run, or a dictionary's name for its latest run")
    share.add_argument("--out", metavar="DIR", type=Path, help="a new folder (default: shared/NAME/RUN under --data)")
    _add_data(share)
    share.set_defaults(command=_share)

    browse = commands.add_parser("browse", help="look words up and look at runs, in a web browser")
    browse_command.add(browse)
    _add_data(browse)

    report = commands.add_parser("report", help="write a run's page, with charts and changes, as one HTML file")
    report_command.add(report)
    _add_data(report)

    export = commands.add_parser("export", help="write runs in another format: csv, sqlite, anki …")
    if is_export:
        # Loads every format, for which no other command should wait.
        from dictcrawler.cli.export import add_formats  # noqa: PLC0415

        add_formats(export, _add_data)

    schema = commands.add_parser("schema", help="print the JSON Schema of a published line")
    schema.add_argument("kind", choices=("change", "entry", "lookup", "run", "structure"))
    schema.set_defaults(command=_schema)
    return parser


def _add_data(command: argparse.ArgumentParser) -> None:
    default = Path(os.environ.get("DICTCRAWLER_DATA", "data"))
    command.add_argument(
        "--data", metavar="DIR", type=Path, default=default, help=f"where feeds/ is (default: {default})"
    )


def _parse(asked: argparse.Namespace) -> int:
    from dictcrawler import dictionaries, feeds  # noqa: PLC0415 - --help must not wait for them
    from dictcrawler.parsing.page import MissPage  # noqa: PLC0415
    from dictcrawler.reading import citation  # noqa: PLC0415 - --help must not wait for them

    if asked.lost:
        logging.basicConfig(format="%(message)s")
        logging.getLogger("dictcrawler.parsing.coverage").setLevel(logging.DEBUG)
    dictionary = dictionaries.load(asked.dictionary)
    html, fetch = _saved_page(asked.page, asked.url)
    read = citation.read(dictionary, html, asked.url, fetch)
    if isinstance(read, MissPage):
        _print_lines([feeds.encode_line({"status": "not_in_dictionary", "suggestions": read.suggestions})])
        return NO_SUCH_WORD
    _print_lines(_publishable_lines(read))
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
        print(problem, file=sys.stderr)
    return lines


def _show(asked: argparse.Namespace) -> int:
    from dictcrawler import feeds  # noqa: PLC0415 - --help must not wait for them
    from dictcrawler.cli import layout  # noqa: PLC0415 - --help must not wait for them
    from dictcrawler.feeds import search  # noqa: PLC0415 - --help must not wait for them

    folders = [
        latest.parent
        for latest in sorted((asked.data / "feeds").glob(f"*/{feeds.LATEST}"))
        if asked.dictionary in (None, latest.parent.name)
    ]
    if not folders:
        place, name = asked.data / "feeds" / (asked.dictionary or ""), asked.dictionary or "NAME"
        _complain(f"there is no feed in {place} yet; make one with: scrapy crawl {name}")
        return UNREADABLE
    found = [search.find(folder, asked.word) for folder in folders]
    entries = [entry for each in found for entry in each.entries]
    if not entries:
        _complain(f"no entry of {asked.word!r} is stored{_known_of(found)}")
        return NO_SUCH_WORD
    if asked.json:
        _print_lines(map(feeds.encode_line, entries))
    else:
        layout.write(layout.layout(entries), _forgiving(sys.stdout))
    return DONE


def _runs(asked: argparse.Namespace) -> int:
    from dictcrawler.feeds import history  # noqa: PLC0415 - --help must not wait for it

    for feed in _feeds(asked):
        print(feed.name)
        for line in history.table(history.runs(feed)):
            print(f"  {line}")
    return DONE


def _status(asked: argparse.Namespace) -> int:
    from dictcrawler.feeds import history  # noqa: PLC0415 - --help must not wait for it

    status = DONE
    for feed in _feeds(asked):
        age = history.age_of_latest(feed, datetime.now(UTC))
        is_old = asked.max_age is not None and age > asked.max_age
        print(f"{feed.name}: the latest run is {age.days} d {age.seconds // 3600} h old{', too old' if is_old else ''}")
        status = TOO_OLD if is_old else status
    return status


def _prune(asked: argparse.Namespace) -> int:
    from dictcrawler.feeds import history  # noqa: PLC0415 - --help must not wait for them
    from dictcrawler.runs import prune  # noqa: PLC0415 - --help must not wait for them

    gone: list[Removed] = []
    statuses = set()
    for name, folders in history.by_dictionary(_feeds(asked)).items():
        wanted = prune.Prune(
            dictionary=name,
            feeds=tuple(folders),
            data=asked.data,
            store_url=asked.store,
            keep=asked.keep,
            is_dry=asked.dry_run,
        )
        statuses.add(_prune_dictionary(wanted, gone))
    runs = sum(removed.is_run for removed in gone)
    print(f"in all: {runs} runs, {len(gone) - runs} files of kept pages, {sum(each.size for each in gone):,} bytes")
    return next((status for status in (UNREADABLE, AT_WORK) if status in statuses), DONE)


def _prune_dictionary(wanted: Prune, gone: list[Removed]) -> int:
    """Prune one dictionary, for better or worse: the exit status that it asks for; what is gone is added.

    :raises ArgumentError: when the store's URL is wrong; nothing of it is removed then.
    """
    from dictcrawler.runs import prune  # noqa: PLC0415 - --help must not wait for it

    try:
        for removed in prune.prune(wanted):
            print(f"{'would remove' if wanted.is_dry else 'removed'} {removed.path} ({removed.size:,} bytes)")
            gone.append(removed)
    except ArgumentError:
        raise
    except LockedError as error:
        _complain(error)
        return AT_WORK
    except DictcrawlerError as error:
        _complain(error)
        return UNREADABLE
    return DONE


def _feeds(asked: argparse.Namespace) -> list[Path]:
    """The feed folders that a command is about.

    :raises FeedError: when there is none.
    """
    from dictcrawler.feeds import history  # noqa: PLC0415 - --help must not wait for it

    folders = history.feed_folders(asked.data, asked.dictionary)
    if not folders:
        raise FeedError(asked.data / "feeds", None, f"there is no feed {asked.dictionary or ''}".strip())
    return folders


def _age(text: str) -> timedelta:
    from dictcrawler.plan import freshness  # noqa: PLC0415 - --help must not wait for it

    try:
        rule = freshness.read_refresh(text)
    except ArgumentError:
        rule = freshness.Refresh("none")
    if rule.kind != "age":
        raise argparse.ArgumentTypeError(f"{text!r} is not an age such as 36h, 8d or 2w")
    return rule.age


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of runs from 1 on")
    return int(text)


def _share(asked: argparse.Namespace) -> int:
    from dictcrawler import feeds  # noqa: PLC0415 - --help must not wait for them
    from dictcrawler.feeds import sharing  # noqa: PLC0415 - --help must not wait for them

    named = asked.data / "feeds" / asked.run
    run = feeds.resolve(named if named.is_dir() else asked.run)
    shared = sharing.share(run, asked.out or asked.data / "shared" / run.parent.name / run.name)
    terms = f"under {shared.licence}" if shared.licence else "all rights are reserved: without the dictionary's words"
    print(f"{shared.entries:,} entries, {terms}: {shared.folder / shared.file}")
    return DONE


def _schema(asked: argparse.Namespace) -> int:
    from dictcrawler.feeds import schema  # noqa: PLC0415 - --help must not wait for it

    _print_lines([schema.text(asked.kind).encode()])
    return DONE


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} is not an address that begins with http:// or https://")
    return text


def _saved_page(page: str, url: str) -> tuple[str, Fetch]:
    """The page's text, and its citation: a file was fetched when it was last written.

    :raises DictcrawlerError: when there is no such text.
    """
    from dictcrawler.reading.citation import Fetch  # noqa: PLC0415 - --help must not wait for it

    try:
        if page == STANDARD_INPUT:
            body, fetched_at = sys.stdin.buffer.read(), datetime.now(UTC)
        else:
            body, fetched_at = Path(page).read_bytes(), datetime.fromtimestamp(Path(page).stat().st_mtime, UTC)
        if page.endswith(".gz"):
            body = gzip.decompress(body)
        html = body.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise DictcrawlerError(f"{page}: cannot be read as a page: {error}") from error
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    return html, Fetch(retrieved_from=url, fetched_at=fetched_at.replace(microsecond=0), payload_digest=digest)


def _known_of(found: Iterable[Found]) -> str:
    """What became of the questions about a word that has no entries."""
    told = [
        f"{lookup.dictionary}: {lookup.status}"
        + (f"; did you mean {', '.join(lookup.suggestions)}?" if lookup.suggestions else "")
        for each in found
        for lookup in each.lookups
    ]
    return f" ({'; '.join(told)})" if told else ", and it was not asked"


def _print_lines(lines: Iterable[bytes]) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.writelines(lines)
    sys.stdout.buffer.flush()


def _forgiving(out: TextIO) -> TextIO:
    """The stream, which now spells out what its encoding does not have (phonetic letters in Latin-1)."""
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(errors="backslashreplace")
    return out


def _complain(problem: object) -> None:
    # It may tell of a feed, and a feed may come from anywhere.
    print(f"dictcrawler: {printable(str(problem))}", file=sys.stderr)


def _forget_standard_output() -> None:
    """Whoever read our output has gone: let the interpreter's last flush go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
