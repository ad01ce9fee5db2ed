"""Signs of gaming by agencies and salespeople: what happens to them more often than to their peers.

Each sign counts customers on one of whose policies a rule found it, among the customers sold to: a customer's policies bear
the same number and address, and are no independent trials. Under honest behaviour it comes as often as with all others
together (leave one out), so that the count is binomial; a one-sided p-value says how surprising it is. All questions of a night are adjusted together by Benjamini and Hochberg (J. R. Statist. Soc. B 57 (1995) 289-300): of those
marked, at most the share ``FALSE_SHARE`` is expected to be honest.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core import runs
from pipeline.core.authenticity import grouped
from pipeline.core.authenticity.folded import numbered
from pipeline.core.authenticity.intervals import DIGITS, chance_of_as_many, least_as_rare
from pipeline.core.distinct import encoded, numbered_rows, order_of
from pipeline.core.schema import COUNT, FLAG, RATIO, TEXT, Column, Table

FALSE_SHARE = 0.01
"""Share of the marked that may be honest."""

LEAST_HITS = 3
"""Fewer customers are no pattern, however rare the sign."""

OF_RULE = {
    "P07": "own_number",
    "N12": "own_name",
    "P08": "shared_phones",
    "P09": "sequential_phones",
    "P06": "improbable_digits",
    "A05": "office_address",
    "P19": "changed_before_call",
    "P15": "recycled_phones",
    "R04": "paid_by_agent",
}
"""Rule -> the sign its findings are counted for."""

MEANINGS = {
    "own_number": ("客户电话是业务员、中介或网点的号码", "the phone is that of staff, agent or dealer"),
    "own_name": ("客户与业务员同名", "the customer is named as the salesperson"),
    "shared_phones": ("多名客户同一号码", "one number for many customers"),
    "sequential_phones": ("成批连号或相似号码", "batches of sequential or alike numbers"),
    "improbable_digits": ("号码数字排列不可信", "improbable digits"),
    "office_address": ("地址是网点或众多客户共用", "the address is an office's or that of very many"),
    "changed_before_call": ("回访前改号", "numbers changed just before the call-back"),
    "recycled_phones": ("号码与客户在别处留下的不同", "numbers other than those the customers gave elsewhere"),
    "paid_by_agent": ("由业务员代缴保费", "paid by the agent"),
}
"""Sign -> what it means, in Chinese and English."""

SIGNALS = Table(
    "signals",
    "舞弊信号",
    "signs of gaming per agency and salesperson, beside what honest behaviour leads one to expect",
    (
        Column("dimension", TEXT, "维度", "agency or salesperson"),
        Column("value", TEXT, "取值", "its code"),
        Column("signal", TEXT, "信号", "sign; docs/outputs.md and the scorecard say what it means"),
        Column("customers", COUNT, "客户数", "customers sold to"),
        Column("hits", COUNT, "命中数", "of them with the sign on a policy"),
        Column("share", RATIO, "占比", "hits / customers"),
        Column("expected_share", RATIO, "预期占比", "of all others together: honest behaviour"),
        Column("p_value", RATIO, "p值", "chance of so many or more under honest behaviour"),
        Column("p_adjusted", RATIO, "校正p值", "adjusted for all questions of the night"),
        Column("flagged", FLAG, "标记", f"p_adjusted below {FALSE_SHARE} and at least {LEAST_HITS} customers"),
        Column("false_alarm", RATIO, "误报概率", "chance that an honest one with so many customers is marked tonight"),
    ),
    ("dimension", "value", "signal"),
)

SIGNAL_ROWS = Table(
    "signal_rows",
    "舞弊信号明细",
    "parties behind the marked signals",
    (
        Column("dimension", TEXT, "维度", "agency or salesperson"),
        Column("value", TEXT, "取值", "its code"),
        Column("signal", TEXT, "信号", "sign"),
        Column("policy_no", TEXT, "保单号", "policy number"),
        Column("role", TEXT, "角色", "role of the party"),
        Column("reason", TEXT, "原因", "rule and reason that found it"),
    ),
    ("dimension", "value", "signal", "policy_no", "role", "reason"),
)

_SELLERS = {"agency": "agency_code", "salesperson": "salesperson_code"}


class Sales(NamedTuple):
    """Of one part of the policies: ``sold``, who bought of which seller; ``found``, a row per party and finding that is a sign."""

    sold: pl.DataFrame
    found: pl.DataFrame


def sales(parties: pl.DataFrame) -> Sales:
    """Sales of ``parties`` (PARTIES); all of a policy must be there. Those without a seller are nobody's."""
    sellers = list(_SELLERS.values())
    policy = numbered(parties["policy_no"])
    who = _buyers(parties, policy)
    # Parties of a policy stand together and have one seller, nearly always.
    again = pl.lit(pl.Series(policy)).diff() == 0
    again = pl.all_horizontal(again, *(pl.col(name).eq_missing(pl.col(name).shift()) for name in sellers))
    sold = parties.select(*sellers, who).filter(
        pl.any_horizontal(pl.col(sellers).is_not_null()) & ~again.fill_null(value=False)
    )
    found = _found(parties)
    return Sales(sold, found.drop("row").with_columns(who.gather(found["row"])))


def _buyers(parties: pl.DataFrame, policy: npt.NDArray[np.uint64]) -> pl.Series:
    """Who bought the ``policy`` of each party: the customer who is its policyholder, else the policy itself."""
    holders = (parties["role"] == "policyholder").fill_null(value=False).arg_true().to_numpy()
    place = np.full(int(policy.max(initial=0)) + 1, parties.height)
    place[policy[holders]] = holders
    customers = parties["customer_id"].extend_constant(None, 1).gather(place[policy])
    return pl.select(who=pl.coalesce(customers, parties["policy_no"])).to_series()


