"""The live bar of long work on a terminal; imported only there."""

from __future__ import annotations

import atexit
import logging
import sys

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column


class WordsBar:
    """Finished words, the time left, and a text beside them, in one line. It is drawn until `stop`.

    The line is always the last one; log records appear above it. `stop` removes it.
    """

    def __init__(self, total: int, counted: str = "words") -> None:
        # On a narrow terminal only the last column shrinks: a second line would be drawn again and again.
        text = TextColumn("{task.fields[text_beside]}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"))
        self._progress = Progress(
            BarColumn(bar_width=20),
            TextColumn("{task.completed:,.0f} of {task.total:,.0f} {task.description}"),
            TimeRemainingColumn(compact=True),
            text,
            console=Console(stderr=True),
            expand=True,
            transient=True,
            redirect_stdout=False,
        )
        self._task = self._progress.add_task(counted, total=total, text_beside="")
        self._stream = sys.stderr
        self._progress.start()
        # While the bar is live, sys.stderr writes above it; log handlers still refer to the stream before.
        self._move_log(self._stream, sys.stderr)
        # A process that ends abruptly must not leave the cursor hidden.
        atexit.register(self.stop)

    def show(self, done: int, text_beside: str) -> None:
        """Update the bar."""
        self._progress.update(self._task, completed=done, text_beside=text_beside)

    def stop(self) -> None:
        """Restore the terminal."""
        self._move_log(sys.stderr, self._stream)
        self._progress.stop()
        atexit.unregister(self.stop)

    @staticmethod
    def _move_log(before: object, now: object) -> None:
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream is before:
                handler.setStream(now)
