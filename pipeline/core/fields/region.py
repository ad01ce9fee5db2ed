"""Administrative division codes, GB/T 2260: six digits, two each for province, city and county.

``clean`` gives the code in force today; ``table`` gives every code and name since 1980 to whoever reads addresses.
A place keeps its old code on cards and contracts for decades, so an abolished code is repaired, never refused.
"""

from functools import cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.core.fields.text import NULL_WORDS, to_ascii_forms
from pipeline.core.tables import csv_table

UNKNOWN_PROVINCE: Final = 0
UNKNOWN_COUNTY: Final = 1
ABOLISHED: Final = 2
IN_FORCE: Final = 3

# Rows that stand between a city and its counties in the code but are no place anyone names.
_BRACKETS: Final = ("市辖区", "县", "市", "市区", "省直辖县级行政单位", "省直辖行政单位", "自治区直辖县级行政单位")
_SEPARATORS: Final = r"[\s\-_/\\,;.·>|]"
_FLOAT_TAIL: Final = r"^([0-9]{2,12})\.0+$"
_PROVINCE_TAIL: Final = "(?:壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|省|市)$"
_PLACE_TAIL: Final = "(?:新区|矿区|林区|地区|市|区|县|旗|盟)$"


@cache
def table() -> pl.DataFrame:
    """Every code and name since 1980: code, name, first_year, last_year (null: in force), successor.

    Several rows for a code that was renamed. ``successor`` is a code in force today, null when the code itself is in
    force or its area was divided.
    """
    return csv_table.read("regions.csv").with_columns(pl.col("first_year", "last_year").cast(pl.Int32))


@cache
def _latest() -> pl.DataFrame:
    """One row per code: its name in force or its last one, and its successor."""
    order = table().with_columns(pl.col("last_year").fill_null(9999)).sort("code", "last_year", "first_year")
    return order.group_by("code", maintain_order=True).last()


@cache
def _status() -> NDArray[np.uint8]:
    """What every number below 1,000,000 is as a code: one of the four constants above."""
    latest = _latest()
    codes = latest["code"].cast(pl.Int32).to_numpy()
    status = np.zeros(1_000_000, dtype=np.uint8)
    for province in codes[codes % 10_000 == 0]:
        status[province : province + 10_000] = UNKNOWN_COUNTY
    status[codes] = np.where(latest["last_year"].to_numpy() == 9999, IN_FORCE, ABOLISHED)
    return status


def status(codes: NDArray[np.int32]) -> NDArray[np.uint8]:
    """For codes as numbers 0–999,999: UNKNOWN_PROVINCE, UNKNOWN_COUNTY, ABOLISHED or IN_FORCE."""
    return _status()[codes]


def names(codes: pl.Series) -> pl.DataFrame:
    """Full names of the ``province``, ``city`` and ``county`` of each code, null where the code is not that deep.

    Municipalities and counties directly under a province have no city.
    """
    lookup = pl.col("code"), pl.col("name")
    old, new = (_latest().select(column).to_series() for column in lookup)
    told = codes.to_frame("code")
    parts = told.select(
        province=pl.col("code").str.slice(0, 2) + "0000",
        city=pl.when(pl.col("code").str.slice(2, 2) != "00").then(pl.col("code").str.slice(0, 4) + "00"),
        county=pl.when(pl.col("code").str.slice(4, 2) != "00").then(pl.col("code")),
    )
    found = parts.select(pl.all().replace_strict(old, new, default=None, return_dtype=pl.String))
    return found.select(pl.when(~pl.all().is_in(_BRACKETS)).then(pl.all()))


@cache
def _codes_by_name() -> pl.DataFrame:
    """Name or path of names -> the one code in force today it can only mean: text, code, abolished."""
    rows = table().filter(~pl.col("name").is_in(_BRACKETS)).with_columns(live=pl.col("last_year").is_null())
    place = pl.coalesce("successor", "code")
    rows = rows.with_columns(now=place).filter(pl.col("now").is_in(_latest().filter(last_year=9999)["code"].implode()))
    above = names(rows["code"]).rename({"province": "above_province", "city": "above_city"}).drop("county")
    rows = pl.concat([rows, above], how="horizontal")
    is_province = pl.col("code").str.ends_with("0000")
    is_city = pl.col("code").str.ends_with("00") & ~is_province
    own = _spellings(
        "name", pl.when(is_province).then(_short("name", _PROVINCE_TAIL)).otherwise(_short("name", _PLACE_TAIL))
    )
    province = [
        pl.lit(""),
        *(
            pl.when(~is_province).then(way)
            for way in _spellings("above_province", _short("above_province", _PROVINCE_TAIL))
        ),
    ]
    city = [
        pl.lit(""),
        *(pl.when(~is_city).then(way) for way in _spellings("above_city", _short("above_city", _PLACE_TAIL))),
    ]
    paths = [first + second + third for first in province for second in city for third in own]
    spelt = pl.concat([rows.select(text=path, code="now", live="live") for path in paths]).drop_nulls("text")
    # A name in force wins over the same name in history; what still means two places means nothing.
    chosen = spelt.filter(pl.col("live") == pl.col("live").any().over("text"))
    alone = (
        chosen.group_by("text")
        .agg(pl.col("code").unique(), pl.col("live").any())
        .filter(pl.col("code").list.len() == 1)
    )
    return alone.select("text", code=pl.col("code").list.first(), abolished=~pl.col("live"))


