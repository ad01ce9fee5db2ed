"""Phone numbers: mobile, landline, foreign; one cell may hold several.

Canonical forms (:mod:`pipeline.core.fields.phone_number`): mobile 11 digits; landline ``025-84550000`` with its
extension behind a second dash; foreign E.164 with its plus. Anything else stays as cleaned text (``139****5678``) for
:func:`check` to name. Reference tables: ``mobile_segments.csv``, ``area_codes.csv``, ``phone_services.csv``,
``phone_deny_list.csv``.
"""

from collections.abc import Sequence
from functools import cache

import polars as pl

from pipeline.core.distinct import on_distinct
from pipeline.core.fields.phone_arrange import LANDLINE, MOBILE, OTHER, place
from pipeline.core.fields.phone_cell import REPAIRS, read
from pipeline.core.fields.phone_check import KINDS, REASONS, answers_at, check, plain_mobiles
from pipeline.core.fields.phone_tables import landline_fits
from pipeline.core.fields.text import stars

__all__ = ["HOME_AREA", "KINDS", "REASONS", "REPAIRS", "arrange", "check", "clean", "mask"]

HOME_AREA = "025"
"""Area code of the branch's own city, Nanjing; a local number without one gets it."""

_NOTHING_READ = pl.DataFrame(schema={"value": pl.String, "repair": pl.String, "others": pl.List(pl.String)})
_CANONICAL_LANDLINE = r"^(0(?:10|2[0-9]|[3-9][0-9]{2}))-([2-8][0-9]{6,7})$"


def clean(values: pl.Series, home_area: str | None = HOME_AREA) -> pl.DataFrame:
    """``value``, ``repair`` and ``others`` of each cell, rows aligned.

    ``value`` is the cell's first valid mobile number, else its first usable number, else the first it has, else its
    text; ``others`` (List of String, null when none) the cell's further numbers in order. ``repair`` joins codes of
    REPAIRS by ``+``. ``home_area`` completes local numbers (``area_code_home``); None leaves them, and :func:`check`
    calls them ``bad_landline``. A number in E-notation comes back only when all its digits are told; else its text
    stays, for :func:`check` to call ``unknown``.
    """
    return _all_clean([values.cast(pl.String)], home_area)[0]


def _all_clean(columns: Sequence[pl.Series], home_area: str | None) -> list[pl.DataFrame]:
    """What :func:`clean` gives for each of ``columns``. Their odd cells are read together: a reading has many steps."""
    odd = [_odd(values) for values in columns]
    cells = pl.concat([values.filter(some) for values, some in zip(columns, odd, strict=True)])
    read_cells = on_distinct(cells, lambda distinct: read(distinct, home_area)) if len(cells) else _NOTHING_READ
    found, start = [], 0
    for values, some in zip(columns, odd, strict=True):
        at = some.arg_true()
        answers = read_cells.slice(start, len(at))
        # scatter writes into the series it is called on; alias makes it one of our own.
        value = values.alias("value").scatter(at, answers["value"])
        found.append(value.to_frame().hstack(answers_at(some, answers.select("repair", "others"))))
        start += len(at)
    return found


def _odd(values: pl.Series) -> pl.Series:
    """Cells that are no number in canonical form."""
    if values.null_count() == len(values):
        return values.is_not_null()
    odd = values.is_not_null() & plain_mobiles(values).is_null()
    return odd.scatter(odd.arg_true(), ~_canonical_landlines(values.filter(odd)))


def arrange(
    mobile: pl.Series, landline: pl.Series, other_phones: pl.Series, home_area: str | None = HOME_AREA
) -> pl.DataFrame:
    """The numbers of a party's three cells, cleaned and each in the field it belongs to; rows aligned.

    Columns ``mobile``, ``landline``, ``other_phones`` (List of String, null when none) and ``mobile_repair``,
    ``landline_repair``, ``other_phones_repair``: what was changed in that *cell*, with ``moved`` when a number left it.
    ``other_phones`` may be cells (String) or lists of cleaned numbers. See :func:`.phone_arrange.place` for the places.
    """
    told = [mobile.cast(pl.String), landline.cast(pl.String)]
    if isinstance(other_phones.dtype, pl.List):
        cleaned = [*_all_clean(told, home_area), _taken_as_they_are(other_phones)]
    else:
        cleaned = _all_clean([*told, other_phones.cast(pl.String)], home_area)
    frame = pl.DataFrame(
        {f"{part}{cell}": cells[part] for cell, cells in enumerate(cleaned) for part in ("value", "repair", "others")}
    ).with_row_index("row")
    settled = (
        pl.col("others0").is_null()
        & pl.col("others1").is_null()
        & pl.col("value2").is_null()
        & (pl.col("value0").is_null() | plain_mobiles(frame["value0"]).is_not_null())
        & (pl.col("value1").is_null() | pl.col("value1").str.contains(_CANONICAL_LANDLINE))
    )
    unsettled = frame.select(~settled).to_series()
    placed = answers_at(unsettled, _placed(frame.filter(unsettled)))
    kept = {"mobile": "value0", "landline": "value1"}
    kept |= {"mobile_repair": "repair0", "landline_repair": "repair1", "other_phones_repair": "repair2"}
    choices = {name: pl.when(unsettled).then(placed[name]).otherwise(pl.col(cell)) for name, cell in kept.items()}
    return frame.select(**choices).insert_column(2, placed["other_phones"])


