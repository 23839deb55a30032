"""The process that reads pages: its limits, its answers, its ends."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvloop

import dictcrawler
from dictcrawler import dictionaries, sample
from dictcrawler.errors import FetchError, PageError, ReadingError, TruncatedPage, UnknownPage, WallPage
from dictcrawler.model import Status
from dictcrawler.parsing.page import EntryPage, MissPage
from dictcrawler.reading import process as reading_process
from dictcrawler.reading.process import ReadingProcess
from dictcrawler.reading.protocol import Reading
from dictcrawler.sample.pages import Document
from tests.support.gate import wait_until
from tests.support.reader import ReadingHere
from tests.support.server import ROOT

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
URL = "https://www.macmillandictionary.com/us/dictionary/american/love"
TYPE = "text/html; charset=utf-8"
SLOW = f"<html><body><p {' '.join(f'a{number}=1' for number in range(80_000))}></body></html>".encode()
WIDE = f"<html><body>{''.join(f'<div><b id={number}></div>' for number in range(3000))}</body></html>".encode()


def page(path: str = "/us/dictionary/american/love", **query: str) -> bytes:
    reply = sample.load("macmillan").reply(path, query)
    assert isinstance(reply, Document)
    return reply.text.encode()


@asynccontextmanager
async def reading(memory: int = 256, seconds: float = 20.0) -> AsyncIterator[ReadingProcess]:
    process = ReadingProcess("macmillan", memory * 2**20, seconds)
    try:
        yield process
    finally:
        await process.close()


async def test_a_page_is_read_as_it_is_without_a_process() -> None:
    here = ReadingHere(dictionaries.load("macmillan"))
    async with reading() as process:
        found = await process.read(page(), TYPE, URL)
        assert isinstance(found.page, EntryPage)
        assert found == await here.read(page(), TYPE, URL)
        miss = await process.read(page("/us/spellcheck/american/", q="bananna"), TYPE, URL)
        assert isinstance(miss.page, MissPage)
        assert "banana" in miss.page.suggestions


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"<html><body>odd</body></html>", UnknownPage),
        (b"<html><body>odd", TruncatedPage),
        (page()[:-20], TruncatedPage),
        (b'<form id="challenge-form">', WallPage),
        (b"{}", UnknownPage),
        (b"\xff\xfe\xfd\xfc" * 100, UnknownPage),
    ],
)
async def test_a_refusal_comes_back_as_the_error_that_it_was(body: bytes, error: type[PageError]) -> None:
    here = ReadingHere(dictionaries.load("macmillan"))
    with pytest.raises(error) as expected:
        await here.read(body, TYPE, URL)
    async with reading() as process:
        with pytest.raises(error) as found:
            await process.read(body, TYPE, URL)
    assert str(found.value) == str(expected.value)
    assert type(found.value) is error


@pytest.mark.parametrize(
    ("body", "seconds", "reason"), [(SLOW, 0.5, "more than 0.5 s"), (WIDE, 20.0, "more than 256 MiB")]
)
async def test_a_page_that_exceeds_the_limits_fails_alone(body: bytes, seconds: float, reason: str) -> None:
    async with reading(seconds=seconds) as process:
        with pytest.raises(FetchError, match=reason) as refused:
            await process.read(body, TYPE, URL)
        assert refused.value.status is Status.TOO_LARGE
        assert isinstance((await process.read(page(), TYPE, URL)).page, EntryPage)


async def test_the_loop_keeps_running_while_a_page_is_read() -> None:
    async with reading(seconds=1.0) as process:
        await process.start()
        waiting = asyncio.ensure_future(process.read(SLOW, TYPE, URL))
        ticks = 0
        while not waiting.done():
            await asyncio.sleep(0.01)
            ticks += 1
        assert waiting.exception() is not None
        assert ticks > 20


async def test_pages_read_at_the_same_time_get_their_own_answers() -> None:
    words = [word for word in sample.load("macmillan").words() if " " not in word][:8]
    async with reading() as process:
        pages = [page(f"/us/dictionary/american/{word}") for word in words]
        found = await asyncio.gather(*(process.read(body, TYPE, URL) for body in pages))
    headwords = [each.page.entries[0].content.headword for each in found if isinstance(each.page, EntryPage)]
    assert headwords == words


async def test_pages_that_wait_behind_one_that_ends_the_process_get_their_own_answers() -> None:
    words = [word for word in sample.load("macmillan").words() if " " not in word][:8]
    bodies = [page(f"/us/dictionary/american/{word}") for word in words]
    killers = (0, 3, 4, 9)
    for place in killers:
        bodies.insert(place, WIDE)
    async with reading() as process:
        found = await asyncio.gather(*(process.read(body, TYPE, URL) for body in bodies), return_exceptions=True)
    assert [place for place, each in enumerate(found) if isinstance(each, FetchError)] == list(killers)
    entries = [each.page for each in found if isinstance(each, Reading) and isinstance(each.page, EntryPage)]
    assert [each.entries[0].content.headword for each in entries] == words


async def test_an_answer_without_a_waiter_never_becomes_another_pages() -> None:
    async with reading() as process:
        await process.start()
        given_up = asyncio.ensure_future(process.read(page(), TYPE, URL))
        await asyncio.sleep(0)
        given_up.cancel()
        found = await process.read(page("/us/dictionary/american/hi"), TYPE, URL)
        assert isinstance(found.page, EntryPage)
        assert found.page.entries[0].content.headword == "hi"


async def test_no_page_is_lost_when_the_process_was_ended() -> None:
    async with reading() as process:
        ended = (await process.start()).process
        os.kill(ended.pid, signal.SIGKILL)
        await ended.wait()
        found = await asyncio.gather(*(process.read(page(), TYPE, URL) for _ in range(6)))
        assert all(isinstance(each.page, EntryPage) for each in found)


async def test_no_page_is_lost_when_the_process_is_killed_while_it_reads() -> None:
    async with reading() as process:
        waiting = asyncio.ensure_future(process.read(page(), TYPE, URL))
        await asyncio.sleep(0)
        reader = (await process.start()).process
        os.kill(reader.pid, signal.SIGSTOP)
        late = asyncio.ensure_future(process.read(page("/us/dictionary/american/hi"), TYPE, URL))
        await asyncio.sleep(0.1)
        os.kill(reader.pid, signal.SIGKILL)
        assert isinstance((await waiting).page, EntryPage)
        assert isinstance((await late).page, EntryPage)


async def test_time_in_which_the_process_is_stopped_does_not_count() -> None:
    async with reading(seconds=1.0) as process:
        reader = (await process.start()).process
        os.kill(reader.pid, signal.SIGSTOP)
        waiting = asyncio.ensure_future(process.read(page(), TYPE, URL))
        await asyncio.sleep(2.5)
        os.kill(reader.pid, signal.SIGCONT)
        assert isinstance((await waiting).page, EntryPage)
        assert (await process.start()).process is reader


async def test_a_silent_process_is_replaced_and_the_page_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading_process, "PATIENCE", 0.5)
    async with reading(seconds=2.0) as process:
        reader = (await process.start()).process
        os.kill(reader.pid, signal.SIGSTOP)
        assert isinstance((await process.read(page(), TYPE, URL)).page, EntryPage)
        assert (await process.start()).process is not reader


def is_running(pid: int) -> bool:
    """Whether such a process exists and is not a zombie."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


