"""What a source is told of a party on a day: the truth of that day, with the source's mistakes planted."""

import numpy as np
import polars as pl

from connectors.synthetic.city import City
from connectors.synthetic.draw import Ints, digits, join, where
from connectors.synthetic.error_model import TellingRates
from connectors.synthetic.planting import plant

FULL = (
    "name customer_type cert_type cert_no cert_from cert_to gender born nationality occupation mobile landline email address "
    "region_code postcode legal_representative contact_name contact_phone"
).split()
"""What underwriting is told of a party."""

FORGING_EVERY = 17
"""Days from one batch of made-up phones of a forger to the next."""


def tell(
    city: City, party: Ints, day: Ints, rates: TellingRates, purpose: str, columns: list[str], seller: Ints | None = None
) -> pl.DataFrame:
    """One telling per party and day: ``columns`` with their mistakes, ``faults``, and what truth needs of it.

    Truth needs ``party``, ``day``, ``base_name`` and ``home`` (those of the day) and ``line`` (the number meant, in plain
    form). ``seller`` is the salesperson who wrote it down, -1 or absent when none did.
    """
    rng = city.rng(purpose)
    sellers = np.full(len(party), -1) if seller is None else seller
    truth = _of_the_day(city, party, day)
    beside = _beside(city, party, truth, sellers, rng)
    base = {"base_name": truth["name"], "home": truth["home"], "party": pl.Series(party), "day": pl.Series(day)}
    told = plant(truth.select(columns), beside, rates, rng)
    if "line" not in told.columns:
        told = told.with_columns(line=pl.lit(None, pl.String))
    return told.with_columns(**base)


def _of_the_day(city: City, party: Ints, day: Ints) -> pl.DataFrame:
    """Every column of :data:`FULL` as it was on ``day``, and ``home``."""
    then = city.parties.select(pl.all().gather(party)).with_columns(_day=pl.Series(day))
    then = then.with_columns(
        name=pl.when(pl.col("_day") < pl.col("renamed_on")).then(pl.coalesce("former_name", "name")).otherwise("name"),
        mobile=pl.when(pl.col("_day") < pl.col("mobile_changed_on")).then(pl.coalesce("former_mobile", "mobile")).otherwise("mobile"),
        home=pl.when(pl.col("_day") < pl.col("moved_on")).then("former_home").otherwise("home"),
        customer_type=pl.when("is_person").then(pl.lit("个人")).otherwise(pl.lit("单位")),
        gender=pl.when("is_person").then(pl.when("male").then(pl.lit("男")).otherwise(pl.lit("女"))),
    )
    home = city.homes.select(pl.all().gather(then["home"]))
    other = {name: _of(city, then[column]) for name, column in (("contact_name", "contact"), ("legal_representative", "legal"))}
    phones = city.parties["mobile"].gather(then["contact"].clip(0))
    return then.with_columns(
        address=home["address"],
        region_code=home["region_code"],
        postcode=home["postcode"],
        contact_phone=where(then["contact"] >= 0, phones, None),
        **other,
    )


def _of(city: City, place: pl.Series) -> pl.Series:
    """Names of the parties at ``place``; null where it is -1."""
    return where(place >= 0, city.parties["name"].gather(place.clip(0)), None)


def _beside(city: City, party: Ints, truth: pl.DataFrame, seller: Ints, rng: np.random.Generator) -> pl.DataFrame:
    """What mistakes draw from: the family's phone and number, the seller's phone, a dealer's address, a made-up number."""
    size = len(party)
    relative = truth["family"]
    has = relative >= 0
    relatives = city.parties.select(pl.col("mobile", "cert_no", "cert_type").gather(relative.clip(0)))
    other_phone = where(has & (relatives["mobile"] != truth["mobile"]), relatives["mobile"], None)
    sales = city.sales.select(pl.all().gather(np.maximum(seller, 0)))
    sold = pl.Series(seller >= 0)
    own = city.parties["mobile"].gather(sales["person"])
    house = city.agencies.select(pl.all().gather(sales["agency"].clip(0)))
    dealer = (sales["agency"] >= 0) & (sales["channel"] == 0)
    use_house = dealer & pl.Series(rng.random(size) < 0.5)
    phone = where(use_house, house["phone"], where(sales["uses_second"], sales["second_phone"], own))
    shop = rng.integers(0, city.shops.height, size)
    day = truth["_day"].to_numpy()
    forges = sales["forger"].to_numpy() & (seller >= 0) & (day % FORGING_EVERY == seller % FORGING_EVERY)
    batch = join(sales["second_phone"].str.head(9), digits(np.arange(size) % 100, 2))
    made_up = where(forges, batch, join(own.str.head(7), digits((day * 7 + np.arange(size)) % 10_000, 4)))
    return pl.DataFrame(
        {
            "is_person": truth["is_person"],
            "male": truth["male"],
            "surname": truth["surname"],
            "family_mobile": other_phone,
            "family_cert": where(has & (relatives["cert_type"] == "RIC"), relatives["cert_no"], None),
            "own_landline": truth["landline"],
            "salesperson_name": where(sold, city.parties["name"].gather(sales["person"]), None),
            "agent_phone": where(sold, phone, None),
            "agent_weight": np.where(seller >= 0, sales["temptation"].to_numpy(), 0.0),
            "dealer_address": where(dealer & sold, house["address"], None),
            "repair_phone": city.shops["phone"].gather(shop),
            "fabricated": where(sold, made_up, None),
            "forges": forges,
        }
    )