def mask(values: pl.Series) -> pl.Series:
    """What a report may show: ``139****5678``, ``025-****0000``, ``+852****4567``; asterisks for anything else."""
    told = values.cast(pl.String)
    mobile = told.str.contains(r"^1[0-9]{2}[0-9*]{8}$").fill_null(value=False)
    others = answers_at(~mobile, _masked(told.filter(~mobile)).to_frame("masked"))["masked"]
    shown = pl.concat_str(told.str.slice(0, 3), pl.lit("****"), told.str.slice(7))
    return pl.select(pl.when(mobile).then(shown).otherwise(others).alias(values.name)).to_series()


def _masked(others: pl.Series) -> pl.Series:
    """:func:`mask` of what is no mobile."""
    forms = (r"^(0[0-9]{2,3}-)[0-9]{3,4}([0-9]{4})(?:-[0-9]+)?$", r"^(\+[0-9]{3})[0-9]{3,}([0-9]{4})$")
    shown = [pl.when(others.str.contains(form)).then(others.str.replace(form, "$1****$2")) for form in forms]
    return pl.select(pl.coalesce(*shown, stars(others))).to_series()


def _canonical_landlines(values: pl.Series) -> pl.Series:
    """True where a value already is a landline number in canonical form, without extension."""
    groups = pl.col("v").str.extract_groups(_CANONICAL_LANDLINE)
    parts = values.to_frame("v").select(area=groups.struct.field("1"), subscriber=groups.struct.field("2"))
    return parts.select(landline_fits().alias("known"))["known"]


def _taken_as_they_are(numbers: pl.Series) -> pl.DataFrame:
    """What :func:`clean` gives, for lists of cleaned numbers."""
    return (
        numbers.cast(pl.List(pl.String))
        .to_frame("numbers")
        .select(
            value=pl.col("numbers").list.first(),
            repair=pl.lit(None, pl.String),
            others=pl.col("numbers").list.slice(1),
        )
    )


def _told(frame: pl.DataFrame) -> pl.DataFrame:
    """One row per number (``row``, ``cell``, ``number``) of the cleaned cells in ``frame``."""
    told = []
    for cell in (MOBILE, LANDLINE, OTHER):
        named = frame.select("row", cell=pl.lit(cell), number=f"value{cell}")
        further = frame.select("row", cell=pl.lit(cell), number=f"others{cell}").filter(pl.col("number").is_not_null())
        told += [named, further.explode("number", empty_as_null=True, keep_nulls=True)]
    return pl.concat(told).filter(pl.col("number").is_not_null())


def _placed(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of :func:`arrange` for the cleaned cells in ``frame``."""
    placed = frame.join(place(_told(frame)), on="row", how="left", maintain_order="left")
    return placed.select(
        "mobile",
        "landline",
        "other_phones",
        mobile_repair=_with_moved("repair0", "mobile_moved"),
        landline_repair=_with_moved("repair1", "landline_moved"),
        other_phones_repair=_with_moved("repair2", "other_phones_moved"),
    )


@cache
def _with_moved(repair: str, moved: str) -> pl.Expr:
    """Codes of ``repair`` with ``moved`` among them where it is true, in alphabetical order."""
    codes = pl.concat_list(pl.col(repair).fill_null("").str.split("+"), pl.lit("moved"))
    joined = codes.list.filter(pl.element() != "").list.sort().list.join("+")
    return pl.when(pl.col(moved).fill_null(False)).then(joined).otherwise(repair)
