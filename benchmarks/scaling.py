"""The load of a cluster on its database: ``python -m benchmarks.scaling`` prints the table of docs/cluster.md.

A simulation of six hours, event by event: each host's words come in slices, a crawl stores a batch when it is full or a
second old, workers send signs of life, and crawls renew their leases. Everything else is arithmetic on figures that
were measured (see `MEASURED`); nothing here starts a database.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

DAY = 86_400
SIMULATED = DAY // 4
HOSTS = (10, 100, 1_000)
PAGES = 100_000_000


@dataclass(frozen=True, slots=True)
class Measured:
    """The measured figures: PostgreSQL 18 on two cores, the sample site of Macmillan, indexes included."""

    log_a_word: float = 7_300
    """Bytes of write-ahead log, per word found."""
    rows_a_word: float = 6_100
    """Bytes of tables and indexes, per word found."""
    pages_and_payloads: float = 703 + 415
    """Bytes of these two tables and their indexes, per page."""
    answers_and_entries: float = 1_098 + 3_411
    """Bytes of these, per word with one entry."""
    start: float = 2.0
    """Seconds until the crawl of a slice sends its first request."""


@dataclass(frozen=True, slots=True)
class Manner:
    """The defaults of a worker and of a crawl."""

    pause: float = 1.0
    slice_words: int = 600
    batch_words: int = 50
    batch_age: float = 1.0
    """The age in seconds at which a batch is written with the next lookup: `dictcrawler.pipelines`."""
    beat: float = 5.0
    stall: float = 30.0
    connections_a_crawl: int = 3
    connections_a_worker: int = 5
    hosts_a_worker: int = 10


MEASURED = Measured()


@dataclass(slots=True)
class Sum:
    """The totals of the simulated time."""

    words: int = 0
    transactions: int = 0
    most_a_second: int = 0


def simulate(hosts: int, manner: Manner, seconds: int) -> Sum:
    """The simulated time, event by event: (moment, host, words of its slice that are done)."""
    total = Sum()
    by_second: dict[int, int] = {}

    def note(moment: float, transactions: int) -> None:
        total.transactions += transactions
        by_second[int(moment)] = by_second.get(int(moment), 0) + transactions

    words_a_batch = min(manner.batch_words, 1 + math.ceil(manner.batch_age / manner.pause))
    # Hosts begin one after the other within the time of a slice, since after some hours they are out of step anyway.
    length = manner.slice_words * manner.pause + MEASURED.start
    events = [(host * length / hosts, host, 0) for host in range(hosts)]
    heapq.heapify(events)
    while events and events[0][0] < seconds:
        moment, host, done = heapq.heappop(events)
        if done >= manner.slice_words:
            # The words of the slice are counted, the host's turn is returned and taken again, the job is ended and the
            # next one fetched.
            note(moment, 8)
            heapq.heappush(events, (moment + MEASURED.start, host, 0))
            continue
        taken = min(words_a_batch, manner.slice_words - done)
        total.words += taken
        # The digests that are kept already, the new pages, the answers.
        note(moment, 3)
        heapq.heappush(events, (moment + taken * manner.pause, host, done + taken))
    workers = -(-hosts // manner.hosts_a_worker)
    # A worker's sign of life is written to two tables, a slice's to one; a crawl checks its lease; one worker maintains
    # the queue.
    beats = workers * 2 / manner.beat + hosts / manner.beat + hosts / (manner.stall * 2 / 3 / 4) + 8 / manner.beat
    total.transactions += int(beats * seconds)
    total.most_a_second = max(by_second.values(), default=0) + int(beats)
    return total


def connections(hosts: int, manner: Manner) -> int:
    """Of all crawls and workers together."""
    workers = -(-hosts // manner.hosts_a_worker)
    return hosts * manner.connections_a_crawl + workers * manner.connections_a_worker


def lines(manner: Manner, seconds: int = SIMULATED) -> list[str]:
    """The table, in Markdown."""
    table = [
        "| hosts at once | words a day | transactions a second | at most | log | tables a day | connections |",
        "|---|---|---|---|---|---|---|",
    ]
    for hosts in HOSTS:
        total = simulate(hosts, manner, seconds)
        a_day = total.words * DAY / seconds
        table.append(
            f"| {hosts:,} | {a_day / 1e6:.2f} M | {total.transactions / seconds:,.0f} | {total.most_a_second:,} | "
            f"{a_day * MEASURED.log_a_word / DAY / 1e6:.2f} MB/s | {a_day * MEASURED.rows_a_word / 1e9:.1f} GB | "
            f"{connections(hosts, manner):,} |"
        )
    return table


if __name__ == "__main__":
    print("\n".join(lines(Manner())))
    sizes = {"pages and payloads": MEASURED.pages_and_payloads, "answers and entries": MEASURED.answers_and_entries}
    for name, size in sizes.items():
        print(f"{PAGES:,} pages, as many words with an entry each: {PAGES * size / 1e9:.0f} GB of {name}")
