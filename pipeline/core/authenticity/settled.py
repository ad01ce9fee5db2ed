"""Whether an interval settles a target."""

import polars as pl


def decision(low: pl.Expr, high: pl.Expr, target: float) -> pl.Expr:
    """``met`` when the whole interval reaches ``target``, ``missed`` when none of it does, ``open`` else.

    A decision is wrong in at most 1 - coverage of samples: whatever the true rate, one end of the interval misleads only.
    """
    return (
        pl.when(low >= target).then(pl.lit("met")).when(high < target).then(pl.lit("missed")).otherwise(pl.lit("open"))
    )
