"""The process that parses pages for `dictcrawler.reading.process`.

Run as ``python -m dictcrawler.reading.worker DICTIONARY BYTES SECONDS PARENT ...``.

It never outlives the crawl, however the crawl ends: Linux kills it together with its parent, elsewhere a thread
watches the pipe. No page can occupy it longer than its limit of processor time.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

import msgspec
from selectolax.lexbor import SelectolaxError

from dictcrawler import dictionaries
from dictcrawler.reading.protocol import LENGTH_BYTES, OUT_OF_MEMORY, READY, Task, frame, reply

_PR_SET_PDEATHSIG = 1
"""From ``linux/prctl.h``."""
_MALLOC_OPTIONS = {-1: 64 * 2**20, -3: 32 * 2**20}
"""``M_TRIM_THRESHOLD`` and ``M_MMAP_THRESHOLD`` from glibc's ``malloc.h``."""


def limit_memory(size: int) -> None:
    """Limit the memory of this process to ``size`` bytes, where the system can (not on Windows)."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def keep_memory() -> None:
    """Keep memory for the next page. By default glibc returns it to the system after each page and requests it again.

    That is a hundred page faults each time (mallopt(3)). Other systems' allocators have no such function.
    """
    with suppress(AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, size in _MALLOC_OPTIONS.items():
            mallopt(option, size)


@contextmanager
def limited_processor(seconds: float) -> Iterator[None]:
    """Limit the processor time of the block to ``seconds``; SIGPROF ends the process after that, in C code too.

    Time in which the process does not run, because it is suspended or others run, does not count.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)


def end_with(parent: int) -> None:
    """End when the crawl ends, even if it is killed: at once on Linux, elsewhere when its pipe closes."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=watch, args=(sys.stdin.fileno(),), daemon=True).start()
        # The parent may have ended before the call above.
    if os.getppid() != parent:
        os._exit(0)


def watch(pipe: int) -> None:
    """End the process when the other end of the pipe is closed, even in the middle of a page."""
    poll = select.poll()
    poll.register(pipe, 0)
    while not any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll()):
        pass
    os._exit(0)


def serve(dictionary: dictionaries.Dictionary, seconds: float, tasks: BinaryIO, answers: BinaryIO) -> None:
    """Reply to tasks until the pipe is closed, which means that the crawl has ended."""
    decode = msgspec.msgpack.Decoder(Task).decode
    answers.write(frame(READY))
    answers.flush()
    while length := int.from_bytes(tasks.read(LENGTH_BYTES), "big"):
        task = decode(tasks.read(length))
        with limited_processor(seconds):
            framed = frame(msgspec.msgpack.encode((task.number, reply(dictionary, task))))
        answers.write(framed)
        answers.flush()


def main(name: str, memory: str, seconds: str, parent: str, *view: str) -> int:
    """Parse pages of one dictionary.

    ``memory`` is the limit of the process in bytes, ``seconds`` its processor time for one page. ``view`` holds
    the language and whether to read translations, where the dictionary has a choice.
    """
    end_with(int(parent))
    return work(viewed(name, view), int(memory), float(seconds), sys.stdin.buffer, sys.stdout.buffer)


def viewed(name: str, view: tuple[str, ...]) -> dictionaries.Dictionary:
    """The dictionary of that name; ``view`` as for `main`."""
    language, translations = view or ("", "no")
    return dictionaries.load(name).viewed(language or None, translations=translations == "yes")


def work(dictionary: dictionaries.Dictionary, memory: int, seconds: float, tasks: BinaryIO, answers: BinaryIO) -> int:
    """Limit this process and parse pages until the pipe is closed; returns the exit status."""
    keep_memory()
    limit_memory(memory)
    try:
        serve(dictionary, seconds, tasks, answers)
    except (MemoryError, SelectolaxError):
        return OUT_OF_MEMORY
    except BrokenPipeError:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
