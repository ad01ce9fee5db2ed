from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.rules.catalogue import BY_ID, PLACE, RULES
from pipeline.core.rules.evaluate import CODES, DEVIATION_SCHEMA, apply, evaluate, severities
from pipeline.core.rules.facts import examine
from pipeline.core.rules.limits import Limits, RuleSettings
from pipeline.core.rules.rule import NOT_ASKED, PASSED, UNKNOWN
from tests.core.rules.examples import NIGHT, observations, outcome

BAD_PHONE = {"mobile": "13800138000"}
RECORDS = np.array([30, 10, 20], np.uint64)


def told(*cells: tuple[int, str, int]) -> pl.DataFrame:
    rows = [(0, record, PLACE[rule], code) for record, rule, code in cells]
    return pl.DataFrame(rows, schema=DEVIATION_SCHEMA, orient="row")


def local(rule: str, code: int) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    matrix = np.zeros((3, len(RULES)), np.uint8, order="F")
    matrix[:, PLACE[rule]] = code
    return matrix


def test_the_matrix_has_a_row_per_observation_and_a_column_per_rule():
    matrix = evaluate(examine(observations([{}, {}]), NIGHT), NIGHT, RuleSettings())
    assert matrix.shape == (2, len(RULES))
    assert matrix.dtype == np.uint8
    assert matrix.max() < CODES


def test_no_observations_give_an_empty_matrix():
    assert evaluate(examine(observations([{}]).clear(), NIGHT), NIGHT, RuleSettings()).shape == (0, len(RULES))


def test_a_rule_that_is_off_is_asked_of_nobody():
    matrix = evaluate(examine(observations([BAD_PHONE]), NIGHT), NIGHT, RuleSettings(off=frozenset({"P06"})))
    assert matrix[0, PLACE["P06"]] == NOT_ASKED


def test_the_worst_reason_wins_also_when_it_was_regraded():
    both = {"mobile": None, "first_registered_on": date(2019, 5, 1), "cover_from": date(2026, 1, 1), "engine_no": "A1"}
    same = both | {"plate": "A1", "vin": None}
    matrix = evaluate(examine(observations([same]), NIGHT), NIGHT, RuleSettings())
    assert matrix[0, PLACE["V06"]] == BY_ID["V06"].outcome("equals_plate")
    graded = RuleSettings(severities={("V06", "too_short"): "F"})
    matrix = evaluate(examine(observations([same]), NIGHT), NIGHT, graded)
    assert matrix[0, PLACE["V06"]] == BY_ID["V06"].outcome("too_short")


def test_severities_come_from_the_settings_or_else_from_the_catalogue():
    table = severities(RuleSettings(severities={("E01", "missing"): "F"}))
    assert table[PLACE["E01"], BY_ID["E01"].outcome("missing")] == 1
    assert table[PLACE["N03"], BY_ID["N03"].outcome("too_long")] == 2
    assert table[PLACE["N11"], BY_ID["N11"].outcome("normalised")] == 3
    assert not table[:, :3].any()


def test_apply_finds_records_by_their_digest_and_passes_strangers_over():
    many = BY_ID["P08"].outcome("too_many")
    matrix = apply(local("P08", PASSED), RECORDS, told((20, "P08", many), (99, "P08", many), (5, "P08", many)))
    assert matrix[:, PLACE["P08"]].tolist() == [PASSED, PASSED, many]


def test_apply_leaves_unasked_what_was_not_asked_and_its_argument_as_it_was():
    before = local("P08", NOT_ASKED)
    after = apply(before, RECORDS, told((20, "P08", BY_ID["P08"].outcome("too_many"))))
    assert not after.any()
    asked = local("P08", PASSED)
    apply(asked, RECORDS, told((20, "P08", UNKNOWN)))
    assert asked[:, PLACE["P08"]].tolist() == [PASSED] * 3


def test_apply_lets_the_worst_answer_stand():
    refuted, suspect = (BY_ID["P08"].outcome(reason) for reason in ("too_many", "many"))
    cells = [
        (20, "P08", suspect),
        (20, "P08", refuted),
        (20, "P08", UNKNOWN),
        (10, "P08", UNKNOWN),
        (30, "P08", NOT_ASKED),
    ]
    for order in (cells, cells[::-1]):
        matrix = apply(local("P08", PASSED), RECORDS, told(*order))
        assert matrix[:, PLACE["P08"]].tolist() == [NOT_ASKED, UNKNOWN, refuted]
    regraded = RuleSettings(severities={("P08", "too_many"): "I"})
    assert apply(local("P08", PASSED), RECORDS, told(*cells), regraded)[2, PLACE["P08"]] == suspect


def test_apply_heals_no_local_answer():
    failed = BY_ID["P21"].outcome("relay_segment")
    assert apply(local("P21", failed), RECORDS, told((20, "P21", UNKNOWN)))[2, PLACE["P21"]] == failed
    assert apply(local("P21", UNKNOWN), RECORDS, told((20, "P21", NOT_ASKED)))[2, PLACE["P21"]] == UNKNOWN
    listed = BY_ID["P21"].outcome("relay_listed")
    assert apply(local("P21", UNKNOWN), RECORDS, told((20, "P21", listed)))[2, PLACE["P21"]] == listed


@given(st.lists(st.tuples(st.sampled_from([5, 10, 20, 30]), st.sampled_from(["P07", "P08", "E01"]), st.integers(0, 4))))
@settings(max_examples=60, deadline=None)
def test_apply_does_not_depend_on_the_order_of_deviations(cells):
    matrix = local("P08", PASSED)
    matrix[:, PLACE["E01"]] = [UNKNOWN, PASSED, BY_ID["E01"].outcome("bad_format")]
    forth, back = (apply(matrix, RECORDS, told(*order)) for order in (cells, cells[::-1]))
    assert np.array_equal(forth, back)


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(2008, 11, 20), "passed"),
        (date(2008, 11, 21), "minor"),
        (date(1925, 11, 21), "passed"),
        (date(1925, 11, 20), "very_old"),
    ],
)
def test_ages_are_completed_years_on_the_business_date(born: date, expected: str):
    assert outcome([{"birth_date": born}], "D10") == [expected]


def test_a_limit_of_the_settings_reaches_the_expressions():
    row = {"name": "王小明李小红张小刚"}
    assert outcome([row], "N03") == ["too_long"]
    assert outcome([row], "N03", RuleSettings(limits=Limits(name_characters_undotted=9))) == ["passed"]


def test_a_province_without_sms_verification_is_asked_nothing_of_it():
    row = {"issued_on": date(2026, 3, 2), "sms_verified": False}
    assert outcome([row], "C09") == ["unverified"]
    assert outcome([row], "C09", RuleSettings(limits=Limits(sms_verification_since=None))) == ["not asked"]
    assert outcome([row | {"issued_on": date(2019, 5, 31)}], "C09") == ["not asked"]


@pytest.mark.parametrize("night", [date(2024, 2, 29), date(2026, 1, 1)])
def test_every_business_date_has_its_limits(night: date):
    frame = observations([{"birth_date": date(2006, 2, 28)}, {"birth_date": date(2006, 3, 1)}])
    matrix = evaluate(examine(frame, night), night, RuleSettings())
    assert (matrix[:, PLACE["D10"]] == BY_ID["D10"].outcome("minor")).tolist() == [False, night == date(2024, 2, 29)]
