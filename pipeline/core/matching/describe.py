"""What matching reads of an observation: a *telling*, packed into numbers, digests and two short texts.

Observations that tell the same of the same are one telling; matching compares tellings, of which there are half as many.
A value that cannot speak (a placeholder, a hotline, a document no one could bear) is left out here, once.
"""

from functools import cache
from typing import Final

import polars as pl

from pipeline.core.digest import digest
from pipeline.core.distinct import Remembered, on_distinct
from pipeline.core.fields import name as name_field
from pipeline.core.matching import names
from pipeline.core.tables import csv_table

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

TWO_SHOWN: Final = 10_000
"""Added to the digits before the check character where a masked number shows but one of them: no other is as large."""

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
        "home_code": pl.UInt64(),
        "street_code": pl.UInt64(),
        "openid_code": pl.UInt64(),
    }
)
"""Columns of a telling. A ``_code`` is a digest; 0, or null of a text, means that nothing is told.

``cert_head``: the digits before the last four of a resident id, ``cert_tail``: its last four, the check character as
a digit (X is 10, so up to 99910); of masked ones what is visible, a million more where that is two characters. ``mobile_head``: first seven digits, or the first three
of a masked one; ``mobile_tail``: last four, plus one. ``birth``: days since the end of 1849. ``gender``: 1 woman, 2 man.
"""

_BEFORE_ANYBODY: Final = 43_830
"""Days from the end of 1849 to the beginning of 1970."""

_OF_MEN: Final = names.alike_pattern("(?:先生|师傅|师父|叔叔|大哥|哥|爸|爸爸)$")
_OF_WOMEN: Final = names.alike_pattern("(?:女士|小姐|太太|夫人|阿姨|大姐|姐|妈|妈妈)$")

_REMARKED: Final = rf"^({name_field.HAN}{{2,4}})(?:[0-9]{{1,2}}|[/@#.,;:_+~-]{{1,2}}|[(（][^()（）]{{1,4}}[)）])$"
"""A Han name, and behind it a digit, a sign or a word in brackets."""

_PARENT: Final = names.alike_pattern("(?:爸|妈|爹|娘|爷爷|奶奶|宝宝|宝贝)$")
"""What a follower calls himself for his child."""


@cache
def _chosen_words() -> list[str]:
    """Everyday words that begin with a surname and look like a name, as names are compared."""
    return names.alike_words(csv_table.read("chosen_words.csv")["characters"].to_list())


def forms_of_names() -> Remembered:
    """How names are compared, for :func:`describe` to remember from one frame to the next."""
    return Remembered(_forms)


def describe(examined: pl.DataFrame, forms: Remembered | None = None) -> pl.DataFrame:
    """The telling of every row of ``examined`` (observations with their facts), columns of :data:`TELLING`.

    ``forms``: :func:`forms_of_names`, where other frames are described, too.
    """
    named = _name(examined, forms or forms_of_names())
    columns = [
        _kind(examined),
        *named.drop("sex_told").get_columns(),
        *_document(examined, named),
        *_contacts(examined),
        *_things(examined),
    ]
    return pl.DataFrame(columns).select(pl.col(name).cast(dtype) for name, dtype in TELLING.items())


def _kind(examined: pl.DataFrame) -> pl.Series:
    organised = pl.col("party__organisation")
    known = pl.col("customer_type").is_not_null() | organised
    kind = pl.when(organised).then(ORGANISATION).when(known).then(PERSON).otherwise(0)
    return examined.select(kind=kind).to_series()


def _name(examined: pl.DataFrame, forms: Remembered) -> pl.DataFrame:
    """Names as they are compared, as far as they may be: a nickname has no sound, a title no given name."""
    told = forms.on(examined["name"]).with_columns(
        examined["name__title"],
        examined["name__masked"].fill_null(value=False),
        examined["name__placeholder"].fill_null(value=False),
        chosen=(examined["party__kind"] == "wechat").fill_null(value=False),
    )
    complete = (examined["name__complete"] | examined["party__organisation"]).fill_null(value=False)
    told = told.with_columns(whole=complete | (told["remarked"] & ~told["chosen"]))
    title = pl.col("name__title")
    # 王姐 and 张总 are titles more often than names; followers of an account call themselves what they like.
    state = (
        pl.when(pl.col("sound").is_null() | pl.col("name__placeholder"))
        .then(NAMELESS)
        .when((title == "certain") | ((title == "possible") & pl.col("bare")))
        .then(TITLED)
        .when("name__masked")
        .then(MASKED_NAME)
        .when(pl.col("whole") & ((pl.col("usual") & ~pl.col("pet") & ~pl.col("word")) | ~pl.col("chosen")))
        .then(COMPLETE)
        .otherwise(NICKNAME)
        .cast(pl.UInt8)
    )
    told = told.with_columns(name_state=state)
    state = pl.col("name_state")
    whole = state == COMPLETE
    surnamed = whole | (state == TITLED) | (state == MASKED_NAME)
    return told.select(
        "name_state",
        name=pl.when(state > NAMELESS).then("spelt"),
        sound=pl.when(whole).then("sound"),
        name_code=pl.when(state > NAMELESS).then("plain_code").otherwise(0),
        sound_code=pl.when(whole).then("sound_code").otherwise(0),
        surname_code=pl.when(surnamed).then("surname_code").otherwise(0),
        given_code=pl.when(
            whole | ((state == NICKNAME) & pl.col("pet")) | ((state == MASKED_NAME) & pl.col("ends_seen"))
        )
        .then("given_code")
        .otherwise(0),
        sex_told=pl.when((state == TITLED) | (state == NICKNAME)).then("sex"),
    )


