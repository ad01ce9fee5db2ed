"""The contract of the list: complete, explained, exemplified; and every example gives the outcome it promises."""

from dataclasses import fields
from functools import cache
from typing import Any

import polars as pl
import pytest

from pipeline.core.rules import by_customer
from pipeline.core.rules.catalogue import BY_ID, PLACE, RULES
from pipeline.core.rules.evaluate import evaluate, limit_columns
from pipeline.core.rules.facts import examine
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.rules.norms import NORMS
from pipeline.core.rules.rule import NOT_ASKED, PASSED, SEVERITIES, UNKNOWN, Example, Failing, Rule
from pipeline.core.rules.shared import MEETINGS
from pipeline.core.schema import OBSERVATION_SCHEMA
from tests.core.rules.examples import NIGHT, addressed, observations, outcomes, rows_of, with_limits

FAMILIES = {
    "N": range(1, 13),
    "D": range(1, 29),
    "P": range(1, 22),
    "A": range(1, 7),
    "E": (1,),
    "R": range(1, 8),
    "V": range(1, 8),
    "C": range(1, 17),
}
WANTED = [f"{family}{number:02}" for family, numbers in FAMILIES.items() for number in numbers]

ASKED = [rule for rule in RULES if rule.scope not in ("feed", "evidence")]
PASSES = [pytest.param(rule, example, id=rule.id) for rule in ASKED for example in rule.passes]
FAILS = [pytest.param(rule, failing, id=f"{rule.id}.{failing.reason}") for rule in ASKED for failing in rule.fails]


def test_the_list_has_every_rule_of_this_version_in_order():
    assert [rule.id for rule in RULES] == WANTED


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_what_why_and_by_which_norm(rule: Rule):
    assert all((rule.zh, rule.en, rule.why, rule.why_zh, rule.norm, rule.reasons))
    assert set(rule.norm) <= set(NORMS)
    assert all(reason.zh and reason.en for reason in rule.reasons)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_reasons_have_codes_of_their_own_and_stand_worst_first(rule: Rule):
    codes = [reason.code for reason in rule.reasons]
    assert len(set(codes)) == len(codes)
    assert all(code.isidentifier() and code == code.lower() for code in codes)
    grades = [SEVERITIES.index(reason.severity) for reason in rule.reasons]
    assert grades == sorted(grades)


@pytest.mark.parametrize("rule", ASKED, ids=lambda rule: rule.id)
def test_every_rule_has_an_example_that_passes_and_one_for_every_reason(rule: Rule):
    assert rule.passes
    assert {failing.reason for failing in rule.fails} == {reason.code for reason in rule.reasons}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_scope_of_a_rule_tells_who_answers_it(rule: Rule):
    local = [reason.when is not None for reason in rule.reasons]
    meetings = [name for name, meeting in MEETINGS.items() if rule.id in meeting.rules]
    if rule.scope in ("feed", "evidence"):
        assert rule.asked is None
        assert not any(local)
    elif rule.scope in ("value", "row"):
        assert all(local)
        assert not meetings
    else:
        assert not all(local)
        assert meetings or rule.scope == "customer"
        assert rule.scope != "customer" or rule.id in by_customer.RULES


@pytest.mark.parametrize("rule", ASKED, ids=lambda rule: rule.id)
def test_a_rule_reads_only_columns_there_are(rule: Rule):
    there = set(known_columns())
    expressions = [rule.asked, rule.given, *(reason.when for reason in rule.reasons)]
    read = {name for expression in expressions if expression is not None for name in expression.meta.root_names()}
    assert read <= there


@cache
def known_columns() -> tuple[str, ...]:
    examined = examine(addressed(observations([{}])), NIGHT)
    return tuple(examined.with_columns(limit_columns(RuleSettings(), NIGHT)).columns)


