"""``dictcrawler cluster``: several machines on one run."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dictcrawler.cli import arguments
from dictcrawler.cli.arguments import add_data
from dictcrawler.cli.output import complain, print_lines, say, tell
from dictcrawler.cli.statuses import DONE, WRONG_USAGE
from dictcrawler.defaults import STORE_URL
from dictcrawler.errors import ArgumentError, ExtraMissing

if TYPE_CHECKING:
    from dictcrawler.cluster.beginning import Begun
    from dictcrawler.cluster.place import Cluster
    from dictcrawler.cluster.watching import ClusterState, RunState
    from dictcrawler.feeds.soundness import Limits

STORE_HELP = "the shared database: postgresql+psycopg://user@host/database?schema={dictionary} (or DICTCRAWLER_STORE)"


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the commands and their arguments."""
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _command(commands, "init", init, "make the queue and the stores in the database; safe to repeat")
    crawl = _command(commands, "crawl", begin, "begin a run: read the list once and give its slices to the workers")
    crawl.add_argument("dictionary", metavar="NAME", help="the dictionary")
    _add_pairs(crawl, "-a", "given", "an argument of the crawl, as for `dictcrawler crawl`")
    _add_pairs(crawl, "-s", "settings", "a setting for the beginning; workers have their own")
    crawl.add_argument(
        "--words", type=arguments.positive, metavar="N", default=600,
        help="words in a slice (default: 600, ten minutes at one a second)",
    )  # fmt: skip
    crawl.add_argument(
        "--per-host", type=arguments.positive, metavar="N", default=1,
        help="machines that may request from one host at once: more than 1 only for a mirror or archive of your own",
    )  # fmt: skip
    again = _command(commands, "reparse", begin_reparse, "read the latest run again, on all machines")
    again.add_argument("dictionary", metavar="NAME", help="the dictionary")
    _add_pairs(again, "-a", "given", "edition=NAME, language=NAME or feed=NAME")
    again.add_argument("--words", type=arguments.positive, metavar="N", default=2000, help="words in a slice (2000)")
    worker = _command(commands, "worker", work, "work on all runs until SIGTERM, which gives slices back")
    worker.add_argument("--concurrency", type=arguments.positive, metavar="N", default=1, help="slices at once")
    worker.add_argument("--publish", action="store_true", help="publish finished runs into feeds/ of this data folder")
    worker.add_argument(
        "--name", help="the worker's name, which no other worker has (default: the machine's and the process's number)"
    )
    worker.add_argument(
        "--beat", type=float, default=5.0, metavar="S", help="seconds between signs of life (default: 5)"
    )
    worker.add_argument(
        "--stall", type=float, default=30.0, metavar="S",
        help="seconds of silence until others take its slices; the same on all machines (default: 30)",
    )  # fmt: skip
    _add_pairs(worker, "-s", "settings", "a setting of its crawls, such as CONTACT or DOWNLOAD_DELAY")
    status = _command(commands, "status", show, "show the state of the runs and workers")
    status.add_argument("run", metavar="RUN", nargs="?", help="only this run")
    status.add_argument("--json", action="store_true", help="as one JSON object")
    cancel = _command(commands, "cancel", end, "end a run without publishing it; its answers are kept")
    cancel.add_argument("run", metavar="RUN", help="the run")


def run(args: argparse.Namespace) -> int:
    """Run the chosen command."""
    try:
        import dictcrawler.cluster.queue  # noqa: PLC0415 - wants what the extra brings
    except ImportError as error:
        raise ExtraMissing("dictcrawler cluster", str(error.name), "cluster") from error
    from dictcrawler.cluster.place import Cluster  # noqa: PLC0415 - --help must not wait for it

    try:
        status: int = args.does(Cluster(Path(args.data).absolute(), args.store), args)
    except dictcrawler.cluster.queue.ClusterError as error:
        complain(error)
        return WRONG_USAGE
    return status


def init(cluster: Cluster, _args: argparse.Namespace) -> int:
    """Create whatever is missing."""
    from dictcrawler.cluster import queue  # noqa: PLC0415 - --help must not wait for it

    queue.initialise(cluster)
    tell("the cluster is ready: start `dictcrawler cluster worker` on each machine")
    return DONE


def begin(cluster: Cluster, args: argparse.Namespace) -> int:
    """Begin a run."""
    from dictcrawler.cluster import beginning  # noqa: PLC0415 - --help must not wait for it

    request = beginning.ClusterCrawl(
        dictionary=args.dictionary,
        given=_pairs(args.given),
        settings=_pairs(args.settings),
        words=args.words,
        per_host=args.per_host,
    )
    return _begun(beginning.begin(cluster, request))


