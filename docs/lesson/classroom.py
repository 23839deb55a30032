"""What the programs of the lesson share: thirteen words, their pages on this machine, and a watch on the requests.

The pages are dictcrawler's sample site in another process: a server must not stand still while a program blocks. It
reports when each request begins and ends, so there is no measuring in the programs themselves.
``LESSON_DELAY_MS=500`` in the environment makes it answer after 500 ms instead of 200.
"""

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Condition, Thread

from selectolax.lexbor import LexborHTMLParser
from waterfall import Waterfall

ROOT = str(Path(__file__).parents[2])
if ROOT not in sys.path:
    # In a clone dictcrawler need not be installed.
    sys.path.append(ROOT)

WORDS = "hi apple banana call feel hello bye like love environmental buzz ambition determine".split()
DELAY = int(os.environ.get("LESSON_DELAY_MS", "200")) / 1000
"""Seconds that the server waits before each answer, as if it were far away."""

PATIENCE = 2
"""Seconds to wait for the server's report of requests that were cut off."""

_finished: list[Waterfall] = []


def page(word: str) -> str:
    """The address of a word's page."""
    return f"{_server().url}/us/dictionary/american/{word}"


def meaning(html: str) -> str:
    """The first definition on a page.

    :raises LookupError: when there is none.
    """
    definition = LexborHTMLParser(html).css_first(".DEFINITION")
    if definition is None:
        raise LookupError("no definition on this page")
    return definition.text().strip()


@contextmanager
def watch(name: str) -> Iterator[Waterfall]:
    """Draw the requests that are made in this block: live in a notebook, at the end in a terminal."""
    server = _server()
    waterfall = Waterfall(name, DELAY * len(WORDS))
    server.report_to(waterfall)
    try:
        yield waterfall
    finally:
        waterfall.stop()
        server.report_the_rest()
        _finished.append(waterfall)


def compare(*names: str) -> None:
    """Print how long the blocks of these names took, and how many times as fast as the first each one was."""
    seconds = {waterfall.name: waterfall.seconds for waterfall in _finished}
    for name in names:
        print(f"{name:14}{seconds[name]:6.2f} s{seconds[names[0]] / seconds[name]:7.1f} ×")


class _Server:
    """The server's process, and the thread that draws what it reports."""

    def __init__(self) -> None:
        command = [sys.executable, str(Path(__file__).with_name("server.py")), f"{DELAY * 1000:.0f}"]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([ROOT, os.environ.get("PYTHONPATH", "")])}
        # In a session of its own it does not get the Ctrl-C, or a notebook's stop button, that is meant for a program.
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        first_line = self._process.stdout.readline()
        if not first_line:
            raise RuntimeError("the sample site did not start; the reason is above")
        self.url: str = json.loads(first_line)["url"]
        self._changed = Condition()
        self._waterfall = self._picture = None
        self._is_up_to_date = False
        Thread(target=self._read, daemon=True).start()
        atexit.register(self._stop)

    def report_to(self, waterfall: Waterfall) -> None:
        """Draw from now on."""
        with self._changed:
            self._waterfall, self._picture = waterfall, _picture(waterfall)

    def report_the_rest(self) -> None:
        """Draw until everything that has happened so far is in the picture, and finish it."""
        with self._changed:
            self._is_up_to_date = False
            print(file=self._process.stdin, flush=True)
            self._changed.wait_for(lambda: self._is_up_to_date and not self._waterfall.is_waiting, PATIENCE)
            self._picture(is_last=True)
            self._waterfall = self._picture = None

    def _read(self) -> None:
        for line in self._process.stdout:
            with self._changed:
                self._take(json.loads(line))
                self._changed.notify_all()

    def _take(self, event: dict) -> None:
        if not event:
            self._is_up_to_date = True
        elif self._waterfall is not None:
            self._waterfall.take(**event)
            self._picture()

    def _stop(self) -> None:
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def _picture(waterfall: Waterfall) -> Callable[..., None]:
    """What to call when the waterfall has changed, and once more at the end."""
    if "ipykernel" not in sys.modules:
        return lambda *, is_last=False: print(waterfall) if is_last else None
    from IPython.display import display

    def data() -> dict[str, str]:
        return {"text/plain": str(waterfall), "image/svg+xml": waterfall.svg()}

    handle = display(data(), raw=True, display_id=True)
    return lambda **_: handle.update(data(), raw=True)


@cache
def _server() -> _Server:
    """Started when the first page is needed."""
    return _Server()
