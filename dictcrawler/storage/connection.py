"""SQL statements on one connection, with the same text for SQLite and PostgreSQL.

Values are named in a statement, ``:slug``, and passed by name. A list or tuple becomes as many values as it has, for
``slug IN (:slugs)``; an empty one matches nothing. Rows are tuples in the order of the selected columns.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

Row = tuple[Any, ...]

# Not "::", which is a cast.
_NAME = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")
_LISTS = (list, tuple)


class Cursor(Protocol):
    """The part of a driver's cursor that is used here (PEP 249)."""

    @property
    def rowcount(self) -> int:
        """The number of rows that a statement has changed."""

    def execute(self, statement: str, values: Sequence[object] = ..., /) -> object:
        """Run one statement."""

    def executemany(self, statement: str, rows: Iterable[Sequence[object]], /) -> object:
        """Run one statement for each row of values."""

    def fetchall(self) -> list[Row]:
        """All rows that are left."""

    def fetchone(self) -> Row | None:
        """The next row."""

    def __iter__(self) -> Iterator[Row]: ...

    def close(self) -> None:
        """Free what the cursor holds."""


class Session(Protocol):
    """One connection of a driver, in what the two differ (`dictcrawler.storage.sqlite`, `.postgresql`)."""

    mark: str
    """The place of a value in a statement."""

    def cursor(self) -> Cursor:
        """A cursor on the connection."""

    def streaming(self) -> Cursor:
        """A cursor that holds a limited number of rows in memory."""

    def columns(self, table: str) -> set[str]:
        """The names of a table's columns; none when there is no such table."""

    def commit(self) -> None:
        """Commit the transaction."""

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back."""

    @property
    def descriptor(self) -> int | None:
        """The file descriptor of the socket to a server; ``None`` for a file."""


class Driver(Protocol):
    """Opens sessions with one store."""

    errors: type[Exception]
    """The base class of the driver's errors."""

    types: Mapping[str, str]
    """The database's names of the types in `dictcrawler.storage.tables`."""

    alone: str
    """A statement that waits until no other process is in a transaction that has begun with it."""

    one_moment: str
    """A statement after which a transaction sees the store as it is at one moment."""

    def connect(self) -> Session:
        """A new session, whose first statement begins a transaction."""

    def erase_free_space(self, tables: Iterable[str]) -> None:
        """Rewrite the tables without what deleted rows have left."""


class Connection:
    """A connection in a transaction.

    Errors are the driver's own; `dictcrawler.storage.transactions` turns them into a `StoreError`.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def rows(self, statement: str, /, **values: object) -> list[Row]:
        """All rows of a query."""
        return self._executed(statement, values).fetchall()

    def row(self, statement: str, /, **values: object) -> Row | None:
        """The first row of a query, or of a statement that returns its rows."""
        return self._executed(statement, values).fetchone()

    def value(self, statement: str, /, **values: object) -> Any:  # noqa: ANN401 - as the column is
        """The first column of the first row; ``None`` when there is none."""
        row = self.row(statement, **values)
        return None if row is None else row[0]

    def column(self, statement: str, /, **values: object) -> list[Any]:
        """The first column of all rows."""
        return [row[0] for row in self.rows(statement, **values)]

    def change(self, statement: str, /, **values: object) -> int:
        """Run a statement without rows; the number of rows that it has changed."""
        return self._executed(statement, values).rowcount

    def change_many(self, statement: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Run a statement once for each mapping of values, none of which is a list."""
        positional, names = _positional(statement, self._session.mark, ())
        self._session.cursor().executemany(positional, [[row[name] for name in names] for row in rows])

    def script(self, text: str) -> None:
        """Run a text without values as it is; for PostgreSQL it may have several statements."""
        self._session.cursor().execute(text)

    def columns(self, table: str) -> set[str]:
        """The names of a table's columns; none when there is no such table."""
        return self._session.columns(table)

    def stream(self, statement: str, /, **values: object) -> Generator[Row, None, None]:
        """The rows of a query, a limited number of them in memory; to be closed in the transaction."""
        cursor = self._session.streaming()
        try:
            self._run(cursor, statement, values)
            yield from cursor
        finally:
            cursor.close()

    def _executed(self, statement: str, values: Mapping[str, object]) -> Cursor:
        cursor = self._session.cursor()
        self._run(cursor, statement, values)
        return cursor

    def _run(self, cursor: Cursor, statement: str, values: Mapping[str, object]) -> None:
        lengths = tuple((name, len(value)) for name, value in values.items() if isinstance(value, _LISTS))
        positional, names = _positional(statement, self._session.mark, lengths)
        flat: list[object] = []
        for name in names:
            value = values[name]
            if isinstance(value, _LISTS):
                flat.extend(value)
            else:
                flat.append(value)
        cursor.execute(positional, flat)


@lru_cache(maxsize=1024)
def _positional(statement: str, mark: str, lengths: tuple[tuple[str, int], ...]) -> tuple[str, tuple[str, ...]]:
    """A statement with the driver's marks, and the names of their values in order."""
    of_list = dict(lengths)
    names = tuple(_NAME.findall(statement))

    def marks(match: re.Match[str]) -> str:
        count = of_list.get(match[1])
        return mark if count is None else ", ".join([mark] * count) or "NULL"

    # psycopg reads "%" as the beginning of a mark.
    text = statement.replace("%", "%%") if mark == "%s" else statement
    return _NAME.sub(marks, text), names
