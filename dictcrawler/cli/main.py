"""The ``dictcrawler`` command: finds the command, runs it, and turns errors into exit statuses.

Each command is a module of this package with ``add`` (declares the arguments) and ``run`` (does the work, returns the
exit status); only the chosen command is imported. Only the group "Crawl" loads Scrapy, through `dictcrawler.commands`.
"""

from __future__ import annotations

import argparse
import difflib
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module

from dictcrawler.cli import statuses
from dictcrawler.cli.output import complain, forget_standard_output, open_streams
from dictcrawler.errors import DictcrawlerError
from dictcrawler.version import __version__

GROUPS: dict[str, dict[str, str]] = {
    "Crawl": {
        "crawl": "look the words of a list up in a dictionary and publish the feed",
        "reparse": "read all kept pages of the latest run again and publish a new run",
        "sounds": "fetch the recordings that a feed names, with their licences",
        "sample-site": "serve a small built-in site with invented entries",
        "newdictionary": "begin a new dictionary: its code, a fixture and its tests",
    },
    "Several machines": {
        "cluster": "crawl with several machines that share a PostgreSQL: init, crawl, worker, status, cancel",
    },
    "Read": {
        "words": "list the words of a text (.txt, .srt, .epub), for a crawl",
        "browse": "look words up, and check runs, in a web browser",
        "show": "show the stored entries of a word",
        "missing": "list the words without an entry, with the reason and the dictionary's suggestions",
        "parse": "read a saved page and print its entries as JSON lines",
        "schema": "print the JSON Schema of a published line",
    },
    "Pass on": {
        "export": "write runs in another format: csv, sqlite, anki …",
        "report": "write a run's page, with charts and changes, as one HTML file",
        "share": "write the parts of a run that may be passed on, with a NOTICE",
    },
    "Look after": {
        "runs": "list the published runs",
        "status": "show the age of the latest runs; exit status 5 when one is too old",
        "forget": "remove the entries of words on request, everywhere, and never look them up again",
        "prune": "remove old runs, never the latest, and the kept pages that nothing refers to any more",
        "completion": "print the script by which bash, zsh or fish completes commands and arguments",
    },
}
SCRAPYS = frozenset(GROUPS["Crawl"])
"""Commands that Scrapy runs, which parse their own arguments."""

MARK = "\0"
"""Before a word that stands after ``--``. No argument of a program can have this character."""

STATUSES = """\
Exit status: 0 done, 2 wrong usage, 3 the dictionary or the feed does not have the word, 4 not readable, 5 the latest
run is too old, 74 the output cannot be written, 75 a crawl is running. `dictcrawler crawl --help` lists those of a
crawl.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status."""
    if {"_ARGCOMPLETE", "COMP_LINE"} <= os.environ.keys():
        # Tab was pressed: the process ends in here.
        import_module("dictcrawler.cli.completion").complete(GROUPS)
    if arguments is None:
        open_streams()
        arguments = sys.argv[1:]
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        forget_standard_output()
        return statuses.BROKEN_PIPE
    except OSError as error:
        # With a name it is of a file, and a fault of the command: standard output has none.
        if error.filename is not None:
            raise
        forget_standard_output()
        complain(f"standard output cannot be written: {error.strerror}")
        return statuses.OUTPUT_FAILED
    except KeyboardInterrupt:
        complain("stopped")
        return statuses.INTERRUPTED
    except DictcrawlerError as error:
        complain(error)
        return statuses.status_of(error)
    return status


def _run(arguments: list[str]) -> int:
    if not arguments:
        print(_help(), end="", file=sys.stderr)
        return statuses.WRONG_USAGE
    name, *rest = arguments
    if name in ANSWERS:
        print(ANSWERS[name](), end="")
        return statuses.DONE
    return _run_command(name, rest)


def _run_command(name: str, rest: list[str]) -> int:
    commands = {command: text for group in GROUPS.values() for command, text in group.items()}
    if name not in commands:
        near = difflib.get_close_matches(name, commands, 1)
        hint = f"did you mean {near[0]!r}?" if near else "dictcrawler --help lists the commands"
        complain(f"{name!r} is no command; {hint}")
        return statuses.WRONG_USAGE
    if name in SCRAPYS:
        # The other commands do without Scrapy.
        with _without_collections():
            scrapys = import_module("dictcrawler.commands")
            import_module(f"{scrapys.__name__}.{name}")
        ended: int = scrapys.run_command(name, rest)
        return ended
    module = import_module(f"dictcrawler.cli.{name}")
    text = commands[name]
    parser = argparse.ArgumentParser(prog=f"dictcrawler {name}", description=f"{text[0].upper()}{text[1:]}.")
    module.add(parser)
    args = _parsed(parser, rest)
    with _ended_in_order():
        status: int = module.run(args)
    return status


def _parsed(parser: argparse.ArgumentParser, rest: list[str]) -> argparse.Namespace:
    """Parse arguments, between which options may stand: ``forget NAME --dry-run WORD``.

    ``parse_args`` takes a list of words in one piece only (https://github.com/python/cpython/issues/59317), and the
    other way is not for subcommands, nor for a command line on which only ``--`` marks the words: they are marked so
    that they do not look like options.
    """
    words = [action for action in parser._actions if not action.option_strings]  # noqa: SLF001
    if not any(action.nargs in ("*", "+") for action in words):
        return parser.parse_args(rest)
    for action in words:
        action.type = partial(_unmarked, action.type if callable(action.type) else str)
    end = rest.index("--") if "--" in rest else len(rest)
    return parser.parse_intermixed_args([*rest[:end], *(MARK + word for word in rest[end + 1 :])])


def _unmarked(read: Callable[[str], object], text: str) -> object:
    return read(text.removeprefix(MARK))


@contextmanager
def _without_collections() -> Iterator[None]:
    """Load modules without looking for garbage: there is none, and the search takes a twentieth of a crawl's start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Treat SIGTERM as Ctrl-C: a file that is being written is removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(statuses.TERMINATED))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _help() -> str:
    lines = ["usage: dictcrawler COMMAND [ARGUMENT …]", "       dictcrawler COMMAND --help", ""]
    lines += ["A word list goes in; a clean, complete, citable dictionary data set comes out.", ""]
    width = max(len(command) for group in GROUPS.values() for command in group)
    for group, commands in GROUPS.items():
        lines += [f"{group}:", *(f"  {command:<{width}}  {text}" for command, text in commands.items()), ""]
    return "\n".join([*lines, STATUSES])


def _version() -> str:
    return f"dictcrawler {__version__}\n"


ANSWERS = {"-h": _help, "--help": _help, "--version": _version}
