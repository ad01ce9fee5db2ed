"""Findings as numbers: those that a verdict asks for, and no others."""

import polars as pl
import pytest

from pipeline.core.rules.findings import NUMBERED, in_numbers, known
from pipeline.core.schema import FINDINGS

WRONG_DIGIT = {"rule": "D04", "severity": "F", "reason": "check_digit"}
RUN = {"rule": "P09", "severity": "W", "reason": "run"}
UNHEARD_OF = {"rule": "P14", "severity": "I", "reason": "none"}


def told(*lists: list[dict[str, str]] | None) -> list[list[dict[str, str]]]:
    """The findings that the numbers of ``lists`` stand for."""
    numbers = in_numbers(pl.Series("failed_rules", lists, dtype=FINDINGS))
    assert numbers.dtype == NUMBERED
    return [known()[one].to_dicts() if one else [] for one in numbers.to_list()]


def test_findings_keep_their_order_and_information_is_left_out() -> None:
    lists = [RUN, UNHEARD_OF, WRONG_DIGIT], None, [UNHEARD_OF], [], [WRONG_DIGIT]
    assert told(*lists) == [[RUN, WRONG_DIGIT], [], [], [], [WRONG_DIGIT]]


def test_where_nothing_was_found_no_list_has_a_number() -> None:
    assert told(None, []) == [[], []]


def test_a_finding_of_no_rule_is_not_left_out_in_silence() -> None:
    with pytest.raises(ValueError, match="no rule of the catalogue"):
        told([WRONG_DIGIT | {"reason": "invented"}])


def test_a_number_stands_for_one_finding() -> None:
    assert not known().is_duplicated().any()
