"""Plants the error model's mistakes in what a source tells of parties.

A *telling* is one source's notion of one party: it starts as the truth and leaves with its faults, each remembered as a
bit (see :data:`connectors.synthetic.error_model.CAUSES`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from connectors.synthetic import mistakes, names, number_mistakes, places
from connectors.synthetic.draw import Ints, Mask, chance, changed, join, pick, pick_evenly, where
from connectors.synthetic.error_model import BIT, TellingRates
from connectors.synthetic.mistakes import Kind

Share = float | Ints
_WRONG_TYPES = ("PASSPORT_CN", "MIL", "HM_PERMIT", "PASSPORT_CN", "ORG", "TW_PERMIT")
UNKNOWN_TYPE = "UNKNOWN"
FORGED = 0.85
"""Share of a forger's customers whose phone he makes up on his days."""


@dataclass(frozen=True)
class Option:
    """One thing that may go wrong with a value: fault, share, how (from the values and their places), whom it can hit."""

    cause: str
    rate: Share
    make: Callable[[pl.Series, Ints], pl.Series]
    eligible: Mask | None = None


class Tellings:
    """Columns told of parties, with their faults; ``beside`` holds what mistakes may draw from, row by row."""

    def __init__(self, told: pl.DataFrame, beside: pl.DataFrame, rng: np.random.Generator) -> None:
        self.told = told
        self.beside = beside
        self.rng = rng
        self.faults = np.zeros(told.height, dtype=np.uint64)
        self.person: Mask = beside["is_person"].to_numpy()

    def plain(self, cause: str, rate: Share, kind: Kind, eligible: Mask | None = None) -> Option:
        """The mistake looks at the value alone."""
        return Option(cause, rate, lambda values, _at: kind(values, self.rng), eligible)

    def words(self, cause: str, rate: Share, table: Sequence[str], eligible: Mask | None = None) -> Option:
        """A word of ``table`` stands in the value's place."""
        return Option(cause, rate, lambda _values, at: pick_evenly(self.rng, table, len(at)), eligible)

    def nothing(self, cause: str, rate: Share) -> Option:
        """The value is left out."""
        return Option(cause, rate, lambda values, _at: values.clear(len(values)))

    def taken(self, cause: str, rate: Share, column: str, eligible: Mask | None = None) -> Option:
        """A column of ``beside`` stands in the value's place; nothing happens where that is null."""
        there = self.beside[column].is_not_null().to_numpy()
        hit = there if eligible is None else there & eligible
        return Option(cause, rate, lambda _values, at: self.beside[column].gather(at), hit)

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
            before = values.gather(at)
            new = option.make(before, at).cast(values.dtype).alias(column)
            really = new.ne_missing(before).to_numpy()
            self.faults[at[really]] |= np.uint64(BIT[option.cause])
            hit.append(at)
            made.append(new)
        if hit:
            self.told = self.told.with_columns(changed(values, np.concatenate(hit), pl.concat(made)).alias(column))

    def has(self, *causes: str) -> Mask:
        """Tellings with any of these faults."""
        found: Mask = (self.faults & np.uint64(sum(BIT[cause] for cause in causes))) != 0
        return found


def plant(told: pl.DataFrame, beside: pl.DataFrame, rates: TellingRates, rng: np.random.Generator) -> pl.DataFrame:
    """``told`` with mistakes at ``rates`` and a column ``faults``; columns that a source does not have stay out of it."""
    tellings = Tellings(told, beside, rng)
    _names(tellings, rates)
    _documents(tellings, rates)
    _particulars(tellings, rates)
    _phones(tellings, rates)
    _addresses(tellings, rates)
    return tellings.told.with_columns(faults=pl.Series(tellings.faults, dtype=pl.UInt64))


def _names(tellings: Tellings, rates: TellingRates) -> None:
    person = tellings.person
    tellings.exclusive(
        "name",
        tellings.plain("name:homophone", rates.name_homophone, mistakes.homophone, person),
        tellings.plain("name:lookalike", rates.name_lookalike, mistakes.lookalike, person),
        tellings.plain("name:traditional", rates.name_traditional, mistakes.traditional),
        Option("name:title", rates.name_title, lambda _values, at: titled(tellings, at), person),
        tellings.words("name:null", rates.name_null, names.NULL_WORDS),
        tellings.words("name:placeholder", rates.name_placeholder, names.PLACEHOLDERS, person),
        tellings.plain("name:masked", rates.name_masked, mistakes.masked_name, person),
        tellings.plain("name:extra", rates.name_extra, mistakes.extra, person),
        tellings.taken("name:salesperson", rates.name_salesperson, "salesperson_name", person),
        tellings.plain("name:short", rates.name_short, mistakes.shortened, ~person),
    )
    plain = person & ~tellings.has("name:null")
    tellings.exclusive(
        "name",
        tellings.plain("name:spaced", rates.name_spaced, mistakes.spaced, plain),
        tellings.plain("name:zero_width", rates.name_zero_width, mistakes.zero_width, plain),
        tellings.plain("name:mojibake", rates.name_mojibake, mistakes.mojibake, plain),
    )


def titled(tellings: Tellings, at: Ints) -> pl.Series:
    """王先生, 李女士: surname and title."""
    men = pick_evenly(tellings.rng, names.TITLES_MALE, len(at))
    women = pick_evenly(tellings.rng, names.TITLES_FEMALE, len(at))
    return join(tellings.beside["surname"].gather(at), where(tellings.beside["male"].gather(at), men, women))