ORPHANS = """
import asyncio, sys
from dictcrawler.reading.process import ReadingProcess
from tests.reading.test_process import SLOW, TYPE, URL

async def main():
    process = ReadingProcess("macmillan", 256 * 2**20, 30.0)
    reader = (await process.start()).process
    waiting = asyncio.ensure_future(process.read(SLOW * 4, TYPE, URL))
    await asyncio.sleep(0.3)
    print(reader.pid, flush=True)
    await waiting

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
def test_a_crawl_that_is_killed_takes_its_busy_reader_with_it() -> None:
    crawl = subprocess.Popen([sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert crawl.stdout is not None
    reader = int(crawl.stdout.readline())
    assert is_running(reader)
    crawl.kill()
    crawl.communicate()
    wait_until(lambda: not is_running(reader))


def test_where_there_is_no_such_signal_the_closed_pipe_ends_the_reader() -> None:
    theirs, ours = os.pipe()
    code = "import sys, threading\nfrom dictcrawler.reading import worker\n"
    code += "threading.Thread(target=worker.watch, args=(0,), daemon=True).start()\nprint(flush=True)\nwhile True: pass"
    reader = subprocess.Popen([sys.executable, "-c", code], stdin=theirs, stdout=subprocess.PIPE, cwd=ROOT)
    os.close(theirs)
    assert reader.stdout is not None
    reader.stdout.readline()
    os.write(ours, b"a page that nobody has read yet")
    assert reader.poll() is None
    os.close(ours)
    assert reader.wait(10) == 0
    reader.stdout.close()


async def test_no_process_at_all_is_an_error_of_its_own() -> None:
    with pytest.raises(ReadingError):
        await ReadingProcess("no such dictionary", 2**28, 1.0).start()


async def test_a_system_that_starts_no_process_is_named_as_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    async with reading() as process:
        with pytest.raises(ReadingError, match="No such file or directory"):
            await process.read(page(), TYPE, URL)


async def test_a_system_that_has_no_pipe_left_is_named_as_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left() -> tuple[int, int]:
        raise OSError(errno.EMFILE, "Too many open files")

    async with reading() as process:
        with monkeypatch.context() as patched:
            patched.setattr(os, "pipe", none_left)
            with pytest.raises(ReadingError, match="Too many open files"):
                await process.read(page(), TYPE, URL)


async def test_a_pipe_that_may_not_be_any_wider_serves_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> int:
        raise PermissionError

    monkeypatch.setattr(fcntl, "fcntl", refused)
    async with reading() as process:
        assert isinstance((await process.read(page(), TYPE, URL)).page, EntryPage)


def open_files() -> list[Path]:
    return sorted(Path("/proc/self/fd").iterdir())


async def test_a_process_that_cannot_be_started_leaves_no_file_open(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail() -> None:
        with pytest.raises(ReadingError):
            await ReadingProcess("macmillan", 2**28, 1.0).start()

    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    await fail()
    before = open_files()
    await fail()
    assert open_files() == before


async def test_a_crawl_without_a_parsing_process_ends_with_that_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ReadingError, match="No such file or directory"):
        await dictcrawler.crawl(["hi", "apple", "love"], source="sample")


async def test_the_process_ends_with_its_owner() -> None:
    owner = ReadingProcess("macmillan", 2**28, 5.0)
    reader = await owner.start()
    os.kill(reader.process.pid, 0)
    reader.tasks.close()
    assert await asyncio.wait_for(reader.process.wait(), 10) == 0
    await owner.close()
