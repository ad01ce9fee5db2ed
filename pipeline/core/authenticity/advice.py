"""What would change a verdict, in coded advice with texts in Chinese and English."""

import polars as pl

from pipeline.core.authenticity.grounds import ORDER, REFUTES
from pipeline.core.rules.catalogue import RULES
from pipeline.core.tables import csv_table

_PARTY = "party"
_CALL, _TAKE = -2, -1
"""Places before all other advice."""


def advice(grounds: pl.DataFrame, stated: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """``advice`` per party that is not authentic; ``stated`` has verdict, callback_direction and refuted_fields."""
    parts = [_against(grounds), _call(stated, evidence), _newer_number(stated, evidence)]
    told = pl.concat(parts).join(stated.filter(pl.col("verdict") != "authentic").select(_PARTY), on=_PARTY, how="semi")
    ordered = told.sort(_PARTY, "turn", "place", "advice").select(_PARTY, "advice")
    once = ordered.unique(maintain_order=True, keep="first")
    return once.group_by(_PARTY, maintain_order=True).agg("advice")


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


def _against(grounds: pl.DataFrame) -> pl.DataFrame:
    """Advice on everything that refutes: that of the reason, else that of its field."""
    table = dict(csv_table.read("verdict_advice.csv").iter_rows())
    against = grounds.filter(pl.col("effect").is_in(REFUTES))
    by_reason = pl.col("on").replace_strict(table, default=None, return_dtype=pl.String)
    by_field = pl.col("field").replace_strict(table, default=None, return_dtype=pl.String)
    return against.select(
        _PARTY,
        advice=pl.coalesce(by_reason, by_field),
        turn=pl.col("effect").cast(pl.Enum(ORDER)).to_physical().cast(pl.Int32),
        place="place",
    ).drop_nulls("advice")


def _call(stated: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """An unverified party is called, or called again, unless he is on the do-not-call list."""
    barred = evidence.select(_PARTY, "why_not").filter(pl.col("why_not") == "do_not_call")
    unverified = stated.select(_PARTY, "verdict", "callback_direction").filter(pl.col("verdict") == "unverified")
    asked = unverified.join(barred, on=_PARTY, how="anti")
    again = pl.col("callback_direction").is_in(["not_reached", "says_nothing"]).fill_null(value=False)
    return asked.select(
        _PARTY,
        advice=pl.when(again).then(pl.lit("call_again")).otherwise(pl.lit("call_number")),
        turn=pl.lit(_CALL, pl.Int32),
        place=pl.lit(0, pl.Int32),
    )


def _newer_number(stated: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Another number of the same customer is known, and the party's own is not confirmed."""
    another = evidence.select(_PARTY, "why_not", "field").filter(
        (pl.col("why_not") == "another_value") & (pl.col("field") == "phone")
    )
    unproven = stated.select(_PARTY, "confirmed_fields").filter(
        ~pl.col("confirmed_fields").list.contains("phone").fill_null(value=False)
    )
    known = another.select(_PARTY).unique().join(unproven, on=_PARTY, how="semi")
    return known.select(
        _PARTY, advice=pl.lit("take_newer_number"), turn=pl.lit(_TAKE, pl.Int32), place=pl.lit(0, pl.Int32)
    )
