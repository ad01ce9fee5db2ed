import pytest

from pipeline.core.rules.repair_facts import REPAIRS, repair_facts
from tests.core.rules.examples import observations


def marked(*repairs: tuple[str, str]) -> set[str]:
    frame = observations([{}, {"repairs": [(field, repair, "raw") for field, repair in repairs]}, {}])
    facts = repair_facts(frame)
    assert all(fact.to_list()[::2] == [False, False] for fact in facts)
    return {fact.name for fact in facts if fact[1]}


@pytest.mark.parametrize("fact", REPAIRS)
def test_each_repair_of_each_field_marks_its_fact(fact: str):
    fields, codes = REPAIRS[fact]
    for field in fields or ("occupation",):
        for code in codes:
            assert fact in marked((field, code))


def test_several_repairs_of_one_field_stand_in_one_code():
    assert marked(("mobile", "country_code+separators+split")) == {"phone__normalised", "phone__split"}


def test_a_repair_of_another_field_marks_nothing():
    assert marked(("occupation", "full_width")) == set()
    assert marked(("name", "precision_lost")) == set()


def test_a_code_within_a_longer_one_marks_nothing():
    assert marked(("name", "mojibake_repaired")) == {"text__restored"}


def test_nothing_repaired_marks_nothing():
    assert marked() == set()
    assert [fact.len() for fact in repair_facts(observations([{}]).clear())] == [0] * len(REPAIRS)
