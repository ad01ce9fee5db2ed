import polars as pl
import pytest

from pipeline.core.golden.faults import (
    ABOUT_NO_VALUE,
    BIT,
    SUSPECT,
    UNITS_OF,
    UNITS_OF_REASON,
    refuted_and_suspected,
    repaired,
)
from pipeline.core.rules.catalogue import BY_ID, RULES
from pipeline.core.schema import FINDINGS, REPAIRS
from tests.core.golden.members import SETTINGS, finding, repair


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_every_rule_is_about_a_unit_or_none(rule: str) -> None:
    assert (rule in UNITS_OF) != (rule in ABOUT_NO_VALUE)


def test_every_reason_is_the_catalogues() -> None:
    assert all(BY_ID[rule].outcome(reason) for rule, reason in UNITS_OF_REASON)
    assert set(UNITS_OF) <= set(BY_ID)


def test_findings_of_a_row_come_together() -> None:
    lists = [
        [],
        [finding("P06"), finding("N03", "W"), finding("P05", "I", "mvno"), finding("D09", "I")],
        None,
        [finding("P04", "W", "hotline_beside"), finding("P04", "W", "hotline_beside"), finding("D23")],
        [finding("V01")],
    ]
    name, landline = BIT["name"] << SUSPECT, BIT["landline"] << SUSPECT
    document = BIT["document"] | BIT["customer_type"]
    told = refuted_and_suspected(pl.Series(lists, dtype=FINDINGS), 5)
    assert told.tolist() == [0, BIT["mobile"] | name, 0, landline | document, 0]


def test_repairs_of_mere_form_are_none() -> None:
    lists = [
        [repair("mobile", "separators"), repair("cert_no", "converted_from_15", "separators")],
        [repair("plate", "letter_swap"), repair("region_code", "abolished")],
        None,
    ]
    assert repaired(pl.Series(lists, dtype=REPAIRS), 3, SETTINGS).tolist() == [BIT["document"], BIT["address"], 0]


@pytest.mark.parametrize("column", [None, pl.Series([None, None]), pl.Series([None, None], dtype=FINDINGS)])
def test_no_findings_are_no_fault(column: pl.Series | None) -> None:
    assert refuted_and_suspected(column, 2).tolist() == [0, 0]
    assert repaired(None if column is None else pl.Series([None, None]), 2, SETTINGS).tolist() == [0, 0]
