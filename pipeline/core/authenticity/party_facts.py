"""The parties that are judged, and which numbers were theirs when, from underwriting's observations."""

from collections.abc import Sequence

import polars as pl

from pipeline.core.authenticity.evidence_tables import FACTS, NUMBERS

JUDGED_ROLES = ("policyholder", "insured", "owner")
OBLIGATORY = ("name", "cert_type", "cert_no", "phone", "address")
"""Customer information that every party must have (Shaanxi 2018, without the e-mail)."""

UNDERWRITTEN = (
    *("record_id", "source", "observed_at", "issued_on", "policy_no", "role", "customer_type", "customer_id", "name"),
    *("cert_type", "cert_no", "mobile", "landline", "other_phones", "address", "sms_verified", "same_person_flag"),
    *("premium", "unit", "channel", "agency_code", "salesperson_code", "policy_status", "vehicle_kind", "failed_rules"),
)
"""Columns of observations that the facts of a party are made from."""

_PHONES = pl.concat_list("mobile", "landline").list.concat(pl.col("other_phones").fill_null([])).list.drop_nulls()
_PARTY = ("policy_no", "role")


def facts(observations: pl.DataFrame, obligatory: Sequence[str] = OBLIGATORY) -> pl.DataFrame:
    """Parties in :data:`FACTS` from published observations of underwriting; the newest telling of each party counts.

    ``failed_rules`` and ``customer_id`` are those of the observations; an insured is the policyholder when both are
    one customer, or, where that is not known, when the source says so.
    """
    own = _own(observations).with_columns(phone=pl.coalesce("mobile", "landline"))
    newest = _with_phones(_newest(own)).with_columns(missing=_missing(obligatory))
    holder = newest.filter(pl.col("role") == "policyholder").select(
        "policy_no", holder="customer_id", holders_missing="missing"
    )
    one = pl.coalesce(pl.col("customer_id") == pl.col("holder"), "same_person_flag").fill_null(value=False)
    told = newest.join(holder, on="policy_no", how="left").with_columns(
        # What the policy tells of a person under one role it need not tell again under another.
        missing=pl.when(one & (pl.col("role") != "policyholder"))
        .then(pl.col("missing").list.set_intersection("holders_missing"))
        .otherwise("missing"),
        same_person=(pl.col("role") == "insured") & one,
        corrected_fields=None,
    )
    return told.select(pl.col(name).cast(dtype) for name, dtype in FACTS.items()).sort(_PARTY)


def numbered(facts: pl.DataFrame) -> pl.DataFrame:
    """``facts`` (FACTS) with ``party``, the place of each in their order: numbers are sorted and joined far sooner than texts."""
    return facts if "party" in facts.columns else facts.sort(_PARTY).with_row_index("party")


def by_number(rows: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """``rows`` of parties with ``party`` of numbered ``facts``, null of those that are none of them."""
    if "party" in rows.columns:
        return rows
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
    """The newest telling of each party; hardly any has two, and only these are sorted."""
    again = pl.struct(_PARTY).is_duplicated()
    told = own.with_columns(again=again)
    several = told.filter("again").sort("observed_at", "record_id", descending=True, nulls_last=True)
    newest = several.unique(_PARTY, keep="first", maintain_order=True)
    return pl.concat([told.filter(~pl.col("again")), newest]).drop("again")


def _with_phones(own: pl.DataFrame) -> pl.DataFrame:
    """``own`` with ``phones``, every number of the party. Most have one: a list of one is no work."""
    others = pl.col("other_phones").list.len().fill_null(0) > 0
    one = pl.col("phone").is_not_null() & pl.any_horizontal(pl.col("mobile", "landline").is_null()) & ~others
    single = own.filter(one).with_columns(phones=pl.col("phone").reshape((-1, 1)).arr.to_list())
    return pl.concat([single, own.filter(~one).with_columns(phones=_PHONES)])


def _missing(obligatory: Sequence[str]) -> pl.Expr:
    """Names of the ``obligatory`` fields without a value. There are few combinations: each list is made once."""
    combinations = [
        [name for place, name in enumerate(obligatory) if number >> place & 1] for number in range(1 << len(obligatory))
    ]
    lists = pl.Series(combinations, dtype=pl.List(pl.String))
    number = pl.sum_horizontal(
        pl.lit(0, pl.UInt32),
        *(pl.col(name).is_null().cast(pl.UInt32) * (1 << place) for place, name in enumerate(obligatory)),
    )
    return pl.lit(lists).gather(number)


def _own(observations: pl.DataFrame) -> pl.DataFrame:
    return observations.filter(pl.col("role").is_in(JUDGED_ROLES) & pl.col("policy_no").is_not_null())
