"""How a night matches: which keys and comparisons, with which weights, and from what weight on two are one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import polars as pl

from pipeline.core.digest import sides_among
from pipeline.core.matching import blocking, people
from pipeline.core.matching.blocking import Key
from pipeline.core.matching.comparisons import Comparison, Sides, levels_of, patterns
from pipeline.core.matching.components import LARGEST_FOREST
from pipeline.core.matching.model import MILLIBITS, Model, digest_of, from_json, to_json
from pipeline.core.matching.resolve import EDGE_SCHEMA

SEEN_SCHEMA: Final = pl.Schema({"pattern": pl.UInt32(), "pairs": pl.Int64()})
"""How many candidate pairs had a pattern: what a model is trained on."""


COMPARED_SCHEMA: Final = pl.Schema({**blocking.PAIR_SCHEMA, "pattern": pl.UInt32()})
"""A candidate pair and the pattern of its levels."""


@dataclass(frozen=True)
class Matcher:
    """``link_at``: weight in millibits from which two tellings are linked; from ``review_at`` on a person may decide.

    ``largest_block``: tellings that may share a key; ``largest_component``: tellings that may hang together; ``largest_forest``: links between all that one place connects.
    """

    model: Model
    keys: Sequence[Key] = people.KEYS
    comparisons: Sequence[Comparison] = people.COMPARISONS
    refine: str = "sound_code"
    link_at: int = 0
    review_at: int = -3000
    largest_block: int = blocking.LARGEST
    largest_component: int = 10_000
    largest_forest: int = LARGEST_FOREST

    def compare(self, tellings: pl.DataFrame, pairs: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """EDGE_SCHEMA of the pairs heavy enough for review, and SEEN_SCHEMA of all.

        ``tellings``: each once. ``pairs``: PAIR_SCHEMA, each once.
        """
        compared = self.patterned(tellings, pairs)
        return self.weighed(compared, self.model), counted(compared)

    def patterned(self, tellings: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
        """COMPARED_SCHEMA of all ``pairs``; see :meth:`compare`."""
        left, right = sides_among(tellings["telling"], pairs)
        levels = levels_of(Sides(tellings, left, right, pairs["agreed"].to_numpy()), self.comparisons)
        return pairs.with_columns(pattern=pl.Series(patterns(levels, self.comparisons)))

    def weighed(self, compared: pl.DataFrame, model: Model) -> pl.DataFrame:
        """EDGE_SCHEMA of what ``model`` finds heavy enough for review among ``compared`` (COMPARED_SCHEMA)."""
        weight = pl.Series("weight", model.score(compared["pattern"].to_numpy(), self.comparisons))
        heavy = weight >= self.review_at
        return compared.filter(heavy).with_columns(weight.filter(heavy)).select(EDGE_SCHEMA.names())


def counted(compared: pl.DataFrame) -> pl.DataFrame:
    """SEEN_SCHEMA of COMPARED_SCHEMA, sorted."""
    return compared["pattern"].value_counts(name="pairs").cast(SEEN_SCHEMA).sort("pattern")


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
