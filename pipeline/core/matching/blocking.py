"""Candidate pairs: tellings that have a key in common.

A key is several columns of a telling together. Tellings with one key make a block, and all pairs of a block are
candidates. A block larger than :data:`LARGEST` is split by how the name sounds: an agent's number on five hundred
policies brings together only records of one name. Of what is still larger each telling is compared with its
:data:`NEIGHBOURS` next ones, which is enough to connect what is one person's; what such a block has no name for makes no
pairs. Both are reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core import runs
from pipeline.core.digest import Digests, combine, places_among, side_by_side
from pipeline.errors import DigestCollision

LARGEST: Final = 60
"""Tellings a block may have: its pairs grow with the square."""

NEIGHBOURS: Final = 4
"""Tellings that each is compared with in a block of one key and one name that is too large for all pairs."""

_BITS_OF_LEFT: Final = 16
"""Bits of the number a pair is sorted by that are its left side's: enough to keep what is fetched together close by."""

PAPERS: Final = ("policy_code", "claim_code")
"""Keys a telling may have several of: it is told beside many policies and claims."""

Places = npt.NDArray[np.int64]

KEY_SCHEMA: Final = pl.Schema({"key": pl.UInt64(), "refine": pl.UInt64(), "telling": pl.UInt64(), "which": pl.UInt8()})
PAIR_SCHEMA: Final = pl.Schema({"left": pl.UInt64(), "right": pl.UInt64(), "agreed": pl.UInt32()})
CAPPED_SCHEMA: Final = pl.Schema({"which": pl.UInt8(), "tellings": pl.Int64(), "reason": pl.String()})


@dataclass(frozen=True)
class Key:
    """Columns of a telling that must all be told (not 0) and be equal."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Blocks:
    """``pairs``: PAIR_SCHEMA, ``left`` < ``right``, each once per key. ``capped``: blocks that made no pairs, or not all."""

    pairs: pl.DataFrame
    capped: pl.DataFrame


def keys(tellings: pl.DataFrame, wanted: Sequence[Key], refine: str) -> pl.DataFrame:
    """Rows of KEY_SCHEMA: every key of every telling. ``refine``: column that splits over-large blocks."""
    codes = tellings["telling"].to_numpy()
    finer = tellings[refine].to_numpy()
    parts = [KEY_SCHEMA.to_frame(eager=True)]
    for number, key in enumerate(wanted):
        if any(column not in tellings.columns for column in key.columns):
            continue
        values = [tellings[column].to_numpy().astype(np.uint64) for column in key.columns]
        told = np.flatnonzero(np.logical_and.reduce([value != 0 for value in values]))
        salt = np.full(len(told), number + 1, np.uint64)
        parts.append(
            _rows(combine(salt, *(value.take(told) for value in values)), finer.take(told), codes.take(told), number)
        )
    return pl.concat(parts)


def _rows(codes: Digests, refine: Digests, telling: Digests, number: int) -> pl.DataFrame:
    which = np.full(len(codes), number, np.uint8)
    return pl.DataFrame({"key": codes, "refine": refine, "telling": telling, "which": which}, schema=KEY_SCHEMA)


def pairs(rows: pl.DataFrame, largest: int = LARGEST) -> Blocks:
    """Pairs of a frame that holds all rows of its keys; rows in any order."""
    rows = rows.rechunk()
    # Only the key is sorted: which telling stands left is settled by its digest, not by its place.
    order = runs.beside(rows["key"].to_numpy())
    sizes = _sizes(rows["key"].to_numpy().take(order))
    fits, over = (sizes > 1) & (sizes <= largest), sizes > largest
    at = order.compress(fits)
    small = pl.DataFrame({name: rows[name].to_numpy().take(at) for name in ("telling", "which")})
    finer, crowds, capped = _refined(rows[order.compress(over)], largest)
    parts = [_within(small, sizes.compress(fits), largest)]
    parts += [
        _within(part, _sizes(combine(part["key"].to_numpy(), part["refine"].to_numpy())), reach)
        for part, reach in ((finer, largest), (crowds, NEIGHBOURS))
        if part.height
    ]
    return Blocks(pl.concat(parts), capped)


def _refined(large: pl.DataFrame, largest: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Rows of large blocks that fit once split by name, those that are still too many, and what makes no or not all pairs."""
    nameless = large.filter(pl.col("refine") == 0)
    named = large.filter(pl.col("refine") != 0)
    count = pl.len().over("key", "refine")
    fits, over = named.filter(count <= largest), named.filter(count > largest)
    capped = [
        rows.group_by("key", "which")
        .agg(tellings=pl.len().cast(pl.Int64))
        .select("which", "tellings", reason=pl.lit(reason))
        for rows, reason in ((nameless, "nothing_to_refine_by"), (over, "too_large"))
    ]
    crowds = over.sort("key", "refine", "telling")
    return fits.sort("key", "refine"), crowds, pl.concat([CAPPED_SCHEMA.to_frame(eager=True), *capped])


