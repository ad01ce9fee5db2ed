"""Why each party of a customer has its verdict: reasons, evidence heard and advice, in words. No customer value inside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import polars as pl

from pipeline.core.authenticity.advice import texts


class Text(NamedTuple):
    """A reason, an answer or advice: what it means in Chinese and English, and its code."""

    zh: str
    en: str
    code: str


@dataclass(frozen=True)
class Heard:
    """A piece of evidence: what was answered about which field, whether it counts, and why not."""

    at: datetime | None
    field: str
    direction: str
    said: Text
    used: bool
    why_not: str
    repeats: int


@dataclass(frozen=True)
class PartyVerdict:
    """The verdict on one (policy, role). ``kind``: missing or false, of the refuted."""

    policy_no: str
    role: str
    verdict: str
    kind: str
    reasons: tuple[Text, ...]
    advice: tuple[Text, ...]
    evidence: tuple[Heard, ...]


def verdicts_told(parties: pl.DataFrame, evidence: pl.DataFrame) -> tuple[PartyVerdict, ...]:
    """``parties`` (PARTIES) of one customer or record, each with its reasons, the ``evidence`` (EVIDENCE) of it, and advice.

    The few rows of one customer: not for the hot path.
    """
    known = {(kind, code): Text(zh, en, code) for kind, code, zh, en in texts().iter_rows()}
    heard = evidence.sort("used", "at", "evidence_id", descending=[True, True, False], nulls_last=True)
    told = []
    for row in parties.sort("policy_no", "role").iter_rows(named=True):
        own = heard.filter((pl.col("policy_no") == row["policy_no"]) & (pl.col("role") == row["role"]))
        told.append(
            PartyVerdict(
                row["policy_no"],
                row["role"],
                row["verdict"],
                row["refuted_kind"] or "",
                _texts(known, "reason", row["reasons"]),
                _texts(known, "advice", row["advice"]),
                tuple(_heard(known, piece) for piece in own.iter_rows(named=True)),
            )
        )
    return tuple(told)


def _texts(known: Mapping[tuple[str, str], Text], kind: str, codes: list[str]) -> tuple[Text, ...]:
    return tuple(known.get((kind, code), Text(code, code, code)) for code in codes)


def _heard(known: Mapping[tuple[str, str], Text], piece: Mapping[str, object]) -> Heard:
    code = f"{piece['source']}.{piece['answer']}"
    at = piece["at"]
    return Heard(
        at if isinstance(at, datetime) else None,
        str(piece["field"]),
        str(piece["direction"]),
        known.get(("reason", code), Text(code, code, code)),
        bool(piece["used"]),
        str(piece["why_not"] or ""),
        int(str(piece["repeats"])),
    )
