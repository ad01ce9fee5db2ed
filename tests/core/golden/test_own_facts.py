from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.fields import certificate
from pipeline.core.golden.own_facts import FACTS, of_documents

ON = date(2026, 11, 22)
TYPES = (*certificate.other_id.KINDS, "RIC", "HUKOU", "DRIVER", "HMT_RESIDENCE", "USCC", "ORG", "BIZ", "OTHER", None)
NUMBERS = (
    *("320102198801011236", "320115200106150025", "320102198801011234", "81000019880101123X", "932682198501010017"),
    *("932682198501010018", "KAZ110090123105", "E12345678", "H12345678", "91350100M000100Y43", "320102880101123", None),
)


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


@given(st.lists(st.tuples(st.sampled_from(TYPES), st.sampled_from(NUMBERS)), min_size=1, max_size=30))
def test_the_same_as_everything_that_is_known_of_the_number(rows: list[tuple[str | None, str | None]]) -> None:
    types, numbers = (pl.Series([row[place] for row in rows], dtype=pl.String) for place in (0, 1))
    whole = certificate.check(numbers, types, ON).select(
        birth_date=pl.when("valid").then("birth_date"),
        gender=pl.when("valid").then(pl.when("male").then(pl.lit("male")).when(~pl.col("male")).then(pl.lit("female"))),
    )
    assert of_documents(numbers, types, ON).equals(whole)
