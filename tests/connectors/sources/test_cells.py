from datetime import date, datetime, time
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sources.cells import cell_text, column_text, is_value, number_text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (13912345678.0, "13912345678"),
        (0.0, "0"),
        (-0.0, "0"),
        (-5.0, "-5"),
        (0.5, "0.5"),
        (950.1, "950.1"),
        (1e-7, "0.0000001"),
        (999_999_999_999_999.0, "999999999999999"),
        (1e15, "1.000000000000000E+15"),
        # An 18-digit number in a numeric cell: 320106198801011328 is what is left of ...234.
        (320106198801011234.0, "3.20106198801011264E+17"),
        (-1e16, "-1.0000000000000000E+16"),
        (float("nan"), None),
        (float("inf"), None),
    ],
)
def test_numbers_are_written_as_a_person_would_and_lost_digits_stay_visible(number: float, text: str | None) -> None:
    assert number_text(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_number_is_changed_by_its_text(number: float) -> None:
    text = number_text(number)
    assert text is not None
    assert float(text) == number
    assert ("E+" in text) == (abs(number) >= 1e15)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("", None),
        (" \t\r\n", None),
        (" 张三 ", "张三"),
        (None, None),
        (True, "true"),
        (False, "false"),
        (13912345678.0, "13912345678"),
        (date(1988, 1, 1), "1988-01-01"),
        (datetime(1988, 1, 1), "1988-01-01"),
        (datetime(1988, 1, 1, 10, 2, 3), "1988-01-01 10:02:03"),
        (time(10, 2, 3), "10:02:03"),
        (7, "7"),
    ],
)
def test_cells_as_text(cell: object, text: str | None) -> None:
    assert cell_text(cell) == text


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array(["a", None]), ["a", None]),
        (pa.array(["a", None], pa.large_string()), ["a", None]),
        (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
        (pa.array([13912345678, None], pa.int64()), ["13912345678", None]),
        (pa.array([True, None]), ["true", None]),
        (
            pa.array([13912345678.0, None, 0.5, 320106198801011234.0, float("nan")]),
            ["13912345678", None, "0.5", "3.20106198801011264E+17", None],
        ),
        (pa.array([1.5, 2.0], pa.float32()), ["1.5", "2"]),
        (pa.array([Decimal("950.00"), Decimal("950.10"), None]), ["950", "950.1", None]),
        (pa.array([Decimal(1000), Decimal(0)], pa.decimal128(20, 0)), ["1000", "0"]),
        (pa.array([Decimal("0.0000000001")], pa.decimal128(20, 10)), ["0.0000000001"]),
        (pa.array([Decimal("1E+3")], pa.decimal128(20, -3)), ["1000"]),
        (pa.array([date(1988, 1, 1), date(9999, 12, 31), None]), ["1988-01-01", "9999-12-31", None]),
        (pa.array([datetime(2026, 11, 21, 3, 4, 5, 678)], pa.timestamp("us")), ["2026-11-21 03:04:05"]),
        (
            pa.array([datetime(1, 1, 1), datetime(9999, 12, 31)], pa.timestamp("us")),
            ["0001-01-01 00:00:00", "9999-12-31 00:00:00"],
        ),
        (pa.array([datetime(2026, 11, 20, 19, 4, 5)], pa.timestamp("ms", "UTC")), ["2026-11-21 03:04:05"]),
        (pa.array([time(3, 4, 5)], pa.time32("s")), ["03:04:05"]),
        (pa.array(["张三".encode(), None], pa.binary()), ["张三", None]),
        (pa.array([None, None]), [None, None]),
    ],
)
def test_typed_columns_as_text(column: pa.Array, texts: list[str | None]) -> None:
    found = column_text(column)
    assert found.type == pa.string()
    assert found.to_pylist() == texts
    assert column_text(column.slice(1)).to_pylist() == texts[1:]


def test_nested_types_hold_no_values() -> None:
    assert not is_value(pa.list_(pa.string()))
    assert not is_value(pa.struct([("a", pa.string())]))
    assert not is_value(pa.map_(pa.string(), pa.string()))
    assert not is_value(pa.month_day_nano_interval())
    assert is_value(pa.dictionary(pa.int32(), pa.string()))
    assert is_value(pa.from_numpy_dtype(np.int16))
