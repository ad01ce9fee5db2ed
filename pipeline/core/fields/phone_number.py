"""One phone number in its canonical form.

* mobile: 11 digits; satellite and 11-digit data segments alike; IoT: 13 digits
* landline: area code, dash, subscriber number (``025-84550000``), extension behind a second dash (``-8001``)
* foreign: E.164 with its plus (``+85261234567``)
* relay and service numbers: their digits, behind an area code and a dash where they came with one (``025-95518``)

Sources: MIIT numbering plan, ITU-T E.123 and E.164, libphonenumber metadata of region CN for the carrier-selection
prefixes (11xxx, 12xxx, 179xx: 17951, 12593 …) and for everything foreign.
"""

from functools import cache, lru_cache

import phonenumbers
import polars as pl

from pipeline.core.fields.phone_tables import landline_fits, service_pattern, subscriber_digits

COMPLETE = 2
PARTIAL = 1
NONE = 0

CODES = ("area_code_home", "area_code_zero", "carrier_prefix", "country_code", "separators", "trunk_zero")
"""Repairs a single number may need."""

_AREA = r"0(?:10|2[0-9]|[3-9][0-9]{2})"
_BARE_AREA = r"(?:10|2[0-9]|[3-9][0-9]{2})"
_CARRIER = r"^1(?:[12][0-9]|79)[0-9]{2}(0?1[3-9][0-9]{9}|0(?:10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7})$"
_COUNTRY_MOBILE = r"^[+0]*86(0?1[3-9][0-9*]{9}|14[0-9]{11})$"
_COUNTRY_PLUS = r"^(?:\+|00|\+00)86(0?[1-9][0-9]{2,11})$"
_COUNTRY_BARE = rf"^86(0?{_BARE_AREA}[2-8][0-9]{{6,7}})$"
_TRUNK = r"^0{1,3}(1[3-9][0-9*]{9}|95013[0-9]{4,11})$"
_FOREIGN = r"^(?:\+|00|\+00)([1-9][0-9]{5,14})$"
_NEIGHBOUR = r"^(852[2-9][0-9]{7}|853[268][0-9]{7}|8860?9[0-9]{8})$"
"""Hong Kong, Macao and Taiwan mobile numbers are often written with the bare country code."""
_EXTENDABLE = r"^(?:1[3-9][0-9]{9}|0[0-9]{2,3}-[2-8][0-9]{6,7}|[48]00[0-9]{7})$"
_EXTENDED_LANDLINE = r"^(0[0-9]{2,3}-[2-8][0-9]{6,7})-[0-9]{1,6}$"
"""Where an area has numbers of 7 and of 8 digits, only the dash tells an extension from an eighth digit."""


@lru_cache(maxsize=65_536)
def foreign(number: str) -> tuple[str, bool]:
    """(E.164 form, valid in its country) of ``number``, which begins with a plus; as it came when it is not valid."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number, False
    if parsed.country_code == 86 or not phonenumbers.is_valid_number(parsed):
        return number, False
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164), True


def canonical(pieces: pl.Series, home_area: str | None) -> pl.DataFrame:
    """Canonical form of each piece of digits and separators, rows aligned.

    Columns ``number`` (the squeezed piece where it is no number), ``grade`` (COMPLETE, PARTIAL: a landline with its
    area code but a subscriber number that cannot be, NONE) and one Boolean per name in CODES.
    ``home_area`` is the area code given to local numbers, None to leave them.
    """
    split = pl.DataFrame({"piece": pieces}).select(
        "piece",
        whole=pl.col("piece").str.replace_all(r"[^0-9+*#]", ""),
        body=_extension(1).str.replace_all(r"[^0-9+*]", ""),
        extension=_extension(2),
        dashed=pl.col("piece").str.extract(_EXTENDED_LANDLINE),
    )
    # A dash may stand inside a number or before its extension: the reading as one number goes first.
    whole = _plain(split["whole"], home_area)
    split = split.with_columns(
        body=pl.when(((whole["grade"] != COMPLETE) & _may_extend()) | pl.col("dashed").is_not_null()).then("body"),
    )
    if split["body"].null_count() < len(split):
        return _choose(split, whole, _plain(split["body"], home_area))
    return _choose(split, whole, whole.clear(len(whole)))


@cache
def _extension(group: int) -> pl.Expr:
    """Part of a piece before (1) and within (2) its extension, set off by ``#``, dash, bracket or blank."""
    return pl.col("piece").str.extract(r"^(.*[0-9])[^0-9+*]*[#\- (][^0-9+*]*([0-9]{1,6})$", group)


