"""What a company's name is without place and legal form."""

import polars as pl
import pytest

from pipeline.core.matching.names import forms
from pipeline.core.matching.organisations import core


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("南京市联创园林绿化股份有限公司", "联创园林绿化"),
        ("南京联创园林绿化有限责任公司", "联创园林绿化"),
        ("江苏省南京市联创园林绿化有限公司", "联创园林绿化"),
        ("联创园林绿化公司", "联创园林绿化"),
        ("联创园林绿化(南京)有限公司", "联创园林绿化"),
        ("江苏苏宁集团有限公司", "苏宁"),
        ("中国人民财产保险股份有限公司南京市分公司", "中国人民财产保险股份有限公司南京市分公司"),
        ("南京市公司", "南京市公司"),
        ("南京市第一医院", "南京市第一医院"),
        ("王小明", "王小明"),
        (None, None),
    ],
)
def test_place_and_legal_form_come_and_go(name, left) -> None:
    assert core(pl.Series([name], dtype=pl.String)).to_list() == [left]


def test_a_company_sounds_the_same_with_and_without_them() -> None:
    sounds = forms(pl.Series(["南京市联创园林绿化股份有限公司", "联创园林绿化公司"]))["sound"]
    assert sounds[0] == sounds[1]