def _forms(distinct: pl.Series) -> pl.DataFrame:
    bare = _without_remark(distinct)
    forms = names.forms(pl.select(pl.coalesce(bare, distinct)).to_series())
    plain = forms["plain"]
    word = plain.str.replace_all(r"[^\p{L}]", "")
    doubled = (word.str.len_chars() == 2) & (word.str.slice(0, 1) == word.str.slice(1, 1))
    sex = pl.when(pl.col("word").str.contains(_OF_MEN)).then(1).when(pl.col("word").str.contains(_OF_WOMEN)).then(0)
    return forms.select("spelt", "sound", "usual").with_columns(
        bare=plain.str.contains(names.title_pattern()),
        ends_seen=plain.str.contains(rf"{name_field.HAN}$").fill_null(value=False) & (plain.str.len_chars() > 1),
        pet=(word.str.contains("^[小阿].$") | doubled).fill_null(value=False),
        word=word.is_in(_chosen_words()).fill_null(value=False) | word.str.contains(_PARENT).fill_null(value=False),
        remarked=bare.is_not_null(),
        sex=pl.DataFrame({"word": word}).select(sex=sex.cast(pl.UInt8))["sex"],
        plain_code=pl.Series(digest(plain)),
        sound_code=pl.Series(digest(forms["sound"])),
        surname_code=pl.Series(digest(forms["surname"])),
        given_code=pl.Series(digest(forms["given"])),
    )


def _without_remark(distinct: pl.Series) -> pl.Series:
    """王芳 of 王芳2, 王芳/ and 王芳(代): what a form writes behind a complete name is not of it. Null where there is none."""
    bare = distinct.str.extract(_REMARKED)
    at = bare.is_not_null().arg_true()
    spoilt = at.filter(name_field.check(bare.gather(at))["reason"].is_not_null())
    return bare.scatter(spoilt, None)


def _document(examined: pl.DataFrame, named: pl.DataFrame) -> list[pl.Series]:
    told = on_distinct(examined["cert_no"], _numbers).with_columns(
        examined.select(
            "cert_no__lifetime_no",
            "birth_date",
            "gender",
            valid=pl.col("cert_no__valid").fill_null(value=False),
            placeholder=pl.col("cert_no__placeholder").fill_null(value=False),
            inner_birth="cert_no__birth_date",
            male="cert_no__male",
            cert_person=pl.col("cert_no__person").fill_null(0),
        ),
        sex_told=named["sex_told"],
        titled=named["name_state"] == TITLED,
    )
    told = told.with_columns(there=pl.col("there") & ~pl.col("placeholder") & ~_contradicted())
    there = pl.col("there")
    state = (
        pl.when(~there)
        .then(NUMBERLESS)
        .when(pl.col("cert_no__lifetime_no").is_not_null())
        .then(LIFETIME)
        .when("valid")
        .then(CHANGEABLE)
        .when("masked")
        .then(MASKED_NUMBER)
        .otherwise(WRONG)
    )
    speaks = pl.col("valid") & there
    birth = pl.coalesce(pl.when(speaks).then("inner_birth"), "birth_date")
    gender = pl.coalesce(pl.when(speaks).then(pl.col("male").cast(pl.UInt8)), _sex_said(), "sex_told")
    return told.select(
        cert_person=pl.when(there).then("cert_person").otherwise(0),
        cert_state=state,
        cert_head=pl.when(there).then("head").otherwise(0),
        cert_tail=pl.when(there).then("tail").otherwise(0),
        # What is masked alike may be two numbers: it is compared by what is visible, never as one.
        # A travel permit keeps its first nine characters for life and changes the rest.
        cert_code=pl.when(there & (pl.col("cert_person") > 0))
        .then("cert_person")
        .when(there & ~pl.col("masked"))
        .then("code")
        .otherwise(0),
        birth=(birth.dt.epoch("d") + _BEFORE_ANYBODY).clip(0).fill_null(0),
        gender=(gender + 1).fill_null(0),
    ).get_columns()


