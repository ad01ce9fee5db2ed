"""Dates and times as feeds write them, year first.

19880101, 1988-01-01, 1988/1/1, 1988.1.1, 1988年1月1日, any of them with a time of day (10:30, T10:30:00.123Z, 下午3:00,
-10.30.45.123456, 24:00:00), 20240131103000, spreadsheet serials from 20000 to 60000. A zone other than China's is
converted: 1987-12-31T16:00:00Z is 1988-01-01. Never guessed: two-digit years and day-first spellings. Other spellings
come as ``formats``, in the directives of strptime, and are tried first.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Literal

import polars as pl

from pipeline.core.fields import text

LONG_TERM = date(9999, 12, 31)
"""What stands for "no end": 长期."""

_NO_ENDS = "长期 长期有效 永久 永久有效 永久性 无限期 无期限 终身 终身有效 長期 長期有效 0"
LONG_TERM_WORDS = tuple(_NO_ENDS.split())
"""Ways to write it beside 9999-12-31, 2099-12-31 and anything later."""

_NO_DAYS = "1900-01-01 1899-12-30 1899-12-31 1800-01-01 1753-01-01 1111-11-11"
PLACEHOLDERS = tuple(date.fromisoformat(day) for day in _NO_DAYS.split())
"""Days that systems and hands put where none is known; every day of the year 1 and from 2099-12-31 on is one too."""

_FIRST_YEAR = 1800
_NO_END = date(2099, 12, 31)
_EPOCH = date(1970, 1, 1)
_SERIAL_ZERO = date(1899, 12, 30)
_LAST_SERIAL = 60_000
_ZONE = "Asia/Shanghai"

_COMPACT = (
    (r"^([0-9]{8})\.0*$", "${1}"),
    (r"^([0-9]{8})[T -]?([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{3,6})(Z|[+-].*)?$", "${1} ${2}:${3}:${4}.${5}${6}"),
    (r"^([0-9]{8})[T -]?([0-9]{2})([0-9]{2})([0-9]{2})(Z|[+-].*)?$", "${1} ${2}:${3}:${4}${5}"),
    (r"^([0-9]{8})[T -]?([0-9]{2})([0-9]{2})$", "${1} ${2}:${3}"),
    (r"^([0-9]{4})([0-9]{2})([0-9]{2})($|[T -].*)", "${1}-${2}-${3}${4}"),
    (r"^([0-9]{4}) *([-/.年]) *([0-9]{1,2}) *([-/.月]) *([0-9]{1,2})(?: *[日号] *)?", "${1}${2}${3}${4}${5} "),
)
"""Spellings without separators, and blanks between the parts, brought to the one spelling ``_MOMENT`` reads."""

_MOMENT = (
    r"^(?P<year>[0-9]{4})(?P<gap>[-/.年])(?P<month>[0-9]{1,2})(?P<gap2>[-/.月])(?P<day>[0-9]{1,2})"
    r"(?: *[T -] *(?P<half>上午|下午)? *(?P<hour>[0-9]{1,2})"
    r"(?:[:.时点](?P<minute>[0-9]{1,2})(?:[:.分](?P<second>[0-9]{1,2})(?:[.,:](?P<part>[0-9]{1,9}))?)?)?[时点分秒]?"
    r" ?(?P<half2>AM|PM)?)?"
    r" ?(?P<zone>Z|UTC|GMT|[+-][0-9]{2}:?(?:[0-9]{2})?)?$"
)
_PLAINEST = (
    (r"^[12][0-9]{3}[01][0-9][0-3][0-9]$", "%Y%m%d"),
    (
        r"^[12][0-9]{3}-[01][0-9]-[0-3][0-9] (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$",
        "%Y-%m-%d %H:%M:%S",
    ),
    (r"^[12][0-9]{3}/[01][0-9]/[0-3][0-9] (?:[01][0-9]|2[0-3]):[0-5][0-9]$", "%Y/%m/%d %H:%M"),
    (r"^[12][0-9]{3}[01][0-9][0-3][0-9](?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]$", "%Y%m%d%H%M%S"),
)
_SERIAL = r"^[2-6][0-9]{4}(?:\.[0-9]+)?$"
_SHORTENED = r"^[12]\.[0-9]{1,7}E\+?0?7$"
_ONE_DAY = r"[12][0-9]{3}(?:[01][0-9][0-3][0-9]|[-./年][0-9]{1,2}[-./月][0-9]{1,2}日?)"
_PERIOD = (
    rf"^\s*({_ONE_DAY})\s*(?:[-‐–—―－~～至到]|--|——)\s*({_ONE_DAY}|9999\D?12\D?31|{'|'.join(LONG_TERM_WORDS[:-1])})\s*$"
)
_UNIX = r"^[0-9]{10}(?:\.[0-9]+|[0-9]{3})?$"
_PLAINLY_UNIX = r"^[0-9]{10}$"


End = Literal["from", "to"]
Reading = Callable[[pl.Series], pl.DataFrame]


def clean(
    values: pl.Series, formats: Sequence[str] = (), *, long_term: bool = False, end: End | None = None
) -> pl.DataFrame:
    """``value``: pl.Date, null when there is none; ``repair``: why, or how it was read.

    Repairs: excel_serial, null_word, placeholder_date (1900-01-01 and such: null), unparseable (null), and where
    ``long_term`` is allowed, long_term: 长期, 0, 2099-12-31 and later give 9999-12-31. ``end``: which date of a period
    is wanted where one is written as cards print it, 2015.03.02-2035.03.02 (repair period). ``formats`` are those
    that :func:`is_format` accepts.
    """
    if end:
        return _of_period(values, formats, 1 if end == "from" else 2, long_term=long_term)
    told = _read(values, formats, unix=False)
    day, word = pl.col("day"), pl.col("text")
    endless = (
        word.str.replace_all(" ", "").is_in(LONG_TERM_WORDS) | (day >= _NO_END) if long_term else pl.lit(value=False)
    )
    placeholder = _is_placeholder(day, word) | (day >= _NO_END)
    repair = _repair(("long_term", endless), ("placeholder_date", placeholder))
    value = pl.when(endless).then(pl.lit(LONG_TERM)).when(~placeholder & (day.dt.year() >= _FIRST_YEAR)).then(day)
    return told.select(value=value, repair=repair)


def _of_period(values: pl.Series, formats: Sequence[str], which: int, *, long_term: bool) -> pl.DataFrame:
    period = values.str.contains(_PERIOD).fill_null(value=False)
    if not period.any():
        return clean(values, formats, long_term=long_term)
    one = values.str.extract(_PERIOD, which)
    told = clean(pl.select(pl.when(period).then(one).otherwise(values)).to_series(), formats, long_term=long_term)
    read = pl.lit(period) & pl.col("value").is_not_null()
    return told.with_columns(repair=pl.when(read).then(pl.lit("period")).otherwise("repair"))


def clean_times(values: pl.Series, formats: Sequence[str] = ()) -> pl.DataFrame:
    """``value``: pl.Datetime('us'), local time without a zone; ``repair`` as :func:`clean` gives it.

    Unix seconds (10 digits) and milliseconds (13 digits) are read too. 24:00 is 00:00 of the next day; a date without
    a time is its midnight. 1970-01-01 is a placeholder: no system here was running then.
    """
    told = _read(values, formats, unix=True)
    day, word = pl.col("day"), pl.col("text")
    placeholder = _is_placeholder(day, word) | (day >= _NO_END) | (day == _EPOCH)
    repair = _repair(("placeholder_date", placeholder))
    value = pl.when(~placeholder & (day.dt.year() >= _FIRST_YEAR)).then(pl.col("moment"))
    return told.select(value=value, repair=repair)


def check(values: pl.Series) -> pl.DataFrame:
    """``long_term``: the date stands for "no end". What else a date must be is a question of its field."""
    return pl.DataFrame({"long_term": values == LONG_TERM})


def is_format(directives: str) -> bool:
    """Whether ``directives`` can stand in ``formats``; settings ask before a night begins."""
    try:
        pl.Series([""]).str.to_datetime(directives, strict=False, time_unit="us")
    except pl.exceptions.ComputeError:
        return False
    return True


def mask(values: pl.Series) -> pl.Series:
    """The year of a date: 1988-**-**."""
    return pl.select(pl.concat_str(values.dt.year().cast(pl.String), pl.lit("-**-**"))).to_series().alias(values.name)


def _repair(*found: tuple[str, pl.Expr]) -> pl.Expr:
    word, day = pl.col("text"), pl.col("day")
    questions = (
        *found,
        ("null_word", word.str.to_lowercase().is_in(sorted(text.NULL_WORDS))),
        ("unparseable", day.is_null() | (day.dt.year() < _FIRST_YEAR)),
        ("excel_serial", pl.col("serial")),
    )
    return pl.when(word != "").then(pl.coalesce(pl.when(holds).then(pl.lit(code)) for code, holds in questions))


def _is_placeholder(day: pl.Expr, word: pl.Expr) -> pl.Expr:
    return (day.is_in(PLACEHOLDERS) | (day.dt.year() == 1)).fill_null(value=False) | word.str.contains(r"^0[0:/.T -]*$")


def _read(values: pl.Series, formats: Sequence[str], *, unix: bool) -> pl.DataFrame:
    """The reading of the values: ``text``, ``day``, ``moment`` (local), ``serial`` (it was a spreadsheet serial)."""
    left, at = values, pl.int_range(len(values), eager=True)
    told, places = [], []
    # Nearly all dates are in one of a few spellings; only the others go through every reading there is.
    for pattern, reading in _plain_readings(unix=unix) if not formats else ():
        plain = left.str.contains(pattern).fill_null(value=True)
        if plain.any():
            told.append(reading(left.filter(plain)).select("text", "day", "moment", serial=pl.lit(value=False)))
            places.append(at.filter(plain))
            left, at = left.filter(~plain), at.filter(~plain)
        if left.is_empty():
            break
    if len(left) or not told:
        told.append(_in_every_way(left, formats, unix=unix))
        places.append(at)
    return told[0] if len(told) == 1 else pl.concat(told).select(pl.all().gather(pl.concat(places).arg_sort()))


def _plain_readings(*, unix: bool) -> Iterator[tuple[str, Reading]]:
    """The commonest spellings, each with how it is read."""
    for pattern, directives in _PLAINEST:
        yield pattern, partial(_plainly, directives=directives)
    if unix:
        yield _PLAINLY_UNIX, lambda values: _by_unix(values).with_columns(text=values)


def _plainly(values: pl.Series, directives: str) -> pl.DataFrame:
    moment = values.str.to_datetime(directives, strict=False, time_unit="us")
    return pl.DataFrame({"text": values, "day": moment.dt.date(), "moment": moment})


def _in_every_way(values: pl.Series, formats: Sequence[str], *, unix: bool) -> pl.DataFrame:
    word = text.to_ascii_forms(values).str.replace_all(" {2,}", " ").str.strip_chars(" '\"`’")
    readings = [*(_by_format(word, directive) for directive in formats), _by_parts(word), _by_serial(word)]
    if unix:
        readings.append(_by_unix(word))
    return pl.select(
        text=word,
        day=pl.coalesce(reading["day"] for reading in readings),
        moment=pl.coalesce(reading["moment"] for reading in readings),
        serial=pl.lit(readings[len(formats) + 1]["day"].is_not_null()),
    )


def _by_format(word: pl.Series, directive: str) -> pl.DataFrame:
    moment = word.str.to_datetime(directive, strict=False, time_unit="us")
    if moment.dtype == pl.Datetime("us", "UTC"):
        moment = moment.dt.convert_time_zone(_ZONE).dt.replace_time_zone(None)
    return pl.DataFrame({"day": moment.dt.date(), "moment": moment})


def _by_parts(word: pl.Series) -> pl.DataFrame:
    spelt = _unshortened(word).str.to_uppercase()
    for pattern, by in _COMPACT:
        spelt = spelt.str.replace(pattern, by)
    parts = spelt.str.strip_chars().str.extract_groups(_MOMENT).struct.unnest()
    hour, half = pl.col("hour").cast(pl.Int64).fill_null(0), pl.coalesce("half", "half2")
    after_noon = half.is_in(("下午", "PM")) & (hour < 12)
    of_midnight = half.is_in(("上午", "AM")) & (hour == 12)
    eight_digits = pl.concat_str("year", pl.col("month").str.zfill(2), pl.col("day").str.zfill(2))
    numbers = parts.select(
        "zone",
        date=eight_digits.str.to_date("%Y%m%d", strict=False),
        one_gap=(pl.col("gap") == pl.col("gap2")) | (pl.col("gap") + pl.col("gap2") == "年月"),
        timed=pl.col("hour").is_not_null(),
        hour=pl.when(after_noon).then(hour + 12).when(of_midnight).then(0).otherwise(hour),
        minute=pl.col("minute").cast(pl.Int64).fill_null(0),
        second=pl.col("second").cast(pl.Int64).fill_null(0),
        micro=pl.col("part").fill_null("").str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64),
    )
    return numbers.select(**_day_and_moment())


def _day_and_moment() -> dict[str, pl.Expr]:
    """Day and local moment of the numbers of :func:`_by_parts`, null where they are none."""
    of_day = pl.duration(hours="hour", minutes="minute", seconds="second", microseconds="micro")
    in_day = (pl.col("hour") < 24) & (pl.col("minute") < 60) & (pl.col("second") < 60)
    holds = pl.col("one_gap") & (in_day | (of_day == pl.duration(hours=24)))
    digits = pl.col("zone").str.replace_all("[^0-9]", "")
    hours, minutes = (digits.str.slice(at, 2).cast(pl.Int64, strict=False).fill_null(0) for at in (0, 2))
    sign = pl.when(pl.col("zone").str.starts_with("-")).then(-1).otherwise(1)
    moment = pl.col("date").cast(pl.Datetime("us")) + of_day
    local = _local(moment - pl.duration(minutes=sign * (hours * 60 + minutes)))
    abroad = pl.col("zone").is_not_null() & pl.col("timed")
    return {
        "day": pl.when(holds).then(pl.when(abroad).then(local.dt.date()).otherwise(pl.col("date"))),
        "moment": pl.when(holds).then(pl.when(abroad).then(local).otherwise(moment)),
    }


def _unshortened(word: pl.Series) -> pl.Series:
    """1.9880101E7, which Java makes of a numeric cell, as 19880101."""
    short = word.str.contains(_SHORTENED)
    if not short.any():
        return word
    whole = word.cast(pl.Float64, strict=False).round().cast(pl.Int64, strict=False).cast(pl.String)
    return pl.select(pl.when(short).then(whole).otherwise(word)).to_series()


def _by_serial(word: pl.Series) -> pl.DataFrame:
    serial = pl.when(word.str.contains(_SERIAL)).then(word.cast(pl.Float64, strict=False))
    told = pl.select(serial=serial).with_columns(pl.when(pl.col("serial") <= _LAST_SERIAL).then(pl.col("serial")))
    # A float keeps a time of day to some microseconds only, so milliseconds are all it can tell.
    since = pl.duration(milliseconds=(pl.col("serial") * 86_400_000).round())
    moment = pl.lit(_SERIAL_ZERO).cast(pl.Datetime("us")) + since
    return told.select(day=moment.dt.date(), moment=moment)


def _by_unix(word: pl.Series) -> pl.DataFrame:
    number = pl.when(word.str.contains(_UNIX)).then(word.cast(pl.Float64, strict=False))
    seconds = pl.when(pl.col("number") >= 1e12).then(pl.col("number") / 1000).otherwise("number")
    moment = _local(pl.from_epoch((seconds * 1_000_000).round().cast(pl.Int64), time_unit="us"))
    return pl.select(number=number).select(day=moment.dt.date(), moment=moment)


def _local(utc: pl.Expr) -> pl.Expr:
    # The zone's own history counts: China had summer time from 1986 to 1991.
    return utc.dt.replace_time_zone("UTC").dt.convert_time_zone(_ZONE).dt.replace_time_zone(None)
