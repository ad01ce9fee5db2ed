"""The measures of a published night: one number each, with how much it rests on. No customer value among them."""

from collections.abc import Mapping, Sequence

import polars as pl

from pipeline.core import ledger
from pipeline.core.authenticity.calibers import HEADLINE
from pipeline.core.published import TABLES
from pipeline.core.rules.catalogue import RULES
from pipeline.ports import PublishedNight

MEASURES = pl.Schema(
    {"key": pl.String(), "observed": pl.Float64(), "evaluated": pl.Int64(), "failed": pl.Int64(), "detail": pl.String()}
)
LEAST_PARTIES = 30
"""Fewer parties of a unit, channel or agency do not make a worst slice."""

LEAST_NIGHTS = 7
"""Nights of history before drift is spoken of."""


def measures(night: PublishedNight, history: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """MEASURES of ``night``; ``history``: those of earlier nights, oldest first."""
    now = pl.concat([_rules(night), _rates(night), _feeds(night), _customers(night)])
    return pl.concat([now, _drift(now, history)])


def frames(night: PublishedNight) -> Mapping[str, pl.DataFrame]:
    """Frames native expectations are asked of: tables without customer values, and facts about all the others."""
    verdicts = night.scan("parties").group_by("verdict").len().collect()
    whole = {name: night.scan(name).collect() for name in ("rates", "rule_stats", "ledger")}
    return {"table_facts": _table_facts(night), "verdicts": verdicts, **whole}


def _row(key: str, observed: float | None, evaluated: int, failed: int = 0, detail: str = "") -> pl.DataFrame:
    return pl.DataFrame([[key, observed, evaluated, failed, detail]], schema=MEASURES, orient="row")


def _rules(night: PublishedNight) -> pl.DataFrame:
    """Pass rate of every rule; one without statistics was not asked of anybody tonight."""
    stats = night.scan("rule_stats").collect()
    sums = stats.group_by("rule").agg(pl.col("evaluated", "failed").sum())
    worst = (
        stats.group_by("rule", "unit")
        .agg(pl.col("evaluated", "failed").sum())
        .filter((pl.col("evaluated") >= LEAST_PARTIES) & (pl.col("unit") != "") & (pl.col("failed") > 0))
        .with_columns(share=pl.col("failed") / pl.col("evaluated"))
        .sort("rule", "share", "unit", descending=[False, True, False])
        .unique("rule", keep="first", maintain_order=True)
        .select("rule", detail=pl.format("{} {}%", "unit", (pl.col("share") * 100).round(1)))
    )
    known = pl.DataFrame({"rule": [rule.id for rule in RULES if rule.id in set(night.run["rules"])]})
    told = known.join(sums, on="rule", how="left").join(worst, on="rule", how="left")
    evaluated, failed = pl.col("evaluated").fill_null(0), pl.col("failed").fill_null(0)
    return told.select(
        key=pl.lit("rule.") + pl.col("rule"),
        observed=pl.when(evaluated > 0).then(1 - failed / evaluated),
        evaluated=evaluated,
        failed=failed,
        detail=pl.col("detail").fill_null(""),
    ).cast(MEASURES)


def _rates(night: PublishedNight) -> pl.DataFrame:
    rates = night.scan("rates").filter((pl.col("caliber") == HEADLINE) & (pl.col("period_kind") == "all")).collect()
    city = rates.filter(pl.col("dimension") == "city")
    counted = int(city["denominator"].sum())
    parts = [
        _row("rate.city", float(city["rate"][0]) if counted else None, counted, int(city["refuted"].sum())),
        _row("unverified.city", int(city["unverified"].sum()) / counted if counted else None, counted),
    ]
    for dimension in ("unit", "channel", "agency"):
        enough = rates.filter(
            (pl.col("dimension") == dimension) & (pl.col("denominator") >= LEAST_PARTIES) & (pl.col("value") != "")
        ).sort("rate", "value")
        told = enough.row(0, named=True) if enough.height else {}
        parts.append(
            _row(f"rate.{dimension}", told.get("rate"), int(enough["denominator"].sum()), 0, told.get("value", ""))
        )
    return pl.concat([*parts, *_checks(night)])


def _checks(night: PublishedNight) -> list[pl.DataFrame]:
    """Estimates, claims capture and the audit of callers."""
    city = (pl.col("dimension") == "city") & (pl.col("period") == "all") & (pl.col("caliber") == HEADLINE)
    told = night.scan("estimates").filter(city).collect().sort(pl.col("callers") != "unflagged")
    best = told.row(0, named=True) if told.height else {}
    drawn = int(best.get("reached") or 0)
    claims = night.scan("claims_capture").select(pl.col("claims", "complete").sum()).collect()
    all_, complete = (int(claims[name].item() or 0) for name in ("claims", "complete"))
    audit = night.scan("vendor_audit").collect()
    flagged = audit.filter("flagged")
    return [
        _row("estimate.city", best.get("high"), drawn),
        _row("estimate.bias", best.get("bias"), drawn),
        _row("claims.capture", complete / all_ if all_ else None, all_, all_ - complete),
        _row("callers.flagged", flagged.height, audit.height, flagged.height, " ".join(flagged["caller"].sort())),
    ]


def _feeds(night: PublishedNight) -> pl.DataFrame:
    feeds = night.run["feeds"]
    accounts = night.scan("ledger").collect()
    sums = dict(accounts.group_by("measure").agg(pl.col("count").sum()).iter_rows())
    read, rejected = int(sums.get("rows_read", 0)), int(sums.get("rows_rejected", 0))
    imbalances = ledger.imbalances(accounts)
    lists = {name: sorted(feed for feed, told in feeds.items() if told[name]) for name in ("refused", "stale")}
    rows = accounts.filter(pl.col("measure") == "rows_read").group_by("feed").agg(pl.col("count").sum()).sort("feed")
    return pl.concat(
        [
            *(_row(f"feeds.{name}", len(told), len(feeds), len(told), " ".join(told)) for name, told in lists.items()),
            _row("ledger.imbalances", len(imbalances), len(feeds), len(imbalances), "; ".join(imbalances)),
            _row("rejects.share", rejected / read if read else None, read, rejected),
            *(_row(f"rows.{feed}", count, count) for feed, count in rows.iter_rows()),
        ]
    )


def _customers(night: PublishedNight) -> pl.DataFrame:
    facts = night.scan("customers").select(
        all=pl.len(), largest=pl.col("records").max(), unnamed=pl.col("name").is_null().sum()
    ).collect().row(0, named=True)  # fmt: skip
    events = night.scan("identity_events").filter(pl.col("event").is_in(["joined", "split", "moved"]))
    changed = int(events.select(pl.col("customer_id").n_unique()).collect().item())
    blocks = int(night.scan("blocks").select(pl.col("blocks").sum()).collect().item() or 0)
    count = int(facts["all"])
    return pl.concat(
        [
            _row("identity.churn", changed / count if count else None, count, changed),
            _row("identity.largest", facts["largest"], count),
            _row("identity.unnamed", facts["unnamed"] / count if count else None, count, int(facts["unnamed"])),
            _row("identity.blocks", blocks, count, blocks),
        ]
    )


def _drift(now: pl.DataFrame, history: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """How far the furthest measure of a family is from its own past, in standard deviations."""
    past = pl.concat([MEASURES.to_frame(eager=True), *history]).drop_nulls("observed")
    usual = past.group_by("key").agg(
        nights=pl.len(),
        mean=pl.col("observed").mean(),
        spread=pl.col("observed").std(),
        size=pl.col("evaluated").mean(),
    )
    told = now.join(usual.filter(pl.col("nights") >= LEAST_NIGHTS), on="key").drop_nulls("observed")
    # A share that never moved moves at all by chance: at least the spread of a sample of its size.
    chance = (pl.col("mean") * (1 - pl.col("mean")) / pl.col("size")).clip(lower_bound=0).sqrt()
    rows = pl.when(pl.col("key").str.starts_with("rows.")).then(pl.col("mean").abs() * 0.05).otherwise(chance)
    scored = told.with_columns(
        z=(pl.col("observed") - pl.col("mean")).abs() / pl.max_horizontal("spread", rows, pl.lit(1e-9))
    )
    parts = []
    for name, prefix in (("drift.rows", "rows."), ("drift.rules", "rule.")):
        own = scored.filter(pl.col("key").str.starts_with(prefix)).sort("z", "key", descending=[True, False])
        first = own.row(0, named=True) if own.height else {}
        parts.append(_row(name, first.get("z"), own.height, 0, str(first.get("key", "")).removeprefix(prefix)))
    return pl.concat(parts)


def _table_facts(night: PublishedNight) -> pl.DataFrame:
    """One row per table that should be there: rows, null and repeated keys, whether it is as documented."""
    return pl.DataFrame([_facts(night, table.name, table.schema, table.sorted_by) for table in TABLES])


_WITHOUT_KEY = (
    "rejects",
    "changes",
    "identity_events",
    "evidence",
    "refused_links",
    "review_pairs",
    "leads",
    "decisions",
    "numbers",
)
"""Tables whose order is no key, or in which a part of it may be empty."""
_MAY_BE_NULL = {"parties": (), "worklists": ("unit", "salesperson_code", "field"), "claims_capture": ("day",)}


def _facts(night: PublishedNight, name: str, schema: pl.Schema, keys: tuple[str, ...]) -> dict[str, object]:
    rows, key = night.scan(name), [] if name in _WITHOUT_KEY else list(keys)
    required = [column for column in key if column not in _MAY_BE_NULL.get(name, ())]
    facts = rows.select(
        rows=pl.len(),
        nulls=pl.sum_horizontal(pl.lit(0), *(pl.col(column).is_null().sum() for column in required)),
        distinct=pl.struct(key).n_unique() if key else pl.len(),
    ).collect().row(0, named=True)  # fmt: skip
    return {
        "table": name,
        "rows": int(facts["rows"]),
        "key_nulls": int(facts["nulls"]),
        "key_duplicates": int(facts["rows"]) - int(facts["distinct"]) if facts["rows"] else 0,
        "as_documented": rows.collect_schema() == schema,
        "missing_files": 0,
    }
