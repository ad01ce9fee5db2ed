"""What is left of an organisation's name without the words that are written or left out at will.

南京市联创润和园林股份有限公司, 南京联创润和园林有限公司 and 联创润和园林公司 are one name: place and legal form come and go, the
words between them stay. A branch is not its company: 某某公司苏州分公司 stays as it is.
"""

from functools import cache
from typing import Final

import polars as pl

from pipeline.core.tables import csv_table

_FORMS: Final = r"(?:集团)?(?:股份|控股)?(?:有限责任|有限)?(?:责任)?公司$"
_BRANCH: Final = r"(?:分公司|支公司|公司.)"
_BRACKETS: Final = r"[(（][^()（）]*[)）]"
_LEAST: Final = 2
"""Characters that must be left."""

_AUTONOMOUS: Final = "(?:维吾尔|壮族|回族)?自治区|特别行政区|地区|自治州|盟|省|市"


def core(names: pl.Series) -> pl.Series:
    """The names of companies without place and legal form; every other name as it is."""
    name = pl.col("name")
    company = name.str.contains("公司$") & ~name.str.replace("公司$", "").str.contains(_BRANCH)
    plain = name.str.replace_all(_BRACKETS, "").str.replace(_FORMS, "")
    short = plain.str.replace(_places(), "")
    told = pl.DataFrame({"name": names})
    return told.select(
        pl.when(company & (short.str.len_chars() >= _LEAST)).then(short).otherwise(name).alias(names.name)
    ).to_series()


@cache
def _places() -> str:
    """A province, a city or both at the head of a name, with or without the word that says which it is."""
    regions = csv_table.read("regions.csv")
    cities = regions.filter(pl.col("code").str.ends_with("00"))["name"]
    bare = cities.str.replace(f"(?:{_AUTONOMOUS})$", "").unique().sort()
    names = "|".join(name for name in bare if name and len(name) >= _LEAST)
    return rf"^(?:(?:{names})(?:{_AUTONOMOUS})?){{1,2}}"