def _documents(tellings: Tellings, rates: TellingRates) -> None:
    if "cert_no" not in tellings.told.columns:
        return
    resident = tellings.person
    if "cert_type" in tellings.told.columns:
        resident = (tellings.told["cert_type"] == "RIC").fill_null(value=False).to_numpy()
    wrong = pick(_WRONG_TYPES, tellings.rng.integers(0, len(_WRONG_TYPES), tellings.told.height))
    tellings.exclusive(
        "cert_type",
        Option("cert_no:wrong_type", rates.cert_wrong_type, lambda _values, at: wrong.gather(at), resident),
        tellings.words("cert_no:unknown_type", rates.cert_unknown_type, (UNKNOWN_TYPE,)),
    )
    sure = resident & ~tellings.has("cert_no:wrong_type")
    # Beside no name of his own a relative's number would only be the relative's record.
    named = sure & ~tellings.has("name:title", "name:null", "name:placeholder", "name:masked")
    unseen = np.where(tellings.has("name:title", "name:null"), rates.paperless_title, 0.0)
    hidden = np.where(tellings.has("name:masked"), rates.masked_together, 0.0)
    tellings.exclusive(
        "cert_no",
        tellings.nothing("cert_no:missing", np.maximum(rates.cert_missing, unseen)),
        tellings.plain("cert_no:digit", rates.cert_digit, number_mistakes.cert_digit),
        tellings.plain(
            "cert_no:masked", np.maximum(rates.cert_masked, hidden), number_mistakes.masked_cert, tellings.person
        ),
        tellings.plain("cert_no:fifteen", rates.cert_fifteen, number_mistakes.fifteen, sure),
        tellings.taken("cert_no:relative", rates.cert_relative, "family_cert", named),
        tellings.plain("cert_no:placeholder", rates.cert_placeholder, number_mistakes.placeholder_cert, resident),
    )
    whole = ~tellings.has("cert_no:masked")
    tellings.exclusive(
        "cert_no",
        tellings.plain("cert_no:full_width", rates.cert_full_width, number_mistakes.full_width, whole),
        tellings.plain("cert_no:blanks", rates.cert_blanks, number_mistakes.blanks, whole),
        tellings.plain("cert_no:lower_x", rates.cert_lower_x, number_mistakes.lower_x, resident & whole),
    )


def _particulars(tellings: Tellings, rates: TellingRates) -> None:
    """Birth, validity and sex, for sources that tell them."""
    if "born" not in tellings.told.columns:
        return
    size, rng = tellings.told.height, tellings.rng
    off = pl.Series(chance(rng, 0.5, size) * 365 + rng.integers(1, 28, size))
    start = tellings.told["cert_from"]
    other = where((tellings.told["gender"] == "男").fill_null(value=False), "女", "男")
    earlier = Option("birth_date:wrong", rates.birth_wrong, lambda values, at: values - off.gather(at))
    tellings.exclusive("born", earlier)
    over = Option("cert_valid_to:wrong", rates.validity_wrong, lambda _values, at: start.gather(at) - 61)
    tellings.exclusive("cert_to", over)
    tellings.exclusive("gender", Option("gender:wrong", rates.gender_wrong, lambda _values, at: other.gather(at)))


def _phones(tellings: Tellings, rates: TellingRates) -> None:
    """What number is written, remembered as ``line`` in plain form, then how it is written."""
    if "mobile" not in tellings.told.columns:
        return
    person, weight = tellings.person, tellings.beside["agent_weight"].to_numpy()
    forges = tellings.beside["forges"].to_numpy() & (rates.mobile_fabricated > 0)
    made_up = np.where(forges, FORGED, rates.mobile_fabricated * (weight > 0.5))
    tellings.exclusive(
        "mobile",
        tellings.taken("mobile:agent", np.minimum(weight * rates.mobile_agent, 0.6), "agent_phone"),
        tellings.taken("mobile:family", rates.mobile_family, "family_mobile", person),
        tellings.plain("mobile:typo", rates.mobile_typo, number_mistakes.phone_slip),
        tellings.nothing("mobile:missing", rates.mobile_missing),
        tellings.plain("mobile:masked", rates.mobile_masked, number_mistakes.masked_phone),
        tellings.plain("mobile:deny_list", rates.mobile_deny_list, number_mistakes.deny_list),
        tellings.plain("mobile:hotline", rates.mobile_hotline, number_mistakes.hotline),
        tellings.plain("mobile:relay", rates.mobile_relay, number_mistakes.relay),
        tellings.taken("mobile:landline", rates.mobile_landline, "own_landline", person),
        tellings.taken("mobile:repair_shop", rates.mobile_repair_shop, "repair_phone"),
        tellings.taken("mobile:fabricated", made_up, "fabricated"),
    )
    tellings.told = tellings.told.with_columns(line="mobile")
    form = ~tellings.has("mobile:masked", "mobile:hotline", "mobile:landline", "mobile:relay") & person
    tellings.exclusive(
        "mobile",
        tellings.plain("mobile:full_width", rates.mobile_full_width, number_mistakes.full_width, form),
        tellings.plain("mobile:country_code", rates.mobile_country_code, number_mistakes.country_code, form),
        tellings.plain("mobile:separators", rates.mobile_separators, number_mistakes.separators, form),
        tellings.plain("mobile:several", rates.mobile_several, number_mistakes.several, form),
    )


def _addresses(tellings: Tellings, rates: TellingRates) -> None:
    tellings.exclusive(
        "address",
        tellings.words("address:placeholder", rates.address_placeholder, places.PLACEHOLDER_ADDRESSES),
        tellings.nothing("address:missing", rates.address_missing),
        tellings.taken("address:dealer", rates.address_dealer, "dealer_address"),
        tellings.plain("address:short", rates.address_short, mistakes.only_county),
        tellings.plain("address:abbreviated", rates.address_abbreviated, mistakes.abbreviated),
        tellings.plain("address:mojibake", rates.address_mojibake, mistakes.mojibake_lossy),
    )
