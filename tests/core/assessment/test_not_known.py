"""A night says what it could not know, and why."""

import polars as pl
import pytest

from pipeline.core.assessment import drawn
from pipeline.core.assessment.not_known import Feed, not_known, pieces_in_use
from pipeline.core.authenticity.calibers import CALIBERS
from pipeline.core.authenticity.estimate import Question, estimates
from pipeline.core.authenticity.estimates_table import ESTIMATES
from pipeline.core.authenticity.evidence_settings import SOURCES
from pipeline.core.authenticity.states import stated
from tests.core.authenticity.histories import NIGHT, call, heard, judged, policy, wechat

NOTHING = ESTIMATES.schema.to_frame(eager=True)
ANSWERED = pl.DataFrame({"reached": [3]})
EVERYTHING = dict.fromkeys(SOURCES, 1)


def told(*feeds: Feed, pieces: dict[str, int], secret: bool = True) -> dict[str, str]:
    return {one.about: one.why for one in not_known(feeds, pieces, ANSWERED, secret=secret)}


def test_nothing_is_lacking_where_every_kind_counts() -> None:
    assert told(pieces=EVERYTHING) == {}


@pytest.mark.parametrize(
    ("feeds", "why"),
    [
        ((), "absent"),
        ((Feed("wechat", refused=True, rows=9),), "refused"),
        ((Feed("wechat", refused=False, rows=0),), "empty"),
        ((Feed("wechat", refused=False, rows=9),), "nothing_counts"),
        ((Feed("wechat", refused=True, rows=9), Feed("wechat", refused=False, rows=0)), "empty"),
    ],
)
def test_why_a_kind_is_lacking(feeds: tuple[Feed, ...], why: str) -> None:
    assert told(*feeds, pieces={**EVERYTHING, "wechat": 0}) == {"wechat": why}


def test_a_refused_feed_whose_earlier_evidence_counts_is_not_lacking() -> None:
    assert told(Feed("wechat", refused=True, rows=9), pieces=EVERYTHING) == {}


def test_one_of_three_checks_is_enough_to_know_something() -> None:
    assert told(pieces={**EVERYTHING, "three_factor": 0, "identity": 0}) == {}
    lacking = {**EVERYTHING, "three_factor": 0, "identity": 0, "number_status": 0}
    assert told(pieces=lacking) == {"verifications": "absent"}


def test_without_drawn_calls_the_true_rate_and_without_a_secret_the_draw() -> None:
    assert [one.about for one in not_known([], EVERYTHING, NOTHING, secret=True)] == ["true_rate"]
    assert told(pieces=EVERYTHING, secret=False) == {"draw": "no_secret"}


def test_pieces_that_lost_are_not_in_use() -> None:
    table = heard(policy(), call("00", 20), call("00", 10), wechat(day=1))
    assert pieces_in_use(table) | {"callback": 4} == pieces_in_use(table)
    assert pieces_in_use(table)["wechat"] == 0


def test_an_estimate_without_a_drawn_call_says_so_of_everybody() -> None:
    final = CALIBERS["final"]
    told = stated(judged(policy(), policy("P2")), [final], NIGHT)
    parties = drawn.stratified(told, heard(policy(), policy("P2")))
    nobody = drawn.outcomes(
        heard(policy()), pl.DataFrame(schema=dict.fromkeys(("feed", "vendor", "caller"), pl.String))
    )
    framed = parties.filter(drawn.could_be_drawn(drawn.weeks(parties, nobody)))
    persons = drawn.population(framed, [final], NIGHT)
    calls, counts = drawn.grouped([drawn.cells(persons, final, nobody)], nobody)
    table = estimates(calls, counts, Question("final"))
    assert set(table["dimension"]) == {"city"}
    city = table.filter(period="all").row(0, named=True)
    assert (city["population"], city["drawn"], city["estimate"], city["naive_rate"]) == (2, 0, None, 1.0)
    assert (city["low"], city["high"], city["worst_low"], city["worst_high"]) == (0, 1, 0, 1)
    assert (city["decision"], city["worst_decision"], city["method"]) == ("open", "open", "none")
