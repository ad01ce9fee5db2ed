"""Plants the error model's mistakes in what a source tells of parties.

A *telling* is one source's notion of one party: it starts as the truth and leaves with its faults, each remembered as a
bit (see :data:`connectors.synthetic.error_model.CAUSES`).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from connectors.synthetic import mistakes, names, places
from connectors.synthetic.draw import Ints, Mask, chance, changed, join, pick, pick_evenly, where
from connectors.synthetic.error_model import BIT, TellingRates

Make = Callable[[pl.Series, Ints], pl.Series]
Kind = Callable[[pl.Series, np.random.Generator], pl.Series]
_WRONG_TYPES = ("PASSPORT_CN", "MIL", "HM_PERMIT", "PASSPORT_CN", "ORG", "TW_PERMIT")
FORGED = 0.85
"""Share of a forger's customers whose phone he makes up on his days."""
UNKNOWN_TYPE = "UNKNOWN"


@dataclass(frozen=True)
class Option:
    """One thing that may go wrong with a value: fault, share, how, and whom it can hit."""

    cause: str
    rate: float | np.ndarray
    make: Make
    eligible: Mask | None = None


class Tellings:
    """Columns told of parties, with their faults; ``beside`` holds what else the mistakes may draw from, row by row."""

    def __init__(self, told: pl.DataFrame, beside: pl.DataFrame, rng: np.random.Generator) -> None:
        self.told = told
        self.beside = beside
        self.rng = rng
        self.faults = np.zeros(told.height, dtype=np.uint64)

    def plain(self, cause: str, rate: float, kind: Kind, eligible: Mask | None = None) -> Option:
        """An option whose mistake looks at the value alone."""
        return Option(cause, rate, lambda values, at: kind(values, self.rng), eligible)

    def taken(self, cause: str, rate: float | np.ndarray, column: str, eligible: Mask | None = None) -> Option:
        """An option that puts another column of ``beside`` in the value's place; nothing happens where that is null."""
        there = self.beside[column].is_not_null().to_numpy()
        return Option(cause, rate, lambda values, at: self.beside[column].gather(at), there if eligible is None else there & eligible)

    def exclusive(self, column: str, *options: Option) -> None:
        """At most one of ``options`` befalls each value of ``column``."""
        if column not in self.told.columns:
            return
        values = self.told[column]
        draw, low = self.rng.random(len(values)), np.zeros(len(values))
        there = values.is_not_null().to_numpy()
        hit, made = [], []
        for option in options:
            mask = (draw >= low) & (draw < low + option.rate) & there
            low = low + option.rate
            at = np.flatnonzero(mask if option.eligible is None else mask & option.eligible)
            if not len(at):
                continue
            new = option.make(values.gather(at), at)
            really = new.ne_missing(values.gather(at)).to_numpy()
            self.faults[at[really]] |= np.uint64(BIT[option.cause])
            hit.append(at)
            made.append(new.cast(values.dtype).alias(column))
        if hit:
            self.told = self.told.with_columns(changed(values, np.concatenate(hit), pl.concat(made)).alias(column))

    def has(self, bits: int) -> Mask:
        """Tellings with any of the faults in ``bits``."""
        return (self.faults & np.uint64(bits)) != 0

    def result(self) -> pl.DataFrame:
        """What is told, with ``faults``."""
        return self.told.with_columns(faults=pl.Series(self.faults, dtype=pl.UInt64))


def plant(told: pl.DataFrame, beside: pl.DataFrame, rates: TellingRates, rng: np.random.Generator) -> pl.DataFrame:
    """``told`` with mistakes at ``rates`` and a column ``faults``; columns that a source does not have are left out of it."""
    tellings = Tellings(told, beside, rng)
    person = beside["is_person"].to_numpy()
    _names(tellings, rates, person)
    _documents(tellings, rates, person)
    _phones(tellings, rates, person)
    _addresses(tellings, rates)
    return tellings.result()


