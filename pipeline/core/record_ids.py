"""How a record is named: ``<feed>/<key of the feed row>/<party>``."""

import polars as pl


def record_ids(row_keys: pl.Series, parties: pl.Series) -> pl.Series:
    """Record ids of parties, from the key of the row each stands in."""
    told = pl.DataFrame({"key": row_keys, "party": parties})
    return told.select(record_id=pl.concat_str("key", pl.lit("/"), "party")).to_series()


def row_keys(record_ids: pl.Series) -> pl.Series:
    """The part of record ids that names their feed row: all but the party."""
    return record_ids.str.replace(r"/[^/]*$", "")


def feed_of(record_ids: pl.Expr) -> pl.Expr:
    """The feed record ids begin with."""
    # Found and cut: to split would make a struct of every id, at twice the cost.
    return record_ids.str.slice(0, record_ids.str.find("/", literal=True))
