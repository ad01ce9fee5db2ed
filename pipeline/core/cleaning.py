"""Which cleaner each field goes through, and the repairs they made as one sparse list.

A cleaner takes a column of a frame as delivered and gives the cleaned columns and what it repaired.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial

import polars as pl

from pipeline.core.distinct import Remembered, answers_to, on_distinct_rows
from pipeline.core.fields import (
    address,
    certificate,
    certificate_type,
    dates,
    email,
    engine_no,
    name,
    phone,
    plate,
    postcode,
    region,
    text,
    vin,
    wechat,
)
from pipeline.core.schema import OBSERVATION_SCHEMA
from pipeline.core.tables import codes

REPAIR_SCHEMA = pl.Schema({"row": pl.UInt32, "field": pl.String, "repair": pl.String, "raw": pl.String})
LONG_TERM = date(9999, 12, 31)


Cleaner = Callable[[pl.Series], pl.DataFrame]


@dataclass(frozen=True)
class Words:
    """What a feed's own settings add: codes per field, null words, date formats; and what was cleaned by them."""

    codes: Mapping[str, Mapping[str, str]]
    null_words: frozenset[str]
    date_formats: tuple[str, ...]
    remembered: dict[str, Remembered] = field(default_factory=dict, compare=False, repr=False)

    def cleaner(self, of: str) -> Remembered:
        """The cleaner of the field ``of``."""
        if of not in self.remembered:
            self.remembered[of] = Remembered(_cleaner(of, self))
        return self.remembered[of]

    # One of each for all fields it fits: what they say is then cleaned in one go.
    @cached_property
    def as_text(self) -> Cleaner:
        """Cleaner of free text."""
        return partial(text.clean, null_words=text.NULL_WORDS | self.null_words)

    @cached_property
    def as_code(self) -> Cleaner:
        """Cleaner of codes nobody knows beforehand."""
        return partial(text.clean, null_words=_NULL_CODES | self.null_words)

    @cached_property
    def as_date(self) -> Cleaner:
        """Cleaner of dates that are no period's."""
        return partial(dates.clean, formats=self.date_formats)

    @cached_property
    def as_time(self) -> Cleaner:
        """Cleaner of times."""
        return partial(dates.clean_times, formats=self.date_formats)


@dataclass
class Cleaned:
    """Cleaned columns, rows aligned with what came in, and the repairs by row number."""

    columns: pl.DataFrame
    repairs: pl.DataFrame


def clean(told: pl.DataFrame, words: Words) -> Cleaned:
    """Clean every column of ``told`` (field name -> text as delivered) by its kind."""
    columns: list[pl.Series] = []
    repairs: list[pl.DataFrame] = []

    def keep(fields: pl.DataFrame, raw: str, repair: pl.Series) -> None:
        columns.extend(fields.get_columns())
        if repair.null_count() < len(repair):
            at = repair.is_not_null().arg_true()
            repairs.append(_repairs(raw, at, repair.gather(at), told[raw]))

    left = [field for field in told.columns if field in OBSERVATION_SCHEMA]
    for fields, together in _TOGETHER:
        here = [field for field in fields if field in left]
        if here:
            for cleaned, raw, repair in together(told.select(here), words):
                keep(cleaned, raw, repair)
            left = [field for field in left if field not in fields]
    for column, answers in zip(left, answers_to([(words.cleaner(of), told[of]) for of in left]), strict=True):
        columns.append(answers.table["value"].gather(answers.at).alias(column))
        repair = answers.table["repair"]
        if repair.null_count() < len(repair):
            at = repair.is_not_null().gather(answers.at).arg_true()
            repairs.append(_repairs(column, at, repair.gather(answers.at.gather(at)), told[column]))
    changed = pl.concat([REPAIR_SCHEMA.to_frame(eager=True), *repairs])
    return Cleaned(pl.DataFrame(columns, height=told.height), changed)


def _repairs(field: str, at: pl.Series, repair: pl.Series, raw: pl.Series) -> pl.DataFrame:
    """What was repaired in the rows ``at``; ``raw``: of all rows."""
    return pl.DataFrame(
        {
            "row": at.cast(pl.UInt32),
            "field": pl.Series([field], dtype=pl.String).new_from_index(0, len(at)),
            "repair": repair,
            "raw": raw.gather(at),
        },
        schema=REPAIR_SCHEMA,
    )


Part = tuple[pl.DataFrame, str, pl.Series]


