"""Dates and times as feeds write them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.fields import dates
from tests.strategies_text import unhurried

BIRTHDAY = date(1988, 1, 1)


def read(raw: str | None, *formats: str, long_term: bool = False) -> tuple[date | None, str | None]:
    frame = dates.clean(pl.Series([raw], dtype=pl.String), formats, long_term=long_term)
    assert frame.schema == {"value": pl.Date, "repair": pl.String}
    return frame.row(0)


def read_time(raw: str | None, *formats: str) -> tuple[str | None, str | None]:
    frame = dates.clean_times(pl.Series([raw], dtype=pl.String), formats)
    assert frame.schema == {"value": pl.Datetime("us"), "repair": pl.String}
    moment, repair = frame.row(0)
    return moment and str(moment), repair


@pytest.mark.parametrize(
    "raw",
    [
        "19880101",
        "1988-01-01",
        "1988/1/1",
        "1988.1.1",
        "1988年1月1日",
        "1988年01月01日",
        "1988-1-1",
        "1988/01/01",
        "1988-01-01 00:00:00",
        "1988-01-01T00:00:00",
        "1988-01-01 00:00:00.0",
        "1988/1/1 0:00",
        "19880101000000",
        "１９８８－０１－０１",
        " 1988-01-01 ",
        "'1988-01-01",
        "1988 年 1 月 1 日",
        "1988年1月1号",
        "19880101.0",
        "1.9880101E7",
        "1988-01-01+08:00",
        "1988-01-01 24:00:00",
    ],
)
def test_every_spelling_of_a_day_is_read(raw: str) -> None:
    assert read(raw) == (BIRTHDAY, None)


@pytest.mark.parametrize(
    "raw",
    [
        "20150229",
        "2015-02-29",
        "88-01-01",
        "880101",
        "01/02/1988",
        "1988-13-01",
        "1988-00-10",
        "1988-1/1",
        "198801",
        "1988-01-01 25:00:00",
        "1988-01-01 10:60",
        "1988-1-112233",
        "长期",
        "19999",
        "60001",
        "1.98801E+07",
        "abc",
    ],
)
def test_what_is_no_day_or_no_certain_day_is_refused(raw: str) -> None:
    assert read(raw) == (None, "unparseable")


@pytest.mark.parametrize("raw", ["00010101", "0001-01-01", "1900-01-01", "1900/1/1", "1899-12-30", "0", "00000000"])
def test_placeholders_are_no_dates(raw: str) -> None:
    assert read(raw) == (None, "placeholder_date")


@pytest.mark.parametrize("raw", ["0000-00-00", "0000-00-00 00:00:00", "9999-12-31", "99991231", "2099-12-31"])
def test_a_field_that_must_end_takes_no_endless_date(raw: str) -> None:
    assert read(raw) == (None, "placeholder_date")


@pytest.mark.parametrize(
    "raw", ["长期", "长期有效", "9999-12-31", "2099-12-31", "99991231", "0", "长 期", "永久", "2999-12-31"]
)
def test_a_validity_may_be_long_term(raw: str) -> None:
    assert read(raw, long_term=True) == (date(9999, 12, 31), "long_term")


@pytest.mark.parametrize(
    ("raw", "first", "last"),
    [
        ("2015.03.02-2035.03.02", date(2015, 3, 2), date(2035, 3, 2)),
        ("20150302-20350302", date(2015, 3, 2), date(2035, 3, 2)),
        ("2015-03-02 至 2035-03-02", date(2015, 3, 2), date(2035, 3, 2)),
        ("2015年3月2日～2035年3月2日", date(2015, 3, 2), date(2035, 3, 2)),
        ("2015.03.02-长期", date(2015, 3, 2), date(9999, 12, 31)),
        ("2015.03.02-9999.12.31", date(2015, 3, 2), date(9999, 12, 31)),
    ],
)
def test_a_period_as_cards_print_it_gives_its_first_or_last_day(raw: str, first: date, last: date) -> None:
    told = [dates.clean(pl.Series([raw]), long_term=True, end=end).row(0) for end in ("from", "to")]
    assert told == [(first, "period"), (last, "period")]


@pytest.mark.parametrize("raw", ["2035-03-02", "长期", "20150302-103000", "2015-02-30-2035-03-02", "", None])
def test_what_is_no_period_is_read_as_ever(raw: str | None) -> None:
    assert dates.clean(pl.Series([raw], dtype=pl.String), long_term=True, end="from").equals(
        dates.clean(pl.Series([raw], dtype=pl.String), long_term=True)
    )


def test_a_validity_that_ends_is_its_day() -> None:
    assert read("2035.03.02", long_term=True) == (date(2035, 3, 2), None)
    assert read("1900-01-01", long_term=True) == (None, "placeholder_date")


@pytest.mark.parametrize(
    ("raw", "word"), [("无", "null_word"), ("NULL", "null_word"), ("", None), ("  ", None), (None, None)]
)
def test_nothing_is_null(raw: str | None, word: str | None) -> None:
    assert read(raw) == (None, word)
    assert read_time(raw) == (None, word)


@pytest.mark.parametrize(
    ("raw", "day"), [("32143", BIRTHDAY), ("20000", date(1954, 10, 3)), ("60000", date(2064, 4, 8))]
)
def test_a_spreadsheet_serial_of_the_1900_system_is_read_from_20000_to_60000(raw: str, day: date) -> None:
    assert read(raw) == (day, "excel_serial")
    assert read(raw + ".0") == (day, "excel_serial")


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("1987-12-31T16:00:00.000Z", BIRTHDAY),
        ("1988-06-30T15:00:00Z", date(1988, 7, 1)),
        ("1988-07-01T00:00:00+08:00", date(1988, 7, 1)),
        ("2023-12-31T23:30:00-0500", date(2024, 1, 1)),
    ],
)
def test_a_moment_elsewhere_is_the_day_in_china_with_its_summer_time(raw: str, day: date) -> None:
    assert read(raw) == (day, None)


@unhurried
@given(st.dates(date(1901, 1, 1), date(2099, 12, 30)))
def test_every_spelling_of_every_day_is_the_same_day(day: date) -> None:
    spellings = ("%Y%m%d", "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y-%m-%dT%H:%M:%S", "%Y%m%d%H%M%S")
    column = pl.Series([day.strftime(spelling) for spelling in spellings])
    assert dates.clean(column)["value"].to_list() == [day] * len(spellings)


@unhurried
@given(st.one_of(st.text(max_size=12), st.text(st.sampled_from("0123456789-/.年月日 T:Z+"), max_size=20)))
def test_reading_the_published_date_again_gives_it_again_and_nothing_is_ever_raised(raw: str) -> None:
    value, repair = read(raw)
    assert (value is None) or read(str(value)) == (value, None)
    assert repair in (None, "excel_serial", "null_word", "placeholder_date", "unparseable")
    assert value is None or date(1800, 1, 1) < value < date(2099, 12, 31)
    read(raw, long_term=True)
    moment, _ = read_time(raw)
    assert (moment is None) or read_time(moment) == (moment, None)


def test_further_formats_are_tried_first() -> None:
    assert read("01/02/1988", "%d/%m/%Y") == (date(1988, 2, 1), None)
    assert read("01-JAN-1988", "%d/%m/%Y", "%d-%b-%Y") == (BIRTHDAY, None)
    assert read("1988-01-02", "%d/%m/%Y") == (date(1988, 1, 2), None)
    assert read("20240102", "%Y%d%m") == (date(2024, 2, 1), None)
    assert read_time("01/02/1988 10:30", "%d/%m/%Y %H:%M") == ("1988-02-01 10:30:00", None)
    assert read_time("2024-01-01 00:00:00 +0000", "%Y-%m-%d %H:%M:%S %z") == ("2024-01-01 08:00:00", None)


def test_a_format_can_be_asked_for_beforehand() -> None:
    assert dates.is_format("%d/%m/%Y")
    assert not dates.is_format("%d/%m/%Y %H")


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2024-01-31 10:30:45", "2024-01-31 10:30:45"),
        ("2024-01-31T10:30:45.123456789", "2024-01-31 10:30:45.123456"),
        ("2024-01-31-10.30.45.123456", "2024-01-31 10:30:45.123456"),
        ("20240131103045", "2024-01-31 10:30:45"),
        ("20240131103045123", "2024-01-31 10:30:45.123000"),
        ("20240131 10:30", "2024-01-31 10:30:00"),
        ("202401311030", "2024-01-31 10:30:00"),
        ("2024年1月31日10时30分45秒", "2024-01-31 10:30:45"),
        ("2024年1月31日 10时30分", "2024-01-31 10:30:00"),
        ("2024/1/31 下午 3:05:06", "2024-01-31 15:05:06"),
        ("2024/1/31 上午 12:05", "2024-01-31 00:05:00"),
        ("2024/1/31 12:05:06 PM", "2024-01-31 12:05:06"),
        ("2024-01-31", "2024-01-31 00:00:00"),
        ("2024-12-31 24:00:00", "2025-01-01 00:00:00"),
        ("2024年12月31日24时", "2025-01-01 00:00:00"),
        ("2024-01-31T02:30:45Z", "2024-01-31 10:30:45"),
        ("2024-01-31T10:30:45+08:00", "2024-01-31 10:30:45"),
        ("20240131T023045Z", "2024-01-31 10:30:45"),
        ("2024-01-31T10:30:45-05:00", "2024-01-31 23:30:45"),
        ("2024-01-31T10:30:45+0530", "2024-01-31 13:00:45"),
    ],
)
def test_every_spelling_of_a_moment_is_read_as_local_time(raw: str, moment: str) -> None:
    assert read_time(raw) == (moment, None)


def test_a_serial_with_a_time_of_day_is_exact_to_the_millisecond() -> None:
    assert read_time("45292.5208333333") == ("2024-01-01 12:30:00", "excel_serial")


@unhurried
@given(st.integers(1_000_000_000, 4_000_000_000))
def test_unix_seconds_and_milliseconds_are_local_time(seconds: int) -> None:
    local = datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None)
    assert read_time(str(seconds)) == (str(local), None)
    assert read_time(f"{seconds}123") == (str(local + timedelta(milliseconds=123)), None)
    assert read(str(seconds)) == (None, "unparseable")


@pytest.mark.parametrize(
    "raw", ["0", "1970-01-01 00:00:00", "1970-01-01 08:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59"]
)
def test_moments_before_any_system_ran_are_placeholders(raw: str) -> None:
    assert read_time(raw) == (None, "placeholder_date")


@pytest.mark.parametrize("raw", ["2024-02-30 10:00:00", "2024-01-31 24:00:01", "24-01-31 10:00", "10:30"])
def test_what_is_no_moment_is_refused(raw: str) -> None:
    assert read_time(raw) == (None, "unparseable")


def test_empty_columns_keep_their_types() -> None:
    nothing = pl.Series([], dtype=pl.String)
    assert dates.clean(nothing).schema == {"value": pl.Date, "repair": pl.String}
    assert dates.clean_times(nothing).schema == {"value": pl.Datetime("us"), "repair": pl.String}


def test_long_term_is_told_and_masks_show_the_year() -> None:
    column = pl.Series([BIRTHDAY, dates.LONG_TERM, None])
    assert dates.check(column)["long_term"].to_list() == [False, True, None]
    assert dates.mask(column).to_list() == ["1988-**-**", "9999-**-**", None]


_PLAIN = st.from_regex(
    r"[12][0-9]{3}(?:[01][0-9][0-3][0-9]|-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-6][0-9]:[0-6][0-9])", fullmatch=True
)


@unhurried
@given(
    st.lists(
        st.none() | _PLAIN | st.sampled_from(["1988-5-5", "38000", "1751324702", "长期", "20250630 "]), max_size=20
    )
)
def test_the_plain_way_reads_what_every_way_reads(told: list[str | None]) -> None:
    values = pl.Series(told, dtype=pl.String)
    assert dates._read(values, (), unix=True).equals(dates._in_every_way(values, (), unix=True))
