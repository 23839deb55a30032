"""The progress bar of long work in a notebook; imported only there."""

from __future__ import annotations

import time
from html import escape

from IPython.display import display


class NotebookBar:
    """The number of finished words, and a text beside it, below the running cell."""

    SECONDS_BETWEEN = 0.1
    """More updates a second would overload the browser."""

    def __init__(self, total: int, counted: str = "words") -> None:
        self._total = total
        self._counted = counted
        self._drawn_at = time.monotonic()
        self._latest = (0, "")
        self._handle = display(self._picture(), raw=True, display_id=True)  # type: ignore[no-untyped-call]

    def show(self, done: int, text: str) -> None:
        """Update the bar, unless that was done just now."""
        self._latest = (done, text)
        if time.monotonic() - self._drawn_at >= self.SECONDS_BETWEEN:
            self._draw()

    def stop(self) -> None:
        """Leave the last state below the cell."""
        self._draw()

    def _draw(self) -> None:
        self._drawn_at = time.monotonic()
        self._handle.update(self._picture(), raw=True)

    def _picture(self) -> dict[str, str]:
        done, text = self._latest
        line = f"{done:,} of {self._total:,} {self._counted} {text}".rstrip()
        bar = f'<progress value="{done}" max="{self._total}"></progress> {escape(line)}'
        return {"text/plain": line, "text/html": bar}
