"""Sets of fields are what lists of them would be."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.authenticity.evidence_tables import EVIDENCE
from pipeline.core.authenticity.field_sets import FIELDS, bit, listed, together
from pipeline.core.authenticity.grounds import FIELD_OF_FAMILY
from pipeline.core.authenticity.party_facts import OBLIGATORY

ROWS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([*FIELDS, None]), st.booleans()), max_size=12)


@given(ROWS)
def test_the_set_of_a_group_is_its_sorted_distinct_fields(rows: list[tuple[str, str | None, bool]]) -> None:
    told = pl.DataFrame(rows, schema={"key": pl.String, "field": pl.String, "holds": pl.Boolean}, orient="row")
    sets = told.with_columns(bit=bit()).group_by("key").agg(fields=together(pl.col("bit"), pl.col("holds")))
    for key, fields in sets.with_columns(listed("fields")).iter_rows():
        assert fields == sorted({name for group, name, holds in rows if group == key and name and holds})


def test_every_field_there_is_has_its_bit() -> None:
    told = next(column.en for column in EVIDENCE.columns if column.name == "field")
    of_evidence = set(told.split(":")[1].split())
    assert set(FIELDS) >= of_evidence | set(FIELD_OF_FAMILY.values()) | set(OBLIGATORY)
    assert list(FIELDS) == sorted(FIELDS)
