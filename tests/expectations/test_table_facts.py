"""A fault planted in any published table is found by the expectation it belongs to, which names the table."""

from collections.abc import Callable

import polars as pl

from connectors.archive import LocalArchive, LocalNight
from expectations.results import FILE, RESULTS
from expectations.run import kept, validate
from tests.expectations.conftest import rewrite

Change = Callable[[pl.DataFrame], pl.DataFrame]


def first_is(column: str, value: object) -> Change:
    """A table whose first row says ``value``."""
    at_first = pl.int_range(pl.len()) == 0
    return lambda rows: rows.with_columns(pl.when(at_first).then(pl.lit(value)).otherwise(column).alias(column))


def failing(archive: LocalArchive, night: LocalNight) -> dict[str, str]:
    """Asks the night; expectations of tables that fail, with what they say."""
    results = validate(archive, night, night.folder).results
    assert not results["error"].any()
    told = results.filter(pl.col("id").str.starts_with("TABL") & ~pl.col("success"))
    return dict(told.select("id", "detail").iter_rows())


FAULTS: tuple[tuple[str, Change, str, str], ...] = (
    ("customers", first_is("customer_id", None), "TABL-01", "customers"),
    ("reliability", lambda rows: pl.concat([rows, rows.head(1)]), "TABL-02", "reliability"),
    ("evidence", lambda rows: rows.with_columns(pl.col("rank").cast(pl.Int32)), "TABL-03", "evidence.rank"),
    ("claims_capture", first_is("claims", -1), "TABL-13", "claims_capture"),
    ("links", first_is("probability", 1.5), "TABL-14", "links"),
    ("worklists", first_is("list", "wishes"), "TABL-36", ""),
)
"""Table, what is done to it, the expectation that fails, and what it names."""


def test_every_planted_fault_is_found_and_its_table_named(archive: LocalArchive, night: LocalNight) -> None:
    assert failing(archive, night) == {}
    for table, change, _, _ in FAULTS:
        rewrite(night, table, change)
    assert failing(archive, night) == {id_: named for _, _, id_, named in FAULTS}


def test_the_results_of_an_earlier_version_are_still_read(archive: LocalArchive, night: LocalNight) -> None:
    told = validate(archive, night, night.folder).results
    told.drop("norm_zh", "norm_en").write_parquet(night.folder / "expectations" / FILE)
    assert kept(night.folder, FILE, RESULTS)["id"].equals(told["id"])
    told.with_columns(pl.col("failed").cast(pl.String)).write_parquet(night.folder / "expectations" / FILE)
    assert kept(night.folder, FILE, RESULTS).is_empty()
