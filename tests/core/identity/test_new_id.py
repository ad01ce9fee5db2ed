from datetime import date

import numpy as np
import polars as pl
import pytest

from pipeline.core.identity import new_id as module
from pipeline.core.identity.new_id import ALPHABET, new_id, new_ids

ON = date(2026, 11, 22)
NOBODY = pl.Series([], dtype=pl.String)


def numbers(*values: int) -> np.ndarray:
    return np.array(values, np.uint64)


def test_an_id_is_the_date_and_the_64_bits_of_a_fixed_digest() -> None:
    ids = new_id(numbers(1, 1, 2**64 - 1), ON, numbers(0, 1, 0)).to_list()
    assert ids == ["20261122-270CXF9Y0KBS7", "20261122-EJ8XRHGH09EP0", "20261122-AMKJZVHCPPF7V"]


def test_another_record_counter_or_date_gives_another_id() -> None:
    told = [new_id(numbers(r), on, numbers(c)).item()[9:] for r in (1, 2) for c in (0, 1) for on in (ON, date.min)]
    assert len(set(told)) == 8


@pytest.mark.parametrize("bits", [0, 1, 31, 32, 2**63, 2**64 - 1, 0x0123456789ABCDEF])
def test_every_bit_is_in_the_spelling(bits: int) -> None:
    day, letters = module._spelt(numbers(bits), ON).item().split("-")
    read = 0
    for letter in letters:
        read = read * 32 + ALPHABET.index(letter)
    assert (day, len(letters), read) == ("20261122", 13, bits)


def test_customers_that_would_share_an_id_get_two_whatever_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "combine", lambda records, days, counters: records % np.uint64(3) + counters)
    one = new_ids(numbers(7, 4, 5), ON, NOBODY).to_list()
    assert new_ids(numbers(5, 7, 4), ON, NOBODY).to_list() == [one[2], one[0], one[1]]
    assert [id_[-1] for id_ in one] == ["3", "1", "2"]


def test_an_id_somebody_has_is_not_given_again() -> None:
    (id_,) = new_ids(numbers(7), ON, NOBODY)
    (other,) = new_ids(numbers(7), ON, pl.Series([id_]))
    assert other == new_id(numbers(7), ON, numbers(1)).item()


def test_no_customers_have_no_ids() -> None:
    assert new_ids(numbers(), ON, NOBODY).dtype == pl.String
