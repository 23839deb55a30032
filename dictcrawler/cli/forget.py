"""``dictcrawler forget NAME WORD…``: remove entries on request, everywhere, for good."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from dictcrawler.cli.arguments import add_data
from dictcrawler.cli.output import complain, tell
from dictcrawler.cli.statuses import DONE, NO_SUCH_WORD
from dictcrawler.defaults import STORE_URL
from dictcrawler.errors import ArgumentError

if TYPE_CHECKING:
    from dictcrawler.dictionaries import Dictionary
    from dictcrawler.plan.word_list import Keyword
    from dictcrawler.runs.closure import Closure
    from dictcrawler.runs.forget import Forget

MOST_SHOWN = 20
"""Most entries that are listed by their ids without ``--dry-run``."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = (
        f"{parser.description} They leave the store, the kept pages and all published runs; a new run says so in "
        "changes.jsonl, and no later crawl looks the word up. Without words, all earlier removals are made "
        "again, for instance after a backup was restored. Earlier exports are not changed."
    )
    parser.add_argument("dictionary", metavar="NAME", help="the dictionary, such as macmillan")
    parser.add_argument("word", metavar="WORD", nargs="*", help="a headword, or a word that leads to an entry")
    parser.add_argument("--words", metavar="FILE", help="a list of words, one a line, or .csv")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--dry-run", action="store_true", help="only list what would be removed")
    action.add_argument("--undo", action="store_true", help="let these words be looked up again by the next crawl")
    parser.add_argument(
        "--store", metavar="URL", default=STORE_URL, help="the STORE_URL of the crawls (default: theirs)"
    )
    add_data(parser)


def run(args: argparse.Namespace) -> int:
    """Remove the words, or only list what would be removed, or allow them again."""
    from dictcrawler import dictionaries  # noqa: PLC0415 - --help must not wait for it
    from dictcrawler.runs import forget  # noqa: PLC0415 - --help must not wait for it

    dictionary = dictionaries.load(args.dictionary)
    words = _words(args, dictionary)
    if not words and (args.dry_run or args.undo):
        raise ArgumentError("WORD", "no word is named", "words, or --words FILE")
    wanted = forget.Forget(
        dictionary=args.dictionary, slug=dictionary.slug, words=tuple(words), data=args.data, store_url=args.store
    )
    # A new file is private until it gets the mode of the file it replaces.
    umask = os.umask(0o077)
    try:
        if args.undo:
            return _undo(wanted, words)
        if args.dry_run:
            status = _say_closure(forget.planned(wanted), words, "would be removed", None)
            forget.refuse_unreadable(wanted)
            return status
        return _forget(wanted, words)
    finally:
        os.umask(umask)


def _words(args: argparse.Namespace, dictionary: Dictionary) -> dict[str, str]:
    """The words by their slugs.

    :raises ArgumentError: for a word that can be no address of the dictionary.
    :raises KeywordListError: when the list cannot be read.
    """
    from dictcrawler.errors import InvalidKeyword  # noqa: PLC0415
    from dictcrawler.plan import word_list  # noqa: PLC0415 - --help must not wait for it

    for word in args.word:
        if word.startswith("--"):
            raise ArgumentError(word, "after -- it is a word, and no headword begins so", "options before the --")
    keywords: list[Keyword] = word_list.passed(args.word) if args.word else []
    keywords += [] if args.words is None else word_list.read(args.words)
    words = {}
    for keyword in keywords:
        try:
            slug = dictionary.slug(keyword.normalized or "")
        except InvalidKeyword as error:
            problem = keyword.problem or str(error)
            raise ArgumentError("WORD", problem, "words that the dictionary can have") from error
        words[slug] = keyword.normalized or ""
    return words


def _forget(wanted: Forget, words: dict[str, str]) -> int:
    from dictcrawler.runs import forget  # noqa: PLC0415 - --help must not wait for it

    status = DONE
    changed = 0
    for each in forget.forget(wanted):
        if isinstance(each, str):
            changed += 1
            tell(f"changed {each}")
        elif words:
            status = _say_closure(each, words, "are removed", MOST_SHOWN)
    tell("done: exports, reports, shared copies and backups made before are yours to remove" if changed else "done")
    return status


def _undo(wanted: Forget, words: dict[str, str]) -> int:
    from dictcrawler.runs import forget  # noqa: PLC0415 - --help must not wait for it

    unknown = forget.undo(wanted)
    for word in unknown:
        complain(f"{words[word]!r} was not removed")
    for slug, word in words.items():
        if slug not in unknown:
            tell(f"{word}: the next crawl looks it up again")
    return NO_SUCH_WORD if unknown else DONE


def _say_closure(found: Closure, words: dict[str, str], verb: str, most: int | None) -> int:
    """List what is removed with the words; the exit status shows whether something was found for each."""
    ids = sorted(found.entries)
    for entry_id in ids[:most]:
        tell(f"  {entry_id}  {found.headwords.get(entry_id, '')}".rstrip())
    if len(ids) > len(ids[:most]):
        tell(f"  … and {len(ids) - len(ids[:most])} more")
    others = sorted(found.words.keys() - words.keys())
    if others:
        tell(f"  no longer looked up either, because they lead to nothing else: {', '.join(others)}")
    tell(f"{len(ids)} entries, {len(found.digests)} pages, {len(found.sounds)} recordings {verb}")
    for slug in sorted(found.empty):
        complain(f"{words[slug]!r}: nothing of it is stored; it will not be looked up all the same")
    return NO_SUCH_WORD if found.empty else DONE
