"""How good each record's value of a unit is, as one number per record: the larger wins.

==== =============================================================================================
bits meaning, most weighty first
==== =============================================================================================
1    the record tells the unit
4    evidence: 0 refutes it, 1 says nothing of it, else confirms it, the more the stronger
1    valid: no standing F finding on it (of a name: and no WeChat nickname)
3    its quality within the unit: resident ids before passports, any name before a nickname
1    not suspect: no standing W finding on it
1    not repaired
4    trust in its source
42   when the source knew it, to the millisecond
==== =============================================================================================
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core.digest import Digests
from pipeline.core.golden.faults import BIT, FOUND, MENDED, SUSPECT, Bits
from pipeline.core.golden.quality import quality
from pipeline.core.golden.settings import GoldenSettings
from pipeline.core.golden.verified import REFUTED, STRONGEST
from pipeline.core.schema import GOLDEN_UNITS

_TIME_BITS: Final = 42
Flags = npt.NDArray[np.bool_]

_TOLD, _VERIFIED, _VALID, _QUALITY, _UNSUSPECTED, _UNREPAIRED, _SOURCE = 56, 52, 51, 48, 47, 46, 42

_NEEDED: Final = {"document": ("cert_no",)}
"""Fields of which a unit needs one; of the others any of its own."""


class Scores:
    """Scores of ``members``, a unit at a time, in the members' order."""

    def __init__(self, members: pl.DataFrame, settings: GoldenSettings) -> None:
        self._members = members
        self._found: Bits = members[FOUND].to_numpy()
        self._repaired: Bits = members[MENDED].to_numpy()
        sources = members["source"].unique().to_list()
        ranks = {source: settings.rank_of(source) for source in sources}
        trust = np.uint64(15) - members["source"].replace_strict(ranks, return_dtype=pl.UInt64).to_numpy()
        self._base: Digests = (trust << np.uint64(_SOURCE)) | _milliseconds(members["observed_at"])
        nicknames = [source for source in sources if settings.kind_of(source) == "wechat"]
        self._nickname = members["source"].is_in(nicknames).to_numpy()

    def of(self, unit: str) -> Digests:
        """UInt64 per record, 0 where the record does not tell ``unit``."""
        told = self._members.select(pl.any_horizontal(pl.col(_NEEDED.get(unit, GOLDEN_UNITS[unit][2])).is_not_null()))
        present = told.to_series().to_numpy()
        if not present.any():
            return np.zeros(len(present), np.uint64)
        valid = ~_has(self._found, BIT[unit])
        if unit == "name":
            valid &= ~self._nickname
        score = (
            self._base
            | np.uint64(1 << _TOLD)
            | _shifted(self._verified(unit), _VERIFIED)
            | _shifted(valid, _VALID)
            | _shifted(~_has(self._found, BIT[unit] << SUSPECT), _UNSUSPECTED)
            | _shifted(~_has(self._repaired, BIT[unit]), _UNREPAIRED)
        )
        rank = ~self._nickname if unit == "name" else quality(self._members, unit)
        if rank is not None:
            score |= _shifted(rank, _QUALITY)
        return np.where(present, score, np.uint64(0))

    def refuted(self, unit: str) -> Flags:
        """Whether a standing F finding speaks against ``unit``, per record."""
        return _has(self._found, BIT[unit])

    def _verified(self, unit: str) -> Digests:
        """0 where evidence refutes the value, 1 where none speaks of it, else 1 more than its strength."""
        told = [pl.lit(0, pl.Int8)]
        if f"{unit}_verified" in self._members.columns:
            told = [pl.col(f"{unit}_verified").cast(pl.Int8).fill_null(0).clip(REFUTED, STRONGEST)]
        if unit == "mobile" and "sms_verified" in self._members.columns:
            told.append(pl.when("sms_verified").then(pl.lit(1, pl.Int8)))
        strength = self._members.select(pl.max_horizontal(told)).to_series()
        return (strength - REFUTED).cast(pl.UInt64).to_numpy()


def _has(bits: Bits, bit: int) -> Flags:
    found: Flags = (bits & np.uint32(bit)) != 0
    return found


def _shifted(value: npt.NDArray[np.bool_ | np.unsignedinteger], places: int) -> Digests:
    return value.astype(np.uint64) << np.uint64(places)


def _milliseconds(times: pl.Series) -> Digests:
    """Milliseconds since 1970; unknown and earlier times count as 0."""
    return times.dt.timestamp("ms").fill_null(0).clip(0, (1 << _TIME_BITS) - 1).cast(pl.UInt64).to_numpy()
