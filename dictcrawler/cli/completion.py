"""``dictcrawler completion``: completion with the Tab key, by argcomplete.

The script of a shell starts the command itself, with variables of argcomplete's, to get the completions.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path

import argcomplete
from argcomplete.completers import FilesCompleter
from argcomplete.shell_integration import shellcode

from dictcrawler.cli.statuses import DONE

PROGRAM = "dictcrawler"
SHELLS = ("bash", "zsh", "fish")
WHERE = """\
bash:  echo 'eval "$(dictcrawler completion bash)"' >> ~/.bashrc
zsh:   echo 'eval "$(dictcrawler completion zsh)"' >> ~/.zshrc      (below compinit)
fish:  dictcrawler completion fish > ~/.config/fish/completions/dictcrawler.fish
then open a new shell
"""

# Scrapy parses the arguments of these commands; asking it would take half a second for each Tab.
_GLOBAL = ("-h --help --logfile -L --loglevel --nolog --profile --pidfile -s --set --pdb").split()
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "crawl": (*_GLOBAL, *"-a -o --output -O --overwrite-output".split()),
    "reparse": (*_GLOBAL, "-a", "--processes"),
    "sounds": (*_GLOBAL, "-a"),
    "sample-site": (*_GLOBAL, *"--host --port --words --delay-ms --dictionary --list".split()),
    "newdictionary": (*_GLOBAL, *"--url --lang --title --package".split()),
}
"""All options of the commands that Scrapy runs."""

_WITHOUT_VALUE = frozenset({"--nolog", "--pdb", "--list", "--package"})
_FILES = frozenset({"words", "text", "known", "warc"})


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{parser.description}\n\n{WHERE}"
    parser.add_argument("shell", choices=SHELLS)


def run(args: argparse.Namespace) -> int:
    """Print the script."""
    print(shellcode([PROGRAM], shell=args.shell), end="")
    return DONE


def complete(groups: Mapping[str, Mapping[str, str]]) -> None:
    """Answer the shell and end the process. ``groups`` are the commands with their texts."""
    commands = {name: text for group in groups.values() for name, text in group.items()}
    typed = (*os.environ["COMP_LINE"].split()[1:2], "")[0]
    parser = argparse.ArgumentParser(prog=PROGRAM, add_help=False)
    subparsers = parser.add_subparsers()
    for name, text in commands.items():
        command = subparsers.add_parser(name, help=text)
        if name == typed:
            _declare(name, command)
    argcomplete.autocomplete(parser, always_complete_options="long", default_completer=FilesCompleter())


def _declare(name: str, parser: argparse.ArgumentParser) -> None:
    if name in OPTIONS:
        _declare_scrapys(name, parser)
    else:
        import_module(f"dictcrawler.cli.{name}").add(parser)
    for action in _actions(parser):
        if action.metavar == "FEED":
            action.completer = _feeds  # type: ignore[attr-defined]  # as argcomplete wants it
        elif action.dest == "dictionary" and action.choices is None:
            action.completer = _dictionaries  # type: ignore[attr-defined]


def _actions(parser: argparse.ArgumentParser) -> Iterable[argparse.Action]:
    for action in parser._actions:  # noqa: SLF001 - as argcomplete reads them
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for child in action.choices.values():
                yield from _actions(child)


def _declare_scrapys(name: str, parser: argparse.ArgumentParser) -> None:
    values = {"-a": _arguments, "-s": _settings, "--set": _settings, "--dictionary": _dictionaries}
    for option in OPTIONS[name]:
        if option in ("-h", "--help"):
            continue
        if option in _WITHOUT_VALUE:
            parser.add_argument(option, action="store_true")
            continue
        action = parser.add_argument(option, action="append")
        if option in values:
            action.completer = values[option]  # type: ignore[attr-defined]
    if name in ("crawl", "reparse"):
        parser.add_argument("dictionary")
    elif name == "sounds":
        parser.add_argument("feed", metavar="FEED")


def _dictionaries(**_: object) -> Iterable[str]:
    from dictcrawler import dictionaries  # noqa: PLC0415 - only where it is needed: each Tab starts a process

    return dictionaries.names()


def _feeds(parsed_args: argparse.Namespace, **_: object) -> Iterable[str]:
    data = getattr(parsed_args, "data", None) or os.environ.get("DICTCRAWLER_DATA") or "data"
    folder = Path(data) / "feeds"
    return sorted(each.name for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else ()


def _settings(**_: object) -> Iterable[str]:
    settings = vars(import_module("dictcrawler.settings"))
    return [f"{name}=" for name in settings if name.isupper()]


def _arguments(prefix: str, parsed_args: argparse.Namespace, **_: object) -> Iterable[str]:
    """The arguments of a crawl, and behind ``=`` their values."""
    from dictcrawler import dictionaries  # noqa: PLC0415 - only where it is needed: each Tab starts a process
    from dictcrawler.plan import arguments  # noqa: PLC0415

    named = getattr(parsed_args, "dictionary", None)
    dictionary = dictionaries.load(named) if named in dictionaries.names() else None
    name, equals, value = prefix.partition("=")
    if not equals:
        return [f"{each}=" for each in (arguments.NAMES if dictionary is None else arguments.names(dictionary))]
    values = {
        "source": arguments.SOURCES,
        "homographs": arguments.HOMOGRAPHS,
        "edition": tuple(dictionary.editions) if dictionary is not None else (),
        "refresh": ("due", "failed", "all", "none"),
        "dry_run": ("yes",),
        "translations": ("yes",),
        "resume": ("no",),
    }
    found = FilesCompleter()(value) if name in _FILES else values.get(name, ())
    return [f"{name}={each}" for each in found]
