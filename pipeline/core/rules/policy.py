"""Questions of the parties of one policy or claim together: R01–R04, P10, D26, and who is one person with whom."""

from typing import Final

import polars as pl

from pipeline.core.digest import digested
from pipeline.core.fields import name as names
from pipeline.core.rules.audience import KIND, ROLE
from pipeline.core.rules.deviations import ADDRESSED, answers, asked, outcomes, together
from pipeline.core.rules.rule import NOT_ASKED, UNKNOWN
from pipeline.core.rules.same_person import meetings

_ROLES: Final = {"policyholder": 0, "insured": 1, "owner": 2, "payer": 3}
_CITIZEN: Final = 1
_DRIVER: Final = 2
_DOCUMENTS: Final = {"RIC": _CITIZEN, "HUKOU": _CITIZEN, "DRIVER": _DRIVER} | {
    document: place
    for place, document in enumerate(
        (
            "HMT_RESIDENCE",
            "FPR",
            "MIL",
            "PASSPORT_CN",
            "PASSPORT_X",
            "HM_PERMIT",
            "TW_PERMIT",
            "TRAVEL",
            "USCC",
            "BIZ",
            "ORG",
            "TAX",
        ),
        3,
    )
}
"""Documents whose numbers may be compared with each other share a code."""

_NO_RELATION: Final = 0
_OTHER_RELATION: Final = 1
_RELATION: Final = 2


def project(told: pl.DataFrame) -> pl.DataFrame:
    """The parties of policies, one row each.

    Columns: key (policy number), _record, _part, role, name, number (lifetime number, else a digest), document, valid,
    organised, mobile, relation, vehicle_related, same_flag, paid (R04 is asked), account.
    """
    relation = pl.col("relation")
    rows = told.lazy().filter((KIND == "underwriting") & ROLE.is_in(list(_ROLES)))
    return _identified(
        rows,
        "policy_no",
        role=ROLE.replace_strict(_ROLES, default=None, return_dtype=pl.UInt8),
        organised="party__organisation",
        mobile=pl.when(pl.col("mobile__usable").fill_null(value=False)).then("mobile"),
        relation=pl.when(relation.is_null())
        .then(_NO_RELATION)
        .when(relation == "other")
        .then(_OTHER_RELATION)
        .otherwise(_RELATION)
        .cast(pl.UInt8),
        vehicle_related=pl.col("vehicle_relation").is_in(["lease", "transfer", "use"]).fill_null(value=False),
        same_flag=pl.col("same_person_flag").fill_null(value=False),
        paid=asked("R04"),
        account="account_name",
    )


def project_claims(told: pl.DataFrame) -> pl.DataFrame:
    """Parties of claims with a citizen number or driving licence: key (claim number) and the columns of identity."""
    bearing = pl.col("cert_no__type").is_in(["RIC", "HUKOU", "DRIVER"]) & pl.col("name__complete")
    return _identified(told.lazy().filter((KIND == "claims") & bearing), "claim_no")


def _identified(rows: pl.LazyFrame, key: str, **more: pl.Expr | str) -> pl.DataFrame:
    document = pl.col("cert_no__type").replace_strict(_DOCUMENTS, default=None, return_dtype=pl.UInt8)
    # A number that is none for life is compared by its digest.
    odd = pl.when(pl.col("_person").is_null()).then("cert_no")
    frame = rows.filter(pl.col(key).is_not_null()).select(
        pl.col(key).alias("key"),
        *ADDRESSED,
        "name",
        "_person",
        _odd=odd,
        document=pl.when(pl.col("cert_no").is_not_null()).then(document),
        valid=pl.col("cert_no__valid").fill_null(value=False),
        **more,
    )
    told = frame.collect()
    return told.with_columns(number=pl.coalesce("_person", digested(told["_odd"]))).drop("_person", "_odd")


def ask(frame: pl.DataFrame) -> pl.DataFrame:
    """Deviations for a frame that holds all parties of its policies."""
    holders, insured, owners, _ = (frame.filter(pl.col("role") == role) for role in _ROLES.values())
    met, alone = meetings(insured, holders, naming=pl.col("same_flag").fill_null(value=False))
    return together(
        [
            *_flag(met),
            *_relation(met),
            *_shared_mobile(met),
            *(outcomes(alone, rule, UNKNOWN) for rule in ("R01", "R02", "P10")),
            *_ownership(owners, insured),
            *_payment(frame.filter("paid"), holders),
            *_licences(frame),
        ]
    )


def ask_claims(frame: pl.DataFrame) -> pl.DataFrame:
    """Deviations for a frame that holds all parties of its claims."""
    return together(_licences(frame))