def _names(tellings: Tellings, rates: TellingRates, person: Mask) -> None:
    rng = tellings.rng
    tellings.exclusive(
        "name",
        tellings.plain("name:homophone", rates.name_homophone, mistakes.homophone, person),
        tellings.plain("name:lookalike", rates.name_lookalike, mistakes.lookalike, person),
        tellings.plain("name:traditional", rates.name_traditional, mistakes.traditional),
        Option("name:title", rates.name_title, lambda values, at: titled(tellings, at), person),
        Option("name:null", rates.name_null, lambda values, at: pick_evenly(rng, names.NULL_WORDS, len(at))),
        Option("name:placeholder", rates.name_placeholder, lambda values, at: pick_evenly(rng, names.PLACEHOLDERS, len(at)), person),
        tellings.plain("name:masked", rates.name_masked, mistakes.masked_name, person),
        tellings.plain("name:extra", rates.name_extra, mistakes.extra, person),
        tellings.taken("name:salesperson", rates.name_salesperson, "salesperson_name", person),
        Option("name:short", 0.12, lambda values, at: shortened(values), ~person),
    )
    tellings.exclusive(
        "name",
        tellings.plain("name:spaced", rates.name_spaced, mistakes.spaced, person),
        tellings.plain("name:zero_width", rates.name_zero_width, mistakes.zero_width, person),
        tellings.plain("name:mojibake", rates.name_mojibake, mistakes.mojibake, person & ~tellings.has(BIT["name:null"])),
    )


def titled(tellings: Tellings, at: Ints) -> pl.Series:
    """王先生, 李女士: surname and title."""
    men = pick_evenly(tellings.rng, names.TITLES_MALE, len(at))
    women = pick_evenly(tellings.rng, names.TITLES_FEMALE, len(at))
    return join(tellings.beside["surname"].gather(at), where(tellings.beside["male"].gather(at), men, women))


def shortened(values: pl.Series) -> pl.Series:
    """A company without its city or the end of its legal form."""
    return values.str.replace("^南京市?", "").str.replace("有限责任公司$", "有限公司").str.replace("股份有限公司$", "公司")


def _documents(tellings: Tellings, rates: TellingRates, person: Mask) -> None:
    resident = (tellings.told["cert_type"] == "RIC").fill_null(value=False).to_numpy() if "cert_type" in tellings.told.columns else person
    rng = tellings.rng
    wrong = pick(_WRONG_TYPES, rng.integers(0, len(_WRONG_TYPES), len(person)))
    tellings.exclusive(
        "cert_type",
        Option("cert_no:wrong_type", rates.cert_wrong_type, lambda values, at: wrong.gather(at), resident),
        Option("cert_no:unknown_type", rates.cert_unknown_type, lambda values, at: pick((UNKNOWN_TYPE,), np.zeros(len(at), int))),
    )
    sure = ~tellings.has(BIT["cert_no:wrong_type"])
    tellings.exclusive(
        "cert_no",
        Option("cert_no:missing", rates.cert_missing, lambda values, at: pl.Series([None] * len(at), dtype=pl.String)),
        tellings.plain("cert_no:digit", rates.cert_digit, mistakes.cert_digit),
        tellings.plain("cert_no:masked", rates.cert_masked, mistakes.masked_cert, person),
        tellings.plain("cert_no:fifteen", rates.cert_fifteen, mistakes.fifteen, resident & sure),
        tellings.taken("cert_no:relative", rates.cert_relative, "family_cert", resident & sure),
        tellings.plain("cert_no:placeholder", rates.cert_placeholder, mistakes.placeholder_cert, resident),
        tellings.plain("cert_no:excel", rates.cert_excel, mistakes.excel_number, resident),
    )
    tellings.exclusive(
        "cert_no",
        tellings.plain("cert_no:full_width", rates.cert_full_width, mistakes.full_width),
        tellings.plain("cert_no:blanks", rates.cert_blanks, mistakes.blanks),
        tellings.plain("cert_no:lower_x", rates.cert_lower_x, mistakes.lower_x, resident),
    )
    if "born" in tellings.told.columns:
        off = chance(rng, 0.5, len(person)) * 365 + rng.integers(1, 28, len(person))
        tellings.exclusive("born", Option("birth_date:wrong", rates.birth_wrong, lambda values, at: values - pl.Series(off[at])))
        start = tellings.told["cert_from"]
        tellings.exclusive("cert_to", Option("cert_valid_to:wrong", rates.validity_wrong, lambda values, at: start.gather(at) - 61))
    other = where((tellings.told["gender"] == "男").fill_null(value=False), "女", "男") if "gender" in tellings.told.columns else None
    if other is not None:
        tellings.exclusive("gender", Option("gender:wrong", rates.gender_wrong, lambda values, at: other.gather(at)))


