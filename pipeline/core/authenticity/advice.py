"""What would change a verdict, in coded advice with texts in Chinese and English."""

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core import runs
from pipeline.core.authenticity import field_sets, grouped
from pipeline.core.authenticity.field_sets import Sets
from pipeline.core.authenticity.grounds import ORDER, REFUTES, Grounds
from pipeline.core.authenticity.heard import Heard
from pipeline.core.rules.catalogue import RULES
from pipeline.core.tables import csv_table

_PARTY = "party"
_CALL, _TAKE = -2, -1
"""Turns before all other advice."""
_SPECIAL = (("call_number", _CALL), ("call_again", _CALL), ("take_newer_number", _TAKE))
"""Advice that no single ground leads to, and its turn."""

Places = npt.NDArray[np.intp]


def advice(said: Grounds, told: Heard, verdict: Places, confirmed: Sets, call: pl.Series) -> pl.Series:
    """What would change the verdict of each party that is not authentic.

    ``verdict``: 0 refuted, 1 authentic, 2 unverified. ``confirmed``: set of fields evidence confirms. ``call``: direction of
    the call that stands.
    """
    kinds = _kinds(said)
    order = kinds.with_row_index("kind").drop_nulls("advice").sort("turn", "place", "advice", "kind")
    turn = np.full(kinds.height, -1)
    turn[order["kind"].to_numpy()] = np.arange(order.height)
    first = said.kinds.height
    again = call.is_in(["not_reached", "says_nothing"]).fill_null(value=False).to_numpy()
    asked = np.flatnonzero((verdict == _UNVERIFIED) & ~_any(told, pl.col("why_not") == "do_not_call", len(verdict)))
    newer = np.flatnonzero(_any(told, _NEWER, len(verdict)) & ((confirmed & field_sets.of(["phone"])) == 0))
    who = np.concatenate([said.rows[_PARTY].to_numpy(), asked, newer])
    what = np.concatenate(
        [turn[said.rows["kind"].to_numpy()], turn[first + again[asked]], np.full(len(newer), turn[first + 2])]
    )
    wanted = (what >= 0) & (verdict[who] != _AUTHENTIC)
    parties, turns = grouped.taken_apart(runs.distinct(grouped.key(who[wanted], what[wanted])))
    distinct = order["advice"].unique(maintain_order=True)
    word = order["advice"].replace_strict(distinct, range(len(distinct)), return_dtype=pl.UInt64).to_numpy()
    return grouped.lists(grouped.key(parties, word[turns]), distinct, len(verdict))


def texts() -> pl.DataFrame:
    """``kind`` (reason or advice), ``code``, ``zh``, ``en`` of every reason and every advice there is."""
    table = csv_table.read("verdict_texts.csv")
    kind, prefix = pl.col("kind"), pl.when(pl.col("kind") == "missing").then(pl.lit("missing.")).otherwise(pl.lit(""))
    told = table.select(
        kind=pl.when(kind == "advice").then("kind").otherwise(pl.lit("reason")),
        code=prefix + pl.col("code"),
        zh="zh",
        en="en",
    )
    rows = [
        ("reason", f"{rule.id}.{reason.code}", f"{rule.zh}：{reason.zh}", f"{rule.en}: {reason.en}")
        for rule in RULES
        for reason in rule.reasons
    ]
    found = pl.DataFrame(rows, schema=told.schema, orient="row")
    healed = found.with_columns(
        code="healed." + pl.col("code"),
        zh=pl.col("zh") + "（已有证据，不计）",
        en=pl.col("en") + " (evidence sets it aside)",
    )
    return pl.concat([told, found, healed])


_AUTHENTIC, _UNVERIFIED = 1, 2
_NEWER = (pl.col("why_not") == "another_value") & (pl.col("field") == "phone")
"""Another number of the same customer is known."""


def _kinds(said: Grounds) -> pl.DataFrame:
    """``advice``, ``turn`` and ``place`` of every kind of ground, null of those that refute nothing; and :data:`_SPECIAL`.

    Advice is that of the reason, else that of its field.
    """
    table = dict(csv_table.read("verdict_advice.csv").iter_rows())
    by_reason = pl.col("on").replace_strict(table, default=None, return_dtype=pl.String)
    by_field = pl.col("field").replace_strict(table, default=None, return_dtype=pl.String)
    against = said.kinds.select(
        advice=pl.when(pl.col("effect").is_in(REFUTES)).then(pl.coalesce(by_reason, by_field)),
        turn=pl.col("effect").cast(pl.Enum(ORDER)).to_physical().cast(pl.Int32),
        place="place",
    )
    special = [(name, turn, 0) for name, turn in _SPECIAL]
    return pl.concat([against, pl.DataFrame(special, schema=against.schema, orient="row")])


def _any(told: Heard, wanted: pl.Expr, height: int) -> npt.NDArray[np.bool_]:
    """Of which parties anything ``wanted`` was heard."""
    there = np.zeros(height, bool)
    there[told.those(wanted)[_PARTY].to_numpy()] = True
    return there
