"""The parties that are judged, and which numbers were theirs when, from underwriting's observations."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipeline.core.authenticity.evidence_tables import FACTS, NUMBERS
from pipeline.core.distinct import order_of
from pipeline.core.rules.findings import in_numbers

JUDGED_ROLES = ("policyholder", "insured", "owner")
OBLIGATORY = ("name", "cert_type", "cert_no", "phone", "address")
"""Customer information that every party must have (Shaanxi 2018, without the e-mail)."""

UNDERWRITTEN = (
    *("record_id", "source", "observed_at", "issued_on", "policy_no", "role", "customer_type", "customer_id", "name"),
    *("cert_type", "cert_no", "mobile", "landline", "other_phones", "address", "sms_verified", "same_person_flag"),
    *("premium", "unit", "channel", "agency_code", "salesperson_code", "policy_status", "vehicle_kind", "findings"),
)
"""Columns that the facts of a party are made from: those of observations, but for ``findings``, failed rules as numbers."""

_PHONES = pl.concat_list("mobile", "landline").list.concat(pl.col("other_phones").fill_null([])).list.drop_nulls()
_PARTY = ("policy_no", "role")


def underwritten(observations: pl.DataFrame) -> pl.DataFrame:
    """:data:`UNDERWRITTEN` of published ``observations``, which may know their ``findings`` as numbers already.

    That there is an address is all that is asked of it.
    """
    there = pl.when(pl.col("address").is_not_null()).then(pl.lit("told")).alias("address")
    told = observations.select(name for name in UNDERWRITTEN if name != "findings")
    known = "findings" in observations.columns
    numbers = observations["findings"] if known else in_numbers(observations["failed_rules"])
    return told.with_columns(there, numbers).select(UNDERWRITTEN)


def facts(observations: pl.DataFrame, obligatory: Sequence[str] = OBLIGATORY) -> pl.DataFrame:
    """Parties in :data:`FACTS`, sorted, from what underwriting told (:func:`underwritten`); the newest telling of each party counts.

    ``findings`` and ``customer_id`` are those of the observations; an insured is the policyholder when both are
    one customer, or, where that is not known, when the source says so.
    """
    # Rows are fetched once, sorted; what is made of them is made of few columns.
    newest = _newest(_own(observations))
    numbers = newest.select(_missing(obligatory)).to_series().to_numpy()
    holder = _holders(newest)
    told = newest.select("role", "same_person_flag", "customer_id", holder=newest["customer_id"].gather(holder))
    one = pl.coalesce(pl.col("customer_id") == pl.col("holder"), "same_person_flag").fill_null(value=False)
    other = pl.col("role") != "policyholder"
    marks = told.select(same=one & other, same_person=(pl.col("role") == "insured") & one)
    # What the policy tells of a person under one role it need not tell again under another.
    there = holder.is_not_null().to_numpy() & marks["same"].to_numpy()
    numbers = np.where(there, numbers & numbers[holder.fill_null(0).to_numpy()], numbers)
    made = {
        "phone": newest.select(pl.coalesce("mobile", "landline")).to_series(),
        "phones": _phones(newest),
        "missing": _absent(obligatory).gather(numbers),
        "same_person": marks["same_person"],
    }
    return newest.with_columns(**made, corrected_fields=None).select(
        pl.col(name).cast(dtype) for name, dtype in FACTS.items()
    )


def numbered(facts: pl.DataFrame) -> pl.DataFrame:
    """``facts`` (FACTS) with ``party``, the place of each in their order: numbers are sorted and joined far sooner than texts."""
    return facts if "party" in facts.columns else facts.sort(_PARTY).with_row_index("party")


def by_number(rows: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """``rows`` of parties with ``party`` of numbered ``facts``, null of those that are none of them."""
    if "party" in rows.columns:
        return rows
    if rows.is_empty():
        return rows.with_columns(party=pl.lit(None, pl.UInt32))
    return rows.join(facts.select("party", *_PARTY), on=_PARTY, how="left", maintain_order="left")


def numbers(tellings: pl.DataFrame) -> pl.DataFrame:
    """Numbers of parties in :data:`NUMBERS`, from every known telling of underwriting.

    What the earliest telling says held ever since; a later telling ends the numbers it no longer has. Tellings in a row
    with the same numbers are one.
    """
    ordered = (
        _own(tellings)
        .with_columns(phone=_PHONES.list.unique().list.sort())
        .sort(*_PARTY, "observed_at", "record_id", nulls_last=False)
        .with_columns(last=pl.col("phone").list.join(" ").shift(1).over(_PARTY))
        .filter(pl.col("last").is_null() | (pl.col("last") != pl.col("phone").list.join(" ")))
    )
    place = pl.int_range(pl.len()).over(_PARTY)
    told = ordered.with_columns(
        since=pl.when(place > 0).then("observed_at"),
        until=pl.col("observed_at").shift(-1).over(_PARTY),
    )
    listed = told.select(NUMBERS.names()).explode("phone").drop_nulls("phone")
    return listed.unique().cast(NUMBERS).sort(NUMBERS.names())


def changed_numbers(tellings: pl.DataFrame) -> pl.DataFrame:
    """Numbers, in :data:`NUMBERS`, of the parties whose numbers differ between two of ``tellings`` (of underwriting)."""
    own = _own(tellings).select(*_PARTY, "record_id", "observed_at", "mobile", "landline", "other_phones")
    told = numbers(own.filter(pl.len().over(_PARTY) > 1))
    changes = pl.any_horizontal(pl.col("since", "until").is_not_null())
    return told.filter(changes.any().over(_PARTY))


def number_history(changed: pl.DataFrame, former: pl.DataFrame) -> pl.DataFrame:
    """What is known of numbers that ever changed: ``former`` (last night's history) and tonight's ``changed``, in NUMBERS.

    A number that was known to have begun did not begin anew because tonight's tellings do not reach that far back.
    """
    if changed.is_empty() and former.is_empty():
        return NUMBERS.to_frame(eager=True)
    tonight = changed.select(_PARTY).unique()
    touched = former.join(tonight, on=_PARTY, how="semi")
    begun = touched.filter(pl.col("until").is_null()).select(*_PARTY, "phone", before="since")
    now = changed.join(begun, on=[*_PARTY, "phone"], how="left").with_columns(since=pl.coalesce("since", "before"))
    parts = [
        former.join(tonight, on=_PARTY, how="anti"),
        touched.filter(pl.col("until").is_not_null()),
        now.select(NUMBERS.names()),
    ]
    return pl.concat([part.select(NUMBERS.names()) for part in parts]).unique().sort(NUMBERS.names())


def _newest(own: pl.DataFrame) -> pl.DataFrame:
    """The newest telling of each party, by party."""
    order = order_of(own.select(_PARTY))
    told = own[order, list(_PARTY)]
    new = told.select(pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift()) for name in _PARTY)).to_series()
    if not new.all():
        # Few are told of more than once: only their rows are sorted by time, each party's among themselves.
        again = np.flatnonzero(~(new & new.shift(-1, fill_value=True)).to_numpy())
        rows = own[order[again], ["observed_at", "record_id"]].with_columns(
            row=pl.Series(order[again]), party=new.cum_sum().gather(again)
        )
        newest = rows.sort("party", "observed_at", "record_id", descending=[False, True, True], nulls_last=True)
        order[again] = newest["row"].to_numpy()
    one_each: pl.DataFrame = own[order[new.to_numpy()]]
    return one_each


def _holders(newest: pl.DataFrame) -> pl.Series:
    """Row of the policyholder of each party's policy; null where there is none."""
    policy = newest["policy_no"].rle_id()
    holders = (newest["role"] == "policyholder").arg_true()
    place = pl.Series([None], dtype=pl.UInt32).new_from_index(0, 0 if policy.is_empty() else int(policy[-1]) + 1)
    return place.scatter(policy.gather(holders), holders.cast(pl.UInt32)).gather(policy)


def _phones(own: pl.DataFrame) -> pl.Series:
    """Every number of each party. Most have one: a list of one is no work."""
    numbers = own.select("mobile", "landline", "other_phones", phone=pl.coalesce("mobile", "landline"))
    others = pl.col("other_phones").list.len().fill_null(0) > 0
    one = pl.col("phone").is_not_null() & pl.any_horizontal(pl.col("mobile", "landline").is_null()) & ~others
    lone = numbers.select(one).to_series()
    parts = (
        numbers.filter(lone).select(phones=pl.col("phone").reshape((-1, 1)).arr.to_list()),
        numbers.filter(~lone).select(phones=_PHONES),
    )
    place = np.empty(own.height, np.intp)
    place[np.concatenate([lone.arg_true().to_numpy(), (~lone).arg_true().to_numpy()])] = np.arange(own.height)
    return pl.concat(parts, rechunk=True)["phones"].gather(place)


def _missing(obligatory: Sequence[str]) -> pl.Expr:
    """Which of the ``obligatory`` fields have no value, as a number: a bit for each."""
    phone = pl.coalesce("mobile", "landline")
    return pl.sum_horizontal(
        pl.lit(0, pl.UInt32),
        *(
            (phone if name == "phone" else pl.col(name)).is_null().cast(pl.UInt32) * (1 << place)
            for place, name in enumerate(obligatory)
        ),
    )


def _absent(obligatory: Sequence[str]) -> pl.Series:
    """Names of the ``obligatory`` fields by such a number. There are few combinations: each list is made once."""
    combinations = [
        [name for place, name in enumerate(obligatory) if number >> place & 1] for number in range(1 << len(obligatory))
    ]
    return pl.Series(combinations, dtype=pl.List(pl.String))


def _own(observations: pl.DataFrame) -> pl.DataFrame:
    ours = observations.select(pl.col("role").is_in(JUDGED_ROLES) & pl.col("policy_no").is_not_null()).to_series()
    return observations if ours.all() else observations.filter(ours)