def _phones(tellings: Tellings, rates: TellingRates, person: Mask) -> None:
    agent = tellings.beside["agent_weight"].to_numpy() * rates.mobile_agent
    tempted = tellings.beside["agent_weight"].to_numpy() > 0.5
    forges = tellings.beside["forges"].to_numpy() & (rates.mobile_fabricated > 0)
    tellings.exclusive(
        "mobile",
        tellings.taken("mobile:agent", np.minimum(agent, 0.6), "agent_phone"),
        tellings.taken("mobile:family", rates.mobile_family, "family_mobile", person),
        tellings.plain("mobile:typo", rates.mobile_typo, mistakes.phone_slip),
        Option("mobile:missing", rates.mobile_missing, lambda values, at: pl.Series([None] * len(at), dtype=pl.String)),
        tellings.plain("mobile:masked", rates.mobile_masked, mistakes.masked_phone),
        tellings.plain("mobile:deny_list", rates.mobile_deny_list, mistakes.deny_list),
        tellings.plain("mobile:hotline", rates.mobile_hotline, mistakes.hotline),
        tellings.plain("mobile:relay", rates.mobile_relay, mistakes.relay),
        tellings.taken("mobile:landline", rates.mobile_landline, "own_landline", person),
        tellings.taken("mobile:repair_shop", rates.mobile_repair_shop, "repair_phone"),
        tellings.taken("mobile:fabricated", np.where(forges, FORGED, rates.mobile_fabricated * tempted), "fabricated"),
    )
    if "mobile" in tellings.told.columns:
        tellings.told = tellings.told.with_columns(line="mobile")
    form = ~tellings.has(BIT["mobile:masked"] | BIT["mobile:hotline"] | BIT["mobile:landline"])
    tellings.exclusive(
        "mobile",
        tellings.plain("mobile:full_width", rates.mobile_full_width, mistakes.full_width, form),
        tellings.plain("mobile:country_code", rates.mobile_country_code, mistakes.country_code, form),
        tellings.plain("mobile:separators", rates.mobile_separators, mistakes.separators, form),
        tellings.plain("mobile:several", rates.mobile_several, mistakes.several, form),
    )


def _addresses(tellings: Tellings, rates: TellingRates) -> None:
    rng = tellings.rng
    tellings.exclusive(
        "address",
        Option("address:placeholder", rates.address_placeholder, lambda values, at: pick_evenly(rng, places.PLACEHOLDER_ADDRESSES, len(at))),
        Option("address:missing", rates.address_missing, lambda values, at: pl.Series([None] * len(at), dtype=pl.String)),
        tellings.taken("address:dealer", rates.address_dealer, "dealer_address"),
        Option("address:short", rates.address_short, lambda values, at: only_county(values)),
        Option("address:abbreviated", rates.address_abbreviated, lambda values, at: abbreviated(values, rng)),
        tellings.plain("address:mojibake", rates.address_mojibake, mistakes.mojibake_lossy),
    )


def only_county(values: pl.Series) -> pl.Series:
    """Province, city and county without street, where they are told."""
    county = values.str.extract("^(.{2,3}省.{2,3}市(?:.{1,4}?[区县市])?)", 1)
    return where(county.is_not_null(), county, values)


def abbreviated(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """An address without its province, or without province and city, or with dashes for 幢, 单元 and 室."""
    kind = pl.Series(rng.integers(0, 4, len(values)))
    dashes = values.str.replace("幢", "-").str.replace("单元", "-").str.replace("室$", "")
    sides = (values.str.replace("^江苏省", ""), values.str.replace("^江苏省南京市", ""), values.str.replace("^江苏省", "江苏"), dashes)
    return pl.select(pl.coalesce(pl.when(kind == place).then(side) for place, side in enumerate(sides))).to_series()
