from importlib import resources

import pytest

from pipeline.core.tables import csv_table

OURS = ("cert_types.csv", "cert_type_aliases.csv", "countries.csv", "postcodes.csv", "regions.csv")


def test_cells_are_text_and_empty_cells_null() -> None:
    table = csv_table.read("regions.csv")
    assert table.filter(code="320103").row(0) == ("320103", "白下区", "1980", "2012", "320104")
    assert table.filter(code="320104").row(0) == ("320104", "秦淮区", "1980", None, None)


@pytest.mark.parametrize("name", OURS)
def test_every_table_tells_where_it_came_from(name: str) -> None:
    text = resources.files("pipeline.core.tables").joinpath(name).read_text("utf-8")
    provenance = [line for line in text.splitlines() if line.startswith("#")]
    assert text.startswith("#")
    assert any("source" in line for line in provenance)
    assert any("made 20" in line for line in provenance)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("cert_types.csv", "zh"),
        ("cert_type_aliases.csv", "alias"),
        ("postcodes.csv", "province"),
        ("countries.csv", "alpha3"),
    ],
)
def test_keys_come_once(name: str, key: str) -> None:
    assert csv_table.read(name)[key].is_duplicated().sum() == 0
