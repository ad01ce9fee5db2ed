"""Questions of rows with one salesperson: N12, P09, and R04's paying agent."""

from typing import Final

import polars as pl

from pipeline.core.digest import digested
from pipeline.core.distinct import on_distinct
from pipeline.core.rules.audience import KIND, POLICY_PARTY, ROLE
from pipeline.core.rules.deviations import ADDRESSED, PERSON_REFERENCE, answers, asked, outcomes, together
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.rules.rule import UNKNOWN

LISTED: Final = 0
HOLDER: Final = 1
INSURED: Final = 2
OWNER: Final = 3
PAYER: Final = 4
"""What the row is: the salesperson in the directory, a party of a policy, or who paid for it."""

_PARTS: Final = {"policyholder": HOLDER, "insured": INSURED, "owner": OWNER, "payer": PAYER}


def project(told: pl.DataFrame) -> pl.DataFrame:
    """Key (salesperson), _record, _part, part, name (digest), person, policy (digest), day (issued), mobile (number).

    ``named``: N12 is asked of the row; ``numbered``: P09 is. Who paid stands in a row of its own.
    """
    sells = pl.col("salesperson_code").is_not_null()
    part = (
        pl.when(pl.col("_reference") == PERSON_REFERENCE)
        .then(LISTED)
        .when(POLICY_PARTY | ((KIND == "underwriting") & (ROLE == "payer")))
        .then(ROLE.replace_strict(_PARTS, default=None, return_dtype=pl.Int32))
    )
    base = (
        told.lazy()
        .filter(sells)
        .select(
            pl.col("salesperson_code").alias("key"),
            *ADDRESSED,
            "policy_no",
            "account_name",
            part=part.cast(pl.UInt8),
            name="_name",
            person="_person",
            day="issued_on",
            mobile=pl.when(asked("P09")).then(pl.col("mobile").cast(pl.UInt64, strict=False)),
            named=asked("N12"),
            paid=asked("R04"),
        )
    )
    rows = base.drop_nulls("part").collect()
    rows = rows.with_columns(policy=digested(rows["policy_no"]), account=digested(rows["account_name"])).drop(
        "policy_no", "account_name"
    )
    paying = rows.filter("paid").with_columns(name=pl.coalesce("account", "name"), part=pl.lit(PAYER, pl.UInt8))
    paying = paying.with_columns(mobile=pl.lit(None, pl.UInt64), named=pl.lit(value=False))
    return pl.concat([rows.filter(pl.col("part") != PAYER), paying]).drop("paid", "account")


def ask(frame: pl.DataFrame, settings: RuleSettings) -> pl.DataFrame:
    """Deviations for a frame that holds all rows of its salespersons."""
    listed = (
        frame.filter(pl.col("part") == LISTED)
        .drop_nulls("name")
        .select("key", agent_name="name", agent_person="person")
        .unique()
    )
    met = frame.filter(pl.col("part") != LISTED).join(listed, on="key", how="left")
    namesakes = met.filter(pl.col("name") == pl.col("agent_name"))
    unlisted = met.filter(pl.col("agent_name").is_null() & pl.col("named"))
    return together(
        [
            answers(_stand_ins(frame, namesakes, settings), "N12", "agent_name"),
            outcomes(unlisted, "N12", UNKNOWN),
            answers(_paying_agents(namesakes), "R04", "agent_paid"),
            answers(_runs(frame, settings), "P09", "run"),
        ]
    )


def _stand_ins(frame: pl.DataFrame, namesakes: pl.DataFrame, settings: RuleSettings) -> pl.DataFrame:
    """N12: rows named as the salesperson that are not plainly one namesake, on enough policies."""
    named = namesakes.filter("named")
    himself = (pl.col("person") == pl.col("agent_person")).fill_null(value=False)
    others = named.filter(~himself).group_by("key", "name").agg(numbers=pl.col("person").drop_nulls().n_unique())
    borrowed = named.filter(~himself).join(others.filter(pl.col("numbers") > 1), on=["key", "name"], how="semi")
    owners = frame.filter((pl.col("part") == OWNER) & pl.any_horizontal(pl.col("name", "person").is_not_null()))
    strangers = owners.join(namesakes, on="_record", how="anti").select("key", "policy").unique()
    # A single valid number that is not the salesperson's is a namesake's own.
    posing = named.filter(himself | pl.col("person").is_null() | pl.col("agent_person").is_null())
    posing = posing.join(strangers, on=["key", "policy"], how="semi")
    enough = settings.limits.agent_name_policies
    found = [part.filter(pl.col("policy").n_unique().over("key", "name") >= enough) for part in (borrowed, posing)]
    return pl.concat(found)


def _paying_agents(namesakes: pl.DataFrame) -> pl.DataFrame:
    """R04: payers of the salesperson's name, but for policies on which he is the policyholder himself."""
    own = namesakes.filter(pl.col("part") == HOLDER).select("key", "policy", "name").unique()
    return namesakes.filter(pl.col("part") == PAYER).join(own, on=["key", "policy", "name"], how="anti")


def _runs(frame: pl.DataFrame, settings: RuleSettings) -> pl.DataFrame:
    """P09: rows whose mobile is one of enough consecutive ones, or of enough with the same nine digits, on one day."""
    enough = settings.limits.similar_phones
    told = frame.drop_nulls(["mobile", "day"])
    numbers = _neighbours(told)
    group = ["key", "day"]
    starts = (pl.col("mobile").diff() != 1).fill_null(value=True).over(group)
    numbers = numbers.with_columns(run=starts.cum_sum(), alike=pl.len().over(*group, pl.col("mobile") // 100))
    consecutive = pl.len().over(*group, "run") >= enough
    return told.join(numbers.filter(consecutive | (pl.col("alike") >= enough)), on=[*group, "mobile"], how="semi")


def _neighbours(told: pl.DataFrame) -> pl.DataFrame:
    """Distinct key, day and mobile, in order, of numbers next to another one of their day; most days have none."""
    codes = on_distinct(
        told["key"], lambda keys: pl.DataFrame({"code": pl.int_range(len(keys), dtype=pl.Int64, eager=True)})
    )
    order = told.with_columns(group=codes["code"] * _DAYS + pl.col("day").to_physical()).with_row_index("row")
    numbers = order.select("group", "mobile", "row").sort("group", "mobile", "row")
    mobile = pl.col("mobile")
    same_day = pl.col("group") == pl.col("group").shift()
    numbers = numbers.filter(~(same_day & (mobile == mobile.shift())).fill_null(value=False))
    near = same_day & ((mobile - mobile.shift() == 1) | (mobile // 100 == mobile.shift() // 100))
    near = near.fill_null(value=False)
    few = numbers.filter(near | near.shift(-1).fill_null(value=False))
    return told.select(pl.col("key", "day", "mobile").gather(few["row"])).sort("key", "day", "mobile")


_DAYS: Final = 10**6
"""More days than any calendar has here, so that salesperson and day make one number."""
