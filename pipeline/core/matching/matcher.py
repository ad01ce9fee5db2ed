"""How a night matches: which keys and comparisons, with which weights, and from what weight on two are one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import polars as pl

from pipeline.core.digest import places
from pipeline.core.matching import blocking, people
from pipeline.core.matching.blocking import Key
from pipeline.core.matching.comparisons import Comparison, Sides, levels_of, patterns
from pipeline.core.matching.model import MILLIBITS, Model, digest_of, from_json, to_json
from pipeline.core.matching.resolve import EDGE_SCHEMA

SEEN_SCHEMA: Final = pl.Schema({"pattern": pl.UInt32(), "pairs": pl.Int64()})
"""How many candidate pairs had a pattern: what a model is trained on."""


@dataclass(frozen=True)
class Matcher:
    """``link_at``: weight in millibits from which two tellings are linked; from ``review_at`` on a person may decide.

    ``largest_block``: tellings that may share a key; ``largest_component``: tellings that may hang together.
    """

    model: Model
    keys: Sequence[Key] = people.KEYS
    comparisons: Sequence[Comparison] = people.COMPARISONS
    refine: str = "sound_code"
    link_at: int = 0
    review_at: int = -3000
    largest_block: int = blocking.LARGEST
    largest_component: int = 10_000

    def compare(self, tellings: pl.DataFrame, pairs: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """EDGE_SCHEMA of the pairs heavy enough for review, and SEEN_SCHEMA of all.

        ``tellings``: each once, sorted by ``telling``. ``pairs``: PAIR_SCHEMA, each once.
        """
        codes = tellings["telling"].to_numpy()
        left, right = (places(codes, pairs[side].to_numpy()) for side in ("left", "right"))
        agreed = pairs["agreed"].to_numpy()
        pattern = patterns(levels_of(Sides(tellings, left, right, agreed), self.comparisons), self.comparisons)
        weight = self.model.score(pattern, self.comparisons)
        told = pairs.with_columns(weight=pl.Series(weight), pattern=pl.Series(pattern))
        seen = pl.Series("pattern", pattern, pl.UInt32).value_counts(name="pairs")
        return (
            told.filter(pl.col("weight") >= self.review_at).select(EDGE_SCHEMA.names()),
            seen.cast(SEEN_SCHEMA).sort("pattern"),
        )


def described(matcher: Matcher) -> dict[str, Any]:
    """What ``run.json`` says of it: limits in bits, and the whole model, so that a night explains itself."""
    return {
        "digest": digest_of(matcher.model),
        "link_at": matcher.link_at / MILLIBITS,
        "review_at": matcher.review_at / MILLIBITS,
        "largest_block": matcher.largest_block,
        "largest_component": matcher.largest_component,
        "model": to_json(matcher.model),
    }


@cache
def packaged() -> Matcher:
    """The matcher with the model that comes with the package, made from synthetic data."""
    told = resources.files("pipeline.core.tables").joinpath("matching_model.json").read_text(encoding="utf-8")
    return Matcher(from_json(json.loads(told), people.NAME, people.COMPARISONS))