def _flag(met: pl.DataFrame) -> list[pl.DataFrame]:
    """R01: flagged as one person who are not."""
    flagged = met.filter("same_flag")
    incompatible = pl.col("other_name").fill_null(value=False)
    numbers_differ = (
        (pl.col("number") != pl.col("number_2")) & (pl.col("document") == pl.col("document_2"))
    ).fill_null(value=False)
    names_differ = (pl.col("name") != pl.col("name_2")).fill_null(value=False)
    nothing = pl.any_horizontal(pl.col("name", "name_2").is_null()) & pl.any_horizontal(
        pl.col("number", "number_2").is_null()
    )
    return [
        answers(flagged.filter("other_number"), "R01", "number_differs"),
        answers(flagged.filter(incompatible), "R01", "name_differs"),
        answers(flagged.filter(numbers_differ | names_differ), "R01", "spelt_differently"),
        outcomes(flagged.filter(nothing), "R01", UNKNOWN),
    ]


def _relation(met: pl.DataFrame) -> list[pl.DataFrame]:
    """R02: different persons, and what relation is given."""
    related = pl.max_horizontal("relation", "relation_2")
    apart = met.filter(~pl.col("same") & ~pl.col("organised_2"))
    return [
        answers(apart.filter(related == _NO_RELATION), "R02", "missing"),
        answers(apart.filter(related == _OTHER_RELATION), "R02", "other"),
        outcomes(met.filter(pl.col("same").is_null() & (related < _RELATION)), "R02", UNKNOWN),
        outcomes(met.filter("organised_2"), "R02", NOT_ASKED),
    ]


def _shared_mobile(met: pl.DataFrame) -> list[pl.DataFrame]:
    """P10: different persons with one mobile."""
    sharing = met.filter(pl.col("mobile") == pl.col("mobile_2"))
    return [
        answers(sharing.filter(~pl.col("same")), "P10", "shared"),
        outcomes(sharing.filter(pl.col("same").is_null()), "P10", UNKNOWN),
    ]


def _ownership(owners: pl.DataFrame, insured: pl.DataFrame) -> list[pl.DataFrame]:
    """R03: the owner is not the insured, and nothing explains it."""
    met, alone = meetings(owners, insured)
    explained = pl.any_horizontal("vehicle_related", "vehicle_related_2", pl.col("relation") == _RELATION)
    doubtful = met.filter(~explained & ~pl.col("same").fill_null(value=False))
    rest = doubtful.join(met.filter("same"), on="_record", how="anti")
    return [
        answers(rest.filter(~pl.col("same")), "R03", "differ"),
        outcomes(rest.filter(pl.col("same").is_null()), "R03", UNKNOWN),
        outcomes(alone, "R03", UNKNOWN),
    ]


def _payment(paid: pl.DataFrame, holders: pl.DataFrame) -> list[pl.DataFrame]:
    """R04: whose account paid for a natural person's policy."""
    payers = paid.with_columns(name=pl.coalesce("account", "name"))
    own_row = pl.col("account").is_not_null()
    # The number on the row is the party's, not that of the account named beside it.
    payers = payers.with_columns(number=pl.when(~own_row).then("number"), valid=pl.col("valid") & ~own_row)
    met, alone = meetings(payers, holders, naming=pl.lit(value=True))
    company = names.is_organisation(met["name"]).fill_null(value=False)
    stranger = pl.coalesce("other_name", pl.when(company & (met["name"] != met["name_2"])).then(pl.lit(value=True)))
    met = met.with_columns(
        stranger=pl.when(pl.col("same_number") | pl.col("same_name")).then(pl.lit(value=False)).otherwise(stranger)
    )
    persons = met.filter(~pl.col("organised_2"))
    fine = persons.filter(~pl.col("stranger")).select("_record")
    rest = persons.join(fine, on="_record", how="anti")
    return [
        answers(rest.filter("stranger"), "R04", "other_account"),
        outcomes(rest.filter(pl.col("stranger").is_null()), "R04", UNKNOWN),
        outcomes(met.filter("organised_2"), "R04", NOT_ASKED),
        outcomes(alone, "R04", UNKNOWN),
    ]


def _licences(frame: pl.DataFrame) -> list[pl.DataFrame]:
    """D26: a driving licence beside the resident id of the same name."""
    licences = frame.filter(pl.col("document") == _DRIVER)
    cards = frame.filter((pl.col("document") == _CITIZEN) & pl.col("valid")).join(licences, on="key", how="semi")
    cards = cards.select("key", "name", card="number").unique()
    met = licences.join(cards, on=["key", "name"])
    agreeing = met.filter(pl.col("number") == pl.col("card")).select("_record")
    return [
        answers(met.join(agreeing, on="_record", how="anti"), "D26", "differs"),
        outcomes(licences.join(cards, on=["key", "name"], how="anti"), "D26", UNKNOWN),
    ]
