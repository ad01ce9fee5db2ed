"""Writes what is true beside the feeds: who is behind every party of every row, and the city as it stands.

``truth/<yyyymmdd>/`` holds, for that night:

* ``parties.parquet``: a line per party of every delivered row. ``feed``, ``feed_file``, ``feed_row``, ``key``, ``party`` (its
  prefix in the row, as at the end of a record id) and ``role`` say which; ``person_id`` who it is (null: a business of the
  directory, nobody); ``true_name``, ``true_cert_type``, ``true_cert_no``, ``true_mobile``, ``true_address``; ``meant_line``,
  the number written down in plain form; ``reach``, whom it reaches tonight; ``reachable``; ``causes``, the planted faults
  as ``field:cause``; ``name_true``, ``cert_true``, ``mobile_true``, ``address_true`` (null: not told); ``identifying``,
  whether the row tells a name or a number of a document of him.
* ``rows.parquet``: a line per delivered row: ``feed``, ``feed_file``, ``feed_row``, ``key``, ``operation``, ``parties``,
  ``malformed`` (an embedded delimiter makes it unreadable).
* ``people.parquet``: everybody as of tonight, persons and organisations.
* ``standing.parquet``: every (policy, role) underwriting has told and not withdrawn, with its truth as of tonight.
* ``vehicles.parquet``, ``callers.parquet`` (which caller cheats), ``calls.parquet`` (which calls were made up),
  ``files.parquet`` (what was delivered, and of which night when it is a repetition).
"""

from pathlib import Path

import numpy as np
import polars as pl

from connectors.synthetic import callbacks, lines
from connectors.synthetic.calendar_days import LONG_TERM, as_dates
from connectors.synthetic.city import City
from connectors.synthetic.delivery import TOLD, Delivery
from connectors.synthetic.draw import Ints, join, digits, pick
from connectors.synthetic.error_model import BIT, CAUSES, bits_of
from connectors.synthetic.feeds import file_name
from connectors.synthetic.policies import ROLES, policy_numbers

_MOBILE_CONTENT = bits_of("mobile") & ~BIT["mobile:former"]
_ADDRESS_CONTENT = bits_of("address") & ~BIT["address:former"]
_NAME_CONTENT = bits_of("name") & ~BIT["name:former"]


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
        "calls": _calls(city, deliveries),
    }
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet", row_group_size=262_144)


def judged(city: City, behind: pl.DataFrame) -> pl.DataFrame:
    """The truth as of tonight of tellings: ``reach``, ``reachable``, ``causes``, and which of the fields are true."""
    party = behind["person"].fill_null(0).to_numpy()
    there = behind["person"].is_not_null().to_numpy()
    now = city.parties.select(pl.col("name", "mobile", "landline", "home").gather(party))
    faults = behind["faults"].to_numpy().copy()
    who = lines.reach(city, behind["line"], party)
    told = {name: (behind["told"].to_numpy() & bit) > 0 for name, bit in TOLD.items()}
    own = (who.who == lines.OWN) | ((behind["line"] == now["landline"]).fill_null(value=False).to_numpy())
    content = (faults & np.uint64(_MOBILE_CONTENT)) > 0
    stale = there & told["mobile"] & ~own & ~content & behind["line"].is_not_null().to_numpy()
    faults[stale] |= np.uint64(BIT["mobile:former"])
    moved = (behind["home"] != now["home"]).fill_null(value=False).to_numpy() & (
        (faults & np.uint64(_ADDRESS_CONTENT)) == 0
    )
    faults[there & told["address"] & moved] |= np.uint64(BIT["address:former"])
    renamed = (behind["base_name"] != now["name"]).fill_null(value=False).to_numpy() & (
        (faults & np.uint64(_NAME_CONTENT)) == 0
    )
    faults[there & told["name"] & renamed] |= np.uint64(BIT["name:former"])
    true = {
        f"{field.removesuffix('_no')}_true": pl.Series(
            np.where(told[field] & there, ((faults & np.uint64(bits_of(field))) == 0), False)
        ).set(pl.Series(~(told[field] & there)), None)
        for field in ("name", "cert_no", "mobile", "address")
    }
    alive = own & ~who.suspended
    return pl.DataFrame({"reach": pick(lines.REACH, who.who), "reachable": alive, "causes": _causes(faults), **true})


def _causes(faults: Ints) -> pl.Series:
    """Names of the faults in each set."""
    distinct = pl.DataFrame({"faults": pl.Series(faults, dtype=pl.UInt64)})
    known = distinct.unique(maintain_order=True)
    named = [[name for name, _ in CAUSES if bits & BIT[name]] for bits in known["faults"].to_list()]
    table = known.with_columns(causes=pl.Series(named, dtype=pl.List(pl.String)))
    return distinct.join(table, on="faults", how="left", maintain_order="left")["causes"]


