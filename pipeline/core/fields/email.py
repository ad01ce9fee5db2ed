"""E-mail addresses (RFC 5321 and 5322).

At most 64 characters before the ``@``, 63 between the dots after it, 254 in all; quoted forms are refused.

Domains may be internationalised (例子.公司). Letter case is representation: addresses go to lower case.
Valid: wang.xm@163.com, first+tag@mail.example.com. Bad format: 123@qq, a..b@163.com. Placeholders: 123@qq.com, 1@1.com.
"""

import polars as pl

from pipeline.core.fields import text

_LOCAL = r"[a-z0-9!#$%&'+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'+/=?^_`{|}~-]+)*"
_LABEL = r"[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?"
_TOP = r"(?:\p{L}[\p{L}\p{M}]+|xn--[a-z0-9-]+)"
_ADDRESS = rf"^{_LOCAL}@(?:{_LABEL}\.)+{_TOP}$"
_INTERNATIONAL = rf"^[\p{{L}}\p{{N}}][\p{{L}}\p{{M}}\p{{N}}._-]*@(?:{_LABEL}\.)+{_TOP}$"
_BETWEEN = r"[\s;,、|/]+"
_SEVERAL = r"^([^@;]+@[^@;]+)(?:;[^@;]+@[^@;]+)+$"
_ENDS = r"^(?:mailto:|[<>()\[\]\"';,:、|./])+|[<>()\[\]\"';,:、|./]+$"

_PLACEHOLDER_LOCALS = """
aa aaa abc abcd admin asd email kehu mail meiyou na no nobody noemail nomail none noreply no-reply null
qq qwe test test1 test123 user wu xx xxx xxxx zanwu unknown customer
12 123 1234 12345 123456 1234567 12345678 123456789 1234567890 987654321 123123 321
"""
_PROVIDERS = ("qq.com", "163.com", "126.com", "sina.com", "sohu.com", "foxmail.com", "hotmail.com", "gmail.com")
_PLACEHOLDER_DOMAINS = """
1.com 11.com 111.com 12.com 123.com a.com aa.com aaa.com abc.com email.com example.com example.net example.org
no.com none.com null.com qwe.com test.com test.cn x.com xx.com xxx.com
"""


def clean(values: pl.Series) -> pl.DataFrame:
    """``value``: the address in lower case; of several in one cell the first.

    Repairs: those of :func:`text.clean`, and split (several addresses), separators (blanks inside, ``mailto:``, ``。``
    for a dot, marks at either end).
    """
    told = text.repaired(values)
    lower = told["value"].str.to_lowercase().str.replace_all("[。｡]", ".").rename("lower")
    several = lower.str.count_matches("@", literal=True) > 1
    apart = pl.when(several).then(lower.str.replace_all(_BETWEEN, ";")).otherwise(lower.str.replace_all(r"\s", ""))
    addresses = pl.select(apart).to_series().str.replace_all(_ENDS, "")
    first = addresses.str.extract(_SEVERAL)
    bare = pl.select(pl.coalesce(first, addresses)).to_series().str.replace_all(_ENDS, "")
    null_word = told["null_word"] | bare.is_in(sorted(text.NULL_WORDS | {""})).fill_null(value=False)
    flags = told.drop("value").with_columns(
        null_word=null_word,
        split=first.is_not_null(),
        separators=first.is_null() & (bare != told["value"].str.to_lowercase()),
    )
    return pl.select(value=pl.when(~null_word).then(bare), repair=text.joined(flags))


def check(values: pl.Series) -> pl.DataFrame:
    """``reason``: bad_format, placeholder (rule E01), null when fine. A masked address (w***@163.com) is bad_format."""
    address = pl.col("address")
    local, domain = address.str.extract("^([^@]*)@"), address.str.extract("@(.*)$")
    # Lengths apart from the expression: counted repeats make it three times slower.
    fits = (address.str.len_chars() <= 254) & (local.str.len_chars() <= 64) & ~domain.str.contains("[^.]{64}")
    # Han before the @ is a slip at an ordinary provider, but an address of its own at a Chinese domain (RFC 6531).
    international = domain.str.contains("[^\x00-\x7f]") & address.str.contains(_INTERNATIONAL)
    legal = fits & (address.str.contains(_ADDRESS) | international)
    placeholder = (
        local.is_in(_PLACEHOLDER_LOCALS.split())
        | domain.is_in(_PLACEHOLDER_DOMAINS.split())
        # One character over and over: the text without its first character is its own beginning.
        | (local.str.starts_with(local.str.slice(1)) & (local.str.len_chars() > 1))
        # The large providers give no address of one or two characters, and a QQ number five digits or more.
        | (domain.is_in(_PROVIDERS) & (local.str.len_chars() <= 2))
        | ((domain == "qq.com") & local.str.contains("^(?:0[0-9]*|[0-9]{1,4})$"))
    )
    reason = pl.when(~legal).then(pl.lit("bad_format")).when(placeholder).then(pl.lit("placeholder"))
    return values.alias("address").to_frame().select(reason=pl.when(address.is_not_null()).then(reason))


def mask(values: pl.Series) -> pl.Series:
    """First character and domain: w***@163.com; nothing of what is no address."""
    shown = pl.concat_str(values.str.slice(0, 1), pl.lit("***"), values.str.extract("(@.*)$"))
    legal = values.str.contains(_ADDRESS)
    either = pl.when(legal).then(shown).when(values.is_not_null()).then(pl.lit("***"))
    return pl.select(either).to_series().alias(values.name)