@cache
def _may_extend() -> pl.Expr:
    """A mobile number has an extension only as a relay number, of three or four digits."""
    mobile = pl.col("body").str.contains(r"1[3-9][0-9]{9}$")
    return ~mobile | pl.col("extension").str.len_bytes().is_between(3, 4)


def _choose(split: pl.DataFrame, whole: pl.DataFrame, body: pl.DataFrame) -> pl.DataFrame:
    """The reading as one number where it is complete, else with extension, else whatever the first reading gave."""
    first = (whole["grade"] != COMPLETE) | (body["number"] == split["dashed"]).fill_null(False)
    extended = first & (body["grade"] == COMPLETE) & body["number"].str.contains(_EXTENDABLE)
    number = (
        pl.when(extended)
        .then(body["number"] + "-" + split["extension"])
        .when(whole["grade"] != NONE)
        .then(whole["number"])
        .when(split["whole"].str.contains("#", literal=True))
        .then(split["piece"])
        .otherwise(split["whole"])
    )
    chosen = split.with_columns(
        number=number,
        grade=pl.when(extended).then(pl.lit(COMPLETE)).otherwise(whole["grade"]),
        **{code: pl.when(extended).then(body[code]).otherwise(whole[code]) for code in CODES if code != "separators"},
    )
    untouched = pl.col("piece").str.contains(r"^[0-9+*]*$") | (pl.col("piece") == pl.col("number"))
    return chosen.select("number", "grade", *(pl.col(c) for c in CODES if c != "separators"), separators=~untouched)


def _plain(squeezed: pl.Series, home_area: str | None) -> pl.DataFrame:
    """Canonical form of strings of ``0-9 + *``, NONE for null; columns of :func:`canonical` but ``separators``."""
    s = pl.DataFrame({"s": squeezed})
    s = s.with_columns(
        abroad=pl.coalesce(pl.col("s").str.extract(_FOREIGN), pl.col("s").str.extract(_NEIGHBOUR)),
        domestic=pl.coalesce(*(pl.col("s").str.extract(p) for p in (_COUNTRY_MOBILE, _COUNTRY_PLUS, _COUNTRY_BARE))),
    )
    s = s.with_columns(
        abroad=pl.when(pl.col("domestic").is_null() & ~pl.col("abroad").str.starts_with("86")).then("abroad"),
        country_code=pl.col("domestic").is_not_null(),
        national=pl.coalesce("domestic", "s"),
    )
    carried = pl.col("national").str.extract(_CARRIER)
    s = s.with_columns(carrier_prefix=carried.is_not_null(), national=pl.coalesce(carried, "national"))
    trunk = pl.col("national").str.extract(_TRUNK)
    s = s.with_columns(trunk_zero=trunk.is_not_null(), national=pl.coalesce(trunk, "national"))
    return _abroad(_domestic(s, home_area))


