"""What a source is told of a party on a day: the truth of that day, with the source's mistakes planted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from connectors.synthetic.city import City
from connectors.synthetic.draw import Ints, digits, join, where
from connectors.synthetic.error_model import TellingRates
from connectors.synthetic.planting import plant
from connectors.synthetic.tables import listed

FULL = listed(
    "name customer_type cert_type cert_no cert_from cert_to gender born nationality occupation mobile landline email "
    "address region_code postcode legal_representative contact_name contact_phone"
)
"""What underwriting is told of a party."""

FORGING_EVERY = 17
"""Days from one batch of made-up phones of a forger to the next."""


@dataclass(frozen=True)
class Interview:
    """Of whom something is told on which day, a row each; ``purpose`` names the random stream.

    ``seller`` is the salesperson who writes it down (a place among the sellers), -1 or None where none does.
    """

    party: Ints
    day: Ints
    purpose: str
    seller: Ints | None = None


def tell(city: City, interview: Interview, rates: TellingRates, columns: Sequence[str]) -> pl.DataFrame:
    """One telling per row of ``interview``: ``columns`` with their mistakes, ``faults``, and what truth needs of it.

    Truth needs ``party``, ``day``, ``base_name`` and ``home`` (those of the day) and ``line`` (the number meant, in plain
    form, null where none is told).
    """
    rng = city.rng(interview.purpose)
    truth = _of_the_day(city, interview)
    told = plant(truth.select(columns), _beside(city, interview, truth, rng), rates, rng)
    if "line" not in told.columns:
        told = told.with_columns(line=pl.lit(None, pl.String))
    return told.with_columns(
        base_name=truth["name"], home=truth["home"], party=pl.Series(interview.party), day=pl.Series(interview.day)
    )


def _of_the_day(city: City, interview: Interview) -> pl.DataFrame:
    """Every column of :data:`FULL` as it was on the day, and ``home``."""
    day = pl.col("_day")
    then = city.parties.select(pl.all().gather(interview.party)).with_columns(_day=pl.Series(interview.day))
    then = then.with_columns(
        name=pl.when(day < pl.col("renamed_on")).then(pl.coalesce("former_name", "name")).otherwise("name"),
        mobile=pl.when(day < pl.col("mobile_changed_on"))
        .then(pl.coalesce("former_mobile", "mobile"))
        .otherwise("mobile"),
        home=pl.when(day < pl.col("moved_on")).then("former_home").otherwise("home"),
        customer_type=pl.when("is_person").then(pl.lit("个人")).otherwise(pl.lit("单位")),
        gender=pl.when("is_person").then(pl.when("male").then(pl.lit("男")).otherwise(pl.lit("女"))),
    )
    home = city.homes.select(pl.all().gather(then["home"]))
    phones = city.parties["mobile"].gather(then["contact"].clip(0))
    return then.with_columns(
        address=home["address"],
        region_code=home["region_code"],
        postcode=home["postcode"],
        contact_name=_names_of(city, then["contact"]),
        legal_representative=_names_of(city, then["legal"]),
        contact_phone=where(then["contact"] >= 0, phones, None),
    )


def _names_of(city: City, place: pl.Series) -> pl.Series:
    """Names of the parties at ``place``; null where it is -1."""
    return where(place >= 0, city.parties["name"].gather(place.clip(0)), None)


def _beside(city: City, interview: Interview, truth: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """What mistakes draw from: the family's phone and number, what the seller may write instead."""
    relative = truth["family"]
    relatives = city.parties.select(pl.col("mobile", "cert_no", "cert_type").gather(relative.clip(0)))
    other_phone = (relative >= 0) & (relatives["mobile"] != truth["mobile"])
    shop = rng.integers(0, city.shops.height, truth.height)
    family = pl.DataFrame(
        {
            "is_person": truth["is_person"],
            "male": truth["male"],
            "surname": truth["surname"],
            "family_mobile": where(other_phone, relatives["mobile"], None),
            "family_cert": where((relative >= 0) & (relatives["cert_type"] == "RIC"), relatives["cert_no"], None),
            "own_landline": truth["landline"],
            "repair_phone": city.shops["phone"].gather(shop),
        }
    )
    seller = np.full(truth.height, -1) if interview.seller is None else interview.seller
    return family.hstack(_of_seller(city, seller, interview.day, rng))


def _of_seller(city: City, seller: Ints, day: Ints, rng: np.random.Generator) -> pl.DataFrame:
    """The seller's name and phone (or his dealer's), a dealer's address, a made-up number; null where there is none."""
    size = len(seller)
    sales = city.sales.select(pl.all().gather(np.maximum(seller, 0)))
    sold = pl.Series(seller >= 0)
    own = city.parties["mobile"].gather(sales["person"])
    house = city.agencies.select(pl.all().gather(sales["agency"].clip(0)))
    dealer = sold & (sales["agency"] >= 0) & (sales["channel"] == 0)
    by_house = dealer & pl.Series(rng.random(size) < 0.5)
    phone = where(by_house, house["phone"], where(sales["uses_second"], sales["second_phone"], own))
    forges = sales["forger"].to_numpy() & (seller >= 0) & (day % FORGING_EVERY == seller % FORGING_EVERY)
    batch = join(sales["second_phone"].str.head(9), digits(np.arange(size) % 100, 2))
    single = join(own.str.head(7), digits((day * 7 + np.arange(size)) % 10_000, 4))
    return pl.DataFrame(
        {
            "salesperson_name": where(sold, city.parties["name"].gather(sales["person"]), None),
            "agent_phone": where(sold, phone, None),
            "agent_weight": np.where(seller >= 0, sales["temptation"].to_numpy(), 0.0),
            "dealer_address": where(dealer, house["address"], None),
            "fabricated": where(sold, where(forges, batch, single), None),
            "forges": forges,
        }
    )
