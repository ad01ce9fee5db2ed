"""Sets of fields are what lists of them would be."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import runs
from pipeline.core.authenticity import field_sets
from pipeline.core.authenticity.evidence_tables import EVIDENCE
from pipeline.core.authenticity.field_sets import FIELDS
from pipeline.core.authenticity.grounds import FIELD_OF_FAMILY
from pipeline.core.authenticity.party_facts import OBLIGATORY

LISTS = st.lists(st.none() | st.lists(st.sampled_from(FIELDS), unique=True), max_size=9)
ROWS = st.lists(st.tuples(st.integers(0, 4), st.sampled_from([*FIELDS, None])), max_size=12)


@given(LISTS)
def test_a_set_holds_what_its_list_does(lists: list[list[str] | None]) -> None:
    sets = field_sets.of_lists(pl.Series(lists, dtype=pl.List(pl.String)))
    assert field_sets.lists(sets).to_list() == [sorted(names or []) for names in lists]


@given(ROWS)
def test_the_set_of_a_group_is_its_sorted_distinct_fields(rows: list[tuple[int, str | None]]) -> None:
    told = pl.DataFrame(
        sorted(rows, key=lambda row: row[0]), schema={"key": pl.Int64, "field": pl.String}, orient="row"
    )
    bits = told.select(field_sets.bit()).to_series().to_numpy()
    for key, fields in enumerate(field_sets.lists(runs.united(told["key"].to_numpy(), bits, 5))):
        assert fields.to_list() == sorted({name for group, name in rows if group == key and name})


def test_every_field_there_is_has_its_bit() -> None:
    told = next(column.en for column in EVIDENCE.columns if column.name == "field")
    of_evidence = set(told.split(":")[1].split())
    assert set(FIELDS) >= of_evidence | set(FIELD_OF_FAMILY.values()) | set(OBLIGATORY)
    assert list(FIELDS) == sorted(FIELDS)
