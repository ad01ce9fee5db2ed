"""A fixed 64-bit digest of text: the same in every process, on every machine, for ever.

Python's ``hash`` differs from process to process and polars' from version to version; partitions, part files and ids
must not. The digest is a chain of splitmix64 finalisers (Steele, Lea, Flood 2014) over the UTF-8 bytes in little-endian
lanes of eight, the last lane padded with zeros, seeded with the length. Null has the digest 0.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core import runs
from pipeline.errors import DigestCollision, RunError

Digests = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_LANE = 8
_BLOCK = 1 << 14
"""Rows mixed at a time: what a step reads and writes then stays in the processor's cache."""

_SPARE_BITS, _SPARED = 2, 22
"""Bits by which beginnings are more than digests, so that seven digests of eight are the first with their own; and up to
how many bits memory is spared no thought.
"""

_LAST = np.uint64((1 << 64) - 1)
"""The largest digest."""

_HEX = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode(), np.uint16)
"""Byte -> its two digits."""


def digest(values: pl.Series) -> Digests:
    """64-bit digests of a String series, one per row; 0 for null."""
    text = values.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    if isinstance(text, pa.ChunkedArray):
        text = text.combine_chunks()
    starts, lengths, data = _parts(text)
    # Texts about as long as each other are laid out side by side, which takes half the time.
    longest = int(lengths.max(initial=0))
    even = 0 < longest * len(text) <= 2 * int(lengths.sum()) + 2 * _LANE * len(text)
    state = _even(text, lengths, longest) if even else _uneven(starts, lengths, data)
    if values.null_count():
        state[values.is_null().to_numpy()] = 0
    return state


def _uneven(starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64], data: npt.NDArray[np.uint8]) -> Digests:
    """Digests of texts of any length."""
    state = _mix(lengths.astype(np.uint64) + _GOLDEN)
    alive = np.flatnonzero(lengths > 0)
    lane = 0
    while len(alive):
        at = starts[alive] + lane * _LANE
        left = lengths[alive] - lane * _LANE
        state[alive] = _mix((state[alive] ^ _lanes(data, at, left)) + _GOLDEN)
        lane += 1
        alive = alive[left > _LANE]
    return state