def _sizes(codes: Digests) -> Places:
    """For every row of runs of equal codes: how long its run is."""
    lengths = np.diff(runs.starts(codes), append=len(codes))
    return np.repeat(lengths, lengths)


def _within(rows: pl.DataFrame, sizes: Places, reach: int = LARGEST) -> pl.DataFrame:
    """All pairs within runs of rows that lie no more than ``reach`` apart; ``sizes``: length of every row's run."""
    behind = _behind(sizes)
    at, distance, firsts, seconds = np.flatnonzero(behind > 0), 1, [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    while len(at) and distance <= reach:
        firsts.append(at)
        seconds.append(at + distance)
        distance += 1
        at = at.compress(behind.take(at) >= distance)
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    telling, which = rows["telling"].to_numpy(), rows["which"].to_numpy()
    one, other = telling.take(first), telling.take(second)
    told = one != other
    agreed = np.left_shift(np.uint32(1), which.take(first).astype(np.uint32))
    return pl.DataFrame(
        {
            "left": np.minimum(one, other).compress(told),
            "right": np.maximum(one, other).compress(told),
            "agreed": agreed.compress(told),
        },
        schema=PAIR_SCHEMA,
    )


def _behind(sizes: Places) -> Places:
    """For every row of runs: how many rows of its run stand behind it."""
    # Rows of one length follow each other, run after run: their numbers count down in turn.
    if not len(sizes):
        return np.zeros(0, np.int64)
    edges = np.flatnonzero(np.concatenate([[True], sizes[1:] != sizes[:-1], [True]]))
    starts = np.repeat(edges[:-1], np.diff(edges))
    return sizes - 1 - (np.arange(len(sizes)) - starts) % sizes


def distinct(candidates: pl.DataFrame) -> pl.DataFrame:
    """Each pair once, ``agreed`` with a bit for every key that brought it, by the first bits of ``left``. Raises on a digest collision."""
    if candidates.is_empty():
        return PAIR_SCHEMA.to_frame(eager=True)
    left, right, agreed = (candidates[name].to_numpy() for name in PAIR_SCHEMA)
    # The first bits of the left side, then a digest of both: one sort of numbers instead of one of two columns.
    rest = np.uint64(64 - _BITS_OF_LEFT)
    packed = (left >> rest << rest) | (side_by_side([left, right]) >> np.uint64(_BITS_OF_LEFT))
    order = runs.beside(packed)
    packed, lefts, rights = packed.take(order), left.take(order), right.take(order)
    fresh = np.concatenate([[True], packed[1:] != packed[:-1]])
    if (~fresh[1:] & ((lefts[1:] != lefts[:-1]) | (rights[1:] != rights[:-1]))).any():
        raise DigestCollision(
            "candidate pairs", "two pairs have the same digest", "Report this; nothing was published."
        )
    starts = np.flatnonzero(fresh)
    bits = np.bitwise_or.reduceat(agreed.take(order), starts)
    return pl.DataFrame({"left": lefts.take(starts), "right": rights.take(starts), "agreed": bits}, schema=PAIR_SCHEMA)


def number_of(name: str, wanted: Sequence[Key]) -> int:
    """Place of the key called ``name``."""
    return [key.name for key in wanted].index(name)


def outside_keys(papers: pl.DataFrame, tellings: pl.DataFrame, wanted: Sequence[Key], refine: str) -> pl.DataFrame:
    """Rows of KEY_SCHEMA for the papers of ``tellings``, of which one telling has many (``telling``, ``paper``, ``code``)."""
    numbers = [[key.columns for key in wanted].index((column,)) for column in PAPERS]
    at = places_among(tellings["telling"], papers["telling"])
    codes, which = papers["code"].to_numpy(), np.array(numbers, np.uint8).take(papers["paper"].to_numpy())
    rows = {
        "key": combine(which.astype(np.uint64) + np.uint64(1), codes),
        "refine": tellings[refine].to_numpy().take(at),
        "telling": papers["telling"],
        "which": which,
    }
    return pl.DataFrame(rows, schema=KEY_SCHEMA)
