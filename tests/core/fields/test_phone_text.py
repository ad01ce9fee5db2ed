import polars as pl
import pytest

from pipeline.core.fields.phone_text import CELL_CODES, pieces, trimmed, unwrapped


def read(cell):
    frame = unwrapped(pl.Series([cell], dtype=pl.String))
    parts = pieces(frame)
    flags = {code for code in (*CELL_CODES, "regrouped") if frame[code].item()}
    return parts["piece"].to_list(), flags


@pytest.mark.parametrize(
    ("cell", "parts", "flags"),
    [
        ("13912345678", ["13912345678"], set()),
        ("手机：13912345678", ["13912345678"], {"note"}),
        ("13912345678(妻子)", ["13912345678"], {"note"}),
        ("Tel:13912345678", ["13912345678"], {"note"}),
        ("13912345678 王先生", ["13912345678"], {"note"}),
        ("13912345678、13812345678", ["13912345678", "13812345678"], set()),
        ("13912345678 或 13812345678", ["13912345678", "13812345678"], set()),
        ("13912345678\n13812345678", ["13912345678", "13812345678"], set()),
        ("13912345678+13812345678", ["13912345678", "13812345678"], set()),
        ("13912345678 +852 61234567", ["13912345678", "+852 61234567"], set()),
        ("025-84550000转8001", ["025-84550000#8001"], set()),
        ("025-84550000 ext. 8001", ["025-84550000 # 8001"], set()),
        ("84550000x12", ["84550000#12"], set()),
        ("025—84550000", ["025-84550000"], set()),
        ("139一1234一5678", ["139-1234-5678"], set()),
        ("025/84550000", ["025-84550000"], {"regrouped"}),
        ("13,912,345,678", ["13912345678"], {"regrouped"}),
        ('="13912345678"', ["13912345678"], {"apostrophe"}),
        ("‘13912345678", ["13912345678"], {"apostrophe"}),
        ("１３９", ["139"], {"full_width"}),
        ("139\ufeff", ["139"], {"zero_width"}),
        ("ABC13912345678", ["ABC13912345678"], set()),
    ],
)
def test_what_stands_around_the_numbers_is_taken_away(cell, parts, flags):
    assert read(cell) == (parts, flags)


@pytest.mark.parametrize("cell", ["无", "暂无", "N/A", "null", "-", "——", "0", "000 0000", "？", "\\N", "不详"])
def test_words_for_nothing_leave_nothing(cell):
    assert read(cell) == ([], {"null_word"})
    assert unwrapped(pl.Series([cell]))["text"].to_list() == [None]


@pytest.mark.parametrize("cell", ["空号13912345678", "13912345678（停机）", "13912345678打不通", "张三", "****"])
def test_a_cell_whose_words_speak_against_the_number_stays_as_it_is(cell):
    frame = unwrapped(pl.Series([cell]))
    assert frame["work"].to_list() == [None]
    assert frame["text"].item().startswith(cell[:2])


@pytest.mark.parametrize(
    ("cell", "digits"),
    [
        ("13912345678.0", "13912345678"),
        ("13912345678.00", "13912345678"),
        ("1.3912345678E+10", "13912345678"),
        ("1.3912345678e10", "13912345678"),
        ("1.391234567800E+10", "13912345678"),
        ("2.584550000E+09", "2584550000"),
    ],
)
def test_a_number_that_a_spreadsheet_made_a_float_comes_back(cell, digits):
    parts = pieces(unwrapped(pl.Series([cell])))
    assert parts["piece"].to_list() == [digits]
    assert parts["float_tail"].to_list() == [True]


@pytest.mark.parametrize("cell", ["1.39123E+10", "1.391234567E+10", "1E+10", "1.39E+2", "1.39123456785E+10", "3.5"])
def test_a_float_that_has_lost_digits_stays(cell):
    parts = pieces(unwrapped(pl.Series([cell])))
    assert parts["piece"].to_list() == [cell]
    assert parts["float_tail"].to_list() == [False]


def test_punctuation_at_the_edges_goes_and_is_told_from_blanks():
    parts = trimmed(pl.DataFrame({"piece": ["-139- ", " 139 ", "(139)", "1  39"]}))
    assert parts["piece"].to_list() == ["139", "139", "139", "1 39"]
    assert parts["edged"].to_list() == [True, False, True, False]
