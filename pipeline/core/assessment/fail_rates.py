"""How often parties that fail a rule, or pass them all, turn out false on a drawn call: two published tables."""

import polars as pl

from pipeline.core.assessment.drawn import parties_of
from pipeline.core.authenticity import calibration
from pipeline.core.schema import COUNT, RATIO, TEXT, Column, Table

RULE_FAIL_RATES = Table(
    "rule_fail_rates",
    "规则与回访的校准",
    "how often a party that fails a rule, or passes all, turns out false on a drawn call",
    (
        Column("rule", TEXT, "规则", "rule id; passed stands for the parties without any finding"),
        Column("reached", COUNT, "核实数", "drawn parties with the finding that were confirmed or refuted"),
        Column("refuted", COUNT, "不真实数", "of them refuted"),
        Column("fail_rate", RATIO, "不真实率", "share refuted, each weighted by its chance of being drawn, 0–1"),
        Column("low", RATIO, "区间下限", "lower end of the interval at 95 %"),
        Column("high", RATIO, "区间上限", "upper end"),
        Column("method", TEXT, "区间方法", "method of the interval"),
        Column("predicted", RATIO, "预测不真实率", "the share, drawn towards that of all when few were called"),
    ),
    ("rule",),
)

RELIABILITY = Table(
    "reliability",
    "预测可靠性",
    "points of the reliability plot: what was foretold of the parties called beside what the calls say",
    (
        Column("bin", COUNT, "区间序号", "from 0: tenths of the chance foretold"),
        Column("reached", COUNT, "核实数", "drawn parties that were confirmed or refuted"),
        Column(
            "predicted", RATIO, "预测不真实率", "mean chance of being false, as foretold by the other half of the calls"
        ),
        Column("observed", RATIO, "实际不真实率", "weighted share refuted"),
        Column("low", RATIO, "区间下限", "lower end of the interval at 95 %"),
        Column("high", RATIO, "区间上限", "upper end"),
        Column("method", TEXT, "区间方法", "method of the interval"),
    ),
    ("bin",),
)


def calibrated(calls: pl.DataFrame, findings: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """RULE_FAIL_RATES and RELIABILITY.

    ``calls``: drawn.outcomes, doubted callers left out here. ``findings``: policy_no, role, rule of F and W findings. The
    plot foretells each half of the parties by the calls to the other half: of its own calls a rate would praise itself.
    """
    drawn = calls.filter(~pl.col("flagged")).select(
        "inclusion_probability", "outcome", "list_id", party=parties_of(calls.filter(~pl.col("flagged")))
    )
    drawn = drawn.sort("party", "list_id").unique("party", keep="last", maintain_order=True).drop("list_id")
    drawn = drawn.select(calibration.DRAWN_SCHEMA.names()).cast(calibration.DRAWN_SCHEMA)
    found = findings.select("rule", party=parties_of(findings)).unique().select(calibration.FINDING_SCHEMA.names())
    found = found.join(drawn.select("party"), on="party", how="semi")
    halves = [drawn.filter(pl.col("party") % 2 == side) for side in (0, 1)]
    foretold = [
        calibration.predict(here["party"], found, calibration.fail_rates(there, found))
        for here, there in (halves, halves[::-1])
    ]
    points = calibration.reliability(drawn, pl.concat(foretold).sort("party"))
    return calibration.fail_rates(drawn, found), points
