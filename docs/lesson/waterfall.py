"""A waterfall: one row per request, from its arrival at the server to its answer.

Drawn as SVG by these few lines and not by matplotlib, because it is redrawn at each event while the requests are under
way: that has to take a millisecond, not a tenth of a second in which the program it measures would be held up.
"""

import time
from dataclasses import dataclass, field
from html import escape

LABEL, PLOT, ROW, TOP = 110, 510, 17, 24
COLUMNS = 60
GRAY, BLUE, RED = "#808080", "#3b82c4", "#c8553d"


@dataclass
class Bar:
    """One request, in seconds since the watch began; ``end`` is ``None`` while it waits."""

    label: str
    start: float
    end: float | None = None
    is_cut: bool = False


@dataclass
class Waterfall:
    """The requests of one program. ``scale`` is how many seconds fill the width."""

    name: str
    scale: float
    bars: dict[int, Bar] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    stopped: float | None = None

    def take(self, number: int, moment: float, begins: str | None = None, *, is_cut: bool = False) -> None:
        """Request ``number`` has arrived, when it ``begins`` with a label; else it was answered, or cut off."""
        if begins is not None:
            self.bars[number] = Bar(begins, moment - self.began)
        elif number in self.bars:
            self.bars[number].end, self.bars[number].is_cut = moment - self.began, is_cut

    def stop(self) -> None:
        """The program has finished."""
        self.stopped = time.monotonic()

    @property
    def is_waiting(self) -> bool:
        """Whether a request is still under way."""
        return any(bar.end is None for bar in self.bars.values())

    @property
    def seconds(self) -> float:
        """How long the program took."""
        return (self.stopped or time.monotonic()) - self.began

    @property
    def most_at_once(self) -> int:
        """How many requests the server had at the same time, at most."""
        steps = [(bar.start, 1) for bar in self.bars.values()]
        steps += [(bar.end, -1) for bar in self.bars.values() if bar.end is not None]
        most = now = 0
        for _, step in sorted(steps):
            now += step
            most = max(most, now)
        return most

    @property
    def title(self) -> str:
        """Name, time, requests at once."""
        return f"{self.name}: {self.seconds:.2f} s, {len(self.bars)} requests, at most {self.most_at_once} at once"

    def __str__(self) -> str:
        return "\n".join([self.title, *(self._text_row(bar) for bar in self._rows())])

    def svg(self) -> str:
        """The picture."""
        rows = "".join(self._svg_row(number, bar) for number, bar in enumerate(self._rows()))
        bottom = TOP + ROW * len(self.bars)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{LABEL + PLOT + 30}" height="{bottom + 18}" fill="{GRAY}" '
            f'font-family="sans-serif" font-size="12"><text x="0" y="14" font-weight="bold">{escape(self.title)}</text>'
            f"{self._svg_seconds(bottom)}{rows}</svg>"
        )

    def _svg_seconds(self, bottom: int) -> str:
        """A thin line for every half second, or every tenth of a short time."""
        whole = max(self.scale, self.seconds)
        step = 0.5 if whole > 1 else 0.1
        lines = []
        for number in range(int(whole / step) + 1):
            x = f"{LABEL + number * step * PLOT / whole:.1f}"
            lines.append(
                f'<path d="M{x} {TOP}V{bottom}" stroke="{GRAY}" stroke-width="0.4"/>'
                f'<text x="{x}" y="{bottom + 14}" text-anchor="middle">{number * step:g} s</text>'
            )
        return "".join(lines)

    def _rows(self) -> list[Bar]:
        return sorted(self.bars.values(), key=lambda bar: bar.start)

    def _span(self, bar: Bar, width: int) -> tuple[float, float]:
        """Where a bar begins and how long it is, when the whole is ``width`` wide."""
        end = self.seconds if bar.end is None else bar.end
        per_second = width / max(self.scale, self.seconds)
        return bar.start * per_second, (end - bar.start) * per_second

    def _text_row(self, bar: Bar) -> str:
        start, length = self._span(bar, COLUMNS)
        mark = "░" if bar.is_cut else "█"
        return f"{bar.label:14}{' ' * round(start)}{mark * max(1, round(length))}"

    def _svg_row(self, number: int, bar: Bar) -> str:
        start, length = self._span(bar, PLOT)
        top = TOP + ROW * number
        return (
            f'<text x="0" y="{top + 12}">{escape(bar.label)}</text><rect x="{LABEL + start:.1f}" y="{top + 2}" '
            f'width="{max(1.5, length):.1f}" height="{ROW - 4}" rx="2" fill="{RED if bar.is_cut else BLUE}"/>'
        )
