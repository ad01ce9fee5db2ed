"""What matching reads of an observation: a *telling*, packed into numbers, digests and two short texts.

Observations that tell the same of the same are one telling; matching compares tellings, of which there are half as many.
A value that cannot speak (a placeholder, a hotline, a document no one could bear) is left out here, once.
"""

from typing import Final

import polars as pl

from pipeline.core.digest import digest
from pipeline.core.distinct import on_distinct_rows
from pipeline.core.matching import names
from pipeline.core.rules.deviations import person

PERSON: Final = 1
ORGANISATION: Final = 2
"""Kind of a party; 0 where it cannot be told."""

NAMELESS: Final = 0
COMPLETE: Final = 1
TITLED: Final = 2
MASKED_NAME: Final = 3
NICKNAME: Final = 4
"""How much of a name is told: nothing, all of it, a surname with a title, some characters, or something else."""

NUMBERLESS: Final = 0
LIFETIME: Final = 1
CHANGEABLE: Final = 2
WRONG: Final = 3
MASKED_NUMBER: Final = 4
"""What a document number is: none, valid and borne for life, valid but replaced now and then, wrong, or partly hidden."""

TELLING: Final = pl.Schema(
    {
        "kind": pl.UInt8(),
        "name_state": pl.UInt8(),
        "name": pl.String(),
        "sound": pl.String(),
        "name_code": pl.UInt64(),
        "sound_code": pl.UInt64(),
        "surname_code": pl.UInt64(),
        "given_code": pl.UInt64(),
        "cert_state": pl.UInt8(),
        "cert_code": pl.UInt64(),
        "cert_person": pl.UInt64(),
        "cert_head": pl.UInt64(),
        "cert_tail": pl.UInt32(),
        "birth": pl.UInt32(),
        "gender": pl.UInt8(),
        "mobile": pl.UInt64(),
        "mobile_head": pl.UInt32(),
        "mobile_tail": pl.UInt32(),
        "landline_code": pl.UInt64(),
        "plate_code": pl.UInt64(),
        "vin_code": pl.UInt64(),
        "engine_code": pl.UInt64(),
        "home_code": pl.UInt64(),
        "street_code": pl.UInt64(),
        "openid_code": pl.UInt64(),
    }
)
"""Columns of a telling. A ``_code`` is a digest; 0, or null of a text, means that nothing is told.

``cert_head``: the digits before the last four of a resident id, ``cert_tail``: its last four, the check character as
a digit (X is 10, so up to 99910); of masked ones what is visible. ``mobile_head``: first seven digits, or the first three
of a masked one; ``mobile_tail``: last four, plus one. ``birth``: days since the end of 1849. ``gender``: 1 woman, 2 man.
"""

_BEFORE_ANYBODY: Final = 43_830
"""Days from the end of 1849 to the beginning of 1970."""

_OF_MEN: Final = names.alike_pattern("(?:先生|师傅|师父|叔叔|大哥|哥|爸|爸爸)$")
_OF_WOMEN: Final = names.alike_pattern("(?:女士|小姐|太太|夫人|阿姨|大姐|姐|妈|妈妈)$")


def describe(examined: pl.DataFrame) -> pl.DataFrame:
    """The telling of every row of ``examined`` (observations with their facts), columns of :data:`TELLING`."""
    named = _name(examined)
    examined = examined.with_columns(named["sex_told"])
    columns = [
        _kind(examined),
        *named.drop("sex_told").get_columns(),
        *_document(examined),
        *_contacts(examined),
        *_things(examined),
    ]
    return pl.DataFrame(columns).select(pl.col(name).cast(dtype) for name, dtype in TELLING.items())


def _kind(examined: pl.DataFrame) -> pl.Series:
    organised = pl.col("party__organisation")
    known = pl.col("customer_type").is_not_null() | organised
    kind = pl.when(organised).then(ORGANISATION).when(known).then(PERSON).otherwise(0)
    return examined.select(kind=kind).to_series()


def _name(examined: pl.DataFrame) -> pl.DataFrame:
    """Names as they are compared: simplified characters, look-alikes as one, no separators; and how they sound."""
    told = examined.select(
        "name",
        "name__complete",
        "name__title",
        "name__masked",
        "name__placeholder",
        "party__organisation",
        chosen=pl.col("party__kind") == "wechat",
    )
    return on_distinct_rows(told, _names)


def _names(distinct: pl.DataFrame) -> pl.DataFrame:
    forms = names.forms(distinct["name"])
    organised = pl.col("party__organisation")
    complete = (pl.col("name__complete") | organised).fill_null(value=False)
    title = pl.col("name__title")
    # 王姐 and 张总 are titles more often than names; followers of an account call themselves what they like.
    short = (title == "possible") & (pl.col("plain").str.len_chars() == 2)
    state = (
        pl.when(pl.col("name").is_null() | pl.col("sound").is_null() | pl.col("name__placeholder"))
        .then(NAMELESS)
        .when((title == "certain") | short)
        .then(TITLED)
        .when("name__masked")
        .then(MASKED_NAME)
        .when(complete & (pl.col("usual") | ~pl.col("chosen")))
        .then(COMPLETE)
        .otherwise(NICKNAME)
    )
    told = distinct.with_columns(forms["sound"], forms["plain"], forms["usual"]).select(state=state)["state"]
    whole = told == COMPLETE
    kept = pl.DataFrame({"told": told, **forms.to_dict()}).select(
        name=pl.when(pl.col("told") > NAMELESS).then("spelt"),
        plain=pl.when(pl.col("told") > NAMELESS).then("plain"),
        sound=pl.when(whole).then("sound"),
    )
    surname = pl.select(pl.when((told >= COMPLETE) & (told <= MASKED_NAME)).then(pl.lit(forms["surname"]))).to_series()
    word = forms["plain"].str.replace_all(r"[^\p{L}]", "")
    doubled = (word.str.len_chars() == 2) & (word.str.slice(0, 1) == word.str.slice(1, 1))
    pet = (told == NICKNAME) & (word.str.contains("^[小阿].$") | doubled)
    given = pl.select(pl.when(whole | pl.lit(pet)).then(pl.lit(forms["given"]))).to_series()
    return pl.DataFrame(
        {
            "name_state": told,
            "name": kept["name"],
            "sound": kept["sound"],
            "name_code": digest(kept["plain"]),
            "sound_code": digest(kept["sound"]),
            "surname_code": digest(surname),
            "given_code": digest(given),
            "sex_told": _sex_told(forms["plain"], told),
        }
    )


