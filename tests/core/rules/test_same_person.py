import polars as pl
import pytest

from pipeline.core.rules.facts import examine
from pipeline.core.rules.same_person import meetings
from pipeline.core.rules.shared import project
from tests.core.rules.examples import NIGHT, addressed, observations

WANG = {"name": "王小明", "cert_type": "RIC", "cert_no": "320102198801011236"}
LI = {"name": "李强", "cert_type": "RIC", "cert_no": "320106198502281231"}
PASSPORT = {"name": "王小明", "cert_type": "PASSPORT_CN", "cert_no": "E12345678"}


def met(one: dict, other: dict) -> tuple[pl.DataFrame, pl.DataFrame]:
    frame = addressed(observations([{"policy_no": "P1", "role": "insured"} | one, {"policy_no": "P1"} | other]))
    keyed = project(examine(frame, NIGHT), NIGHT)["policy"]
    return meetings(keyed.filter(role=1), keyed.filter(role=0))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (WANG, WANG, True),
        (WANG, WANG | {"name": "李强"}, True),
        (WANG, WANG | {"cert_type": "HUKOU"}, True),
        (WANG, WANG | {"cert_type": "DRIVER"}, True),
        (WANG, WANG | {"cert_type": "DRIVER", "name": "李强"}, True),
        (WANG, LI | {"name": "王小明"}, False),
        (WANG, PASSPORT, True),
        (WANG, PASSPORT | {"name": "李强"}, False),
        (WANG, PASSPORT | {"name": "王晓明"}, None),
        (PASSPORT, PASSPORT, True),
        (WANG, {}, None),
        ({}, {}, None),
        (WANG, {"customer_type": "organisation"}, False),
    ],
)
def test_number_decides_before_name_and_nothing_without_either(one: dict, other: dict, same: bool | None):
    both = [met(one, other)[0], met(other, one)[0]]
    assert [pair["same"].to_list() for pair in both] == [[same], [same]]


def test_who_meets_nobody_is_told_apart():
    pairs, alone = met(WANG, LI | {"policy_no": "P2"})
    assert (pairs.height, alone.height) == (0, 1)


@pytest.mark.parametrize(("naming", "other_name"), [(pl.lit(value=False), None), (pl.lit(value=True), True)])
def test_names_are_compared_where_numbers_decide_only_if_asked(naming: pl.Expr, other_name: bool | None):
    frame = addressed(
        observations(
            [{"policy_no": "P1", "role": role} | who for role, who in (("insured", WANG), ("policyholder", LI))]
        )
    )
    keyed = project(examine(frame, NIGHT), NIGHT)["policy"]
    pairs, _ = meetings(keyed.filter(role=1), keyed.filter(role=0), naming)
    assert pairs.select("same", "other_name").rows() == [(False, other_name)]