def _parties(city: City, delivery: Delivery) -> pl.DataFrame:
    behind = delivery.behind
    place = behind["person"].fill_null(0)
    there = behind["person"].is_not_null()
    who = city.parties.select(pl.all().gather(place))
    true = {
        "person_id": who["party"], "true_name": who["name"], "true_cert_type": who["cert_type"], "true_cert_no": who["cert_no"],
        "true_mobile": who["mobile"], "true_address": city.homes["address"].gather(who["home"]),
    }  # fmt: skip
    verdict = judged(city, behind)
    hidden = (behind["faults"].to_numpy() & np.uint64(BIT["name:null"] | BIT["name:placeholder"])) > 0
    told = behind["told"].to_numpy()
    tells = pl.Series(((told & TOLD["cert_no"]) > 0) | (((told & TOLD["name"]) > 0) & ~hidden))
    head = pl.select(
        feed=pl.lit(delivery.feed), feed_file=pl.lit(file_name(delivery.feed, city)), feed_row=behind["row"] + 1,
        key=delivery.key.gather(behind["row"]), party=behind["prefix"], role=behind["role"],
    )  # fmt: skip
    masked = {name: pl.select(pl.when(there).then(values)).to_series() for name, values in true.items()}
    return head.with_columns(**masked, meant_line=behind["line"], identifying=tells).hstack(verdict)


def _rows(city: City, delivery: Delivery) -> pl.DataFrame:
    counts = delivery.behind.group_by("row").len()
    broken = delivery.behind.filter((pl.col("faults") & BIT["row:embedded_delimiter"]) > 0)["row"]
    size = delivery.rows.height
    operation = (
        delivery.rows["操作类型"]
        if "操作类型" in delivery.rows.columns
        else pl.Series([None], dtype=pl.String).new_from_index(0, size)
    )
    frame = pl.DataFrame({"row": np.arange(size)}).join(counts, on="row", how="left", maintain_order="left")
    return frame.select(
        feed=pl.lit(delivery.feed),
        feed_file=pl.lit(file_name(delivery.feed, city)),
        feed_row=pl.col("row") + 1,
        key=delivery.key,
        operation=operation,
        parties=pl.col("len").fill_null(0).cast(pl.Int64),
        malformed=pl.col("row").is_in(broken.implode()),
    )


def people(city: City) -> pl.DataFrame:
    """Everybody as of tonight; days as dates, null for never."""
    frame = city.parties
    who = lines.reach(city, frame["mobile"], np.arange(frame.height))
    days = {
        name: lines_day(frame[name])
        for name in ("born", "cert_from", "cert_to", "mobile_changed_on", "moved_on", "renamed_on")
    }
    home = city.homes.select(pl.all().gather(frame["home"]))
    household = pl.select(
        pl.when(frame["household"].is_not_null()).then(join("H", digits(frame["household"].fill_null(0), 8)))
    ).to_series()
    return frame.select(
        person_id="party", is_person="is_person", household_id=household, male="male", name="name", former_name="former_name",
        cert_type="cert_type", cert_no="cert_no", mobile="mobile", former_mobile="former_mobile", landline="landline", openid="openid",
        unionid="unionid", address=home["address"], region_code=home["region_code"], reachable=pl.Series(~who.suspended & (who.who == lines.OWN)),
        **days,
    )  # fmt: skip


def lines_day(days: pl.Series) -> pl.Series:
    """Day numbers as dates; null where they are missing or never come."""
    from connectors.synthetic.calendar_days import NEVER

    usual = pl.select(pl.when((days < NEVER) | (days == LONG_TERM)).then(days)).to_series()
    return usual.cast(pl.Int32).cast(pl.Date)


def standing(city: City) -> pl.DataFrame:
    """Every (policy, role) in force of being counted: what underwriting last told, judged as of tonight."""
    alive = city.contracts.filter(~pl.col("gone"))
    parts = []
    for role in ROLES:
        told = city.tellings.select(pl.all().gather(alive[f"{role}_telling"]))
        fields = pl.Series([sum(TOLD.values())], dtype=pl.UInt8).new_from_index(0, told.height)
        behind = told.select(
            person=pl.col("party").cast(pl.Int64), faults="faults", line="line", base_name="base_name", home="home"
        ).with_columns(told=fields)
        verdict = judged(city, behind)
        person = city.parties["party"].gather(told["party"])
        whole = pl.DataFrame(
            {
                "role": [role] * told.height,
                "person_id": person,
                "is_person": city.parties["is_person"].gather(told["party"]),
            }
        ).hstack(verdict)
        whole = whole.with_columns(
            authentic=pl.all_horizontal("name_true", "cert_true", "mobile_true", "address_true"),
            issued_on=as_dates(alive["issued"].to_numpy()),
            policy_status=alive["status"],
        )
        for commercial in (False, True):
            number = policy_numbers(alive, pl.Series([commercial]).new_from_index(0, alive.height))
            part = whole.with_columns(policy_no=number)
            parts.append(part.filter(alive["commercial"]) if commercial else part)
    order = ["policy_no", "role", "person_id", "is_person", "issued_on", "policy_status", "authentic"]
    return pl.concat(parts).select(*order, pl.exclude(order)).sort("policy_no", "role")


def _vehicles(city: City) -> pl.DataFrame:
    owner = city.parties["party"].gather(city.vehicles["owner"])
    return city.vehicles.select(
        "vin", "plate", "plate_type", owner_id=owner, registered_on=as_dates(city.vehicles["registered_on"].to_numpy())
    )


def _callers(city: City) -> pl.DataFrame:
    number = np.arange(callbacks.callers(city))
    return pl.DataFrame({"caller": join("W", digits(number + 101, 3)), "cheats": number == callbacks.CHEAT})


def _calls(city: City, deliveries: list[Delivery]) -> pl.DataFrame:
    calls = next(delivery for delivery in deliveries if delivery.feed == "callbacks").rows
    return calls.select(
        "key", "policy_no", caller="caller_code", made_up="cheated", suspended="suspended", dialled="dialled"
    )
