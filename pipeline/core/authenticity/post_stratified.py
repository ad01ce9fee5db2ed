"""Share of a population with a quality, from calls drawn by chance and counts of everybody.

Särndal, Swensson, Wretman, Model Assisted Survey Sampling (1992), 5.10 (ratio within strata), 7.6 (post-strata), 9.8
(answers as a second phase). In a cell c (post-strata wide enough) of N_c parties the share is Hájek's
p_c = sum(w y) / sum(w), w = 1 / inclusion probability; the share of all is sum(N_c p_c) / N. Answers are taken to come by
chance within a cell, at the cell's rate r_c. The linearised value of a call is z = N_c / N w (y - p_c) / sum(w), 0
without an answer, and the variance sum over design strata of n / (n - 1) sum((1 - r_c / w) (z - mean z)^2). A residual
is divided by the root of 1 - w / sum(w), its leverage, for p_c was fitted to it (J. G. MacKinnon and H. White, J.
Econometrics 29, 1985: HC2); in a simple sample that is the usual n - 1.
"""

from collections.abc import Sequence

import polars as pl

from pipeline.core.authenticity.drawn_calls import GROUP
from pipeline.core.authenticity.ordered_sums import sums
from pipeline.core.authenticity.post_strata import collapse


def shares(calls: pl.DataFrame, counts: pl.DataFrame, smallest: int, group: Sequence[str] = GROUP) -> pl.DataFrame:
    """Per group with an answer: share, variance, spread (variance of one party), degrees of freedom.

    ``calls`` are counted calls with ``y``: 1 or 0, null without an answer. ``counts``: post_strata.COUNT_SCHEMA. A post-
    stratum without any call is told by those it is collapsed with. Exact for a census (variance 0); the share is
    unbiased, up to the ratio's, for any design whose probabilities are true. ``group``: columns that tell groups apart.
    """
    keys = (*group, "post_stratum")
    answers = calls.filter(pl.col("y").is_not_null()).group_by(keys).agg(answers=pl.col("calls").sum())
    cells = collapse(counts, answers, smallest, group)
    told = calls.join(cells.select(*keys, "cell"), on=keys, how="inner", maintain_order="left").with_columns(
        w=1 / pl.col("inclusion_probability")
    )
    by_cell = _cells(told, cells, group)
    noise = _variance(told.join(by_cell, on=(*group, "cell"), how="inner", maintain_order="left"), group)
    return (
        _moments(by_cell, group)
        .join(noise, on=group)
        .with_columns(variance=pl.col("variance") + pl.col("hidden"))
        .select(*group, "share", "variance", "spread", "freedom")
        .sort(group)
    )


def _moments(cells: pl.DataFrame, group: Sequence[str]) -> pl.DataFrame:
    """Share, spread and degrees of freedom (Satterthwaite's) per group, as if each cell were a simple sample of ``size``.

    A unanimous cell shows no variance though its parties may differ: there Laplace's share stands in for p, and the
    variance it makes is told as ``hidden``.
    """
    weight, size = pl.col("population") / pl.col("population").sum().over(group), pl.col("size")
    unanimous = (pl.col("ones") == 0) | (pl.col("ones") == pl.col("answers"))
    smooth = pl.when(unanimous).then((size * pl.col("p") + 1) / (size + 2)).otherwise("p")
    second = weight**2 * pl.col("open") * smooth * (1 - smooth) / size
    each = cells.select(
        *group,
        share=weight * pl.col("p"),
        hidden=pl.when(unanimous).then(second),
        level=weight * smooth,
        second=second,
        squares=second**2 / (size - 1).clip(1),
    )
    return sums(each, group, ("share", "hidden", "level", "second", "squares")).select(
        *group,
        "share",
        "hidden",
        spread=pl.col("level") * (1 - pl.col("level")),
        freedom=(pl.col("second") ** 2 / pl.col("squares")).fill_nan(1.0),
    )


def _cells(told: pl.DataFrame, cells: pl.DataFrame, group: Sequence[str]) -> pl.DataFrame:
    """Cells with an answer: population, p, sum of weights, effective size, share of answers, share not asked."""
    cell = (*group, "cell")
    calls, w = pl.col("calls"), pl.col("w")
    heard = pl.col("y").is_not_null()
    weighed = calls * w
    each = told.select(
        *cell,
        total=pl.when(heard).then(weighed),
        hits=weighed * pl.col("y"),
        squares=pl.when(heard).then(calls * w**2),
        answers=pl.when(heard).then(calls),
        ones=pl.when(pl.col("y") == 1).then(calls),
        calls=calls,
    )
    added = sums(each, cell, ("total", "hits", "squares", "answers", "ones", "calls")).select(
        *cell,
        "total",
        "answers",
        "ones",
        p=pl.col("hits") / pl.col("total"),
        size=pl.col("total") ** 2 / pl.col("squares"),
        r=pl.col("answers") / pl.col("calls"),
    )
    counted = cells.group_by(cell).agg(pl.col("population").sum())
    return (
        counted.join(added.filter(pl.col("answers") > 0), on=cell)
        .with_columns(open=(1 - pl.col("answers") / pl.col("population")).clip(0, 1))
        .sort(cell)
    )


def _variance(told: pl.DataFrame, group: Sequence[str]) -> pl.DataFrame:
    """Linearised variance per group; a design stratum of one call is measured from 0, which can only widen."""
    cell, stratum = (*group, "cell"), (*group, "list_id", "stratum")
    scale = pl.col("population") / pl.col("everybody") / pl.col("total")
    everybody = told.unique(cell).group_by(group).agg(everybody=pl.col("population").sum())
    calls, n = pl.col("calls"), pl.col("n")
    # A lone answer of a cell agrees with itself: its leverage is 1 and its residual 0 for certain.
    leverage = (pl.col("w") / pl.col("total")).clip(0, 0.999)
    z = told.join(everybody, on=group, maintain_order="left").with_columns(
        z=(scale * pl.col("w") * (pl.col("y") - pl.col("p")) / (1 - leverage).sqrt()).fill_null(0),
        open=1 - pl.col("r") / pl.col("w"),
    )
    of_stratum = sums(z.select(*stratum, n=calls, z=calls * pl.col("z")), stratum, ("n", "z"))
    mean = of_stratum.select(*stratum, "n", mean=pl.when(n > 1).then(pl.col("z") / n).otherwise(0.0))
    off = z.join(mean, on=stratum, maintain_order="left", nulls_equal=True).with_columns(
        squares=calls * pl.col("open") * (pl.col("z") - pl.col("mean")) ** 2
    )
    per_stratum = sums(off, stratum, ("squares",)).join(mean, on=stratum, maintain_order="left", nulls_equal=True)
    variance = per_stratum.select(*group, variance=pl.col("squares") * n / (n - 1).clip(1))
    return sums(variance, group, ("variance",))
