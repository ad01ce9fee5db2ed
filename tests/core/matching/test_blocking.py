from collections import Counter, defaultdict
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipeline.core.matching import blocking
from pipeline.core.matching.blocking import Key
from pipeline.core.matching.tellings import PAPERS_SCHEMA
from pipeline.errors import DigestCollision
from tests.core.matching.examples import keyed, made, pairs_of

LARGEST = 4

rows = st.lists(
    # Key, name it is refined by (0: none), telling, which key.
    st.tuples(st.integers(1, 3), st.integers(0, 2), st.integers(1, 9)),
    max_size=30,
    unique_by=lambda row: (row[0], row[2]),
).map(lambda told: [(key, refine, telling, key % 2) for key, refine, telling in told])


def by_hand(told: list[tuple[int, int, int, int]]) -> tuple[Counter, Counter]:
    """Pairs with the bit of their key, and blocks that make none, or of one name only those of neighbours."""
    blocks = defaultdict(list)
    for key, refine, telling, which in told:
        blocks[key, which].append((refine, telling))
    pairs: Counter = Counter()
    capped: Counter = Counter()
    for (_, which), members in blocks.items():
        finer = [members]
        if len(members) > LARGEST:
            finer = [[one for one in members if one[0] == name] for name in {refine for refine, _ in members} - {0}]
            nameless = sum(refine == 0 for refine, _ in members)
            over = sum(len(block) for block in finer if len(block) > LARGEST)
            capped.update([(which, nameless, "nothing_to_refine_by")] if nameless else [])
            capped.update([(which, over, "too_large")] if over else [])
        for block in finer:
            if len(block) <= LARGEST:
                told_by = sorted(telling for _, telling in block)
                pairs.update((left, right, 1 << which) for left, right in combinations(told_by, 2))
            elif len(members) > LARGEST:
                told_by = sorted(telling for _, telling in block)
                near = [(a, b) for a, b in combinations(range(len(told_by)), 2) if b - a <= blocking.NEIGHBOURS]
                pairs.update((told_by[a], told_by[b], 1 << which) for a, b in near)
    return pairs, capped


@given(rows, st.randoms(use_true_random=False))
def test_pairs_are_all_that_share_a_key_and_what_makes_none_is_counted(told, random) -> None:
    random.shuffle(told)
    found = blocking.pairs(keyed(told), LARGEST)
    pairs, capped = by_hand(told)
    assert Counter(found.pairs.iter_rows()) == pairs
    assert Counter(found.capped.iter_rows()) == capped
    assert found.pairs.schema == blocking.PAIR_SCHEMA
    assert found.capped.schema == blocking.CAPPED_SCHEMA


def test_a_block_of_the_largest_size_is_whole_and_one_more_is_refined() -> None:
    whole = [(7, 0, telling, 0) for telling in range(1, 61)]
    assert blocking.pairs(keyed(whole)).pairs.height == 60 * 59 // 2
    found = blocking.pairs(keyed([*whole, (7, 0, 61, 0)]))
    assert found.pairs.is_empty()
    assert found.capped.rows() == [(0, 61, "nothing_to_refine_by")]


HIGH = 1 << 40
"""Digests differ in their upper bits, too; small numbers stand for them here."""

candidates = st.lists(st.tuples(st.integers(1, 4), st.integers(5, 8), st.sampled_from([1, 2, 4])), max_size=20)


@settings(max_examples=30)
@given(candidates)
def test_each_pair_stands_once_with_the_bits_of_its_keys(told) -> None:
    frame = pl.DataFrame(
        [(left * HIGH, right * HIGH, bit) for left, right, bit in told], schema=blocking.PAIR_SCHEMA, orient="row"
    )
    bits: dict[tuple[int, int], int] = {}
    for left, right, bit in told:
        bits[left * HIGH, right * HIGH] = bits.get((left * HIGH, right * HIGH), 0) | bit
    found = blocking.distinct(frame)
    assert sorted(found.rows()) == [(*pair, bits[pair]) for pair in sorted(bits)]
    assert found.schema == blocking.PAIR_SCHEMA


def test_two_pairs_that_look_alike_are_not_taken_for_one(monkeypatch) -> None:
    frame = pl.DataFrame([(1, right, 1) for right in (2, 3, 4)], schema=blocking.PAIR_SCHEMA, orient="row")
    assert blocking.distinct(frame).height == 3
    # One bit is left for what is right: two of three must share it.
    monkeypatch.setattr(blocking, "_BITS_OF_LEFT", 63)
    with pytest.raises(DigestCollision, match="two pairs"):
        blocking.distinct(frame)


WANTED = (
    Key("plate", ("plate_code",)),
    Key("name and birth", ("sound_code", "birth")),
    Key("policy", ("policy_code",)),
    Key("claim", ("claim_code",)),
)


def test_a_telling_has_the_keys_all_columns_of_which_it_tells() -> None:
    told = made(
        {"plate_code": 5, "sound_code": 8, "birth": 9},
        {"plate_code": 5, "sound_code": 8},
        {"plate_code": 6, "birth": 9},
        {"sound_code": 8, "birth": 9},
    )
    found = blocking.keys(told, WANTED, "sound_code")
    assert found.schema == blocking.KEY_SCHEMA
    assert sorted(found.select("telling", "which", "refine").iter_rows()) == [
        (1, 0, 8),
        (1, 1, 8),
        (2, 0, 8),
        (3, 0, 0),
        (4, 1, 8),
    ]
    # One value under two keys is two keys.
    assert pairs_of(blocking.pairs(found).pairs) == {(1, 2), (1, 4)}
    alike = (Key("plate", ("plate_code",)), Key("vin", ("vin_code",)))
    assert blocking.keys(made({"plate_code": 5}, {"vin_code": 5}), alike, "sound_code")["key"].n_unique() == 2
    turned = blocking.keys(made({"sound_code": 9, "birth": 8}, {"sound_code": 8, "birth": 9}), WANTED, "sound_code")
    assert turned["key"].n_unique() == 2


def test_the_policies_of_a_telling_are_keys() -> None:
    told = made({"sound_code": 8}, {"sound_code": 0}, {"sound_code": 9})
    papers = [(1, 0, 70), (1, 0, 71), (2, 0, 70), (3, 0, 71), (2, 1, 71)]
    policies = pl.DataFrame(papers, schema=PAPERS_SCHEMA, orient="row")
    found = blocking.outside_keys(policies, told, WANTED, "sound_code")
    assert found["which"].to_list() == [2] * 4 + [3]
    assert found["refine"].to_list() == [8, 8, 0, 9, 0]
    assert_frame_equal(
        blocking.pairs(found).pairs,
        pl.DataFrame([(1, 2, 4), (1, 3, 4)], schema=blocking.PAIR_SCHEMA, orient="row"),
        check_row_order=False,
    )


def test_nothing_gives_nothing() -> None:
    found = blocking.pairs(keyed([]))
    assert found.pairs.is_empty() and found.capped.is_empty()
    assert blocking.distinct(found.pairs).schema == blocking.PAIR_SCHEMA
    assert blocking.keys(made(), WANTED, "sound_code").is_empty()


@pytest.mark.parametrize("sizes", [[1], [3], [1, 1, 2, 2, 5, 5], [4] * 3, [2, 3, 3, 2, 1]])
def test_runs_of_rows_are_counted_down(sizes: list[int]) -> None:
    lengths = np.repeat(sizes, sizes)
    assert blocking._behind(lengths).tolist() == [left for size in sizes for left in range(size - 1, -1, -1)]
