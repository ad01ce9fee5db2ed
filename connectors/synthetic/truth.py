"""Writes what is true beside the feeds: who is behind every party of every row, and the city as it stands.

``truth/<yyyymmdd>/`` holds, for that night:

* ``parties.parquet``: a line per party of every delivered row. ``record_id`` (of its observation), ``feed``,
  ``feed_file``, ``feed_row``, ``key``, ``party`` (its prefix in the row) and ``role`` say which; ``person_id`` who it is
  (null: a business of the directory, or nobody known); ``true_name``, ``true_cert_type``, ``true_cert_no``, ``true_mobile``,
  ``true_address`` as of tonight; ``meant_line``, the number written down in plain form; ``reach``, whom it reaches
  tonight, and ``reachable``, whether that is he himself; ``causes``, the planted faults as ``field:cause``;
  ``name_true``, ``cert_true``, ``mobile_true``, ``address_true`` (null: not told); ``identifying``, whether the row
  tells a name or a document number.
* ``rows.parquet``: a line per delivered row: ``feed``, ``feed_file``, ``feed_row``, ``key``, ``operation``, ``parties``,
  ``malformed`` (an embedded delimiter makes it unreadable).
* ``people.parquet``: everybody as of tonight, persons and organisations.
* ``standing.parquet``: every (policy, role) that underwriting has told and not withdrawn, judged as of tonight;
  ``authentic`` is all of ``name_true``, ``cert_true``, ``mobile_true`` and ``address_true``, a missing value being untrue.
* ``vehicles.parquet``; ``callers.parquet`` (which caller cheats); ``calls.parquet`` (which calls were made up);
  ``sellers.parquet`` (share of own phones, forgers); ``files.parquet`` (which file came first, late or again).
"""

from pathlib import Path

import numpy as np
import polars as pl

from connectors.synthetic import callbacks, lines
from connectors.synthetic.calendar_days import LONG_TERM, NEVER, as_dates
from connectors.synthetic.city import City
from connectors.synthetic.delivery import TOLD, Delivery
from connectors.synthetic.draw import Ints, Mask, digits, join, pick, repeated, where
from connectors.synthetic.error_model import BIT, CAUSES, bits_of
from connectors.synthetic.feeds import file_name
from connectors.synthetic.policies import ROLES, policy_numbers

_FIELDS = {"name_true": "name", "cert_true": "cert_no", "mobile_true": "mobile", "address_true": "address"}
_ALL_TOLD = sum(TOLD.values())