@cache
def alone() -> dict[tuple[str, int], int]:
    """(rule, number of the example) -> outcome, for all examples of one observation together."""
    rules = [rule for rule in ASKED if rule.scope in ("value", "row")]
    cases = [(rule, place, example) for rule in rules for place, example in enumerate(examples_of(rule))]
    frame = observations([rows_of(example)[0] for _, _, example in cases])
    matrix = evaluate(examine(frame, NIGHT), NIGHT, RuleSettings())
    return {(rule.id, place): matrix[row, PLACE[rule.id]] for row, (rule, place, _) in enumerate(cases)}


def examples_of(rule: Rule) -> list[Example]:
    return [*rule.passes, *(failing.example for failing in rule.fails)]


def outcome_of(rule: Rule, example: Example, settings: RuleSettings | None = None) -> int:
    if rule.scope in ("value", "row"):
        return alone()[rule.id, examples_of(rule).index(example)]
    return int(outcomes(observations(rows_of(example)), settings, rule.id)[0, PLACE[rule.id]])


@pytest.mark.parametrize(("rule", "example"), PASSES)
def test_a_passing_example_passes(rule: Rule, example: Example):
    assert outcome_of(rule, example) == PASSED


@pytest.mark.parametrize(("rule", "failing"), FAILS)
def test_a_failing_example_fails_for_its_reason(rule: Rule, failing: Failing):
    settings = with_limits(**failing.limits) if failing.limits else None
    assert outcome_of(rule, failing.example, settings) == rule.outcome(failing.reason)


WITHOUT_INPUT: dict[str, dict[str, Any]] = {
    **{rule: {"name": None} for rule in ("N02", "N03", "N04", "N05", "N06", "N07", "N08")},
    "N09": {"name": None, "customer_type": "organisation"},
    "N12": {"name": None, "salesperson_code": "S1"},
    "D02": {"cert_type": None},
    **{rule: {"cert_type": "RIC", "cert_no": None} for rule in ("D03", "D04", "D05", "D06")},
    "D08": {"cert_type": "RIC", "cert_no": "320102198801011234", "birth_date": NIGHT},
    "D09": {"cert_type": "RIC", "cert_no": None, "gender": "male"},
    "D10": {"cert_type": "RIC", "cert_no": None},
    "D11": {"cert_type": "RIC", "cert_valid_from": NIGHT},
    "D12": {"cert_no": None},
    "D14": {"cert_type": "HMT_RESIDENCE", "cert_no": None},
    "D15": {"cert_type": "FPR", "cert_no": None},
    "D16": {"cert_type": "PASSPORT_CN", "cert_no": None},
    "D17": {"cert_type": "TW_PERMIT", "cert_no": None},
    "D18": {"cert_type": "MIL", "cert_no": None},
    "D19": {"cert_type": "USCC", "cert_no": None},
    "D20": {"cert_type": "ORG", "cert_no": None},
    "D21": {"cert_type": "BIZ", "cert_no": None},
    "D22": {"cert_type": "RIC", "cert_no": None},
    "D23": {"cert_type": None},
    "D24": {"name": "王小明", "cert_no": None},
    "D25": {"name": "王小明", "mobile": "13905142687"},
    "D26": {"name": "王小明", "cert_type": "DRIVER", "cert_no": "320102198801011236", "policy_no": "P1"},
    "D28": {"cert_no": None},
    "P02": {"mobile": None},
    "P07": {"mobile": None},
    "P08": {"mobile": "14212345678"},
    "P09": {"salesperson_code": "S1", "mobile": "13905142687"},
    "P10": {"role": "insured", "mobile": "13905142687", "policy_no": "P1"},
    "A02": {"address": None},
    "A05": {"address": None},
    "R01": {"role": "insured", "same_person_flag": True, "policy_no": "P1"},
    "R02": {"role": "insured", "policy_no": "P1"},
    "R03": {"role": "owner", "policy_no": "P1"},
    "R04": {"role": "payer", "policy_no": "P1", "name": "王小明"},
    "R06": {"name": None},
    "R07": {"cert_no": "123"},
    "V01": {"vin": "LSVAB2BR8KN123456"},
    "V03": {"plate": "苏A12345"},
    "V04": {"plate": "苏A12345"},
    "V05": {"plate": "苏A12345", "vin": "LSVAB2BR8KN123456"},
    "V07": {"role": "owner", "vin": "LSVAB2BR8KN123456", "name": "王先生"},
    "C04": {"source": "callbacks", "mobile": "13905142687"},
    "C09": {"issued_on": NIGHT},
    "C10": {"premium": 1_500_000},
}
NEVER_UNKNOWN = {
    "N01", "N10", "N11", "D01", "D07", "D13", "P01", "P03", "P04", "P05", "P06", "P11", "P16", "P17", "P18", "P20", "P21",
    "A01", "A03", "A04", "A06", "E01", "R05", "V02", "V06", "C01", "C03",
}  # fmt: skip
"""Asked only where what they need is there, or asking just whether it is."""


