"""What changed in the customers since last night: rows of the table ``changes``."""

from datetime import date

import polars as pl

from pipeline.core.schema import CHANGES, CUSTOMERS

_KEY = "customer_id"
_FIELDS = tuple(name for name in CUSTOMERS.schema.names() if name != _KEY)


def changes(former: pl.DataFrame, customers: pl.DataFrame, on: date) -> pl.DataFrame:
    """Rows of the table ``changes``, sorted: customers that are new, differ or are gone on the night ``on``.

    Both frames are tables ``customers``, one row per ``customer_id``; ``former`` is empty on the first night. An added
    or changed row holds the whole new row, a retired one nothing, so that a reader who removes the retired and replaces
    the others, night by night from nothing, has tonight's customers. Row order decides nothing.
    """
    was, now = (
        frame.select(CUSTOMERS.schema.names()).rechunk().with_row_index("_place") for frame in (former, customers)
    )
    keys = was.select(_KEY, _was="_place").join(now.select(_KEY, _now="_place"), on=_KEY, how="full", coalesce=True)
    both = keys.filter(pl.all_horizontal(pl.col("_was", "_now").is_not_null()))
    differs = _differences(was[both["_was"]], now[both["_now"]])
    changed = differs.with_columns(now=both["_now"]).filter(pl.any_horizontal(_FIELDS))
    told = pl.concat(
        [
            _rows(now[changed["now"]], "changed", _names(changed)),
            _rows(now[keys.filter(pl.col("_was").is_null())["_now"]], "added"),
            _rows(_emptied(was[keys.filter(pl.col("_now").is_null())["_was"]]), "retired"),
        ]
    )
    return told.with_columns(business_date=pl.lit(on)).select(CHANGES.schema.names()).sort(CHANGES.sorted_by)


def _differences(was: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Boolean per field: the two rows of one customer differ there."""
    return pl.DataFrame([was[field].ne_missing(now[field]).alias(field) for field in _FIELDS])


def _names(differs: pl.DataFrame) -> pl.Series:
    """Names of the columns that are true in each row, in order."""
    return differs.select(
        pl.concat_list(pl.when(field).then(pl.lit(field)) for field in _FIELDS).list.drop_nulls()
    ).to_series()


def _rows(frame: pl.DataFrame, change: str, fields: pl.Series | None = None) -> pl.DataFrame:
    none = pl.lit([], CHANGES.schema["changed_fields"])
    return frame.drop("_place").with_columns(change=pl.lit(change), changed_fields=none if fields is None else fields)


def _emptied(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.lit(None, dtype).alias(name) for name, dtype in CUSTOMERS.schema.items() if name != _KEY
    )