def write_truth(city: City, deliveries: list[Delivery], folder: Path) -> None:
    """Write tonight's truth into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "parties": pl.concat([_parties(city, delivery) for delivery in deliveries]),
        "rows": pl.concat([_rows(city, delivery) for delivery in deliveries]),
        "people": people(city),
        "standing": standing(city),
        "vehicles": _vehicles(city),
        "callers": _callers(city),
        "calls": _calls(deliveries),
        "sellers": _sellers(city),
    }
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet", row_group_size=262_144)


def judged(city: City, behind: pl.DataFrame) -> pl.DataFrame:
    """The truth as of tonight of tellings: ``reach``, ``reachable``, ``causes``, and which of the fields are true."""
    there = behind["person"].is_not_null().to_numpy()
    party = behind["person"].fill_null(0).to_numpy()
    now = city.parties.select(pl.col("name", "home").gather(party))
    reached = lines.reach(city, behind["line"], party)
    told = {name: ((behind["told"].to_numpy() & bit) > 0) & there for name, bit in TOLD.items()}
    own = reached.who == lines.OWN
    faults = behind["faults"].to_numpy().copy()
    stale = {
        "mobile": ~own & behind["line"].is_not_null().to_numpy(),
        "address": (behind["home"] != now["home"]).fill_null(value=False).to_numpy(),
        "name": (behind["base_name"] != now["name"]).fill_null(value=False).to_numpy(),
    }
    for field, old in stale.items():
        otherwise_false = (faults & np.uint64(bits_of(field))) > 0
        faults[old & told[field] & ~otherwise_false] |= np.uint64(BIT[f"{field}:former"])
    true = {column: _known((faults & np.uint64(bits_of(field))) == 0, told[field]) for column, field in _FIELDS.items()}
    reachable = own & ~reached.suspended
    return pl.DataFrame(
        {"reach": pick(lines.REACH, reached.who), "reachable": reachable, "causes": _causes(faults), **true}
    )


def _known(values: Mask, told: Mask) -> pl.Series:
    return pl.select(pl.when(pl.Series(told)).then(pl.Series(values))).to_series()


def _causes(faults: Ints) -> pl.Series:
    """Names of the faults in each set."""
    sets = pl.DataFrame({"faults": pl.Series(faults, dtype=pl.UInt64)})
    known = sets.unique(maintain_order=True)
    named = [[name for name, _ in CAUSES if bits & BIT[name]] for bits in known["faults"]]
    table = known.with_columns(causes=pl.Series(named, dtype=pl.List(pl.String)))
    return sets.join(table, on="faults", how="left", maintain_order="left")["causes"]


def _parties(city: City, delivery: Delivery) -> pl.DataFrame:
    behind = delivery.behind
    there = behind["person"].is_not_null()
    who = city.parties.select(pl.all().gather(behind["person"].fill_null(0)))
    true = {
        "person_id": who["party"],
        "true_name": who["name"],
        "true_cert_type": who["cert_type"],
        "true_cert_no": who["cert_no"],
        "true_mobile": who["mobile"],
        "true_address": city.homes["address"].gather(who["home"]),
    }
    told, faults = behind["told"].to_numpy(), behind["faults"].to_numpy()
    no_name = (faults & np.uint64(BIT["name:null"] | BIT["name:placeholder"])) > 0
    identifying = ((told & TOLD["cert_no"]) > 0) | (((told & TOLD["name"]) > 0) & ~no_name)
    key = delivery.key.gather(behind["row"])
    head = {
        "record_id": join(delivery.feed + "/", key, "/", behind["prefix"]),
        "feed": repeated(delivery.feed, behind.height),
        "feed_file": repeated(file_name(delivery.feed, city), behind.height),
        "feed_row": behind["row"] + 1,
        "key": key,
        "party": behind["prefix"],
        "role": behind["role"],
    }
    known = {name: where(there, values, None) for name, values in true.items()}
    whole = pl.DataFrame({**head, **known, "meant_line": behind["line"], "identifying": identifying})
    return whole.hstack(judged(city, behind))


def _rows(city: City, delivery: Delivery) -> pl.DataFrame:
    size = delivery.rows.height
    counts = np.bincount(delivery.behind["row"].to_numpy(), minlength=size)
    broken = np.zeros(size, dtype=bool)
    malformed = (delivery.behind["faults"] & BIT["row:embedded_delimiter"]) > 0
    broken[delivery.behind["row"].filter(malformed).to_numpy()] = True
    has_operation = "操作类型" in delivery.rows.columns
    return pl.DataFrame(
        {
            "feed": repeated(delivery.feed, size),
            "feed_file": repeated(file_name(delivery.feed, city), size),
            "feed_row": np.arange(size) + 1,
            "key": delivery.key,
            "operation": delivery.rows["操作类型"] if has_operation else repeated(None, size),
            "parties": counts,
            "malformed": broken,
        }
    )


def people(city: City) -> pl.DataFrame:
    """Everybody as of tonight; days as dates, null for never."""
    frame = city.parties
    reached = lines.reach(city, frame["mobile"], np.arange(frame.height))
    days = ("born", "cert_from", "cert_to", "mobile_changed_on", "moved_on", "renamed_on")
    household = join("H", digits(frame["household"].fill_null(0), 8))
    home = city.homes.select(pl.col("address", "region_code").gather(frame["home"]))
    return frame.select(
        "is_person",
        *("male", "name", "former_name", "cert_type", "cert_no", "mobile", "former_mobile", "landline"),
        *("openid", "unionid"),
        *(_date(frame[name]) for name in days),
        person_id="party",
        household_id=where(frame["household"].is_not_null(), household, None),
        address=home["address"],
        region_code=home["region_code"],
        reachable=pl.Series((reached.who == lines.OWN) & ~reached.suspended),
    )


def _date(days: pl.Series) -> pl.Series:
    """Day numbers as dates; null where they are missing or never come."""
    usual = pl.when((days < NEVER) | (days == LONG_TERM)).then(days).cast(pl.Int32).cast(pl.Date)
    return pl.select(usual.alias(days.name)).to_series()


def standing(city: City) -> pl.DataFrame:
    """Every (policy, role) told and not withdrawn, as underwriting last told it, judged as of tonight."""
    alive = city.contracts.filter(~pl.col("gone"))
    parts = []
    for role in ROLES:
        told = city.tellings.select(pl.all().gather(alive[f"{role}_telling"]))
        behind = told.select("faults", "line", "base_name", "home", person=pl.col("party").cast(pl.Int64))
        verdict = judged(city, behind.with_columns(told=pl.lit(_ALL_TOLD, pl.UInt8)))
        who = city.parties.select(pl.col("party", "is_person").gather(told["party"]))
        frame = verdict.with_columns(
            role=pl.lit(role),
            person_id=who["party"],
            is_person=who["is_person"],
            issued_on=as_dates(alive["issued"].to_numpy()),
            policy_status=alive["status"],
            authentic=pl.all_horizontal(*_FIELDS),
            commercial=alive["commercial"],
        )
        for commercial in (False, True):
            number = policy_numbers(alive, pl.Series(np.full(alive.height, commercial)))
            part = frame.with_columns(policy_no=number)
            parts.append(part.filter("commercial") if commercial else part)
    order = ["policy_no", "role", "person_id", "is_person", "issued_on", "policy_status", "authentic"]
    return pl.concat(parts).drop("commercial").select(*order, pl.exclude(order)).sort("policy_no", "role")


def _vehicles(city: City) -> pl.DataFrame:
    owner = city.parties["party"].gather(city.vehicles["owner"])
    registered = as_dates(city.vehicles["registered_on"].to_numpy())
    return city.vehicles.select("vin", "plate", "plate_type", owner_id=owner, registered_on=registered)


def _callers(city: City) -> pl.DataFrame:
    number = np.arange(callbacks.callers(city))
    return pl.DataFrame({"caller": join("W", digits(number + 101, 3)), "cheats": number == callbacks.CHEAT})


def _calls(deliveries: list[Delivery]) -> pl.DataFrame:
    calls = next(delivery for delivery in deliveries if delivery.feed == "callbacks").rows
    return calls.select("key", "policy_no", "caller", "made_up", "dialled")


def _sellers(city: City) -> pl.DataFrame:
    person = city.parties["party"].gather(city.sales["person"])
    return city.sales.select("code", "temptation", "forger", "second_phone", person_id=person)
