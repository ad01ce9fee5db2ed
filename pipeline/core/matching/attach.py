"""Tellings that name nobody -> the one person each is of, or none: 王先生, a nickname, a masked name without a number.

A family shares its phone and its car, so one of them alone singles nobody out. Such a telling, with all others of its
WeChat account, joins a person only where nothing contradicts it (surname, sex of the title, given name in the nickname,
another WeChat account, visible digits of a number), where two things speak for it (phone; vehicle or policy; given name;
digits), and where no other person could be meant as well. Whatever is left belongs in the review queue.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core import runs
from pipeline.core.digest import each_once
from pipeline.core.matching.describe import COMPLETE, LIFETIME, MASKED_NAME, MASKED_NUMBER, NICKNAME, TITLED
from pipeline.core.matching.people import CLAIM_BIT, POLICY_BIT
from pipeline.core.matching.tellings import OWNER

Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_KIND, _SURNAME, _SEX, _GIVEN, _ACCOUNT, _DIGITS, _NUMBER, _SHOWN = range(8)
"""What a telling that names nobody and a person may both tell: where they tell it otherwise, they are not one."""

_TELLING_OF_SOMEBODY: Final = (
    *("name_state", "kind", "surname_code", "given_code", "gender", "openid_code"),
    *("cert_state", "cert_person", "cert_tail"),
)
"""Columns that hold these."""

_ENOUGH: Final = 2
"""Things that must speak for a person."""

_WELL_PROVEN: Final = 8
"""Records that must tell a phone before it alone says whose a nickname is."""

_THREE: Final = 999
"""The largest head of a number that shows three digits."""

JOINS_SCHEMA: Final = pl.Schema({"unit": pl.Int64(), "person": pl.Int64()})


def attached(
    tellings: pl.DataFrame, group: Places, somebody: Flags, ends: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """JOINS_SCHEMA: groups that name nobody, each with the group it joins; and those it contradicts.

    ``group``: of each telling; ``somebody``: whether each telling's group names a person; ``ends``: ``weak`` and
    ``strong`` place and ``agreed`` of each link between a telling that names nobody and a person's.
    """
    pairs = _spoken_for(tellings, group, ends)
    asked = np.isin(group, np.concatenate([pairs[side].to_numpy() for side in ("unit", "person")]), kind="table")
    at = np.flatnonzero(asked)
    facts = _facts(tellings.select(pl.col(_TELLING_OF_SOMEBODY).gather(at)), group[at], somebody[at])
    told = pairs.join(facts.filter(~pl.col("of_person")), left_on="unit", right_on="group").join(
        facts.filter("of_person"), left_on=["person", "what"], right_on=["group", "what"], suffix="_person"
    )
    agreed = told.group_by("unit", "person", "what").agg(fits=(pl.col("value") == pl.col("value_person")).any())
    # Digits that fit say more than what somebody calls himself.
    known = agreed.filter("fits", pl.col("what") == _DIGITS).select("unit", "person", known=pl.lit(value=True))
    agreed = agreed.join(known, on=["unit", "person"], how="left")
    chosen = pl.col("what").is_in([_SEX, _GIVEN]) & pl.col("known").fill_null(value=False)
    against = agreed.filter(~pl.col("fits") & ~chosen).select("unit", "person").unique()
    fitting = agreed.filter("fits").group_by("unit", "person")
    shown = fitting.agg(
        singled=pl.col("what").is_in([_GIVEN, _SHOWN, _DIGITS]).sum().cast(pl.Int64),
        sexed=(pl.col("what") == _SEX).any(),
    )
    possible = pairs.join(against, on=["unit", "person"], how="anti").join(shown, on=["unit", "person"], how="left")
    possible = possible.with_columns(pl.col("singled").fill_null(0), pl.col("sexed").fill_null(value=False))
    units = facts.filter(~pl.col("of_person"))
    surnamed, follows = (
        pl.col("unit").is_in(units.filter(pl.col("what") == what)["group"].unique().implode())
        for what in (_SURNAME, _ACCOUNT)
    )
    singled = (pl.col("singled") > 0) | (pl.col("document") > 0)
    nameless = ~surnamed & ~singled
    # What somebody tells of himself in his own account is his own: with a surname that fits, one thing more will do. So it
    # will with surname and sex, unless he tells another phone, is met without a car, or stands on the form of one claim with
    # that person: there a second name is rather a second person's, and one without a sex must be the vehicle's owner too.
    alike = surnamed & pl.col("sexed") & (pl.col("claim") == 0)
    addressed = alike & (pl.col("driving") > 0) & ((pl.col("main") > 0) | (pl.col("phoned") == 0))
    # 轩轩妈妈 calls herself by her sex alone, which half of the family has: of her car she must be the owner.
    mother = nameless & pl.col("sexed") & (pl.col("owner") == 0)
    one_will_do = (follows & (surnamed | nameless)) | addressed
    beside = surnamed & ~pl.col("sexed") & ~singled & ~follows & (pl.col("claim") > 0)
    # A phone alone must be well proven before it says whose a nickname is.
    barely = nameless & (pl.col("vehicle") == 0) & (pl.col("proven") == 0)
    possible = possible.with_columns(
        points=pl.sum_horizontal("phone", "vehicle", "owner", "document", "singled"),
        # A phone that is not the one he mostly gives is as likely somebody else's, by which he was written down once, unless
        # a vehicle speaks for him too.
        borrowed=pl.when(~singled & (pl.col("vehicle") == 0)).then(pl.col("phone") - pl.col("main")).otherwise(0),
        enough=pl.when(mother | beside | barely).then(_ENOUGH + 1).when(one_will_do).then(1).otherwise(_ENOUGH),
        nameless=nameless,
    )
    return _chosen(possible), against.sort("unit", "person")


def _spoken_for(tellings: pl.DataFrame, group: Places, ends: pl.DataFrame) -> pl.DataFrame:
    """Units and persons that a link connects, with the things they have in common, 1 or 0 each."""
    weak, strong = (ends[side].to_numpy() for side in ("weak", "strong"))

    def equal(column: str) -> Flags:
        values = tellings[column].to_numpy()
        same: Flags = (values[weak] == values[strong]) & (values[weak] != 0)
        return same

    car = equal("plate_code") | equal("vin_code")
    phone, masked = equal("mobile"), _visible(tellings, weak, strong)
    told_owner, given = tellings["owner"].to_numpy(), _given(tellings, group, strong)
    met: dict[str, Flags] = {
        "phone": phone | masked,
        "main": masked | phone & given["main"],
        "proven": phone & given["proven"],
        "vehicle": car | ((ends["agreed"].to_numpy() & POLICY_BIT) != 0),
        "owner": car & (told_owner[weak] > 0) & (told_owner[strong] == OWNER),
        "document": equal("cert_code") & ~other_phone(tellings, weak, strong),
        "claim": (ends["agreed"].to_numpy() & CLAIM_BIT) != 0,
        "phoned": tellings["mobile"].to_numpy()[weak] > 0,
        "driving": (tellings["plate_code"].to_numpy()[weak] > 0) | (tellings["vin_code"].to_numpy()[weak] > 0),
    }
    return _anywhere(group[weak], group[strong], met)


def _anywhere(unit: Places, person: Places, met: dict[str, Flags]) -> pl.DataFrame:
    """Each pair of ``unit`` and ``person`` once, with 1 for what holds of any of its rows, else 0."""
    # One number for both: the places of both are below a few millions.
    pair = unit * (person.max(initial=0) + 1) + person
    order = np.argsort(pair)
    starts = runs.starts(pair.take(order))
    once = order.take(starts)
    bits = np.zeros(len(unit), np.uint16)
    for place, holds in enumerate(met.values()):
        bits |= holds.astype(np.uint16) << np.uint16(place)
    held = np.bitwise_or.reduceat(bits.take(order), starts) if len(starts) else bits
    told = {name: (held >> np.uint16(place) & np.uint16(1)).astype(np.int64) for place, name in enumerate(met)}
    return pl.DataFrame({"unit": unit.take(once), "person": person.take(once), **told})


def other_phone(tellings: pl.DataFrame, left: Places, right: Places) -> Flags:
    """Both sides tell a mobile, and not the same."""
    mobile = tellings["mobile"].to_numpy()
    other: Flags = (mobile[left] > 0) & (mobile[right] > 0) & (mobile[left] != mobile[right])
    return other


def _given(tellings: pl.DataFrame, group: Places, strong: Places) -> dict[str, Flags]:
    """Of the mobile of the telling at each of ``strong``: whether two records of its group tell it, and as many as any other
    (``main``); whether :data:`_WELL_PROVEN` records tell it (``proven``).
    """
    at = np.flatnonzero(np.isin(group, group[strong], kind="table") & (tellings["mobile"].to_numpy() > 0))
    told = tellings.select(pl.col("mobile", "records").gather(at)).with_columns(group=pl.Series(group[at]))
    counts = told.group_by("group", "mobile").agg(pl.col("records").sum())
    said = counts.select(
        "group",
        "mobile",
        main=(pl.col("records") > 1) & (pl.col("records") == pl.col("records").max().over("group")),
        proven=pl.col("records") >= _WELL_PROVEN,
    )
    asked = pl.DataFrame({"group": group[strong], "mobile": tellings["mobile"].gather(strong)})
    known = asked.join(said, on=["group", "mobile"], how="left", maintain_order="left")
    return {name: known[name].fill_null(value=False).to_numpy() for name in ("main", "proven")}


def _visible(tellings: pl.DataFrame, weak: Places, strong: Places) -> Flags:
    """Two numbers of which one is masked, and the first three and last four digits are equal."""
    head, tail, whole = (tellings[column].to_numpy() for column in ("mobile_head", "mobile_tail", "mobile"))
    carrier = np.where(head > _THREE, head // 10_000, head)
    masked = (whole[weak] == 0) | (whole[strong] == 0)
    same: Flags = masked & (tail[weak] == tail[strong]) & (tail[weak] != 0) & (carrier[weak] == carrier[strong])
    return same


def _facts(tellings: pl.DataFrame, group: Places, somebody: Flags) -> pl.DataFrame:
    """``group``, ``of_person``, ``what`` and ``value`` of whatever can contradict."""
    state, cert = pl.col("name_state"), pl.col("cert_state")
    digits = (pl.col("cert_tail").cast(pl.Int64) - 1) % 1000
    told = tellings.with_columns(group=pl.Series(group), of_person=pl.Series(somebody))
    sayings = (
        (_KIND, pl.col("kind"), pl.col("kind") > 0),
        (_SURNAME, pl.col("surname_code"), pl.col("surname_code") > 0),
        (_SEX, pl.col("gender"), (pl.col("gender") > 0) & (state.is_in([TITLED, NICKNAME]) | (cert == LIFETIME))),
        *(
            (
                what,
                pl.col("given_code"),
                (pl.col("given_code") > 0) & ((state == COMPLETE) | ~pl.col("of_person") & (state == partly)),
            )
            for what, partly in ((_GIVEN, NICKNAME), (_SHOWN, MASKED_NAME))
        ),
        (_ACCOUNT, pl.col("openid_code"), pl.col("openid_code") > 0),
        (_NUMBER, pl.col("cert_person"), cert == LIFETIME),
        (
            _DIGITS,
            digits,
            (pl.col("cert_tail") > 0) & ((cert == LIFETIME) | ~pl.col("of_person") & (cert == MASKED_NUMBER)),
        ),
    )
    parts = [
        told.select("group", "of_person", what=pl.lit(what, pl.UInt8), value=value.cast(pl.UInt64), there=there).filter(
            "there"
        )
        for what, value, there in sayings
    ]
    facts = pl.concat(parts).drop("there")
    return facts[each_once("what is told of customers", [column.to_numpy() for column in facts])]


def _chosen(possible: pl.DataFrame) -> pl.DataFrame:
    """The one person who can be meant by each unit, where there is one."""
    ranked = possible.sort("unit", "points", "person", descending=[False, True, False])
    best = ranked.group_by("unit", maintain_order=True).agg(
        pl.col(
            "person", "points", "borrowed", "enough", "phone", "vehicle", "owner", "singled", "document", "nameless"
        ).first(),
        pl.col("main", "phoned").first(),
        next_best=pl.col("points").get(1, null_on_oob=True).fill_null(0),
    )
    # Who has no more than phone and vehicle in common is meant only where nobody else has one of them, and the owner of the
    # vehicle only where nobody else has both.
    named = (pl.col("singled") > 0) | (pl.col("document") > 0)
    phoned = (pl.col("phone") > 0) | (pl.col("phoned") == 0)
    others = pl.when(named).then(pl.col("points") - 1).when((pl.col("owner") > 0) & phoned).then(1).otherwise(0)
    alone = pl.col("next_best") <= others
    spoken = pl.col("points") - pl.col("borrowed")
    his = (pl.col("main") > 0) | ((pl.col("phone") > 0) & (pl.col("vehicle") > 0))
    enough = (spoken >= pl.col("enough")) & (~pl.col("nameless") | his)
    return best.filter(enough & alone).select(JOINS_SCHEMA.names())
