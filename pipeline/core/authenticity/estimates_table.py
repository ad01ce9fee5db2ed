"""The estimates table, column by column."""

from pipeline.core.schema import COUNT, RATIO, TEXT, Column, Table

ESTIMATES = Table(
    "estimates",
    "真实率估计",
    "true authentic rate estimated from drawn call-backs, per caliber, period and dimension",
    (
        Column("caliber", TEXT, "口径", "named definition whose system rate it is held against"),
        Column("digest", TEXT, "口径摘要", "16 hexadecimal digits of the definition"),
        Column("period", TEXT, "期间", "all, month 2026-03, quarter 2026-Q1 or year 2026, by date of issue"),
        Column("dimension", TEXT, "维度", "city, unit or channel"),
        Column("value", TEXT, "取值", "value of the dimension, empty when none"),
        Column("callers", TEXT, "外呼人员范围", "all, or unflagged: calls by doubted callers told as not reached"),
        Column(
            "population", COUNT, "总数", "parties counted that could be drawn: issued in a week somebody was drawn of"
        ),
        Column("drawn", COUNT, "抽样数", "drawn calls"),
        Column("reached", COUNT, "核实数", "of them confirmed or refuted"),
        Column("estimate", RATIO, "真实率估计", "0–1; null when nobody was reached"),
        Column("low", RATIO, "区间下限", "lower end of the interval"),
        Column("high", RATIO, "区间上限", "upper end of the interval"),
        Column("method", TEXT, "区间方法", "method of the interval, or none"),
        Column("coverage", RATIO, "置信水平", "share of samples whose interval holds the true rate"),
        Column("naive_rate", RATIO, "系统真实率", "rate by the caliber's rules, of the same parties"),
        Column("bias", RATIO, "系统偏差", "naive_rate − estimate; positive when the rules overstate"),
        Column("worst_low", RATIO, "最坏下限", "if nobody not reached were authentic, interval included"),
        Column("worst_high", RATIO, "最好上限", "if everybody not reached were authentic, interval included"),
        Column("target", RATIO, "目标", "rate to reach"),
        Column("decision", TEXT, "结论", "met, missed or open against the target"),
        Column("worst_decision", TEXT, "最坏结论", "the same whatever those not reached are"),
        Column(
            "error",
            RATIO,
            "误判概率",
            "1 − coverage: decision is wrong at most so often if those not reached are like those reached",
        ),
    ),
    ("caliber", "period", "dimension", "value", "callers"),
)
