"""Reading the CSV tables of this package: lines that begin with ``#`` tell their provenance."""

import io
from functools import cache
from importlib import resources

import polars as pl


@cache
def read(name: str) -> pl.DataFrame:
    """Table ``name`` (``regions.csv``), every column as text, empty cells null."""
    content = resources.files(__package__).joinpath(name).read_bytes()
    return pl.read_csv(io.BytesIO(content), comment_prefix="#", infer_schema=False)