def _certificate(told: pl.DataFrame, words: Words) -> list[Part]:
    """Type first: the number is read by it."""
    parts: list[Part] = []
    kind = pl.Series("cert_type", [None], pl.String).new_from_index(0, told.height)
    if "cert_type" in told.columns:
        answers = words.cleaner("cert_type").on(told["cert_type"])
        kind = answers["value"].alias("cert_type")
        parts.append((kind.to_frame(), "cert_type", answers["repair"]))
    if "cert_no" in told.columns:
        keys = told.select("cert_no").with_columns(kind)
        answers = on_distinct_rows(keys, lambda distinct: certificate.clean(distinct["cert_no"], distinct["cert_type"]))
        parts.append((answers.select(cert_no="value"), "cert_no", answers["repair"]))
    return parts


def _phones(told: pl.DataFrame, _words: Words) -> list[Part]:
    """The three cells together: a number in the wrong one is moved."""
    fields = ("mobile", "landline", "other_phones")
    cells = told.with_columns(pl.lit(None, pl.String).alias(field) for field in fields if field not in told.columns)
    answers = on_distinct_rows(
        cells.select(fields),
        lambda distinct: phone.arrange(distinct["mobile"], distinct["landline"], distinct["other_phones"]),
    )
    return [
        (answers.select(field), field, answers[f"{field}_repair"])
        if field in told.columns
        else (answers.select(field), told.columns[0], pl.Series([None], dtype=pl.String).new_from_index(0, told.height))
        for field in fields
    ]


def _address(told: pl.DataFrame, words: Words) -> list[Part]:
    """Address with its parts; a region code told beside it stands, else the address gives it."""
    parts: list[Part] = []
    code = None
    if "region_code" in told.columns:
        answers = words.cleaner("region_code").on(told["region_code"])
        code = answers["value"].alias("region_code")
    if "address" in told.columns:
        found = words.cleaner("address").on(told["address"])
        derived = found["region_code"]
        columns = found.select(pl.col("value").alias("address"), *_ADDRESS_PARTS)
        code_here = derived if code is None else pl.select(pl.coalesce(code, derived)).to_series()
        parts.append((columns.with_columns(code_here.alias("region_code")), "address", found["repair"]))
        code_column = pl.DataFrame(height=told.height)
    else:
        code_column = code.to_frame() if code is not None else pl.DataFrame(height=told.height)
    if code is not None:
        parts.append((code_column, "region_code", answers["repair"]))
    return parts


_ADDRESS_PARTS = ("province", "city", "county", "road", "house_number", "building", "building_unit", "room")

_TOGETHER: tuple[tuple[tuple[str, ...], Callable[[pl.DataFrame, Words], list[Part]]], ...] = (
    (("cert_type", "cert_no"), _certificate),
    (("mobile", "landline", "other_phones"), _phones),
    (("address", "region_code"), _address),
)

_CODES = ("result_code", "caller", "salesperson_code", "agency_code", "team", "list_id", "stratum", "vendor")
_NULL_CODES = text.NULL_WORDS - {"0"}
"""In a column of codes 0 is a code: an empty number (空号) often has it."""

_NAMES = ("name", "legal_representative", "contact_name", "account_name")
_VALIDITY: dict[str, dates.End] = {"cert_valid_from": "from", "cert_valid_to": "to"}
_OWN: dict[str, Cleaner] = {
    **dict.fromkeys(_NAMES, name.clean),
    "contact_phone": phone.clean,
    "email": email.clean,
    "address": address.clean,
    "region_code": region.clean,
    "postcode": postcode.clean,
    "plate": plate.clean,
    "vin": vin.clean,
    "engine_no": engine_no.clean,
    "openid": wechat.clean,
    "unionid": wechat.clean,
}


def _cleaner(field: str, words: Words) -> Cleaner:
    if field in _OWN:
        return _OWN[field]
    if field == "cert_type":
        return partial(_closed_code, codes=_cert_types(words), words=words)
    if field in codes.CLOSED:
        return partial(_closed_code, codes=codes.CLOSED[field] | dict(words.codes.get(field, {})), words=words)
    if OBSERVATION_SCHEMA[field] == pl.String:
        known = {**codes.OPEN.get(field, {}), **words.codes.get(field, {})}
        cleaner = words.as_code if field in _CODES else words.as_text
        return partial(_words, known=known, cleaner=cleaner) if known else cleaner
    return _of_type(field, words)


