"""What a customer's document says of its holder: date of birth and sex, which beat whatever was told beside them."""

from datetime import date

import polars as pl

from pipeline.core.fields import certificate

FACTS = pl.Schema({"birth_date": pl.Date(), "gender": pl.String()})


def of_documents(numbers: pl.Series, types: pl.Series, on: date) -> pl.DataFrame:
    """``birth_date`` Date and ``gender`` String in valid numbers of the canonical ``types``; null in all others.

    Resident ids (household register and driving licence bear them too), residence permits and permanent residence
    cards hold a date of birth, the first two a sex.
    """
    if numbers.null_count() == len(numbers):
        return FACTS.to_frame(eager=True).clear(len(numbers))
    facts = certificate.told_of_holders(numbers, types, on)
    fine = pl.col("valid")
    sex = pl.when("male").then(pl.lit("male")).when(~pl.col("male")).then(pl.lit("female"))
    return facts.select(birth_date=pl.when(fine).then("birth_date"), gender=pl.when(fine).then(sex))