def signals(parts: Sequence[Sales]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """SIGNALS and SIGNAL_ROWS of the :func:`sales` of all policies."""
    sold, found = (pl.concat(of_parts) for of_parts in zip(*parts, strict=True))
    # Numbers instead of texts: customers are counted again and again.
    people, _ = encoded(pl.concat([sold["who"], found["who"]]))
    sold = sold.with_columns(who=people.head(sold.height))
    found = found.with_columns(who=people.slice(sold.height))
    told = pl.concat([_counts(sold, found, dimension, column) for dimension, column in _SELLERS.items()])
    told = told.sort(SIGNALS.sorted_by)
    p = chance_of_as_many(told["hits"].to_numpy(), told["customers"].to_numpy(), told["expected_share"].to_numpy())
    told = told.with_columns(p_value=pl.Series(p, dtype=pl.Float64), p_adjusted=_adjusted(p))
    flagged = (pl.col("p_adjusted") < FALSE_SHARE) & (pl.col("hits") >= LEAST_HITS)
    table = told.with_columns(
        pl.col("expected_share", "p_value", "p_adjusted").round(DIGITS),
        share=(pl.col("hits") / pl.col("customers")).round(DIGITS),
        flagged=flagged,
        false_alarm=_false_alarm(told, p),
    )
    table = table.select(SIGNALS.schema.names()).cast(SIGNALS.schema)
    return table, _rows(table.filter("flagged"), found)


def _found(parties: pl.DataFrame) -> pl.DataFrame:
    """A row per party (``row``) and finding that is a sign; one that evidence set aside is still a sign."""
    each = parties.select(told="reasons").with_row_index("row").filter(pl.col("told").list.len() > 0)
    each = each.explode("told").drop_nulls("told")
    reason = pl.col("told").str.strip_prefix("healed.")
    # There are few reasons, and many parties that have them.
    signs = each.select(pl.col("told").unique()).with_columns(
        reason=reason, signal=reason.str.slice(0, 3).replace_strict(OF_RULE, default=None, return_dtype=pl.String)
    )
    signs = signs.filter(pl.col("signal").is_not_null() & (pl.col("reason").str.slice(3, 1) == "."))
    found = each.filter(pl.col("told").is_in(signs["told"].implode())).join(signs, on="told")
    whose = parties.select("policy_no", "role", *_SELLERS.values())[found["row"]]
    return whose.with_columns(found["reason"], found["signal"], found["row"])


def _counts(bought: pl.DataFrame, found: pl.DataFrame, dimension: str, column: str) -> pl.DataFrame:
    sold = _customers(bought.select("who", value=column), "customers")
    hits = _customers(found.select("who", "signal", value=column), "hits")
    every = sold.join(pl.DataFrame({"signal": sorted(set(OF_RULE.values()))}), how="cross")
    told = every.join(hits, on=["value", "signal"], how="left").with_columns(pl.col("hits").fill_null(0))
    others = {name: pl.col(name).sum().over("signal") - pl.col(name) for name in ("hits", "customers")}
    # One more of each kind than were seen: what nobody else did is rare, not impossible.
    expected = (others["hits"] + 1) / (others["customers"] + 2)
    stated = told.with_columns(dimension=pl.lit(dimension), expected_share=expected)
    return stated.select("dimension", "value", "signal", "customers", "hits", "expected_share")


def _customers(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """How many different customers each value of the other columns has, as the column ``name``."""
    rows = rows.drop_nulls("value")
    codes, cells = numbered_rows(rows.drop("who"))
    each = runs.distinct(grouped.key(codes.to_numpy(), rows["who"].to_numpy()))
    counts = np.bincount(grouped.taken_apart(each)[0], minlength=cells.height)
    return cells.with_columns(pl.Series(name, counts, dtype=pl.Int64))


def _false_alarm(told: pl.DataFrame, p: np.ndarray) -> pl.Series:
    """Chance of the fewest hits that would be marked beside tonight's other p-values, under honest behaviour."""
    adjusted = _adjusted(p).to_numpy()
    # Where nothing is marked, the first to be so must stand against all questions.
    cut = p[adjusted < FALSE_SHARE].max(initial=FALSE_SHARE / max(len(p), 1))
    policies, share = told["customers"].to_numpy(), told["expected_share"].to_numpy()
    least = np.maximum(least_as_rare(cut, policies, share), LEAST_HITS)
    return pl.Series(chance_of_as_many(least, policies, share), dtype=pl.Float64).round(DIGITS)


def _adjusted(p: np.ndarray) -> pl.Series:
    """Benjamini-Hochberg adjusted p-values, in the order given."""
    order = np.argsort(p, kind="stable")
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    stepped = np.minimum.accumulate(ranked[::-1])[::-1]
    adjusted = np.empty(len(p))
    adjusted[order] = np.clip(stepped, 0, 1)
    return pl.Series(adjusted, dtype=pl.Float64)


def _rows(marked: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    parts = [
        found.drop_nulls(column)
        .with_columns(dimension=pl.lit(dimension), value=column)
        .join(marked, on=["dimension", "value", "signal"], how="semi")
        for dimension, column in _SELLERS.items()
    ]
    rows = pl.concat(parts).select(SIGNAL_ROWS.schema.names()).cast(SIGNAL_ROWS.schema)
    return rows[order_of(rows.select(SIGNAL_ROWS.sorted_by))]