def _of_type(field: str, words: Words) -> Cleaner:
    """Cleaner of a field that is not text."""
    kind = OBSERVATION_SCHEMA[field]
    if field in _VALIDITY:
        return partial(dates.clean, formats=words.date_formats, long_term=True, end=_VALIDITY[field])
    by_kind: dict[pl.DataType, Cleaner] = {
        pl.Date(): words.as_date,
        pl.Datetime("us"): words.as_time,
        pl.Boolean(): partial(_flag, words=words),
        pl.Int64(): _fen if field == "premium" else partial(_number, kind=kind),
        pl.Float64(): partial(_number, kind=kind),
    }
    return by_kind[kind]


def _words(values: pl.Series, known: Mapping[str, str], cleaner: Cleaner) -> pl.DataFrame:
    """Text, with the words the code map knows replaced and the others as they are."""
    cleaned = cleaner(values)
    upper = {key.upper(): word for key, word in known.items()}
    return cleaned.with_columns(
        value=pl.coalesce(
            pl.col("value").str.to_uppercase().replace_strict(upper, default=None, return_dtype=pl.String), "value"
        )
    )


_CODE_AND_NAME = (
    r"^[0-9A-Z]{1,4} *[-_:|./、] *([^0-9]{2,}|\p{Han})$",
    r"^([^0-9]+?) *\([0-9A-Z]{1,4}\)$",
    r"^([^0-9]+?) *[-_:|/] *[0-9]{1,4}$",
)
"""Ways to write a code and its name in one cell, each with the name."""


def _closed_code(values: pl.Series, codes: Mapping[str, str], words: Words) -> pl.DataFrame:
    """The project's word for a code; an unknown code is set aside, never guessed."""
    upper = {key.upper(): word for key, word in codes.items()}
    cleaned = text.clean(values, words.null_words)
    said = pl.col("value").str.to_uppercase()
    # 01-居民身份证, 1|男, 男(1): the code and its name in one cell.
    ways = (said, *(said.str.extract(form, 1) for form in _CODE_AND_NAME))
    known = cleaned.select(
        value=pl.coalesce(way.replace_strict(upper, default=None, return_dtype=pl.String) for way in ways)
    )
    nothing = cleaned["value"].is_null() | cleaned["value"].is_in(list(text.NULL_WORDS))
    return known.with_columns(repair=pl.when(known["value"].is_null() & ~nothing).then(pl.lit("unknown_code")))


def _flag(values: pl.Series, words: Words) -> pl.DataFrame:
    answers = _closed_code(values, codes.FLAGS, words)
    return answers.with_columns(value=pl.col("value") == "true")


def _fen(values: pl.Series) -> pl.DataFrame:
    """Yuan as written (1,234.50, ￥1234.5元) in fen."""
    plain = text.to_ascii_forms(values).str.replace_all(r"[,￥¥元\s]", "")
    yuan = plain.cast(pl.Float64, strict=False)
    value = (yuan * 100).round().cast(pl.Int64, strict=False)
    return pl.DataFrame({"value": value}).with_columns(repair=_unparseable(values, value))


def _number(values: pl.Series, kind: pl.DataType) -> pl.DataFrame:
    """A plain number, or minutes and seconds as 01:23 or 00:01:23, in seconds."""
    plain = text.to_ascii_forms(values).str.strip_chars()
    clock = plain.str.extract_groups(r"^(?:([0-9]+):)?([0-9]{1,2}):([0-9]{2})$").struct.unnest().cast(pl.Int64)
    seconds = clock.select(pl.col("1").fill_null(0) * 3600 + pl.col("2") * 60 + pl.col("3")).to_series()
    number = pl.select(pl.coalesce(plain.cast(pl.Float64, strict=False), seconds.cast(pl.Float64))).to_series()
    finite = pl.select(pl.when(number.is_finite()).then(number)).to_series()
    value = finite.cast(kind, strict=False) if kind == pl.Float64 else finite.round().cast(kind, strict=False)
    return pl.DataFrame({"value": value}).with_columns(repair=_unparseable(values, value))


def _unparseable(told: pl.Series, value: pl.Series) -> pl.Series:
    blank = told.is_null() | text.to_ascii_forms(told).str.strip_chars().is_in(["", *text.NULL_WORDS])
    return pl.select(pl.when(value.is_null() & ~blank).then(pl.lit("unparseable"))).to_series()


def _cert_types(words: Words) -> Mapping[str, str]:
    return certificate_type.type_codes() | dict(words.codes.get("cert_type", {}))
