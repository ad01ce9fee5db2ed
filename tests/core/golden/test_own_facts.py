from datetime import date

import polars as pl
import pytest

from pipeline.core.golden.own_facts import FACTS, of_documents

ON = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("type_", "number", "facts"),
    [
        ("RIC", "320102198801011236", (date(1988, 1, 1), "male")),
        (None, "320115200106150025", (date(2001, 6, 15), "female")),
        ("DRIVER", "320102198801011236", (date(1988, 1, 1), "male")),
        ("RIC", "320102198801011234", (None, None)),
        ("PASSPORT_CN", "E12345678", (None, None)),
        ("USCC", "91350100M000100Y43", (None, None)),
        ("OTHER", "320102198801011236", (None, None)),
        ("RIC", None, (None, None)),
    ],
)
def test_date_of_birth_and_sex_of_valid_numbers(type_: str | None, number: str | None, facts: tuple) -> None:
    # Beside another one: a column of nulls alone is answered apart.
    told = of_documents(pl.Series([number, "E1"]), pl.Series([type_, "PASSPORT_CN"]), ON)
    assert told.row(0) == facts and told.schema == FACTS


def test_no_document_at_all() -> None:
    nothing = pl.Series([None, None], dtype=pl.String)
    assert of_documents(nothing, nothing, ON).rows() == [(None, None), (None, None)]