@pytest.mark.parametrize("rule", WITHOUT_INPUT)
def test_a_rule_without_its_input_is_unknown_not_failed(rule: str):
    assert outcomes(observations([WITHOUT_INPUT[rule]]), rule=rule)[0, PLACE[rule]] == UNKNOWN


def test_every_rule_either_can_be_unknown_or_never_is():
    assert {rule.id for rule in ASKED} == set(WITHOUT_INPUT) | NEVER_UNKNOWN
    assert not set(WITHOUT_INPUT) & NEVER_UNKNOWN


@pytest.mark.parametrize("source", ["directory", "do_not_call"])
def test_the_companys_own_lists_are_asked_nothing(source: str):
    row = {
        "source": source,
        "role": "contact",
        "name": "王先生",
        "mobile": "4008195518",
        "landline": "025-1",
        "cert_no": "1",
    }
    assert set(outcomes(observations([row])).ravel()) == {NOT_ASKED}


@pytest.mark.parametrize("source", ["wechat", "sms", "callbacks", "verifications", "leads"])
def test_other_sources_are_not_blamed_for_what_they_leave_out(source: str):
    matrix = outcomes(observations([{"source": source, "role": "contact", "customer_type": None}]))
    missing = {rule.id for rule in ASKED if matrix[0, PLACE[rule.id]] != NOT_ASKED}
    assert missing <= {"C03"}


def test_a_nickname_is_not_asked_whether_it_is_a_name():
    row = {"source": "wechat", "role": "contact", "customer_type": None, "name": "🌸小明*", "mobile": "13905142687"}
    matrix = outcomes(observations([row]))
    assert [rule.id for rule in RULES if rule.id[0] == "N" and rule.id != "N10" and matrix[0, PLACE[rule.id]]] == []


def test_a_complete_honest_record_fails_nothing():
    whole = {
        "name": "王小明", "cert_type": "RIC", "cert_no": "320102198801011236", "gender": "male", "mobile": "13905142687",
        "email": "wang.xm@163.com", "address": "南京市江宁区秣陵街道胜太路68号3幢2单元501室", "region_code": "320115",
        "plate": "苏AD12345", "plate_type": "52", "vin": "LSVAB2BR8KN123456", "engine_no": "EA888123456",
        "policy_no": "P1", "relation": "self", "sms_verified": True, "issued_on": NIGHT, "cover_from": NIGHT, "cover_to": NIGHT,
    }  # fmt: skip
    rows = [whole | {"role": role} for role in ("policyholder", "insured", "owner")]
    matrix = outcomes(observations(rows))
    assert [(RULES[place].id, row) for row, place in zip(*(matrix > UNKNOWN).nonzero(), strict=True)] == []


def test_limits_are_described_in_both_languages():
    limits = RuleSettings().limits
    assert all(limit.metadata["zh"] and limit.metadata["en"] for limit in fields(limits))


def test_an_unknown_reason_is_refused():
    with pytest.raises(KeyError):
        BY_ID["N01"].outcome("no_such_reason")


def test_every_observation_column_an_example_names_exists():
    named = {name for rule in ASKED for example in examples_of(rule) for row in rows_of(example) for name in row}
    assert named <= set(OBSERVATION_SCHEMA)
    assert isinstance(RULES[0].asked, pl.Expr)
