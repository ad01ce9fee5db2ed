import itertools
from collections import Counter

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipeline.core.rules.catalogue import RULES
from pipeline.core.rules.evaluate import severity_of
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.rules.rule import FAILED, NOT_ASKED, UNKNOWN
from pipeline.core.schema import RULE_STATS
from pipeline.core.tallies import merge, rule_stats

PLACES = st.tuples(
    st.sampled_from(["underwriting", "claims"]), st.sampled_from(["U1", None]), st.sampled_from(["dealer", None])
)
RULE_SETTINGS = RuleSettings(severities={("N05", "title"): "I"})


@st.composite
def nights(draw):
    places = draw(st.lists(PLACES, max_size=8))
    seed = draw(st.integers(0, 1000))
    most = np.array([0 if rule.asked is None else 2 + len(rule.reasons) for rule in RULES])
    matrix = np.random.default_rng(seed).integers(0, most + 1, (len(places), len(RULES))).astype(np.uint8)
    frame = pl.DataFrame(places, schema={"source": pl.String, "unit": pl.String, "channel": pl.String}, orient="row")
    return np.asfortranarray(matrix), frame


def tally(matrix, frame) -> pl.DataFrame:
    return rule_stats(matrix, frame["source"], frame["unit"], frame["channel"], RULE_SETTINGS)


@given(nights())
@settings(deadline=None, max_examples=30)
def test_the_counts_are_those_of_counting_one_by_one(night):
    matrix, frame = night
    counts: Counter[tuple[str, ...]] = Counter()
    for row, place in enumerate(frame.fill_null("").rows()):
        for rule, code in zip(RULES, matrix[row], strict=True):
            if code == NOT_ASKED:
                continue
            counts[(rule.id, *place, "unknown" if code == UNKNOWN else "evaluated")] += 1
            if code >= FAILED:
                counts[(rule.id, *place, "failed")] += 1
                counts[(rule.id, *place, "standing")] += 1  # no ruling sets it aside
                counts[(rule.id, *place, f"failed_{severity_of(rule, code - FAILED, RULE_SETTINGS).lower()}")] += 1
    told = tally(matrix, frame)
    measures = told.columns[4:]
    assert told.schema == RULE_STATS.schema
    assert {
        (*row[:4], name): value for row in told.rows() for name, value in zip(measures, row[4:], strict=True) if value
    } == counts


@given(nights(), st.integers(0, 8), st.integers(0, 8))
@settings(deadline=None, max_examples=30)
def test_a_tally_does_not_depend_on_how_the_night_is_cut(night, first, second):
    matrix, frame = night
    cuts = sorted((0, min(first, frame.height), min(second, frame.height), frame.height))
    parts = [tally(matrix[start:end], frame[start:end]) for start, end in itertools.pairwise(cuts)]
    whole = tally(matrix, frame)
    assert_frame_equal(merge(parts), whole)
    assert_frame_equal(merge(reversed(parts)), whole)
    assert_frame_equal(merge([merge(parts[:2]), *parts[2:]]), whole)


def test_merging_nothing_gives_the_empty_table():
    assert_frame_equal(merge([]), RULE_STATS.schema.to_frame(eager=True))
