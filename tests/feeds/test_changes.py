"""``changes.jsonl``: its content, and that it is enough to follow a feed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from dictcrawler import feeds
from dictcrawler.feeds import changes, writer
from dictcrawler.model import Change, Entry
from dictcrawler.reading.normalize import content_hash, normalize
from tests.support import records

# A history: for each run, the state of each id: (which content, which page), or nothing.
RUNS = st.lists(
    st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.tuples(st.integers(0, 2), st.integers(0, 1)), max_size=4),
    min_size=1,
    max_size=5,
)


def entry(name: str, content: int, page: int) -> Entry:
    base = normalize(records.entry())
    changed = msgspec.structs.replace(base, id=f"invented:main:{name}", headword=f"{name} {content}")
    source = msgspec.structs.replace(base.source, payload_digest=f"sha256:{f'{name}{page}'.encode().hex():0>64}")
    return msgspec.structs.replace(changed, content_hash=content_hash(changed), source=source)


def publish(feed: Path, run: str, entries: dict[str, Entry], previous: str | None) -> None:
    """Publish a run as `dictcrawler.runs` does, over entries that need no crawl."""
    partial = writer.begin(feed, run)
    lines = [feeds.encode_line(each) for each in entries.values()]
    files = {feeds.ENTRIES: writer.write_entries(partial, lines)}
    between = changes.between(feed / previous / feeds.ENTRIES, lines, lambda _: False) if previous else ()
    files[feeds.CHANGES] = writer.write_changes(partial, between)
    manifest = records.manifest(run=run, entries=len(lines), files=files, previous_run=previous)
    writer.make_latest(writer.commit(partial, manifest))


@given(history=RUNS, follow_from=st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_the_changes_after_any_run_bring_its_entries_up_to_the_latest(
    history: list[dict[str, tuple[int, int]]], follow_from: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        feed = Path(folder)
        states: list[dict[str, Entry]] = []
        for number, run in enumerate(history):
            before = states[-1] if states else {}
            now = {}
            for name, (content, page) in run.items():
                made = entry(name, content, page)
                # The store keeps the line of an entry whose content has not changed.
                kept = before.get(made.id)
                now[made.id] = kept if kept is not None and kept.content_hash == made.content_hash else made
            publish(feed, f"run{number}", now, f"run{number - 1}" if number else None)
            states.append(now)
        start = min(follow_from, len(history) - 1)
        followed = feeds.apply_changes(states[start], feeds.changes_since(feed, f"run{start}"))
        assert followed == feeds.apply_changes(iter(states[start].values()), feeds.changes_since(feed, f"run{start}"))
        assert followed == states[-1] == {each.id: each for each in feeds.read_entries(feed)}


def between(tmp_path: Path, before: list[Entry], now: list[Entry], kept: tuple[str, ...] = ()) -> list[Change]:
    file = tmp_path / "entries.jsonl"
    file.write_bytes(b"".join(map(feeds.encode_line, before)))
    return list(changes.between(file, map(feeds.encode_line, now), lambda entry_id: entry_id in kept))


def test_a_change_is_the_parsers_when_the_page_is_the_same(tmp_path: Path) -> None:
    [change] = between(tmp_path, [entry("a", 0, page=0)], [entry("a", 1, page=0)])
    assert (change.type, change.cause, change.fields) == ("changed", "parser", ("headword",))
    [change] = between(tmp_path, [entry("a", 0, page=0)], [entry("a", 1, page=1)])
    assert (change.type, change.cause, change.fields) == ("changed", "content", ("headword",))


def test_an_entry_that_the_parser_newly_finds_or_loses_on_the_same_page_is_its_doing(tmp_path: Path) -> None:
    main, run_on = entry("a", 0, page=0), entry("b", 0, page=0)
    run_on = msgspec.structs.replace(run_on, source=main.source)
    assert [(c.type, c.cause) for c in between(tmp_path, [main], [main, run_on])] == [("added", "parser")]
    assert [(c.type, c.cause) for c in between(tmp_path, [main, run_on], [main])] == [("removed", "parser")]


def test_an_entry_whose_word_left_the_list_is_removed_for_that_reason(tmp_path: Path) -> None:
    gone = entry("a", 0, page=0)
    assert [(c.type, c.cause) for c in between(tmp_path, [gone], [], kept=(gone.id,))] == [("removed", "words")]
    assert [(c.type, c.cause) for c in between(tmp_path, [gone], [])] == [("removed", "content")]


def test_equal_entries_are_no_change(tmp_path: Path) -> None:
    assert between(tmp_path, [entry("a", 0, page=0)], [entry("a", 0, page=0)]) == []
