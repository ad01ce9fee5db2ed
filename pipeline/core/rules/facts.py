"""What the rules read beside the columns of an observation: facts of its fields, named ``<field>__<fact>``.

Facts come from the fields' ``check``, once per distinct value; from the ``repairs`` column; and from source and role
(``party__…``). A fact about a missing value is null; those from repairs and the ``party__`` facts never are.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from pipeline.core.digest import digested
from pipeline.core.distinct import on_distinct, on_distinct_rows
from pipeline.core.fields import address, certificate, email, engine_no, name, phone, plate, postcode, region, vin
from pipeline.core.rules.audience import CLAIM_ROLES, CUSTOMER_KINDS, POLICY_ROLES, among
from pipeline.core.rules.repair_facts import repair_facts
from pipeline.core.tables import csv_table

_ORGANISATION_DOCUMENTS = ("ORG", "TAX", "BIZ", "USCC")
_TRAVEL_PERMIT = 10**18
_INCOMPLETE_NAMES = ("mojibake", "masked", "placeholder", "title", "organisation", "characters", "too_short")

Kinds = Mapping[str, str]
"""Feed name -> kind of feed, where the two differ."""


def examine(observations: pl.DataFrame, on: date, kinds: Kinds | None = None) -> pl.DataFrame:
    """``observations`` with every fact the rules read, rows aligned. ``on``: the business date."""
    facts = observations.with_columns(
        *identity_facts(observations, on),
        *phone_facts(observations),
        *vehicle_facts(observations),
        *place_facts(observations),
        *email_facts(observations),
        *repair_facts(observations),
    )
    return facts.with_columns(party_facts(facts, kinds or {}))


def _of(field: str, facts: pl.DataFrame, *wanted: str) -> list[pl.Series]:
    return [facts[fact].alias(f"{field}__{fact}") for fact in wanted]


def identity_facts(observations: pl.DataFrame, on: date) -> list[pl.Series]:
    """Facts of name and document."""
    incomplete = pl.col("reason").is_in(_INCOMPLETE_NAMES).fill_null(value=False)
    names = on_distinct(
        observations["name"],
        lambda values: name.check(values).with_columns(
            complete=pl.lit(values).is_not_null() & ~incomplete,
            dotted=values.str.contains("·", literal=True),
            digest=digested(values),
        ),
    )
    numbers = on_distinct_rows(observations.select("cert_no", "cert_type"), lambda keys: _numbers(keys, on))
    return [
        *_of(
            "name",
            names,
            *(
                "masked",
                "placeholder",
                "title",
                "legal_han",
                "legal_latin",
                "organisation_word",
                "repetitive",
                "han_count",
            ),
            *("complete", "dotted", "digest"),
        ),
        *_of(
            "cert_no",
            numbers,
            *(
                "type",
                "reason",
                "well_formed",
                "check_digit_ok",
                "date_ok",
                "birth_date",
                "male",
                "region",
                "placeholder",
            ),
            *("passes_as", "valid", "lifetime_no", "sole_trader", "person"),
        ),
    ]


def _numbers(keys: pl.DataFrame, on: date) -> pl.DataFrame:
    """The document check with ``type``: the declared one, else what the number plainly is."""
    if keys["cert_no"].null_count() == keys.height:
        facts = certificate.FACTS.to_frame(eager=True).clear(keys.height)
    else:
        facts = certificate.check(keys["cert_no"], keys["cert_type"], on)
    return facts.with_columns(
        type=pl.coalesce(pl.lit(keys["cert_type"]), "presumed_type"),
        # Credit codes of sole traders begin with 92: a natural person in law.
        sole_trader=keys["cert_no"].str.starts_with("92").fill_null(value=False),
        person=_person(pl.col("lifetime_no")),
    )


def _person(number: pl.Expr) -> pl.Expr:
    """A lifetime number as UInt64, one to one.

    The first 17 digits, from which the 18th character follows; of a travel permit 10**18 with its letter and digits.
    """
    permit = number.str.contains("^[HM]")
    letter = pl.when(number.str.starts_with("M")).then(10**9).otherwise(0)
    return (
        pl.when(permit)
        .then(_TRAVEL_PERMIT + letter + number.str.slice(1).cast(pl.UInt64, strict=False))
        .otherwise(number.str.slice(0, 17).cast(pl.UInt64, strict=False))
        .cast(pl.UInt64)
    )


def phone_facts(observations: pl.DataFrame) -> list[pl.Series]:
    """Facts of mobile and landline, and whether any further number can be called."""
    rows = len(observations)
    others = (
        observations.select("other_phones")
        .with_row_index("row")
        .filter(pl.col("other_phones").list.len() > 0)
        .explode("other_phones")
    )
    contact = observations["contact_phone"]
    # Checked together: a check has many steps.
    parts = [observations["mobile"], observations["landline"], contact.drop_nulls(), others["other_phones"]]
    checked = phone.check(pl.concat([part.alias("number") for part in parts]))
    facts = [
        *_of("mobile", checked.slice(0, rows), "reason", "kind", "pattern", "usable"),
        *_of("landline", checked.slice(rows, rows), "reason", "usable"),
    ]
    usable = checked["usable"].slice(2 * rows)
    there = contact.is_not_null().arg_true()
    called = contact.is_not_null().set(contact.is_null(), None).scatter(there, usable.slice(0, len(there)))
    return [*facts, called.alias("contact_phone__usable"), _any(others["row"], usable.slice(len(there)), rows)]


def _any(rows: pl.Series, usable: pl.Series, height: int) -> pl.Series:
    found = np.zeros(height, dtype=np.bool_)
    found[rows.filter(usable.fill_null(value=False)).to_numpy()] = True
    return pl.Series("other_phones__usable", found)


def vehicle_facts(observations: pl.DataFrame) -> list[pl.Series]:
    """Facts of plate, VIN and engine number."""
    plates = on_distinct(
        observations["plate"], lambda values: plate.check(values).with_columns(digest=digested(values))
    )
    vins = on_distinct(observations["vin"], lambda values: vin.check(values).with_columns(digest=digested(values)))
    return [
        *_of("plate", plates, "reason", "kind", "digest"),
        _agrees(plates["kind"], observations["plate_type"]),
        *_of("vin", vins, "reason", "check_digit_ok", "digest"),
        *_of("engine_no", on_distinct(observations["engine_no"], engine_no.check), "reason"),
    ]


def _agrees(kinds: pl.Series, types: pl.Series) -> pl.Series:
    """Whether a plate's kind is one its plate type may bear; null where either is missing or the type says nothing."""
    bearing = (
        csv_table.read("plate_types.csv").drop_nulls("kinds").select("plate_type", kind=pl.col("kinds").str.split(" "))
    )
    pairs = bearing.explode("kind")
    words = {kind: place for place, kind in enumerate(plate.GRAMMARS)}
    allowed = np.zeros((100, len(words)), dtype=np.bool_)
    allowed[pairs["plate_type"].cast(pl.Int64).to_numpy(), pairs["kind"].replace_strict(words).to_numpy()] = True
    kind = kinds.replace_strict(words, default=None, return_dtype=pl.UInt8)
    code = types.cast(pl.UInt8, strict=False)
    judged = kind.is_not_null() & code.is_in(bearing["plate_type"].cast(pl.UInt8).implode()).fill_null(value=False)
    agrees = pl.Series("plate__agrees", allowed[code.fill_null(0).to_numpy() % 100, kind.fill_null(0).to_numpy()])
    return agrees.set(~judged, None)


