"""Facts from the ``repairs`` column: what was changed or set aside before the rules are asked.

Few observations were repaired, so the lists are taken apart once and marked in Boolean columns.
"""

from functools import cache

import numpy as np
import polars as pl

REPAIRS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "name__normalised": (("name",), ("full_width", "zero_width", "inner_space", "dot", "private_use")),
    "text__unreadable": ((), ("mojibake",)),
    "text__restored": ((), ("mojibake_repaired",)),
    "cert_no__precision_lost": (("cert_no",), ("precision_lost",)),
    "cert_no__converted_from_15": (("cert_no",), ("converted_from_15",)),
    "cert_type__unknown_code": (("cert_type",), ("unknown_code",)),
    "phone__split": (("mobile", "landline", "other_phones"), ("split",)),
    "phone__moved": (("mobile", "landline", "other_phones"), ("moved",)),
    "phone__normalised": (
        ("mobile", "landline", "other_phones"),
        (
            "full_width",
            "separators",
            "country_code",
            "trunk_zero",
            "carrier_prefix",
            "float_tail",
            "area_code_zero",
            "apostrophe",
        ),
    ),
    "address__set_aside": (("address",), ("placeholder",)),
    "region_code__abolished": (("region_code",), ("abolished",)),
    "region_code__name_for_code": (("region_code",), ("name_for_code",)),
    "plate__set_aside": (("plate",), ("placeholder", "null_word")),
    "vin__letter_swap": (("vin",), ("letter_swap",)),
}
"""Fact -> fields (none: any field) and the repairs of which it speaks."""


def repair_facts(observations: pl.DataFrame) -> list[pl.Series]:
    """The facts of :data:`REPAIRS`."""
    found = np.zeros((len(REPAIRS), observations.height), dtype=np.bool_)
    repairs = observations["repairs"]
    if repairs.null_count() < len(repairs):
        told = (
            repairs.to_frame("repairs")
            .with_row_index("row")
            .filter(pl.col("repairs").list.len() > 0)
            .explode("repairs")
            .unnest("repairs")
            .select("row", "field", code=pl.col("repair").str.split("+"))
            .explode("code")
            .join(_facts_of_repairs(), on="code")
            .filter(pl.col("only").is_null() | (pl.col("only") == pl.col("field")))
        )
        found[told["fact"].to_numpy(), told["row"].to_numpy()] = True
    return [pl.Series(fact, found[place]) for place, fact in enumerate(REPAIRS)]


@cache
def _facts_of_repairs() -> pl.DataFrame:
    """code, only (the field it must be made to, null for any), fact (place in REPAIRS)."""
    rows = [
        (code, only, place)
        for place, (fields, codes) in enumerate(REPAIRS.values())
        for code in codes
        for only in (fields or (None,))
    ]
    return pl.DataFrame(rows, schema={"code": pl.String, "only": pl.String, "fact": pl.UInt32}, orient="row")
