import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.core.authenticity import evidence, meeting
from pipeline.core.authenticity.evidence_settings import SOURCES
from pipeline.core.authenticity.evidence_tables import EVIDENCE, NUMBERS, PIECES
from pipeline.core.authenticity.judging import CALLS, JudgedParties, Told, VerdictSettings, judged
from pipeline.core.authenticity.party_facts import underwritten
from pipeline.core.authenticity.party_table import PARTIES
from pipeline.core.digest import digest, partition_of
from pipeline.core.rules.limits import RuleSettings
from tests.core.authenticity.histories import (
    CERT_NO,
    NAME,
    NIGHT,
    OTHER_PHONE,
    call,
    check,
    claim,
    frame,
    message,
    policy,
    wechat,
)

CITY = frame(
    policy(sms_verified=True),
    policy("P2", mobile=OTHER_PHONE, customer_id="20260630-B"),
    policy("P3", name=None, cert_no=None, mobile=None, customer_id=None),
    call("00"),
    call("12", policy_no="P2"),
    call("24", policy_no="P9"),
    check("three_factor", "一致"),
    check("identity", "一致", mobile=None, name=NAME, cert_no=CERT_NO),
    check("number_status", "1", mobile=OTHER_PHONE),
    message("DELIVRD"),
    wechat(),
    wechat(customer_id=None, record_id="wechat/x/contact"),
    wechat(day=21),
    claim(OTHER_PHONE, customer_id="20260630-B"),
)
SETTINGS = VerdictSettings()


def spread(told: pl.DataFrame, partitions: int) -> list[JudgedParties]:
    """The night's way: pieces and keys meet by place, then everything by policy, on ``partitions`` machines."""
    underwriting = underwritten(told.filter(pl.col("kind") == "underwriting"))
    calls = told.filter(pl.col("kind") == "callbacks").select(CALLS.names())
    elsewhere = told.filter(~pl.col("kind").is_in(["underwriting", "callbacks"]))
    placed = meeting.of_pieces(evidence.pieces(elsewhere, SETTINGS.evidence))
    keys = meeting.of_parties(underwriting, home(underwriting, partitions))
    sent, unmet = [], []
    for number in range(partitions):
        here = pl.Series(partition_of(placed["place"].to_numpy(), partitions) == number)
        keys_here = keys.filter(pl.Series(partition_of(keys["place"].to_numpy(), partitions) == number))
        met, alone = meeting.met(meeting.folded(placed.filter(here), NIGHT), keys_here)
        sent.append(met)
        unmet.append(alone)
    met = pl.concat(sent)
    none = NUMBERS.to_frame(eager=True)
    return [
        judged(
            Told(
                underwriting.filter(home(underwriting, partitions) == number),
                calls.filter(home(calls, partitions) == number),
                met.filter(pl.col("home") == number).drop("home"),
                unmet[number],
                none,
                none,
            ),
            SETTINGS,
            NIGHT,
            RuleSettings(),
        )
        for number in range(partitions)
    ]


def home(rows: pl.DataFrame, partitions: int) -> pl.Series:
    return pl.Series(partition_of(digest(rows["policy_no"]), partitions))


@pytest.mark.slow
@hypothesis_settings(max_examples=15, deadline=None)
@given(st.integers(2, 9), st.permutations(range(CITY.height)))
def test_machines_and_order_do_not_matter(partitions: int, order: list[int]) -> None:
    whole = spread(CITY, 1)[0]
    parts = spread(CITY[np.array(order)], partitions)
    for table, by in ((EVIDENCE, ["evidence_id", "policy_no", "role"]), (PARTIES, ["policy_no", "role"])):
        together, at_once = (
            # Words that are numbers are others in each part.
            pl.concat([getattr(part, table.name).cast(table.schema) for part in told]).sort(by)
            for told in (parts, [whole])
        )
        assert together.equals(at_once)
    assert set(whole.parties["policy_no"]) == {"P1", "P2", "P3"}


def test_every_piece_is_told_whether_it_met_somebody_or_not() -> None:
    whole = spread(CITY, 1)[0].evidence
    heard = CITY.filter(pl.col("kind") != "underwriting")["record_id"].to_list()
    repeated = wechat()["record_id"]  # said again a day later: told once, by the newest
    assert set(heard) - {repeated} <= set(whole["record_id"])
    assert repeated not in set(whole["record_id"])
    assert set(whole.filter(pl.col("source") == "wechat")["repeats"]) == {1, 2}


@pytest.mark.parametrize(
    ("again", "repeats"),
    [
        ([wechat(), wechat(day=21), wechat(day=22)], [3]),
        ([wechat(), wechat(OTHER_PHONE)], [1, 1]),
        ([wechat(), wechat(day=400)], [1, 1]),  # later than the night
        ([check("number_status", "1"), check("number_status", "0", 21)], [1, 1]),
    ],
)
def test_only_what_says_the_same_of_the_same_is_folded(again: list[dict[str, object]], repeats: list[int]) -> None:
    placed = meeting.of_pieces(evidence.pieces(frame(*again), SETTINGS.evidence))
    told = meeting.folded(placed, NIGHT)
    assert sorted(told["repeats"]) == repeats
    assert told["at"].max() == placed["at"].max()


def test_pieces_without_a_value_meet_nobody() -> None:
    nobody = PIECES.to_frame(eager=True).vstack(
        evidence.pieces(frame(wechat(customer_id=None)), SETTINGS.evidence).select(PIECES.names())
    )
    assert meeting.of_pieces(nobody)["place"].to_list() == [0]
    assert (
        meeting.of_parties(
            frame(policy("P3", name=None, cert_no=None, mobile=None, customer_id=None)), pl.Series([0], dtype=pl.UInt16)
        )
    ).height == 0


def test_every_source_has_a_place_to_meet() -> None:
    assert set(meeting.KEY) | {"callback", "sms_code"} == set(SOURCES)
