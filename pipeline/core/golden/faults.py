"""Of every record: which units of it a rule refutes or suspects, and which were repaired.

A finding speaks against a value only where the rule is about that value. Rules about the lack of one, about vehicles, the
conduct of sellers or the relation of parties speak against none; nor does N10, whose repair names the field.
"""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core import runs
from pipeline.core.golden.settings import GoldenSettings
from pipeline.core.schema import FINDINGS, GOLDEN_UNITS, REPAIRS

Bits = npt.NDArray[np.uint32]

BIT: Final = {unit: 1 << place for place, unit in enumerate(GOLDEN_UNITS)}
"""Unit -> its bit."""

SUSPECT: Final = len(GOLDEN_UNITS)
"""Bits of suspected units stand this many places above those of refuted ones."""

_NAMES = ("N02", "N03", "N04", "N05", "N06", "N07", "N09", "N12")
_DOCUMENTS = ("D02", "D03", "D04", "D05", "D06", "D07", "D11", "D12", "D13", "D14", "D15", "D16", "D17", "D18", "D19")
_MORE_DOCUMENTS = ("D20", "D21", "D22", "D24", "D25", "D26")
_MOBILES = ("P02", "P05", "P06", "P08", "P09", "P20", "P21")
_PHONES = ("P01", "P04", "P07", "P11")

UNITS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(_NAMES, ("name",)),
    "N08": ("name", "customer_type"),
    **dict.fromkeys((*_DOCUMENTS, *_MORE_DOCUMENTS), ("document",)),
    "D08": ("birth_date",),
    "D09": ("gender",),
    "D23": ("document", "customer_type"),
    **dict.fromkeys(_MOBILES, ("mobile",)),
    **dict.fromkeys(_PHONES, ("mobile", "landline")),
    "P03": ("landline",),
    **dict.fromkeys(("A01", "A02", "A03", "A05"), ("address",)),
    "E01": ("email",),
}
"""Rule -> units its findings speak against."""

UNITS_OF_REASON: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("P03", "landline_only"): (),
    ("P04", "hotline_beside"): ("landline",),
    ("P07", "directory_phone_beside"): ("landline",),
    ("P11", "masked_beside"): ("landline",),
}
"""(Rule, reason) -> units, where the reason speaks of others than the rule."""

_ABOUT_NONE = """
N01 N10 N11 D01 D10 D28 P10 P16 P17 P18 A04 A06 R01 R02 R03 R04 R05 R06 R07 V01 V02 V03 V04 V05 V06 V07
C01 C02 C03 C04 C05 C06 C07 C08 C09 C10 C11 C12 C13 C14 C15 C16 D27 P12 P13 P14 P15 P19
"""
ABOUT_NO_VALUE: Final = frozenset(_ABOUT_NONE.split())
"""Rules whose findings speak against no value of the record."""


FOUND: Final = "found_against"
MENDED: Final = "mended"
"""Columns that say in bits what the lists ``failed_rules`` and ``repairs`` say of units: UInt32, never null."""


def in_bits(records: pl.DataFrame, settings: GoldenSettings) -> pl.DataFrame:
    """``records`` with :data:`FOUND` and :data:`MENDED` instead of ``failed_rules`` and ``repairs``, of which a few bits matter."""
    lists = {name: records[name] if name in records.columns else None for name in ("failed_rules", "repairs")}
    return records.drop(lists, strict=False).with_columns(
        pl.Series(FOUND, refuted_and_suspected(lists["failed_rules"], records.height)),
        pl.Series(MENDED, repaired(lists["repairs"], records.height, settings)),
    )


def refuted_and_suspected(findings: pl.Series | None, height: int) -> Bits:
    """Bits of the units with a standing F finding, and :data:`SUSPECT` places above of those with a W finding.

    ``findings``: the ``failed_rules`` column, None when there is none.
    """
    if findings is None:
        return np.zeros(height, np.uint32)
    told = _taken_apart(findings.cast(FINDINGS))
    codes = [_codes(told[field]) for field in ("rule", "severity", "reason")]
    return runs.united(told["row"].to_numpy(), _looked_up(codes, _speaks_against), height)


def repaired(repairs: pl.Series | None, height: int, settings: GoldenSettings) -> Bits:
    """Bits of the units a field of which was repaired. ``repairs``: the ``repairs`` column, None when there is none."""
    if repairs is None:
        return np.zeros(height, np.uint32)
    told = _taken_apart(repairs.cast(REPAIRS))
    unit_of = {field: BIT[unit] for unit, (_, _, fields) in GOLDEN_UNITS.items() for field in fields}

    def bits(field: str, repair: str) -> int:
        return 0 if settings.mere_form.issuperset(repair.split("+")) else unit_of.get(field, 0)

    return runs.united(told["row"].to_numpy(), _looked_up([_codes(told[f]) for f in ("field", "repair")], bits), height)


def _speaks_against(rule: str, severity: str, reason: str) -> int:
    if severity not in ("F", "W"):
        return 0
    units = UNITS_OF_REASON.get((rule, reason), UNITS_OF.get(rule, ()))
    bits = sum(BIT[unit] for unit in units)
    return bits if severity == "F" else bits << SUSPECT


def _taken_apart(lists: pl.Series) -> pl.DataFrame:
    """Fields of the lists' entries, in order, with ``row``."""
    lengths = lists.list.len().fill_null(0).to_numpy()
    entries = lists.filter(pl.Series(lengths > 0)).explode()
    return entries.struct.unnest().with_columns(row=pl.Series(np.repeat(np.arange(len(lists)), lengths)))


def _codes(words: pl.Series) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Code of each word and the words they stand for; there are few."""
    known = words.unique().sort()
    codes = words.replace_strict(known, pl.Series(range(len(known))), return_dtype=pl.Int64)
    return codes.to_numpy(), known.to_list()


def _looked_up(parts: list[tuple[npt.NDArray[np.int64], list[str]]], answer: Callable[..., int]) -> Bits:
    """``answer`` to the words of each entry, asked once per combination that occurs."""
    shape = tuple(len(words) for _, words in parts)
    if 0 in shape:
        return np.zeros(0, np.uint32)
    entries = np.ravel_multi_index([codes for codes, _ in parts], shape)
    table = np.zeros(np.prod(shape), np.uint32)
    for entry in np.flatnonzero(np.bincount(entries, minlength=len(table))):
        places = np.unravel_index(entry, shape)
        table[entry] = answer(*(words[place] for place, (_, words) in zip(places, parts, strict=True)))
    return table[entries]
