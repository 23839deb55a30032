"""Read the tables of a Parquet export with DuckDB, polars and pandas; print what each found as JSON."""

import json
import sys
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl

folder = Path(sys.argv[1])
entries, senses, examples = (str(folder / f"{name}.parquet") for name in ("entries", "senses", "examples"))


def with_duckdb():
    database = duckdb.connect()

    def value(sql, path):
        return database.execute(sql, [path]).fetchone()[0]

    return {
        "entries": value("SELECT count(*) FROM read_parquet(?)", entries),
        "senses": value("SELECT count(*) FROM (SELECT unnest(senses) FROM read_parquet(?))", entries),
        "flat": value("SELECT count(*) FROM read_parquet(?)", senses),
        "examples": value("SELECT count(*) FROM read_parquet(?)", examples),
        "dictionaries": value("SELECT list_sort(list(DISTINCT dictionary)) FROM read_parquet(?)", entries),
    }


def with_polars():
    table = pl.read_parquet(entries)
    return {
        "entries": table.height,
        "senses": table.explode("senses").drop_nulls("senses").height,
        "flat": pl.read_parquet(senses).height,
        "examples": pl.read_parquet(examples).height,
        "dictionaries": sorted(table["dictionary"].unique().to_list()),
    }


def with_pandas():
    table = pd.read_parquet(entries)
    return {
        "entries": len(table),
        "senses": int(table["senses"].map(len).sum()),
        "flat": len(pd.read_parquet(senses)),
        "examples": len(pd.read_parquet(examples)),
        "dictionaries": sorted(table["dictionary"].unique().tolist()),
    }


print(json.dumps({"duckdb": with_duckdb(), "polars": with_polars(), "pandas": with_pandas()}))