def _short(name: str, tail: str) -> pl.Expr:
    return pl.col(name).str.replace(tail, "")


def _spellings(name: str, short: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The full name, and the short one where two characters are left of it."""
    return pl.col(name), pl.when(short.str.len_chars() >= 2).then(short)


def clean(values: pl.Series) -> pl.DataFrame:
    """Codes in force today.

    Repairs: abolished, name_for_code, unknown_code, null_word, float_tail, short_code, deeper_code. A name becomes its
    code when it can mean one place only. Six digits that never were a code stay.
    """
    plain = to_ascii_forms(values).str.strip_chars()
    text = plain.str.replace(_FLOAT_TAIL, "${1}").str.replace_all(_SEPARATORS, "").str.to_uppercase()
    told = pl.DataFrame({"text": text.str.replace("市市辖区", "市"), "tail": plain.str.contains(_FLOAT_TAIL)})
    told = told.with_columns(_kind(told["text"]))
    named = pl.col("kind") == "name"
    known = _codes_by_name() if (told["kind"] == "name").any() else _codes_by_name().clear()
    told = told.join(known, on="text", how="left", maintain_order="left")
    written = pl.when(pl.col("kind") == "code").then(pl.col("text").str.slice(0, 6).str.pad_end(6, "0"))
    dead = _latest().filter(pl.col("successor").is_not_null())
    successor = written.replace_strict(dead["code"], dead["successor"], default=None, return_dtype=pl.String)
    length = pl.when(pl.col("kind") == "code").then(pl.col("text").str.len_chars())
    repairs = {
        "abolished": successor.is_not_null() | (named & pl.col("abolished")),
        "deeper_code": length > 6,
        "float_tail": length.is_not_null() & pl.col("tail"),
        "name_for_code": named,
        "null_word": pl.col("kind") == "nothing",
        "short_code": length < 6,
        "unknown_code": pl.col("kind") == "unknown",
    }
    joined = pl.concat_str(
        (pl.when(found).then(pl.lit(repair)) for repair, found in repairs.items()), separator="+", ignore_nulls=True
    )
    return told.select(
        value=pl.coalesce(successor, written, pl.when(named).then("code")), repair=pl.when(joined != "").then(joined)
    )


def _kind(text: pl.Series) -> pl.Series:
    """What stands in the cell: code, name, nothing (a null word), unknown, or null for an empty cell."""
    value = pl.col("text")
    kind = (
        pl.when((value == "") | value.is_null())
        .then(None)
        .when(value.is_in([word.upper() for word in NULL_WORDS]) | value.str.contains("^0+$"))
        .then(pl.lit("nothing"))
        .when(value.str.contains("^(?:[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$"))
        .then(pl.lit("code"))
        .when(value.str.contains(r"\p{Han}"))
        .then(pl.lit("name"))
        .otherwise(pl.lit("unknown"))
    )
    return text.to_frame("text").select(kind.alias("kind")).to_series()


def check(values: pl.Series) -> pl.DataFrame:
    """Facts about cleaned codes: ``reason``, null when in force.

    Else shape, unknown_province, unknown_county (never a code since 1980) or abolished (its area was divided).
    """
    shaped = values.str.contains("^[0-9]{6}$")
    numbers = pl.select(pl.when(shaped).then(values)).to_series().cast(pl.Int32).fill_null(0).to_numpy()
    reasons = pl.Series(["unknown_province", "unknown_county", "abolished", None], dtype=pl.String)
    found = reasons.gather(status(numbers))
    return pl.select(reason=pl.when(shaped).then(found).when(~shaped).then(pl.lit("shape")))


def mask(values: pl.Series) -> pl.Series:
    """Only the province's two digits: ``32****``."""
    return (values.str.slice(0, 2) + "****").alias(values.name)
