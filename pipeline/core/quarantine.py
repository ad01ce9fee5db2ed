"""Rows that cannot become observations, each with what was wrong and what would be right."""

from dataclasses import dataclass

import polars as pl

PROBLEM_SCHEMA = pl.Schema({"row": pl.UInt32, "field": pl.String, "reason": pl.String, "advice": pl.String})

LEAD_NEEDS = {
    "no_consent": ("consent", "a lead is kept only with the person's consent recorded as yes (C03)"),
    "no_purpose": ("purpose", "say what the person agreed to (C03)"),
    "no_time": ("captured_at", "say when the lead was met (C03)"),
    "no_place": ("place", "say where the lead was met (C03)"),
    "no_patrol": ("team", "say which patrol, or which of its members, met the lead (C03)"),
}
"""What a patrol lead needs beside a person (rule C03): reason -> field and advice."""
INSTEAD = {"team": "salesperson_code"}
"""A field that serves where the one needed is missing."""


@dataclass(frozen=True)
class Problems:
    """``rows``: place of the row in the batch, field, reason and advice; one line per bad row."""

    rows: pl.DataFrame


def find_problems(observations: pl.DataFrame, row_of: pl.Series, rows: pl.DataFrame, kind: str) -> Problems:
    """Rows that cannot be used, the first reason of each.

    ``observations`` are the parties found, ``row_of`` the row each stands in; ``rows`` has ``key`` and ``unknown_role``
    of every row.
    """
    numbers = pl.int_range(rows.height, dtype=pl.UInt32, eager=True)
    found = [
        _problem(numbers.filter(rows["key"].is_null()), "key", "missing_key", "every row needs all parts of its key"),
        _problem(
            numbers.filter(rows["unknown_role"]), "role", "unknown_role", "add the code to the feed's codes: role"
        ),
        _problem(
            numbers.filter(~numbers.is_in(row_of.cast(pl.UInt32).implode())),
            "",
            "no_party",
            "a row tells of at least one person or organisation: name, number, phone, address or OpenID",
        ),
    ]
    if kind == "leads":
        found.extend(_incomplete_leads(observations, row_of))
    together = pl.concat([PROBLEM_SCHEMA.to_frame(eager=True), *found])
    return Problems(together.unique("row", keep="first", maintain_order=True).sort("row"))


def as_told(columns: list[str]) -> pl.Expr:
    """What a row said, as a JSON object of its cells that said something."""
    whole = pl.struct(columns).struct.json_encode() if columns else pl.lit("{}")
    return whole.str.replace_all(r'"[a-z_0-9.]+":null,?', "").str.replace(r",\}$", "}")


def _problem(rows: pl.Series, field: str, reason: str, advice: str) -> pl.DataFrame:
    return pl.DataFrame({"row": rows.cast(pl.UInt32)}).select(
        "row", field=pl.lit(field), reason=pl.lit(reason), advice=pl.lit(advice)
    )


def _incomplete_leads(observations: pl.DataFrame, row_of: pl.Series) -> list[pl.DataFrame]:
    found = []
    for reason, (field, advice) in LEAD_NEEDS.items():
        told = [name for name in (field, INSTEAD.get(field)) if name in observations.columns]
        missing = pl.Series([True], dtype=pl.Boolean).new_from_index(0, observations.height)
        for name in told:
            missing &= ~observations[name].fill_null(value=False) if name == "consent" else observations[name].is_null()
        found.append(_problem(row_of.filter(missing).unique(maintain_order=True), field, reason, advice))
    return found
