"""Apache Parquet, for data frames: entries unchanged, with nested fields, and flat tables of senses and examples."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from dictcrawler.exports.export import Export
from dictcrawler.exports.format import Extra, Format
from dictcrawler.exports.formats.parquet.rows import Row, entry_row, example_rows, schemas, sense_rows

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

_TABLES = ("entries", "senses", "examples")
_ROWS_OF_A_GROUP = 2_000


class _Table:
    """A file that rows are written to in groups."""

    def __init__(self, writer: ParquetWriter, schema: pa.Schema) -> None:
        self._writer = writer
        self._schema = schema
        self._rows: list[Row] = []

    def add(self, row: Row) -> None:
        self._rows.append(row)
        if len(self._rows) == _ROWS_OF_A_GROUP:
            self.flush()

    def flush(self) -> None:
        import pyarrow as pa  # noqa: PLC0415 - an extra

        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
        self._rows = []


def write(export: Export, path: Path) -> None:
    """Write the three tables into the folder."""
    with ExitStack() as stack:
        tables = {name: _table(export, path, name, schema, stack) for name, schema in schemas().items()}
        for entry in export.entries():
            tables["entries"].add(entry_row(entry))
            for row in sense_rows(entry):
                tables["senses"].add(row)
            for row in example_rows(entry):
                tables["examples"].add(row)
        for table in tables.values():
            table.flush()


def _table(export: Export, path: Path, name: str, schema: pa.Schema, stack: ExitStack) -> _Table:
    from pyarrow.parquet import ParquetWriter  # noqa: PLC0415 - an extra

    stated = schema.with_metadata({"title": export.title, "rights": export.notice})
    writer = stack.enter_context(ParquetWriter(path / f"{name}.parquet", stated, compression="zstd"))
    return _Table(writer, stated)


FORMAT = Format(
    summary="Parquet tables for data frames: entries nested, senses and examples flat",
    write=write,
    suffix=None,
    takes_several=True,
    extra=Extra(name="parquet", module="pyarrow"),
    tables=tuple((name, f"{name}.parquet") for name in _TABLES),
)
