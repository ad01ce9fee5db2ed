"""The match-weight chart of a model: log2(m/u) of every level as a bar, by comparison, beside the model in use."""

import polars as pl

from pipeline.core.matching import meanings
from pipeline.core.matching.drift import WORTH_A_WARNING
from pipeline.core.matching.model import MILLIBITS, Model, digest_of
from pipeline.pages import render

_LEAST_SCALE = 1.0


def weights_page(model: Model, drifted: pl.DataFrame) -> str:
    """The page. ``drifted``: DRIFT_SCHEMA of ``model`` against the one in use."""
    rows = drifted.to_dicts()
    groups = [
        (meaning, [row | {"means": meanings.level(name, row["level"])} for row in rows if row["comparison"] == name])
        for name, meaning in meanings.COMPARISONS.items()
    ]
    order = {(name, level): place for name, levels in meanings.LEVELS.items() for place, level in enumerate(levels)}
    for _, levels in groups:
        levels.sort(key=lambda row: order[row["comparison"], row["level"]])
    prior = model.prior_weight() / MILLIBITS
    scale = max([_LEAST_SCALE, abs(prior), *(abs(row[side]) for row in rows for side in ("before", "after"))])
    return render(
        "weights",
        model=model,
        digest=digest_of(model),
        prior=prior,
        groups=groups,
        scale=scale,
        warn_at=WORTH_A_WARNING,
    )
