"""Whether an interval settles a target."""

import polars as pl


def decision(low: pl.Expr, high: pl.Expr, target: float) -> pl.Expr:
    """``met`` when the whole interval reaches ``target``, ``missed`` when none of it does, ``open`` else.

    Wrong in at most 1 - coverage of samples: whatever the true rate, only one end of the interval can mislead. That holds
    for an interval that keeps its promise; where those not reached differ from those reached, only the worst case does.
    """
    return (
        pl.when(low >= target).then(pl.lit("met")).when(high < target).then(pl.lit("missed")).otherwise(pl.lit("open"))
    )