def _sex_told(plain: pl.Series, state: pl.Series) -> pl.Series:
    """1 for a man, 0 for a woman, by the title or nickname; null where it says neither."""
    weak = (state == TITLED) | (state == NICKNAME)
    word = pl.col("plain").str.replace_all(r"[^\p{L}]", "")
    sex = pl.when(word.str.contains(_OF_MEN)).then(1).when(word.str.contains(_OF_WOMEN)).then(0)
    return pl.DataFrame({"plain": plain, "weak": weak}).select(sex=pl.when("weak").then(sex).cast(pl.UInt8)).to_series()


def _document(examined: pl.DataFrame) -> list[pl.Series]:
    number = pl.col("cert_no")
    told = number.is_not_null() & ~pl.col("cert_no__placeholder").fill_null(value=False)
    like_id = number.str.contains("^[1-9][0-9*]{16}[0-9X*]$") & told
    state = (
        pl.when(~told)
        .then(NUMBERLESS)
        .when(pl.col("cert_no__lifetime_no").is_not_null())
        .then(LIFETIME)
        .when("cert_no__valid")
        .then(CHANGEABLE)
        .when(number.str.contains("*", literal=True))
        .then(MASKED_NUMBER)
        .otherwise(WRONG)
    )
    last = (
        number.str.slice(17, 1)
        .replace_strict({"X": 10, "*": None}, default=number.str.slice(17, 1), return_dtype=pl.String)
        .cast(pl.UInt32, strict=False)
    )
    tail = number.str.slice(14, 3).cast(pl.UInt32, strict=False) * 100 + last
    head = number.str.slice(0, 14)
    whole = number.str.len_chars() == 18
    birth = pl.coalesce(pl.when("cert_no__valid").then("cert_no__birth_date"), "birth_date")
    male = pl.when("cert_no__valid").then("cert_no__male")
    gender = pl.coalesce(
        male.cast(pl.UInt8),
        pl.when(pl.col("gender") == "male").then(1).when(pl.col("gender") == "female").then(0),
        "sex_told",
    )
    frame = examined.select(
        cert_state=state,
        cert_person=person().fill_null(0),
        cert_head=pl.when(like_id)
        .then(pl.coalesce(head.cast(pl.UInt64, strict=False), head.str.slice(0, 6).cast(pl.UInt64, strict=False)))
        .fill_null(0),
        cert_tail=pl.when(like_id & whole).then(tail + 1).fill_null(0),
        birth=(birth.dt.epoch("d") + _BEFORE_ANYBODY).clip(0).fill_null(0),
        gender=(gender + 1).fill_null(0),
        shown=pl.when(told).then(pl.coalesce("cert_no__lifetime_no", number).str.replace("^0+", "")),
    )
    return [*frame.drop("shown").get_columns(), pl.Series("cert_code", digest(frame["shown"]))]


def _contacts(examined: pl.DataFrame) -> list[pl.Series]:
    mobile = pl.col("mobile")
    speaks = (pl.col("mobile__usable") & pl.col("mobile__pattern").is_null()).fill_null(value=False)
    masked = mobile.str.contains(r"^1[0-9]{2}\*{4}[0-9]{4}$").fill_null(value=False)
    number = pl.when(speaks).then(mobile)
    visible = pl.when(speaks | masked).then(mobile)
    frame = examined.select(
        mobile=number.str.extract("^([0-9]{11})$").cast(pl.UInt64).fill_null(0),
        mobile_head=pl.when(masked)
        .then(mobile.str.slice(0, 3))
        .otherwise(number.str.slice(0, 7))
        .cast(pl.UInt32, strict=False)
        .fill_null(0),
        mobile_tail=(visible.str.slice(-4).cast(pl.UInt32, strict=False) + 1).fill_null(0),
        landline=pl.when(pl.col("landline__usable").fill_null(value=False)).then(
            pl.col("landline").str.extract("^(0[0-9]+-[0-9]+)")
        ),
    )
    return [*frame.drop("landline").get_columns(), pl.Series("landline_code", digest(frame["landline"]))]


def _things(examined: pl.DataFrame) -> list[pl.Series]:
    street = pl.concat_str("city", "county", "road", "house_number", separator="|")
    codes = {
        "plate_code": examined["plate"],
        "vin_code": examined["vin"],
        "engine_code": examined["engine_no"],
        "home_code": examined["home__key"],
        "street_code": examined.select(street=street)["street"],
        "openid_code": examined["openid"],
    }
    return [pl.Series(name, digest(values)) for name, values in codes.items()]
