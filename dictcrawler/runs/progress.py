"""The live bar of long work on a terminal; loaded only where there is one."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class WordsBar:
    """Words done of all, the time left, and what is said beside it. It is drawn until `stop`."""

    def __init__(self, total: int, counted: str = "words") -> None:
        said = TextColumn("{task.fields[said]}")
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), said)
        self._bar = Progress(*columns, console=Console(stderr=True))
        self._task = self._bar.add_task(counted, total=total, said="")
        self._bar.start()

    def show(self, done: int, said: str) -> None:
        """Draw it anew."""
        self._bar.update(self._task, completed=done, said=said)

    def stop(self) -> None:
        """Leave the terminal as it was."""
        self._bar.stop()