def place_facts(observations: pl.DataFrame) -> list[pl.Series]:
    """Facts of address, region code and postcode."""
    return [
        *_of(
            "address",
            on_distinct(observations["address"], _address),
            *("placeholder", "too_short", "no_element", "no_digit", "village"),
        ),
        _conflict(observations),
        home_key(observations),
        _postcode_reason(observations),
    ]


def _address(values: pl.Series) -> pl.DataFrame:
    """The address check with ``village``: homes of a village or a production team have no number."""
    return address.check(values).with_columns(village=values.str.contains("[村组队社屯寨]"))


def home_key(observations: pl.DataFrame) -> pl.Series:
    """Key of the home an address names, null where it names none."""
    return address.home_key(observations).alias("home__key")


def _conflict(observations: pl.DataFrame) -> pl.Series:
    """Whether the address names another province, city or county than the region code, on a level both tell."""
    named = on_distinct(observations["region_code"], region.names)
    differs = [(observations[part] != named[part]).fill_null(value=False).alias(part) for part in named.columns]
    return pl.DataFrame(differs).select(pl.any_horizontal(pl.all()).alias("region_code__conflict")).to_series()


def _postcode_reason(observations: pl.DataFrame) -> pl.Series:
    told = observations.select("postcode", province=pl.col("region_code").str.slice(0, 2))
    if told["postcode"].null_count() == told.height:
        return told["postcode"].alias("postcode__reason")
    return on_distinct_rows(told, lambda keys: postcode.check(keys["postcode"], keys["province"]))["reason"].alias(
        "postcode__reason"
    )


def email_facts(observations: pl.DataFrame) -> list[pl.Series]:
    """Facts of the e-mail."""
    return _of("email", on_distinct(observations["email"], email.check), "reason")


def party_facts(told: pl.DataFrame, kinds: Kinds) -> list[pl.Series]:
    """Who the party is, by the observation's columns and the name's facts: a few combinations of few words."""
    words = on_distinct_rows(
        told.select("source", "role", "customer_type", "cert_type"), lambda keys: _parties(keys, kinds)
    )
    named = told["name__organisation_word"].fill_null(value=False)
    organisation = words["organisation"] | (words["undecided"] & named)
    told_so = (words[fact].alias(f"party__{fact}") for fact in ("kind", "of_policy", "of_claim", "customer"))
    return [*told_so, organisation.alias("party__organisation")]


def _parties(keys: pl.DataFrame, kinds: Kinds) -> pl.DataFrame:
    """``kind``, and whether the party is of a policy, of a claim, a customer, an organisation or, unless its name says
    otherwise, a person (``undecided``).
    """
    kind = pl.col("source").replace(dict(kinds)) if kinds else pl.col("source")
    role = pl.col("role")
    by_document = among(pl.col("cert_type"), *_ORGANISATION_DOCUMENTS).fill_null(value=False)
    untold = pl.col("customer_type").is_null()
    answers = {
        "of_policy": (kind == "underwriting") & among(role, *POLICY_ROLES),
        "of_claim": (kind == "claims") & among(role, *CLAIM_ROLES),
        "customer": among(kind, *CUSTOMER_KINDS),
        "organisation": (pl.col("customer_type") == "organisation") | (untold & by_document),
        "undecided": untold,
    }
    return keys.select(kind.alias("kind"), *(told.fill_null(value=False).alias(fact) for fact, told in answers.items()))
