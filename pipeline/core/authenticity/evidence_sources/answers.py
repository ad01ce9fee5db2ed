"""From a code table to pieces: a row per field that an answer confirms or refutes."""

import polars as pl

from pipeline.core.authenticity.evidence_tables import PIECES
from pipeline.core.tables import csv_table

CODED = ("answer", "confirms", "refutes", "otherwise")
"""Columns that a code table adds to what was told."""


def callback_codes() -> pl.DataFrame:
    """The results of call-backs."""
    return csv_table.read("callback_codes.csv")


def callback_words() -> dict[str, str]:
    """What a result is called -> its code: the names in the table and the usual words that can mean nothing else."""
    codes = callback_codes()
    names = dict(zip(codes["zh"], codes["code"], strict=True))
    return {part: code for name, code in names.items() for part in (name, *name.split("/"))} | _CALLBACK_WORDS


_CALLBACK_WORDS = {
    "本人确认": "00", "确认真实": "00", "本人接听确认": "00", "家属": "10", "业务员接听": "11", "中介接听": "11", "错号": "12",
    "已停机": "21", "欠费停机": "21", "暂停服务": "21", "已关机": "22", "不在服务区": "23", "无人应答": "24", "未接听": "24",
    "无应答": "24", "忙线": "25", "用户忙": "25", "正在通话中": "25", "拒绝回访": "30", "拒绝受访": "30", "客户拒访": "30", "禁呼": "51",
}  # fmt: skip
"""成功, 失败, 非本人 and 号码错误 are not here: each may mean several results."""


def check_codes() -> pl.DataFrame:
    """The answers of checks and messages, per sender."""
    return csv_table.read("check_codes.csv")


def spread(told: pl.DataFrame) -> pl.DataFrame:
    """A row per field of each answer, in :data:`PIECES`; ``told`` has its columns and :data:`CODED`.

    An answer without fields, or a code that no table has, gives one row about the phone that says nothing, or what
    ``otherwise`` says.
    """
    fields = [
        pl.col(way).fill_null("").str.split(" ").list.eval(pl.element().filter(pl.element() != "")).alias(way)
        for way in ("confirms", "refutes")
    ]
    listed = told.with_columns(fields)
    parts = [
        listed.explode(way).filter(pl.col(way).is_not_null()).with_columns(field=way, direction=pl.lit(way))
        for way in ("confirms", "refutes")
    ]
    rest = listed.filter((pl.col("confirms").list.len() + pl.col("refutes").list.len()) == 0).with_columns(
        field=pl.lit("phone"), direction=pl.col("otherwise").fill_null("says_nothing")
    )
    return pl.concat([filled(part) for part in (*parts, rest)])


def filled(pieces: pl.DataFrame) -> pl.DataFrame:
    """``pieces`` in :data:`PIECES`, columns they do not have null."""
    return pieces.select(
        pl.col(name).cast(dtype) if name in pieces.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in PIECES.items()
    )