def _domestic(s: pl.DataFrame, home_area: str | None) -> pl.DataFrame:
    """``s`` with ``number`` and ``grade`` of its ``national`` digits, and the area-code repairs."""
    national = pl.col("national")
    person = national.str.contains(r"^(?:1[3-9][0-9*]{9}|14[0-9]{11})$")
    service = national.str.contains(f"^(?:{service_pattern('relay')}|{service_pattern('service')})$")
    s = s.with_columns(
        own=person | service,
        area=national.str.extract(rf"^({_AREA})[0-9]+$"),
        subscriber=national.str.extract(rf"^{_AREA}([0-9]+)$"),
        bare_area="0" + national.str.extract(rf"^({_BARE_AREA})[2-8][0-9]{{6,7}}$"),
        bare_subscriber=national.str.extract(rf"^{_BARE_AREA}([2-8][0-9]{{6,7}})$"),
    )
    fits = landline_fits()
    area_service = pl.col("subscriber").str.contains(f"^{service_pattern('service')}$")
    partial = pl.col("subscriber").str.len_bytes().is_between(5, 8)
    written = pl.col("area") + "-" + pl.col("subscriber")
    zeroless = pl.col("bare_area") + "-" + pl.col("bare_subscriber")
    s = s.with_columns(
        lost_zero=~pl.col("own") & landline_fits("bare_area", "bare_subscriber"),
        local=_local(home_area),
    )
    return s.with_columns(
        number=pl.when("own")
        .then(national)
        .when(fits | area_service | partial)
        .then(written)
        .when("lost_zero")
        .then(zeroless)
        .otherwise("local"),
        grade=pl.when(pl.col("own") | fits | area_service | pl.col("lost_zero") | pl.col("local").is_not_null())
        .then(pl.lit(COMPLETE))
        .when(partial)
        .then(pl.lit(PARTIAL))
        .otherwise(pl.lit(NONE)),
        # Behind the country code the zero is rightly missing.
        area_code_zero=pl.col("lost_zero") & ~pl.col("country_code"),
        area_code_home=pl.col("local").is_not_null() & ~pl.col("lost_zero") & ~pl.col("own"),
    )


@cache
def _local(home_area: str | None) -> pl.Expr:
    """A local number of ``home_area`` with its area code, null for anything else."""
    digits = subscriber_digits().get(home_area or "", "")
    if not digits:
        return pl.lit(None, pl.String)
    local = pl.col("national").str.extract(rf"^([2-8][0-9]{{{int(digits[0]) - 1},{int(digits[-1]) - 1}}})$")
    return pl.lit(f"{home_area}-") + local


def _abroad(s: pl.DataFrame) -> pl.DataFrame:
    """``s`` with the foreign numbers among what is no domestic number; phonenumbers sees each only once.

    Behind ``00`` or without a prefix it must be valid abroad: two zeros before a mobile number are a slip, too.
    """
    doubtful = pl.col("s").str.starts_with("00") | (pl.col("grade") != COMPLETE).fill_null(True)
    numbers = s.filter(pl.col("abroad").is_not_null() & doubtful)["abroad"].unique()
    answers = [foreign(f"+{number}") for number in numbers]
    forms = pl.Series([form for form, _ in answers], dtype=pl.String)
    valid = numbers.filter(pl.Series([valid for _, valid in answers], dtype=pl.Boolean))
    plus = pl.col("s").str.starts_with("+") & doubtful & pl.col("abroad").is_not_null()
    s = s.with_columns(is_abroad=(plus | (doubtful & pl.col("abroad").is_in(valid.implode()))).fill_null(False))
    number = pl.col("abroad").replace_strict(numbers, forms, default=None)
    return s.select(
        number=pl.when("is_abroad").then(number).otherwise("number"),
        grade=pl.when("is_abroad").then(pl.lit(COMPLETE)).otherwise("grade").fill_null(NONE),
        area_code_home="area_code_home",
        area_code_zero="area_code_zero",
        carrier_prefix="carrier_prefix",
        country_code=pl.when("is_abroad")
        .then(~pl.col("s").str.starts_with("+"))
        .otherwise(pl.col("country_code") & (pl.col("grade") != NONE)),
        trunk_zero=pl.col("trunk_zero") & ~pl.col("is_abroad"),
    )