def _sex_said() -> pl.Expr:
    return pl.when(pl.col("gender") == "male").then(1).when(pl.col("gender") == "female").then(0)


def _contradicted() -> pl.Expr:
    """A valid number of somebody else: beside it stands another year and another day of birth, or 女士 beside a man's.

    A slip changes the year or the day; another sex alone is as often a slip as not.
    """
    inner, told = pl.col("inner_birth"), pl.col("birth_date")
    day = (inner.dt.month() != told.dt.month()) | (inner.dt.day() != told.dt.day())
    born = (inner.dt.year() != told.dt.year()) & day
    addressed = pl.col("titled") & (pl.col("male").cast(pl.UInt8) != pl.col("sex_told"))
    return pl.col("valid") & (born.fill_null(value=False) | addressed.fill_null(value=False))


def _numbers(distinct: pl.Series) -> pl.DataFrame:
    """Digest, and of what looks like a resident id, whole or masked, the digits before the last four and those."""
    number = pl.col("number")
    frame = pl.DataFrame({"number": distinct})
    like_id = number.str.contains("^[1-9][0-9*]{16}[0-9X*]$").fill_null(value=False)
    sign = number.str.slice(17, 1)
    last = pl.when(sign == "X").then(10).otherwise(sign.cast(pl.UInt32, strict=False))
    shown = number.str.slice(14, 3).cast(pl.UInt32, strict=False)
    narrow = number.str.slice(16, 1).cast(pl.UInt32, strict=False) + TWO_SHOWN
    tail = pl.coalesce(shown, narrow) * 100 + last + 1
    head = pl.coalesce(number.str.slice(0, places).cast(pl.UInt64, strict=False) for places in (14, 6, 4))
    return frame.select(
        there=number.is_not_null(),
        masked=number.str.contains("*", literal=True).fill_null(value=False),
        head=pl.when(like_id).then(head).fill_null(0).cast(pl.UInt64),
        tail=pl.when(like_id).then(tail).fill_null(0).cast(pl.UInt32),
        # Spreadsheets drop leading zeros.
        code=pl.Series(digest(distinct.str.replace("^0+", ""))),
    )


def _contacts(examined: pl.DataFrame) -> list[pl.Series]:
    told = on_distinct(examined["mobile"], _mobiles).with_columns(
        speaks=examined.select(
            speaks=(pl.col("mobile__usable") & pl.col("mobile__pattern").is_null()).fill_null(value=False)
        )["speaks"]
    )
    shown = pl.col("speaks") | pl.col("masked")
    mobiles = told.select(
        mobile=pl.when("speaks").then("number").otherwise(0),
        mobile_head=pl.when(shown).then("head").otherwise(0),
        mobile_tail=pl.when(shown).then("tail").otherwise(0),
    )
    usable = pl.col("landline__usable").fill_null(value=False)
    landline = examined.select(landline=pl.when(usable).then(pl.col("landline").str.extract("^(0[0-9]+-[0-9]+)")))
    return [*mobiles.get_columns(), pl.Series("landline_code", digest(landline["landline"]))]


def _mobiles(distinct: pl.Series) -> pl.DataFrame:
    number = pl.col("number")
    masked = number.str.contains(r"^1[0-9]{2}\*{4}[0-9]{4}$").fill_null(value=False)
    head = pl.when(masked).then(number.str.slice(0, 3)).otherwise(number.str.slice(0, 7))
    return pl.DataFrame({"number": distinct}).select(
        number=number.str.extract("^([0-9]{11})$").cast(pl.UInt64).fill_null(0),
        masked=masked,
        head=head.cast(pl.UInt32, strict=False).fill_null(0),
        tail=(number.str.slice(-4).cast(pl.UInt32, strict=False) + 1).fill_null(0),
    )


def _things(examined: pl.DataFrame) -> list[pl.Series]:
    street = pl.concat_str("city", "county", "road", "house_number", separator="|")
    codes = {
        "home_code": examined["home__key"],
        "street_code": examined.select(street=street)["street"],
        "openid_code": examined["openid"],
    }
    vehicle = [examined[f"{name}__digest"].fill_null(0).alias(f"{name}_code") for name in ("plate", "vin")]
    return [*vehicle, *(pl.Series(name, digest(values)) for name, values in codes.items())]
