"""Cases of `tests.reading.test_ahead`: each runs in a process of its own, which has one thread."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from dictcrawler.cli.main import main
from dictcrawler.errors import FetchError
from dictcrawler.parsing.page import EntryPage
from dictcrawler.reading import ahead
from dictcrawler.reading.process import Reader, ReadingProcess
from tests.reading.test_process import SLOW, TYPE, URL, WIDE, page

USUAL = sys.executable
NONE = "/nowhere/python"
"""With this interpreter no process can be started, only forked."""


async def read(*bodies: bytes, seconds: float = 20.0) -> None:
    """Read pages with the forked process, and once it has ended with one that is started."""
    process = ReadingProcess("macmillan", 256 * 2**20, seconds)
    for body in bodies:
        try:
            found = await process.read(body, TYPE, URL)
            assert isinstance(found.page, EntryPage)
            print(found.page.entries[0].content.headword)
        except FetchError as error:
            print(error)
        sys.executable = USUAL
    await process.close()


def slow() -> None:
    """A page that takes too much processor time, and one after it."""
    asyncio.run(read(SLOW, page(), seconds=0.5))


def wide() -> None:
    """A page that takes too much memory, and one after it."""
    asyncio.run(read(WIDE, page()))


def files() -> None:
    """The files of the forked process."""

    async def ready() -> list[Path]:
        # While the reader is at hand: without its pipes the process would end.
        return _files_of(await ReadingProcess("macmillan", 256 * 2**20, 1.0).start())

    print(*asyncio.run(ready()), sep="\n")


def _files_of(reader: Reader) -> list[Path]:
    return [file.readlink() for file in sorted(Path(f"/proc/{reader.process.pid}/fd").iterdir())]


def orphan() -> None:
    """Leave the forked process while it reads."""

    async def busy() -> None:
        process = ReadingProcess("macmillan", 256 * 2**20, 30.0)
        reader = await process.start()
        reading = asyncio.ensure_future(process.read(SLOW * 4, TYPE, URL))
        await asyncio.sleep(0.2)
        print(reader.process.pid, flush=True)
        await reading

    asyncio.run(busy())


def unused() -> None:
    """End without a crawl."""
    forked = ahead.take("macmillan")
    assert forked is not None
    print(forked.pid)


def crawl() -> None:
    """A whole crawl in the working folder."""
    print(main(["crawl", "macmillan", "-a", "source=sample", "-a", "word=hi"]))


CASES: dict[str, Callable[[], None]] = {case.__name__: case for case in (slow, wide, files, orphan, unused, crawl)}

if __name__ == "__main__":
    sys.executable = NONE
    if sys.argv[1] != "crawl":
        ahead.fork("macmillan")
    CASES[sys.argv[1]]()
