"""The return value of ``await dictcrawler.crawl(…)``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from dictcrawler import notebook
from dictcrawler.errors import how_to_install
from dictcrawler.model import Entry, Lookup, Sense

COLUMNS = (
    "line", "keyword", "status", "headword", "homograph_number", "parts_of_speech", "number", "labels", "definition",
    "examples", "entry_id", "url",
)  # fmt: skip


class Lookups(list[Lookup]):
    """Lookups in the order of their words: a list that a notebook shows as a table."""

    def __repr__(self) -> str:
        return f"<{self._title()}>"

    def _repr_html_(self) -> str:
        return notebook.of_lookups(self, len(self), self._title())

    def _title(self) -> str:
        counts = Counter(lookup.status.value for lookup in self)
        statuses = ", ".join(f"{count:,} {status}" for status, count in counts.most_common())
        return f"{len(self):,} lookups: {statuses}" if self else "no lookups"

    def rows(self) -> Iterator[dict[str, object]]:
        """One row for each sense, with the keys `COLUMNS`. A word without an entry and an entry without a sense have
        one row too, with ``None`` in the empty columns. ``examples`` is a list."""
        for lookup in self:
            for entry in lookup.entries or (None,):
                for sense in (entry.senses if entry is not None else ()) or (None,):
                    yield dict(zip(COLUMNS, _cells(lookup, entry, sense), strict=True))

    def to_frame(self) -> Any:  # noqa: ANN401 - pandas need not be installed
        """`rows` as a ``pandas.DataFrame``.

        :raises ImportError: when pandas is not installed.
        """
        try:
            import pandas as pd  # noqa: PLC0415 - only whoever wants a frame has to have it
        except ImportError:
            how = how_to_install("notebook")
            raise ImportError(f"to_frame() needs pandas; type: {how}; rows() does without") from None
        return pd.DataFrame(self.rows(), columns=list(COLUMNS))


def _cells(lookup: Lookup, entry: Entry | None, sense: Sense | None) -> Iterator[object]:
    yield from (lookup.line, lookup.keyword, lookup.status.value)
    if entry is None:
        yield from (None,) * (len(COLUMNS) - 3)
        return
    yield from (entry.headword, entry.homograph_number, ", ".join(entry.parts_of_speech))
    if sense is None:
        yield from (None,) * 4
    else:
        yield from (sense.number, ", ".join(label.text for label in sense.labels))
        yield "; ".join(definition.text for definition in sense.definitions)
        yield [example.text for example in sense.examples]
    yield from (entry.id, entry.source.url)
