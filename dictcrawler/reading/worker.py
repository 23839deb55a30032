"""The other end of `dictcrawler.reading.process`.

Run ``python -m dictcrawler.reading.worker DICTIONARY BYTES [LANGUAGE]``.
"""

from __future__ import annotations

import sys
from typing import BinaryIO

import msgspec
from selectolax.lexbor import SelectolaxError

from dictcrawler import dictionaries
from dictcrawler.reading.protocol import LENGTH_BYTES, OUT_OF_MEMORY, READY, Task, answer, frame


def limit_memory(size: int) -> None:
    """Let the process have so many bytes and no more, where the system can (not on Windows)."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def serve(dictionary: dictionaries.Dictionary, tasks: BinaryIO, answers: BinaryIO) -> None:
    """Answer tasks until there are no more: the crawl has ended, in whatever way."""
    decode = msgspec.msgpack.Decoder(Task).decode
    answers.write(READY)
    answers.flush()
    while length := int.from_bytes(tasks.read(LENGTH_BYTES), "big"):
        task = decode(tasks.read(length))
        answers.write(frame(msgspec.msgpack.encode((task.number, answer(dictionary, task)))))
        answers.flush()


def main(name: str, memory: str, language: str = "", translations: str = "no") -> int:
    """Read pages of one dictionary, in the sections of one language where it has several."""
    dictionary = dictionaries.load(name).viewed(language or None, translations=translations == "yes")
    limit_memory(int(memory))
    try:
        serve(dictionary, sys.stdin.buffer, sys.stdout.buffer)
    except (MemoryError, SelectolaxError):
        return OUT_OF_MEMORY
    except BrokenPipeError:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
