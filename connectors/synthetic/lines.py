"""Who answers when a number is dialled tonight."""

from typing import NamedTuple

import numpy as np
import polars as pl

from connectors.synthetic.city import City
from connectors.synthetic.draw import Ints, Mask, fraction

OWN, FAMILY, SELLER, STRANGER, DEAD, NOTHING = range(6)
REACH = ("own", "family", "seller", "stranger", "dead", "none")
"""Whom a number reaches: the party himself, his household, a seller, dealer or repair shop, a stranger, nobody, or it is no number."""


class Reach(NamedTuple):
    """``who`` is a place in :data:`REACH`; ``suspended``: the line is out of service for now."""

    who: Ints
    suspended: Mask


def reach(city: City, line: pl.Series, party: Ints) -> Reach:
    """Whom ``line`` (a number in plain form, null for none) reaches when it is dialled to find ``party``."""
    frame = pl.DataFrame({"line": line, "party": pl.Series(party, dtype=pl.Int64)})
    truth = city.parties.select(
        pl.col("mobile", "former_mobile", "landline", "resold", "household").gather(frame["party"])
    )
    known = frame.join(holders(city), on="line", how="left", maintain_order="left")
    holder = known["holder"].fill_null(-1).to_numpy()
    household = city.parties["household"].fill_null(-1).to_numpy()
    at_home = (holder >= 0) & (household[np.maximum(holder, 0)] == household[party]) & (household[party] >= 0)
    sellers = city.parties["mobile"].gather(city.sales["person"]).unique()  # theirs even if a relative shares it
    sells = frame["line"].is_in(sellers.implode()).fill_null(value=False).to_numpy() | (holder == -2)
    number = (
        frame["line"].str.contains("^1[3-9][0-9]{9}$|^025-[0-9]{8}$|^09501[0-9]{7}$").fill_null(value=False)
    ).to_numpy()
    own = ((frame["line"] == truth["mobile"]) | (frame["line"] == truth["landline"])).fill_null(value=False).to_numpy()
    former = (frame["line"] == truth["former_mobile"]).fill_null(value=False).to_numpy()
    fate = fraction(frame["line"].str.replace_all("[^0-9]", "").cast(pl.Int64, strict=False).fill_null(0).to_numpy())
    gone = np.where(former, ~truth["resold"].fill_null(value=False).to_numpy(), fate < 0.45)
    who = np.select(
        [own, ~number, at_home, sells, holder >= 0, gone], [OWN, NOTHING, FAMILY, SELLER, STRANGER, DEAD], STRANGER
    )
    return Reach(who, (fate > 1 - city.rates.city.number_suspended) & np.isin(who, (OWN, FAMILY)))


def holders(city: City) -> pl.DataFrame:
    """``line`` and its ``holder``: a party, or -2 for a seller's second phone, a dealer or a repair shop."""
    numbers = city.parties.select(line="mobile", holder=pl.int_range(pl.len(), dtype=pl.Int64))
    shops = pl.concat([city.sales["second_phone"], city.agencies["phone"], city.shops["phone"]])
    business = pl.DataFrame({"line": shops}).with_columns(holder=pl.lit(-2, pl.Int64))
    return pl.concat([numbers, business]).drop_nulls("line").unique("line", keep="first", maintain_order=True)
