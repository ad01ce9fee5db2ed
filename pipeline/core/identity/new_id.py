"""New customer ids: ``20261122-07ZQK3M5T9XAB``, the date of creation and 64 bits in Crockford's base 32.

The bits are a digest of the smallest record of the customer, the date and a counter. The date makes ids sort by age and
keeps those of different nights apart for ever; the counter goes up where two customers of one frame would share an id.
"""

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from pipeline.core.digest import Digests, combine

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""

CHARACTERS: Final = 13
"""Characters of 64 bits at five bits each; the first holds four."""

_LETTERS: Final = np.frombuffer(ALPHABET.encode(), np.uint8)
_SHIFTS: Final = np.arange(CHARACTERS - 1, -1, -1, dtype=np.uint64) * np.uint64(5)


def new_id(records: Digests, on: date, counters: Digests) -> pl.Series:
    """Ids (String) of customers created on ``on``: of each its smallest record and its counter, both UInt64."""
    days = np.full(len(records), on.toordinal(), np.uint64)
    return _spelt(combine(records, days, counters), on)


def new_ids(records: Digests, on: date, issued: pl.Series) -> pl.Series:
    """Distinct ids of customers created on ``on``, none of them in ``issued``.

    ``records``: the smallest record of each customer, no two alike. Of customers that would share an id the one with
    the smallest record keeps it and the others' counters go up, so that the order of rows decides nothing.
    """
    order = np.argsort(records)
    counters = np.zeros(len(records), np.uint64)
    while True:
        ids = new_id(records[order], on, counters)
        taken = (~ids.is_first_distinct() | ids.is_in(issued.implode())).to_numpy()
        if not taken.any():
            break
        counters[taken] += np.uint64(1)
    return ids.gather(np.argsort(order))


def _spelt(bits: Digests, on: date) -> pl.Series:
    letters = _LETTERS[(bits[:, None] >> _SHIFTS) & np.uint64(31)]
    head: npt.NDArray[np.uint8] = np.frombuffer(f"{on:%Y%m%d}-".encode(), np.uint8)
    text = np.concatenate([np.broadcast_to(head, (len(bits), len(head))), letters], axis=1)
    ends = np.arange(len(bits) + 1, dtype=np.int64) * text.shape[1]
    return pl.Series("customer_id", pa.LargeStringArray.from_buffers(len(bits), pa.py_buffer(ends), pa.py_buffer(text)))
