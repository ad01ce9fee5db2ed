"""The measures of a night, family by family: each reads the tables it needs and no other."""

import polars as pl

from expectations.measure import LEAST_PARTIES, MEASURES, measure
from pipeline.core import ledger
from pipeline.core.authenticity.calibers import HEADLINE
from pipeline.core.authenticity.intervals import wilson
from pipeline.core.rules.catalogue import RULES
from pipeline.ports import PublishedNight

BY_EXPECTATIONS = ("C14", "C15")
"""Rules that expectations answer: no record was asked them."""


def rules(night: PublishedNight) -> pl.DataFrame:
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
    asked = {rule.id for rule in RULES if rule.id in night.run["rules"]}.difference(BY_EXPECTATIONS)
    known = pl.DataFrame({"rule": sorted(asked)})
    told = known.join(sums, on="rule", how="left").join(worst, on="rule", how="left")
    evaluated, failed = pl.col("evaluated").fill_null(0), pl.col("failed").fill_null(0)
    return told.select(
        key=pl.lit("rule.") + pl.col("rule"),
        observed=pl.when(evaluated > 0).then(1 - failed / evaluated),
        evaluated=evaluated,
        failed=failed,
        detail=pl.col("detail").fill_null(""),
    ).cast(MEASURES)


def rates(night: PublishedNight) -> pl.DataFrame:
    """The headline against the target: city, lowest unit, channel and intermediary, the latest month of issue (C15)."""
    table = night.scan("rates").filter(pl.col("caliber") == HEADLINE).collect()
    whole = table.filter(pl.col("period_kind") == "all")
    city = whole.filter(pl.col("dimension") == "city")
    counted = int(city["denominator"].sum())
    months = (pl.col("period_kind") == "month") & (pl.col("dimension") == "city") & (pl.col("period") != "")
    month = table.filter(months & (pl.col("denominator") >= LEAST_PARTIES)).sort("period", descending=True)
    return pl.concat(
        [
            measure(
                "rate.city",
                float(city["rate"][0]) if counted else None,
                counted,
                int(city["refuted"].sum()),
                _c15(city),
            ),
            measure("rate.city_without", float(city["rate_without"][0]) if counted else None, counted),
            measure("unverified.city", int(city["unverified"].sum()) / counted if counted else None, counted),
            *(_lowest(whole, dimension) for dimension in ("unit", "channel", "agency")),
            _first("rate.month", month, "period"),
        ]
    )


def _lowest(whole: pl.DataFrame, dimension: str) -> pl.DataFrame:
    enough = (pl.col("dimension") == dimension) & (pl.col("denominator") >= LEAST_PARTIES) & (pl.col("value") != "")
    return _first(f"rate.{dimension}", whole.filter(enough).sort("rate", "value"), "value")


def _first(key: str, table: pl.DataFrame, named_by: str) -> pl.DataFrame:
    """The first row's rate, on what all rows rest."""
    counted = int(table["denominator"].sum())
    if not table.height:
        return measure(key, None, 0)
    first = table.head(1)
    return measure(key, first["rate"][0], counted, int(first["refuted"].sum()), f"{first[named_by][0]} · {_c15(first)}")


def _c15(one: pl.DataFrame) -> str:
    """What C15 wants beside a rate: numerator and denominator, Wilson interval, share still unverified."""
    if not one.height or not one["denominator"][0]:
        return ""
    authentic, counted = int(one["authentic"][0]), int(one["denominator"][0])
    low, high, _method = wilson([authentic], [counted])
    pending = one["unverified"][0] / counted
    return f"{authentic:,}/{counted:,} · 95% {low[0]:.1%}–{high[0]:.1%} · 未核实 unverified {pending:.1%}"


