"""Where evidence and the parties it may speak of meet, when both are spread over many machines.

A piece goes to one place, that of its key; of a party only its keys go there, with where its policy is. What meets is sent
on to the policies, where it is attached, resolved and judged. Calls and codes speak of a policy and need no such detour.
"""

from datetime import date

import numpy as np
import polars as pl

from pipeline.core.authenticity.evidence_tables import PIECES
from pipeline.core.digest import Digests, combine, digest

KEY = {
    "number_status": "phone",
    "sms_delivery": "phone",
    "three_factor": "phone",
    "identity": "cert_no",
    "wechat": "customer_id",
    "inbound_call": "customer_id",
    "claims": "customer_id",
}
"""Source -> column that a piece and its parties have in common."""

KEYS = pl.Schema({"place": pl.UInt64(), "home": pl.UInt16()})
"""A key of a party, and the partition of its policy."""

PLACED = pl.Schema({**PIECES, "place": pl.UInt64()})

_NUMBERS = {"phone": 1, "cert_no": 2, "customer_id": 3}
_SAID = ("place", "source", "field", "answer", "direction", "phone", "cert_no", "name", "plate", "vendor")


def of_pieces(pieces: pl.DataFrame) -> pl.DataFrame:
    """``pieces`` (PIECES) with ``place``, 0 for those without a value of their key: they meet nobody."""
    place = np.zeros(pieces.height, np.uint64)
    for column in sorted(set(KEY.values())):
        told = pieces["source"].is_in([source for source, key in KEY.items() if key == column]).to_numpy()
        place = np.where(told, _place(column, pieces[column]), place)
    return pieces.with_columns(place=pl.Series(place, dtype=pl.UInt64))


def of_parties(parties: pl.DataFrame, home: pl.Series) -> pl.DataFrame:
    """:data:`KEYS` of ``parties`` (mobile, landline, cert_no, customer_id); ``home``: partition of the policy.

    What parties that stand together have in common is told once, for they mostly are one person.
    """
    values = {
        "phone": parties.select(pl.coalesce("mobile", "landline")).to_series(),
        "cert_no": parties["cert_no"],
        "customer_id": parties["customer_id"],
    }
    homes = home.to_numpy()
    parts = []
    for key, value in values.items():
        place = _place(key, value)
        new = place > 0
        new[1:] &= (place[1:] != place[:-1]) | (homes[1:] != homes[:-1])
        parts.append(pl.DataFrame({"place": place[new], "home": homes[new]}, schema=KEYS))
    return pl.concat(parts)


def folded(placed: pl.DataFrame, on: date) -> pl.DataFrame:
    """``placed`` with what one source says again and again told once, by its newest piece, and ``repeats``.

    Only the newest of like pieces can count, so that nothing is lost but rows. What is later than the night ``on`` is apart.
    """
    plain = pl.col("why_not").is_null()
    again = placed.filter(plain).with_columns(late=pl.col("at").dt.date() > on)
    newest = again.sort("at", "record_id", descending=[True, False]).group_by(*_SAID, "late").agg(
        pl.exclude("repeats").first(), repeats=pl.len().cast(pl.Int64)
    )  # fmt: skip
    return pl.concat([newest.select(PLACED.names()), placed.filter(~plain).select(PLACED.names())])


def met(placed: pl.DataFrame, keys: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pieces once for every partition (``home``) a party of their key is in; and the pieces that meet nobody."""
    asked = keys.filter(pl.col("place").is_in(placed["place"].implode())).unique()
    # Pieces are wide: only what they are known by is joined.
    pairs = placed.select("place").with_row_index("piece").join(asked, on="place", how="inner")
    alone = np.ones(placed.height, bool)
    alone[pairs["piece"].to_numpy()] = False
    pieces = placed.drop("place")
    return pieces[pairs["piece"]].with_columns(pairs["home"]), pieces.filter(pl.Series(alone))


def _place(key: str, values: pl.Series) -> Digests:
    """Digest of the key's name and value, 0 for null."""
    told = digest(values)
    there = values.is_not_null().to_numpy()
    return np.where(there, combine(np.full(len(told), _NUMBERS[key], np.uint64), told), np.uint64(0))
