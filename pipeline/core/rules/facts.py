"""What the rules read beside the columns of an observation: facts of its fields, named ``<field>__<fact>``.

Facts come from the fields' ``check``, once per distinct value; from the ``repairs`` column; and from source and role
(``party__…``). A fact about a missing value is null; those from repairs and the ``party__`` facts never are.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from pipeline.core.distinct import on_distinct, on_distinct_rows
from pipeline.core.fields import address, certificate, email, engine_no, name, phone, plate, postcode, region, vin
from pipeline.core.rules.audience import CLAIM_ROLES, CUSTOMER_KINDS, POLICY_ROLES, among
from pipeline.core.rules.repair_facts import repair_facts
from pipeline.core.tables import csv_table

_ORGANISATION_DOCUMENTS = ("ORG", "TAX", "BIZ", "USCC")
_INCOMPLETE_NAMES = ("mojibake", "masked", "placeholder", "title", "organisation", "characters", "too_short")

Kinds = Mapping[str, str]
"""Feed name -> kind of feed, where the two differ."""


def examine(observations: pl.DataFrame, on: date, kinds: Kinds | None = None) -> pl.DataFrame:
    """``observations`` with every fact the rules read, rows aligned. ``on``: the business date."""
    return observations.with_columns(
        *identity_facts(observations, on),
        *phone_facts(observations),
        *vehicle_facts(observations),
        *place_facts(observations),
        *email_facts(observations),
        *repair_facts(observations),
    ).with_columns(party_facts(kinds or {}))


def _of(field: str, facts: pl.DataFrame, *wanted: str) -> list[pl.Series]:
    return [facts[fact].alias(f"{field}__{fact}") for fact in wanted]


def identity_facts(observations: pl.DataFrame, on: date) -> list[pl.Series]:
    """Facts of name and document."""
    incomplete = pl.col("reason").is_in(_INCOMPLETE_NAMES).fill_null(value=False)
    names = on_distinct(
        observations["name"],
        lambda values: name.check(values).with_columns(
            complete=pl.lit(values).is_not_null() & ~incomplete, dotted=values.str.contains("·", literal=True)
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
            *("complete", "dotted"),
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
            *("passes_as", "valid", "lifetime_no", "sole_trader"),
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
    )


def phone_facts(observations: pl.DataFrame) -> list[pl.Series]:
    """Facts of mobile and landline, and whether any further number can be called."""
    facts = [
        *_of("mobile", phone.check(observations["mobile"]), "reason", "kind", "pattern", "usable"),
        *_of("landline", phone.check(observations["landline"]), "reason", "usable"),
    ]
    contact = observations["contact_phone"]
    usable = phone.check(contact)["usable"] if contact.null_count() < len(contact) else contact.is_not_null()
    return [*facts, usable.alias("contact_phone__usable"), _any_usable(observations["other_phones"])]


def _any_usable(numbers: pl.Series) -> pl.Series:
    found = np.zeros(len(numbers), dtype=np.bool_)
    told = (
        pl.DataFrame({"number": numbers})
        .with_row_index("row")
        .filter(pl.col("number").list.len() > 0)
        .explode("number")
    )
    if told.height:
        usable = phone.check(told["number"])["usable"].fill_null(value=False)
        found[told["row"].filter(usable).to_numpy()] = True
    return pl.Series("other_phones__usable", found)


def vehicle_facts(observations: pl.DataFrame) -> list[pl.Series]:
    """Facts of plate, VIN and engine number."""
    plates = on_distinct(observations["plate"], plate.check)
    return [
        *_of("plate", plates, "reason", "kind"),
        _agrees(plates["kind"], observations["plate_type"]),
        *_of("vin", on_distinct(observations["vin"], vin.check), "reason", "check_digit_ok"),
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


def party_facts(kinds: Kinds) -> list[pl.Expr]:
    """Who the party is: expressions over observation columns and the name's and document's facts."""
    kind = pl.col("source").replace(dict(kinds)) if kinds else pl.col("source")
    role = pl.col("role")
    organised = pl.col("customer_type").is_null() & (
        among(pl.col("cert_type"), *_ORGANISATION_DOCUMENTS).fill_null(value=False)
        | pl.col("name__organisation_word").fill_null(value=False)
    )
    facts: Mapping[str, pl.Expr] = {
        "kind": kind,
        "of_policy": (kind == "underwriting") & among(role, *POLICY_ROLES),
        "of_claim": (kind == "claims") & among(role, *CLAIM_ROLES),
        "customer": among(kind, *CUSTOMER_KINDS),
        "organisation": (pl.col("customer_type") == "organisation") | organised,
    }
    return [
        (fact if label == "kind" else fact.fill_null(value=False)).alias(f"party__{label}")
        for label, fact in facts.items()
    ]