def _even(text: pa.Array, lengths: npt.NDArray[np.int64], longest: int) -> Digests:
    """The same of texts of nearly one length: padded to whole lanes, so that a lane of all texts is a column."""
    lanes = -(-longest // _LANE)
    # A null's own bytes are mixed, too, as if it were none: its digest is set afterwards.
    whole = pa.LargeStringArray.from_buffers(len(text), *text.buffers()[1:], offset=text.offset)
    padded = pc.ascii_rpad(whole, lanes * _LANE, padding="\0").buffers()[2]
    table = np.frombuffer(padded, "<u8", len(text) * lanes).reshape(-1, lanes)
    state = lengths.astype(np.uint64)
    state += _GOLDEN
    for start in range(0, len(state), _BLOCK):
        rows = slice(start, start + _BLOCK)
        _mix_lanes(state[rows], table[rows], lengths[rows])
    return state


def _mix_lanes(state: Digests, table: Digests, lengths: npt.NDArray[np.int64]) -> None:
    """Mix the lanes of ``table`` into ``state``, each as far as its text is long."""
    spare = np.empty_like(state)
    _mix_here(state, spare)
    shortest, longest = int(lengths.min()), int(lengths.max())
    for lane in range(-(-longest // _LANE)):
        if lane * _LANE < shortest:
            np.bitwise_xor(state, table[:, lane], out=state)
            np.add(state, _GOLDEN, out=state)
            _mix_here(state, spare)
        else:
            longer = state ^ table[:, lane]
            longer += _GOLDEN
            _mix_here(longer, spare)
            np.copyto(state, longer, where=lengths > lane * _LANE)


def digested(values: pl.Series) -> pl.Series:
    """Digests of a String series as UInt64, null where it is null."""
    codes = pl.Series(values.name, digest(values))
    return codes.set(values.is_null(), None) if values.null_count() else codes


def combine(*digests: Digests) -> Digests:
    """Digest of several digests side by side; order matters."""
    state = np.full(len(digests[0]), _GOLDEN, np.uint64)
    for part in digests:
        state = _mix((state ^ part) + _GOLDEN)
    return state


def side_by_side(columns: Sequence[npt.NDArray[np.unsignedinteger]]) -> Digests:
    """Digest of many columns of numbers at once: a sum with odd factors, mixed once at the end; a third of the cost of
    :func:`combine`. Order matters.
    """
    factors = _mix(np.arange(1, len(columns) + 1, dtype=np.uint64) * _GOLDEN) | np.uint64(1)
    total = np.zeros(len(columns[0]), np.uint64)
    for column, factor in zip(columns, factors, strict=True):
        total += column.astype(np.uint64, copy=False) * factor
    return _mix(total)


def each_once(what: str, columns: Sequence[npt.NDArray[Any]]) -> npt.NDArray[np.intp]:
    """Of rows of numbers one of each: their places, the earliest of equal ones. Raises :class:`DigestCollision` naming ``what``.

    One number for all columns: one sort of numbers instead of hashing rows.
    """
    codes = side_by_side(columns)
    order = runs.beside(codes)
    codes = codes.take(order)
    again = codes[1:] == codes[:-1]
    one, other = order[:-1].compress(again), order[1:].compress(again)
    if any((column.take(one) != column.take(other)).any() for column in columns):
        raise DigestCollision(what, "two of them have the same digest", "Report this; nothing was published.")
    return order.compress(np.concatenate([[True], ~again])) if len(order) else order


def in_hex(digests: pl.Series) -> pl.Series:
    """Digests (UInt64) as 16 hexadecimal digits; null for null."""
    pairs = digests.fill_null(0).to_numpy().astype(">u8").view(np.uint8)
    # LargeString of equal lengths: its data are the digits, its offsets multiples of 16.
    offsets = np.arange(len(digests) + 1, dtype=np.int64) * 16
    told = pa.LargeStringArray.from_buffers(len(digests), pa.py_buffer(offsets), pa.py_buffer(_HEX[pairs]))
    texts = pl.Series(digests.name, told, dtype=pl.String)
    return texts.set(digests.is_null(), None) if digests.null_count() else texts


def partition_of(digests: Digests, partitions: int) -> npt.NDArray[np.uint16]:
    """Partition number of each digest, 0 to ``partitions`` - 1."""
    return (digests % np.uint64(partitions)).astype(np.uint16)


def places(ordered: Digests, wanted: Digests) -> npt.NDArray[np.int64]:
    """Where each of ``wanted`` stands in ``ordered``, which is sorted, holds each digest once and all of ``wanted``. Raises
    :class:`RunError` when one is not there.
    """
    at = places_if_any(ordered, wanted)
    if at.min(initial=0) < 0:
        raise RunError("digests", "one is looked for that is not there", "Report this; nothing was published.")
    return at


def places_if_any(ordered: Digests, wanted: Digests) -> npt.NDArray[np.int64]:
    """Where each of ``wanted`` stands in ``ordered``, which is sorted and holds each digest once; -1 where it does not.

    Digests are spread evenly, so their first bits nearly say the place: four times as fast as a binary search.
    """
    length = len(ordered).bit_length()
    bits = min(length + _SPARE_BITS, max(length, _SPARED))
    shift = np.uint64(64 - bits)
    firsts = np.zeros((1 << bits) + 1, np.int64)
    np.cumsum(np.bincount((ordered >> shift).view(np.int64), minlength=1 << bits), out=firsts[1:])
    at = firsts.take((wanted >> shift).view(np.int64))
    # Behind the last one stands none that anybody looks for: it is no smaller.
    ordered = np.append(ordered, _LAST)
    behind = np.flatnonzero(ordered.take(at) < wanted)
    while len(behind):
        at[behind] += 1
        behind = behind.compress(ordered.take(at.take(behind)) < wanted.take(behind))
    missing = (ordered.take(at) != wanted) | (at == len(ordered) - 1)
    at[missing] = -1
    return at


def places_among(digests: pl.Series, wanted: pl.Series) -> npt.NDArray[np.int64]:
    """The same among ``digests`` in any order: to sort them alone is cheaper than to sort the rows they stand in."""
    codes = digests.to_numpy()
    if (codes[1:] > codes[:-1]).all():
        return places(codes, wanted.to_numpy())
    order = np.argsort(codes)
    return order.take(places(codes.take(order), wanted.to_numpy()))


def sides_among(digests: pl.Series, pairs: pl.DataFrame) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The same of ``left`` and ``right`` of ``pairs``, both looked for at once."""
    at = places_among(digests, pl.concat([pairs["left"], pairs["right"].alias("left")]))
    return at[: pairs.height], at[pairs.height :]


def refuse_collisions(what: str, keys: pl.Series, digests: Digests) -> None:
    """Raise :class:`DigestCollision` when two different ``keys`` share a digest."""
    distinct = pl.Series(digests).n_unique()
    # As many digests as rows: then all keys differ, too.
    if distinct < len(digests) and keys.n_unique() != distinct:
        raise DigestCollision(
            what, "two different keys have the same 64-bit digest", "Report this; nothing was published."
        )


def _parts(text: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    _, offsets, data = text.buffers()
    ends = (
        np.frombuffer(offsets, np.int64)[text.offset : text.offset + len(text) + 1]
        if offsets
        else np.zeros(1, np.int64)
    )
    raw = np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)
    # Lanes are read eight bytes at a time, past the end of the last value.
    return ends[:-1], np.diff(ends), np.concatenate([raw, np.zeros(_LANE, np.uint8)])


def _lanes(data: npt.NDArray[np.uint8], at: npt.NDArray[np.int64], left: npt.NDArray[np.int64]) -> Digests:
    """Eight bytes from each place as a little-endian number, bytes beyond ``left`` as zero."""
    lanes = np.ndarray((len(data) - _LANE + 1,), "<u8", data, 0, (1,))[at]
    short = np.minimum(left, _LANE).astype(np.uint64)
    spare = (np.uint64(_LANE) - short) * np.uint64(8)
    whole: Digests = (lanes << spare) >> spare
    return whole


def _mix_here(state: Digests, spare: Digests) -> None:
    """:func:`_mix` in place; ``spare`` is as large and overwritten."""
    for shift, factor in ((np.uint64(30), _MIX_1), (np.uint64(27), _MIX_2)):
        np.right_shift(state, shift, out=spare)
        np.bitwise_xor(state, spare, out=state)
        np.multiply(state, factor, out=state)
    np.right_shift(state, np.uint64(31), out=spare)
    np.bitwise_xor(state, spare, out=state)


def _mix(state: Digests) -> Digests:
    state = (state ^ (state >> np.uint64(30))) * _MIX_1
    state = (state ^ (state >> np.uint64(27))) * _MIX_2
    return state ^ (state >> np.uint64(31))
