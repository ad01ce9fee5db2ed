"""The city as it stands on one night: parties, homes, sellers, vehicles, contracts and what underwriting was told."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from connectors.synthetic import intermediaries
from connectors.synthetic.calendar_days import BASE_DATE, NEVER, as_dates, date_of, day_of
from connectors.synthetic.draw import Ints, digits, stream
from connectors.synthetic.error_model import ErrorModel
from connectors.synthetic.homes import make_homes, make_offices
from connectors.synthetic.households import CHILD, ELDER, HEAD, SPOUSE
from connectors.synthetic.people import ages, make_people


@dataclass
class City:
    """Everything that is true, and what was told. Parties are persons, then organisations; rows refer to them by place."""

    seed: int
    rates: ErrorModel
    parties: pl.DataFrame
    persons: int
    homes: pl.DataFrame
    units: list[str]
    branches: pl.DataFrame
    agencies: pl.DataFrame
    sales: pl.DataFrame
    shops: pl.DataFrame
    night: int = 0
    vehicles: pl.DataFrame = field(default_factory=pl.DataFrame)
    contracts: pl.DataFrame = field(default_factory=pl.DataFrame)
    tellings: pl.DataFrame = field(default_factory=pl.DataFrame)
    last_telling: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    calls: pl.DataFrame = field(default_factory=pl.DataFrame)
    do_not_call: pl.DataFrame = field(default_factory=pl.DataFrame)
    sales_told: pl.DataFrame = field(default_factory=pl.DataFrame)
    followers: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    counters: dict[str, int] = field(default_factory=dict)

    @property
    def day(self) -> int:
        """Day number of tonight's business date."""
        return day_of(BASE_DATE) + self.night

    @property
    def date(self) -> date:
        """Tonight's business date."""
        return date_of(self.day)

    def rng(self, purpose: str) -> np.random.Generator:
        """Tonight's random stream for ``purpose``."""
        return stream(self.seed, self.night, purpose)

    def numbered(self, name: str, size: int) -> Ints:
        """The next ``size`` running numbers of ``name``, from 1."""
        start = self.counters.get(name, 0)
        self.counters[name] = start + size
        return np.arange(start, start + size) + 1

    def column(self, name: str) -> Ints:
        """A column of the parties as numbers."""
        return self.parties[name].to_numpy()

    def adults(self, least: int = 19, most: int = 80) -> Ints:
        """Places of persons of an age to drive and sign."""
        age = ages(self.parties.head(self.persons), self.day)
        return np.flatnonzero((age >= least) & (age <= most))


def found(seed: int, people: int, rates: ErrorModel) -> City:
    """A city of ``people`` persons with its sellers and organisations, before anybody insured anything."""

    def streams(purpose: str) -> np.random.Generator:
        return stream(seed, 0, purpose)

    persons = make_people(streams, people, rates.city)
    households = int(persons["household"][-1]) + 1
    age = ages(persons, day_of(BASE_DATE))
    adults = np.flatnonzero((age >= 22) & (age <= 65))
    count = max(8, people // 80)
    organisations = intermediaries.make_organisations(streams("organisations"), count, adults)
    homes = pl.concat([make_homes(streams("homes"), 2 * households), make_offices(streams("offices"), count)])
    parties = pl.concat([_persons(persons), _organisations(organisations, 2 * households)], how="diagonal")
    taken = pl.concat([persons["mobile"], persons["former_mobile"].drop_nulls()])
    agencies = intermediaries.make_agencies(streams("agencies"), max(12, people // 1500), taken)
    sales = intermediaries.make_sales(
        streams("sales"), adults, agencies, max(24, people // 200), pl.concat([taken, agencies["phone"]])
    )
    shops = intermediaries.make_shops(
        streams("shops"), max(6, people // 4000), pl.concat([taken, agencies["phone"], sales["second_phone"]])
    )
    branches = intermediaries.make_branches(streams("branches"))
    return City(seed, rates, parties, people, homes, intermediaries.units(), branches, agencies, sales, shops)


def _persons(people: pl.DataFrame) -> pl.DataFrame:
    size = people.height
    place = np.arange(size)
    member, head, spouse = (people[column].to_numpy() for column in ("member", "head", "spouse"))
    household = people["household"].to_numpy()
    follows = np.zeros(size, dtype=bool)
    follows[:-1] = household[:-1] == household[1:]
    child = _grown_children(people)
    partner = np.where(child >= 0, child, spouse)
    family = np.where(member == HEAD, np.where(partner >= 0, partner, np.where(follows, place + 1, -1)), head)
    married = (member == HEAD) & (family == spouse)
    kin = np.select(
        [family < 0, (member == SPOUSE) | married, member == CHILD, member == ELDER],
        ["", "配偶", "子女", "父母"],
        "父母",
    )
    return people.with_columns(
        is_person=pl.lit(value=True),
        family=pl.Series(family),
        kin=pl.Series(kin.tolist(), dtype=pl.String),
        contact=pl.lit(-1, pl.Int64),
        legal=pl.lit(-1, pl.Int64),
    )


def _grown_children(people: pl.DataFrame) -> Ints:
    """For heads of 48 and more the grown child who sees to their cars, for every second who has one; else -1."""
    member, head = people["member"].to_numpy(), people["head"].to_numpy()
    age = ages(people, day_of(BASE_DATE))
    grown = np.flatnonzero((member == CHILD) & (age >= 22))[::-1]  # the eldest is written last
    child = np.full(people.height, -1)
    child[head[grown]] = grown
    child[(age < 48) | (people["household"].to_numpy() % 2 > 0)] = -1
    return child


def _organisations(organisations: pl.DataFrame, first_home: int) -> pl.DataFrame:
    size = organisations.height
    never = pl.lit(NEVER, pl.Int64)
    return organisations.with_columns(
        party=digits(np.arange(size), 8).str.replace("^", "O"),
        is_person=pl.lit(value=False),
        cert_type=pl.lit("USCC"),
        mobile="landline",
        male=pl.lit(value=False),
        home=pl.Series(np.arange(size) + first_home),
        former_home=pl.Series(np.arange(size) + first_home),
        moved_on=never,
        renamed_on=never,
        mobile_changed_on=never,
        family=pl.lit(-1, pl.Int64),
        kin=pl.lit(""),
        resold=pl.lit(value=False),
        wechat_user=pl.lit(value=False),
    )


def standing(days: Ints) -> pl.Series:
    """Day numbers as dates, null for never."""
    return pl.select(pl.when(pl.Series(days) < NEVER).then(as_dates(np.where(days < NEVER, days, 0)))).to_series()
