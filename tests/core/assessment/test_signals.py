"""Signs of gaming: planted ones are found, honest sellers are hardly ever marked."""

import numpy as np
import polars as pl
import pytest

from pipeline.core.assessment.signals import FALSE_SHARE, MEANINGS, OF_RULE, sales, signals
from pipeline.core.authenticity.party_table import PARTIES
from pipeline.core.rules.catalogue import BY_ID


def sold(seller: str, policies: int, hits: int, reason: str = "P07.directory_phone") -> pl.DataFrame:
    rows = [
        {
            "policy_no": f"{seller}-{number}",
            "role": "policyholder",
            "agency_code": seller,
            "reasons": [reason] if number < hits else ["sms_code.verified"],
        }
        for number in range(policies)
    ]
    return pl.DataFrame(rows, schema=PARTIES.schema)


def signs(*parts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    return signals([sales(part) for part in parts])


HONEST = [sold(f"A{number}", 100, 2) for number in range(20)]


def test_a_seller_who_writes_down_his_own_number_is_found_with_the_rows() -> None:
    table, rows = signs(pl.concat([*HONEST, sold("X", 100, 20)]))
    assert table.filter("flagged").select("dimension", "value", "signal", "hits").rows() == [
        ("agency", "X", "own_number", 20)
    ]
    assert rows.height == 20
    assert set(rows["reason"]) == {"P07.directory_phone"}


def test_a_customer_of_several_parts_is_one() -> None:
    """Policies of one customer lie in several parts: told in parts, everything is as told at once."""
    whole = pl.concat([*HONEST, sold("X", 100, 20)]).with_columns(
        customer_id=pl.format("C{}", pl.int_range(pl.len()) // 3)
    )
    for at_once, in_parts in zip(signs(whole), signs(whole[::2], whole[1::2]), strict=True):
        assert at_once.equals(in_parts)


def test_what_evidence_set_aside_is_still_a_sign() -> None:
    table, _ = signs(pl.concat([*HONEST, sold("X", 100, 20, "healed.P07.directory_phone")]))
    assert table.filter("flagged")["value"].to_list() == ["X"]


def test_two_policies_are_no_pattern() -> None:
    table, _ = signs(
        pl.concat([*(sold(f"A{number}", 5000, 0) for number in range(9)), sold("X", 2, 2, "N12.agent_name")])
    )
    assert not table["flagged"].any()


@pytest.mark.slow
def test_honest_sellers_are_hardly_ever_marked() -> None:
    """Of 200 nights of 50 honest sellers each, the share that sees anybody marked stays near the stated one."""
    rng, marked = np.random.default_rng(5), 0
    for _ in range(200):
        hits = rng.binomial(80, 0.05, 50)
        parties = pl.concat([sold(str(number), 80, int(hit)) for number, hit in enumerate(hits)])
        marked += signs(parties)[0]["flagged"].any()
    # With nobody guilty every mark is false: at most FALSE_SHARE of nights, 99.9 % of the time at most 8 of 200.
    assert FALSE_SHARE == 0.01
    assert marked <= 8


def test_the_chance_of_a_false_alarm_is_told_and_kept() -> None:
    """Of 150 nights of 40 honest sellers, marks are as rare as the table says of each question."""
    rng, marked, expected = np.random.default_rng(7), 0, 0.0
    for _ in range(150):
        table, _ = signs(pl.concat([sold(str(n), 60, int(hit)) for n, hit in enumerate(rng.binomial(60, 0.05, 40))]))
        own = table.filter(dimension="agency", signal="own_number")
        marked += int(own["flagged"].sum())
        expected += float(own["false_alarm"].sum())
    assert 0 < expected < 150 * 40 * FALSE_SHARE / 40
    # Three standard deviations of a Poisson count.
    assert marked <= expected + 3 * max(expected, 1) ** 0.5


def test_a_seller_of_few_policies_cannot_be_marked_by_chance() -> None:
    table, _ = signs(pl.concat([*HONEST, sold("few", 2, 0)]))
    few = table.filter(value="few", signal="own_number").row(0, named=True)
    assert few["false_alarm"] == 0


def test_every_sign_is_of_a_rule_there_is_and_has_a_meaning() -> None:
    assert set(OF_RULE) <= set(BY_ID)
    assert set(OF_RULE.values()) == set(MEANINGS)


def test_nobody_sold_anything() -> None:
    table, rows = signs(PARTIES.schema.to_frame(eager=True))
    assert (table.height, rows.height) == (0, 0)