def begin_reparse(cluster: Cluster, args: argparse.Namespace) -> int:
    """Begin to read a run again."""
    from dictcrawler.cluster import beginning  # noqa: PLC0415 - --help must not wait for it

    return _begun(beginning.begin_reparse(cluster, args.dictionary, _pairs(args.given), args.words))


def _begun(begun: Begun) -> int:
    if begun.run is not None:
        tell(f"run {begun.run}: {begun.slices} slices; `dictcrawler cluster status {begun.run}` shows their progress")
    return begun.status


def work(cluster: Cluster, args: argparse.Namespace) -> int:
    """Work until stopped."""
    from dictcrawler.cluster import worker  # noqa: PLC0415 - --help must not wait for it
    from dictcrawler.storage.machine import machine  # noqa: PLC0415

    if args.stall < 3 * args.beat:
        raise ArgumentError("stall", f"{args.stall} is less than three beats", "at least three times --beat")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s [%(name)s] %(levelname)s: %(message)s")
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    settings = _pairs(args.settings)
    manner = worker.Manner(
        name=args.name or f"{machine()}-{os.getpid()}",
        concurrency=args.concurrency,
        publishes=args.publish,
        beat=args.beat,
        stall=args.stall,
        settings=settings,
        limits=_limits(settings),
        machines=worker.machines_with_pages(cluster.data),
    )
    asyncio.run(worker.work(cluster, manner))
    return DONE


def show(cluster: Cluster, args: argparse.Namespace) -> int:
    """Print the state of the runs and workers."""
    from dictcrawler.cluster import watching  # noqa: PLC0415 - --help must not wait for it

    state = watching.state(cluster, args.run)
    if args.json:
        import msgspec  # noqa: PLC0415

        print_lines([msgspec.json.encode(state) + b"\n"])
    else:
        for line in _shown(state):
            say(line)
    return DONE


def end(cluster: Cluster, args: argparse.Namespace) -> int:
    """End a run."""
    from dictcrawler.cluster import watching  # noqa: PLC0415 - --help must not wait for it

    tell(f"cancelled the run {args.run} of {watching.cancel(cluster, args.run)}; its answers are kept")
    return DONE


def _shown(state: ClusterState) -> list[str]:
    lines = [line for run in state.runs for line in _run_lines(run)] or ["no runs are shared at the moment"]
    for worker in state.workers:
        how = "alive" if worker.is_alive else "SILENT"
        lines.append(
            f"worker {worker.name}: {how}, seen {worker.seconds_unseen:.0f} s ago, {worker.concurrency} at once, "
            f"{' '.join(worker.queues)}, dictcrawler {worker.version}"
        )
    return lines if state.workers else [*lines, "no worker has been seen yet"]


def _run_lines(run: RunState) -> list[str]:
    from dictcrawler.runs.forecast import duration  # noqa: PLC0415 - --help must not wait for it

    left = "" if run.seconds_left is None else f", {duration(run.seconds_left)} left"
    slices = ", ".join(f"{count} {name}" for name, count in sorted(run.slices.items()))
    words = f"{run.done:,} of {run.words:,} words, {run.rate:.2f} a second{left}"
    lines = [f"run {run.run} of {run.feed}: {words}; slices: {slices or 'none'}"]
    for each in run.at_work:
        problem = f": {each.problem}" if each.problem else ""
        where = f"lines {each.low} to {each.high}"
        lines.append(f"  {each.state} {where}, attempt {each.attempt}, on {each.machine or 'no machine'}{problem}")
    named = {"a wall": run.wall, "will be withheld": run.reason_to_withhold, "waits for": run.waits_for}
    return [*lines, *(f"  {name}: {text}" for name, text in named.items() if text)]


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    does: Callable[[Cluster, argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    command.set_defaults(does=does)
    add_data(command)
    command.add_argument("--store", metavar="URL", default=STORE_URL, help=STORE_HELP.replace("%", "%%"))
    return command


def _add_pairs(command: argparse.ArgumentParser, option: str, name: str, text: str) -> None:
    command.add_argument(option, dest=name, metavar="NAME=VALUE", action="append", default=[], help=text)


def _pairs(options: list[str]) -> dict[str, str]:
    for option in options:
        if "=" not in option:
            raise ArgumentError(option, "has no value", "NAME=VALUE")
    return dict(option.split("=", 1) for option in options)


def _limits(settings: dict[str, str]) -> Limits:
    from dictcrawler.feeds.soundness import Limits  # noqa: PLC0415 - --help must not wait for it

    names = {f"{name}_limit".upper(): name for name in Limits.__struct_fields__}
    return Limits(**{names[name]: float(value) for name, value in settings.items() if name in names})
