"""The records that every matcher gets: one row per observation of a published night, with the person behind it.

    python -m benchmarks.peers.records CITY RECORDS.parquet

``CITY`` holds ``truth/<yyyymmdd>`` and ``output/latest``. Rows of the staff and partner directory and of the do-not-call
list are no customers and stay out, as do rows that tell nothing of a party. Columns are those of the observations and

=============== ================================================================================================
name_problem    first problem of the name (title, masked, placeholder, characters …), null for a complete one
pinyin          letters of the name, null without a name
surname         surname of a complete Han name, its own pinyin in ``surname_pinyin``; ``given``: what follows it
cert_valid      whether the document number passes its checks, 15 digits converted to 18; null without a number
lifetime_no     the number that stays with its holder for life; a valid number of an organisation stands here too
cert_birth_date date of birth inside the document number; ``cert_gender``: sex inside it
home            road, house number, building, unit and room joined by ``-``; null without road or house number
person_id       who it is, for scoring only; null where nobody is known
identifying     whether the row tells a name or a document number, for scoring only
=============== ================================================================================================

Records with ``identifying`` false (a bare phone number of a text message) or without a person stay in the input of every
matcher; scores count pairs only among records that are identifying and have a person.
"""

import sys
from pathlib import Path

import polars as pl

from pipeline.core.fields import certificate, name
from pipeline.core.matching import names

TOLD = (
    *("record_id", "source", "role", "customer_type", "name", "cert_type", "cert_no", "birth_date", "gender"),
    *("mobile", "landline", "other_phones", "plate", "vin", "openid", "observed_at"),
    *("road", "house_number", "building", "building_unit", "room"),
)
EXCLUDED = ("directory", "do_not_call")
PARTY = ("name", "cert_no", "mobile", "landline", "openid")
HOME = ("road", "house_number", "building", "building_unit", "room")
_COMPOUND = "欧阳|司马|诸葛|上官|夏侯|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|端木|南宫|独孤|轩辕"


def build(city: Path) -> pl.DataFrame:
    """The records of the last published night of ``city``, sorted by ``record_id``."""
    published = city / "output" / "latest"
    files = published / "observations.parquet"
    places = files if files.exists() else published / "observations" / "*.parquet"
    told = (
        pl.scan_parquet(places)
        .select(TOLD)
        .filter(~pl.col("source").is_in(EXCLUDED), pl.any_horizontal(pl.col(PARTY).is_not_null()))
        .collect()
    )
    latest = max((city / "truth").iterdir())
    truth = (
        pl.scan_parquet(latest / "parties.parquet")
        .select("record_id", "person_id", "identifying")
        .unique("record_id", keep="first", maintain_order=True)
        .collect()
    )
    joined = told.join(truth, on="record_id", how="left").sort("record_id")
    return with_keys(joined.with_columns(pl.col("identifying").fill_null(value=False)))


def with_keys(told: pl.DataFrame) -> pl.DataFrame:
    """``told`` with what matchers compare: readings of the name, facts of the number, the joined home."""
    on = told["observed_at"].max().date()
    facts = certificate.check(told["cert_no"], told["cert_type"], on)
    valid = facts["valid"].alias("cert_valid")
    organisation = (told["customer_type"] == "organisation").fill_null(value=False)
    spelt = told["name"].str.replace_all("[ ·]", "")
    problem = name.check(told["name"])["reason"].replace("organisation", None)
    parts = pl.DataFrame({"name": spelt, "complete": problem.is_null() & ~organisation}).select(
        surname=pl.when("complete").then(pl.col("name").str.extract(rf"^((?:{_COMPOUND})|\p{{Han}})\p{{Han}}"))
    )
    male = facts["male"]
    derived = pl.DataFrame(
        {
            "name_problem": problem,
            "pinyin": names.pinyin(told["name"]),
            "surname": parts["surname"],
            "surname_pinyin": names.pinyin(parts["surname"]),
            "cert_valid": valid,
            "cert_birth_date": facts["birth_date"],
        }
    ).with_columns(
        given=pl.when(pl.col("surname").is_not_null()).then(spelt.str.slice(parts["surname"].str.len_chars())),
        lifetime_no=pl.coalesce(
            facts["lifetime_no"], pl.when(pl.Series(organisation & valid.fill_null(value=False))).then(told["cert_no"])
        ),
        cert_gender=pl.when(male).then(pl.lit("male")).when(~male).then(pl.lit("female")),
    )
    home = pl.when(pl.all_horizontal(pl.col("road", "house_number").is_not_null())).then(
        pl.concat_str(HOME, separator="-", ignore_nulls=True)
    )
    return told.hstack(derived).with_columns(home=home).drop("observed_at", *HOME)


def main() -> None:
    city, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.parent.mkdir(parents=True, exist_ok=True)
    records = build(city)
    records.write_parquet(target)
    counted = records.filter(pl.col("identifying") & pl.col("person_id").is_not_null())
    print(
        f"{records.height:,} records, {counted.height:,} scored, {counted['person_id'].n_unique():,} persons: {target}"
    )


if __name__ == "__main__":
    main()
