"""``dictcrawler forget``: words are removed everywhere on request, and do not come back."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from aiohttp import web

from dictcrawler import exports, feeds
from dictcrawler.cli import main
from dictcrawler.crawling.spider import READY
from dictcrawler.feeds import history, search
from dictcrawler.storage import locks
from dictcrawler.storage.database import Database
from dictcrawler.storage.sqlite import SqliteSession
from tests.support import kept
from tests.support.postgres import Postgres
from tests.support.server import Crawl, Handler, Server, crawl, scrapy, serving

WORDS = "apple,call,calls,love,buzz,call off"
CALL = {f"macmillan:american:call_{rest}" for rest in ("1", "2", "2__14", "2__16")}


STEPS = frozenset({"os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.mkdir", "commit"})


class Site:
    """The sample site; ``visit`` is in each page and in a definition of "call"."""

    def __init__(self, pages: Handler) -> None:
        self._pages = pages
        self.visit = "first"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        answer = await self._pages(request)
        if isinstance(answer, web.Response) and answer.text:
            answer.text = answer.text.replace("to telephone someone", f"to telephone someone on the {self.visit} visit")
        return answer


@pytest.fixture(scope="module")
def site(dictionary_pages: Handler) -> Site:
    return Site(dictionary_pages)


@pytest.fixture(scope="module")
def server_of_pages(site: Site) -> Iterator[Server]:
    with serving(site.answer) as server:
        yield server


def crawled(data: Path, server: Server, words: str = WORDS, **settings: object) -> Crawl:
    url = f"base_url={server.url}/us/dictionary/american/{{keyword}}"
    return crawl(data, "source=live", url, f"word={words}", "refresh=all", settings={"DOWNLOAD_DELAY": 0, **settings})


def forget(data: Path, *arguments: str) -> int:
    return main.main(["forget", "macmillan", *arguments, "--data", str(data)])


def texts(data: Path, ids: set[str]) -> set[bytes]:
    """The definitions of entries in all runs that no other entry has."""
    of_ids: set[str] = set()
    others: set[str] = set()
    for run in history.runs(data / "feeds/macmillan"):
        for entry in feeds.read_entries(run.folder):
            definitions = {definition.text for sense in entry.senses for definition in sense.definitions}
            (of_ids if entry.id in ids else others).update(definitions)
    return {text.encode() for text in of_ids - others if text.isascii() and '"' not in text}


def stored(data: Path) -> Iterator[tuple[Path, bytes]]:
    """All files of a data folder, kept pages unpacked."""
    for path in sorted(data.rglob("*")):
        if path.is_file() and not path.is_symlink():
            body = path.read_bytes()
            yield path, gzip.decompress(body) if ".gz" in path.name else body


def traces(data: Path, definitions: set[bytes]) -> list[str]:
    return [f"{path.name}: {text!r}" for path, body in stored(data) for text in definitions if text in body]


def state(data: Path) -> dict[str, str]:
    """The files of a data folder, those of locks left out, with their digests."""
    return {
        str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(data.rglob("*"))
        if path.is_file() and path.suffix not in (".lock", "") and not path.name.endswith(("-wal", "-shm"))
    }


@pytest.fixture(scope="module")
def three_runs(tmp_path_factory: pytest.TempPathFactory, server_of_pages: Server, site: Site) -> Path:
    """Three runs, of which the last two share their files."""
    data = tmp_path_factory.mktemp("runs") / "data"
    for visit in ("first", "second", "second"):
        site.visit = visit
        done = crawled(data, server_of_pages)
        assert done.status == 0, done.log
    return data


def copied(data: Path, to: Path) -> Path:
    """A copy with the hard links."""
    subprocess.run(["cp", "-a", data, to], check=True)
    return to


@pytest.fixture
def data(three_runs: Path, tmp_path: Path) -> Path:
    return copied(three_runs, tmp_path / "data")


def test_a_word_leaves_store_pages_and_runs_is_told_as_removed_and_is_not_requested_again(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = data / "feeds/macmillan"
    first, second, third = (run.folder for run in history.runs(feed))
    assert (second / feeds.ENTRIES).samefile(third / feeds.ENTRIES)
    definitions = texts(data, CALL)
    assert len(definitions) > 5
    assert len(traces(data, definitions)) > 10
    before = state(data)
    for folder in (first, second, third):
        folder.chmod(0o750)
        for file in folder.iterdir():
            file.chmod(0o640)
    earlier = {entry.id: entry for entry in feeds.read_entries(first)}
    # Everything that cites a page of these entries is left as it is.
    pages = {(page.url, page.offset) for page in kept.pages(data)}

    assert forget(data, "call", "--dry-run") == 0
    planned = capsys.readouterr().out
    assert all(entry_id in planned for entry_id in CALL)
    assert "no longer looked up either, because they lead to nothing else: calls\n4 entries" in planned
    assert state(data) == before

    assert forget(data, "call") == 0
    assert traces(data, definitions) == []
    assert kept.problems(*kept.files(data)) == 0
    assert {(page.url, page.offset) for page in kept.pages(data)} < pages
    *runs, latest = history.runs(feed)
    assert latest.is_latest
    for run in (*runs, latest):
        manifest = feeds.verify(run.folder)
        assert not CALL & {entry.id for entry in feeds.read_entries(run.folder)}
        assert manifest.entries == len(list(feeds.read_entries(run.folder)))
        assert manifest.statuses == {"found": 3, "not_in_dictionary": 1, "removed": 2}
        assert search.find(run.folder, "apple").entries
        assert {lookup.status for lookup in search.find(run.folder, "call").lookups} == {"removed"}
    assert [run.manifest.taken_out for run in (*runs, latest)] == [4, 4, 4, None]
    assert {file.stat().st_mode & 0o777 for run in (*runs, latest) for file in run.folder.iterdir()} == {0o640}
    assert latest.folder.stat().st_mode & 0o777 == 0o750
    # The index of words is that of the new files.
    assert (first / "words.index").stat().st_size > 0
    assert (runs[1].folder / feeds.ENTRIES).samefile(runs[2].folder / feeds.ENTRIES)
    reported = list(feeds.read_changes(latest.folder))
    assert {(change.type, change.cause, change.id) for change in reported} == {
        ("removed", "request", each) for each in CALL
    }
    assert latest.manifest.changes == {"removed/request": 4}
    assert latest.manifest.finished_at == runs[-1].manifest.finished_at
    # A reader who has the first run, with the entries, is led to the current state.
    now = feeds.apply_changes(earlier, feeds.changes_since(feed, first.name))
    assert now.keys() == {entry.id for entry in feeds.read_entries(feed)}
    exports.export("csv", [latest.folder], data / "words.csv", exports.Request())
    assert traces(data, definitions) == []


def test_a_removed_word_and_a_new_word_for_it_are_not_requested_again_until_that_is_undone(
    data: Path, server_of_pages: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    definitions = texts(data, CALL)
    assert forget(data, "call") == 0
    # "calling" is a new word that leads to them: it is requested once, and never again.
    count_before = len(server_of_pages.requests)
    for _ in range(2):
        done = crawled(data, server_of_pages, f"{WORDS},calling")
        assert done.status == 0, done.log
        assert done.statuses["calling"] == done.statuses["call"] == done.statuses["calls"] == "removed"
        assert done.statuses["apple"] == "found"
        assert "removed on request" in str(next(each.error for each in done.lookups if each.keyword == "calls"))
    requested = [path.rpartition("/")[2] for _, path, _ in server_of_pages.requests[count_before:]]
    assert requested.count("calling") == 1
    assert {"call", "calls"}.isdisjoint(requested)
    assert traces(data, definitions) == []
    process = scrapy("reparse", "macmillan", "--processes", "1", data=data)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert traces(data, definitions) == []
    assert forget(data) == 0
    capsys.readouterr()
    assert forget(data) == 0
    assert capsys.readouterr().out == "done\n"

    # Undone, the word is looked up again, and so are the others.
    assert forget(data, "call", "apple", "--undo") == 3
    assert "'apple' was not removed" in capsys.readouterr().err
    done = crawled(data, server_of_pages, f"{WORDS},calling")
    assert (done.statuses["call"], done.statuses["calls"]) == ("found", "redirected")
    assert done.statuses["calling"] == "redirected"
    assert {entry.id for entry in done.entries} >= CALL


def test_an_entry_of_a_page_with_others_goes_alone_and_its_page_is_not_kept_again(
    data: Path, server_of_pages: Server
) -> None:
    gone = {"macmillan:american:call_2__16"}
    definitions = texts(data, gone)
    assert definitions
    assert forget(data, "call off") == 0
    assert traces(data, definitions) == []
    done = crawled(data, server_of_pages)
    assert done.status == 0
    assert done.statuses["call off"] == "removed"
    assert {entry.id for entry in done.entries} & CALL == CALL - gone
    assert traces(data, definitions) == []
    assert feeds.verify(done.feed).statuses["removed"] == 1


def test_an_unfinished_crawl_goes_on_without_the_word(tmp_path: Path, server_of_pages: Server) -> None:
    # More than the five that are answered before the end begins and the READY + 1 that may be in progress then.
    count = 5 + READY + 1 + 10
    words = ",".join(("call", "apple", *(f"blorf{number}" for number in range(count))))
    last = f"blorf{count - 1}"
    stopped = crawled(tmp_path, server_of_pages, words, CLOSESPIDER_ITEMCOUNT=5, CONCURRENT_REQUESTS=1)
    assert stopped.status == 3, stopped.log
    assert forget(tmp_path, "call", last) == 3
    count_before = len(server_of_pages.requests)
    done = crawled(tmp_path, server_of_pages, words)
    assert done.status == 0, done.log
    with closing(sqlite3.connect(tmp_path / "store/macmillan.sqlite")) as store:
        assert store.execute("select count(*) from runs").fetchone() == (1,)
    assert done.statuses["call"] == done.statuses[last] == "removed"
    assert not [path for _, path, _ in server_of_pages.requests[count_before:] if "call" in path or last in path]


def test_recordings_go_too_but_not_those_that_another_entry_has(sample_data: Path, tmp_path: Path) -> None:
    data = copied(sample_data, tmp_path / "data")
    process = scrapy("sounds", "macmillan", "-s", "DOWNLOAD_DELAY=0", data=data)
    _, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    before = {path.name for path in data.glob("sounds/*/*/*")}
    assert forget(data, "buzz") == 0
    after = {path.name for path in data.glob("sounds/*/*/*")}
    listed = (data / "sounds/macmillan-sample/sounds.jsonl").read_text(encoding="utf-8")
    assert after < before
    assert "buzz" not in listed
    assert {Path(json.loads(line)["file"]).name for line in listed.splitlines() if "file" in json.loads(line)} == after


STRIDE = 4
"""Every so many of the 56 steps is tried here; with 1, all of them."""


def test_killed_at_any_step_the_same_command_finishes(data: Path, tmp_path: Path) -> None:
    shutil.rmtree(history.runs(data / "feeds/macmillan")[0].folder)
    definitions = texts(data, CALL)
    goal = None
    tried = 0
    for step in count(1, STRIDE):
        copy = copied(data, tmp_path / f"copy{step}")
        if not _is_killed_at(step, copy):
            goal = _outcome(copy)
            break
        tried += 1
        for run in history.runs(copy / "feeds/macmillan"):
            feeds.read_run(run.folder)
        assert forget(copy, "call") == 0
        assert traces(copy, definitions) == [], step
        assert _outcome(copy) == _outcome_after(data, tmp_path), step
        shutil.rmtree(copy)
    assert goal == _outcome_after(data, tmp_path)
    assert tried > 10


def _is_killed_at(step: int, data: Path) -> bool:
    """Run the command in a child that is killed before its step-th change of the disk; whether it was."""
    child = os.fork()
    if child == 0:
        left = step

        def watch(event: str, _: object = None) -> None:
            nonlocal left
            left -= event in STEPS
            if event in STEPS and not left:
                os.kill(os.getpid(), signal.SIGKILL)

        commit = SqliteSession.commit

        def committed(session: SqliteSession) -> None:
            watch("commit")
            commit(session)

        SqliteSession.commit = committed
        sys.addaudithook(watch)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os._exit(forget(data, "call"))
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)


_goal: dict[Path, object] = {}


def _outcome_after(data: Path, tmp_path: Path) -> object:
    """The state after an uninterrupted call."""
    if data not in _goal:
        copy = copied(data, tmp_path / "goal")
        assert forget(copy, "call") == 0
        _goal[data] = _outcome(copy)
    return _goal[data]


def _outcome(data: Path) -> object:
    """The state for readers: each run but the name of the last one, and the refused words."""
    runs = history.runs(data / "feeds/macmillan")
    reported = [
        (
            feeds.verify(run.folder).statuses,
            run.manifest.entries,
            run.manifest.changes,
            run.manifest.taken_out,
            run.is_latest,
            sorted(path.name for path in run.folder.iterdir()),
        )
        for run in runs
    ]
    with closing(sqlite3.connect(data / "store/macmillan.sqlite")) as store:
        rows = [store.execute(f"select * from {name} order by 1, 2, 3").fetchall() for name in ("refused", "entries")]  # noqa: S608
        states = store.execute("select state from runs order by id").fetchall()
    left = sorted(path.name for path in data.rglob(".*") if path.name not in (".", ".."))
    return reported, rows, states, left, kept.problems(*kept.files(data))


def test_a_store_on_a_server_forgets_too(tmp_path: Path, server_of_pages: Server, server: Postgres) -> None:
    url = server.new_database() + "?schema={dictionary}"
    done = crawled(tmp_path, server_of_pages, STORE_URL=url)
    assert done.status == 0, done.log
    definitions = texts(tmp_path, CALL)
    assert forget(tmp_path, "call", "--store", url) == 0
    assert traces(tmp_path, definitions) == []
    with closing(Database(url.replace("{dictionary}", "macmillan"))) as database, database.begin() as connection:
        left = connection.column("select id from entries")
        words = connection.column("select value from refused where kind = 'word'")
    assert left
    assert not CALL & set(left)
    assert set(words) == {"call", "calls"}
    count_before = len(server_of_pages.requests)
    done = crawled(tmp_path, server_of_pages, STORE_URL=url)
    assert done.statuses["call"] == "removed"
    assert not [path for _, path, _ in server_of_pages.requests[count_before:] if path.endswith(("/call", "/calls"))]


def test_what_cannot_be_changed_keeps_the_entries_in_nothing_else(
    sample_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = copied(sample_data, tmp_path / "data")
    other = data / "feeds/another"
    shutil.copytree(data / "feeds/macmillan", other, symlinks=True)
    definitions = texts(data, CALL)
    about = (other / "latest").resolve() / feeds.RUN
    whole = about.read_bytes()
    about.write_bytes(whole[:-9])
    assert forget(data, "call", "--dry-run") == 4
    assert "run.json" in capsys.readouterr().err
    about.write_bytes(whole)
    obstacle = (other / "latest").resolve() / ".taking-out"
    obstacle.touch()
    assert forget(data, "call") == 4
    assert f"{other}: cannot be changed" in capsys.readouterr().err
    left = {path for path, body in stored(data) if any(text in body for text in definitions)}
    assert left == {obstacle.parent / feeds.ENTRIES}
    obstacle.unlink()
    assert forget(data, "call") == 0
    assert traces(data, definitions) == []


def test_wrong_words_an_unknown_word_a_list_and_a_crawl_at_work_are_told_by_the_exit_status(
    sample_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = copied(sample_data, tmp_path / "data")
    before = state(data)
    assert forget(data, "C++") == 2
    assert "C++" in capsys.readouterr().err
    assert forget(data, "--dry-run") == 2
    assert main.main(["forget", "nonesuch", "hi", "--data", str(data)]) == 2
    url = f"sqlite:///{data / 'store/macmillan.sqlite'}"
    with locks.hold_run(url, data, "macmillan", "macmillan"):
        assert forget(data, "apple") == 75
    assert state(data) == before
    (tmp_path / "list.txt").write_text("apple\nloves\nzorb\n", encoding="utf-8")
    assert forget(data, "--words", str(tmp_path / "list.txt")) == 3
    reported = capsys.readouterr()
    assert "'zorb': nothing of it is stored; it will not be looked up all the same" in reported.err
    left = {entry.headword for entry in feeds.read_entries(data / "feeds/macmillan")}
    assert "apple" not in left
    assert "call" in left
