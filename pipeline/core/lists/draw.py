"""A keyed draw: reproducible to who holds the key, unpredictable to those who are assessed.

Every candidate gets a number by keyed BLAKE2b (J.-P. Aumasson et al., RFC 7693); the smallest numbers of a stratum are
drawn, so that each candidate of it is drawn with the same probability, size / candidates.
"""

import hashlib

import numpy as np
import numpy.typing as npt
import polars as pl


def lots(keys: pl.Series, secret: bytes, purpose: str) -> pl.Series:
    """A UInt64 per key. ``purpose`` (list and date) makes each draw another one; ``secret`` has 1 to 64 bytes.

    One keyed digest per candidate: a cheap, unkeyed one would let those assessed foretell who is called.
    """
    person = hashlib.blake2b(purpose.encode(), digest_size=16).digest()
    # The secret is mixed in once; each candidate goes on from there.
    begun = hashlib.blake2b(digest_size=8, key=secret, person=person)
    told = b"".join([_ended(begun.copy(), key) for key in keys.to_list()])
    return pl.Series("lot", np.frombuffer(told, "<u8").astype(np.uint64), dtype=pl.UInt64)


def _ended(begun: hashlib.blake2b, key: str) -> bytes:
    begun.update(key.encode())
    return begun.digest()


def sizes(
    candidates: npt.NDArray[np.int64], spread: npt.NDArray[np.float64], total: int, least: int
) -> npt.NDArray[np.int64]:
    """How many to draw of each stratum: ``least`` of each, the rest by Neyman's rule, never more than there are.

    J. Neyman, J. Roy. Statist. Soc. 97 (1934) 558-625: in proportion to candidates times ``spread`` (standard deviation of
    one answer), which makes the interval of the whole narrowest per call. Deterministic: ties go to the first stratum.
    """
    wanted = np.minimum(candidates, least)
    while wanted.sum() > total and wanted.max() > 1:
        wanted[int(np.argmax(wanted))] -= 1
    left = min(total, int(candidates.sum())) - int(wanted.sum())
    weight = candidates * spread
    while left > 0:
        open_ = wanted < candidates
        share = np.where(open_, weight, 0.0)
        if share.sum() <= 0:
            share = open_.astype(float)
        # The stratum that is furthest behind its share gets the next call.
        aim = share / share.sum() * (wanted[open_].sum() + left)
        behind = np.where(open_, aim - wanted, -np.inf)
        step = max(1, min(left // 2, int(np.floor(behind.max() / 2))))
        place = int(np.argmax(behind))
        step = min(step, int(candidates[place] - wanted[place]), left)
        wanted[place] += step
        left -= step
    return wanted


def drawn(candidates: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """``candidates`` (stratum, lot, key) that are drawn, with ``inclusion_probability``; ``wanted``: stratum, size."""
    counted = candidates.join(wanted, on="stratum").with_columns(
        among=pl.len().over("stratum"), place=pl.struct("lot", "key").rank("ordinal").over("stratum")
    )
    told = counted.filter(pl.col("place") <= pl.col("size"))
    return told.with_columns(inclusion_probability=pl.col("size") / pl.col("among")).drop("size", "among", "place")