def estimates(night: PublishedNight) -> pl.DataFrame:
    """The rate estimated from drawn calls, and how far the published one is from it."""
    city = (pl.col("dimension") == "city") & (pl.col("period") == "all") & (pl.col("caliber") == HEADLINE)
    told = night.scan("estimates").filter(city, pl.col("reached") > 0).collect().sort(pl.col("callers") != "unflagged")
    best = told.row(0, named=True) if told.height else {}
    drawn = int(best.get("reached") or 0)
    low, high = best.get("low"), best.get("high")
    detail = f"95% {low:.1%}–{high:.1%}" if low is not None and high is not None else ""
    return pl.concat(
        [
            measure("estimate.city", high, drawn, detail=detail),
            measure("estimate.bias", best.get("bias"), drawn),
        ]
    )


def capture(night: PublishedNight) -> pl.DataFrame:
    """Claims with everything that is wanted (C01)."""
    teams = night.scan("claims_capture").group_by("team").agg(pl.col("claims", "complete").sum()).collect()
    all_, complete = (int(teams[name].sum()) for name in ("claims", "complete"))
    lost = teams.with_columns(lost=pl.col("claims") - pl.col("complete")).filter(pl.col("lost") > 0)
    most = lost.sort("lost", "team", descending=[True, False], nulls_last=True).head(1)
    detail = f"{most['team'][0] or ''} {most['complete'][0]}/{most['claims'][0]}".strip() if most.height else ""
    return measure("claims.capture", complete / all_ if all_ else None, all_, all_ - complete, detail)


def callers(night: PublishedNight) -> pl.DataFrame:
    """Callers the audit flags."""
    audit = night.scan("vendor_audit").collect()
    flagged = audit.filter("flagged")
    return measure("callers.flagged", flagged.height, audit.height, flagged.height, " ".join(flagged["caller"].sort()))


def feeds(night: PublishedNight) -> pl.DataFrame:
    """What was refused, stale, rejected, and whether every row is accounted for."""
    told_of = night.run["feeds"]
    accounts = night.scan("ledger").collect()
    sums = dict(accounts.group_by("measure").agg(pl.col("count").sum()).iter_rows())
    read, rejected = int(sums.get("rows_read", 0)), int(sums.get("rows_rejected", 0))
    imbalances = ledger.imbalances(accounts)
    lists = {name: sorted(feed for feed, told in told_of.items() if told[name]) for name in ("refused", "stale")}
    rows = accounts.filter(pl.col("measure") == "rows_read").group_by("feed").agg(pl.col("count").sum()).sort("feed")
    return pl.concat(
        [
            *(
                measure(f"feeds.{name}", len(told), len(told_of), len(told), " ".join(told))
                for name, told in lists.items()
            ),
            measure("ledger.imbalances", len(imbalances), len(told_of), len(imbalances), "; ".join(imbalances)),
            measure("rejects.share", rejected / read if read else None, read, rejected),
            *(measure(f"rows.{feed}", count, count) for feed, count in rows.iter_rows()),
        ]
    )


def customers(night: PublishedNight) -> pl.DataFrame:
    """How large customers are and how many have no name."""
    facts = night.scan("customers").select(
        all=pl.len(), largest=pl.col("records").max(), unnamed=pl.col("name").is_null().sum()
    ).collect().row(0, named=True)  # fmt: skip
    count = int(facts["all"])
    unnamed = facts["unnamed"] / count if count else None
    return pl.concat(
        [
            measure("identity.largest", facts["largest"], count),
            measure("identity.unnamed", unnamed, count, int(facts["unnamed"])),
        ]
    )


def churn(night: PublishedNight) -> pl.DataFrame:
    """Customers whose ids were joined, split or moved tonight."""
    count = int(night.scan("customers").select(pl.len()).collect().item())
    events = night.scan("identity_events").filter(pl.col("event").is_in(["joined", "split", "moved"]))
    changed = int(events.select(pl.col("customer_id").n_unique()).collect().item())
    return measure("identity.churn", changed / count if count else None, count, changed)


def blocks(night: PublishedNight) -> pl.DataFrame:
    """Groups of records too large to be compared."""
    count = int(night.scan("blocks").select(pl.col("blocks").sum()).collect().item() or 0)
    return measure("identity.blocks", count, count, count)


FAMILIES = (rules, rates, estimates, capture, callers, feeds, customers, churn, blocks)
