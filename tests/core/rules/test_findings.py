import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.rules.catalogue import RULES
from pipeline.core.rules.evaluate import severity_of
from pipeline.core.rules.findings import NUMBERED, findings, in_numbers
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.rules.rule import FAILED, UNKNOWN
from pipeline.core.schema import FINDINGS, TEXTS


@st.composite
def matrices(draw):
    height = draw(st.integers(0, 6))
    rows = [[draw(st.integers(0, 2 + len(rule.reasons))) for rule in RULES] for _ in range(height)]
    return np.asfortranarray(np.array(rows, np.uint8).reshape(height, len(RULES)))


@given(matrices(), st.sampled_from([RuleSettings(), RuleSettings(severities={("N05", "title"): "I"})]))
def test_the_lists_say_what_the_matrix_says(matrix, rules):
    failed, unknown, graded = findings(matrix, rules)
    assert graded.equals(in_numbers(failed), check_dtypes=True, check_names=True)
    assert (failed.dtype, unknown.dtype) == (FINDINGS, TEXTS)
    for row in range(len(matrix)):
        codes = list(zip(RULES, matrix[row], strict=True))
        assert unknown[row].to_list() == [rule.id for rule, code in codes if code == UNKNOWN]
        assert failed[row].to_list() == [
            {
                "rule": rule.id,
                "severity": severity_of(rule, code - FAILED, rules),
                "reason": rule.reasons[code - FAILED].code,
            }
            for rule, code in codes
            if code >= FAILED
        ]


def test_no_observations_give_empty_columns_of_the_right_type():
    failed, unknown, graded = findings(np.zeros((0, len(RULES)), np.uint8, order="F"), RuleSettings())
    assert (failed.dtype, len(failed), unknown.dtype, len(unknown)) == (FINDINGS, 0, TEXTS, 0)
    assert (graded.dtype, len(graded)) == (NUMBERED, 0)
