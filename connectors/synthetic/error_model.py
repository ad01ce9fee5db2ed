"""How often each thing goes wrong, as parameters, and what each planted fault is called.

Of underwriting the shares are the field's assumptions; those of claims, patrol and WeChat, where names are taken by ear and
documents are seldom seen, are chosen so that the city is as hard as real files are. What makes it hard is families, not
noise: relatives share a phone, a home and cars, one signs what another owns and a third drives, and the desk of claims
writes 王先生 or whatever phone is at hand. Exact keys reach a pairwise F1 of 0.90 (0.82 at difficulty 2).

Defaults are assumptions of the field, to be calibrated on real data. ``ErrorModel().at(2.0)`` is the same city with doubled error rates.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Literal, TypeVar

Effect = Literal["false", "missing", "form"]
CARELESS = 8.0
_HARMLESS = ("cert_lower_x", "cert_full_width", "cert_blanks", "name_short", "name_spaced", "name_zero_width")
Rates = TypeVar("Rates", "TellingRates", "RowRates", "WechatRates")


@dataclass(frozen=True)
class CityRates:
    """What is true of the city's people and of how the insurer keeps them. Shares, 0–1; not errors, so not scaled.

    ``duplicate_customer``: parties written down a second time, a fault like any other and scaled like one.
    ``shared_phone``: elders and spouses who have no number of their own or give the family's wherever they are asked.
    ``owner_is_policyholder``, ``same_insured``: in families the car stands in one name and another buys the policy.
    All three are assumptions, to be calibrated on real data.
    """

    number_dead_per_year: float = 0.04
    number_resold_per_year: float = 0.03
    number_suspended: float = 0.01
    shared_phone: float = 0.1
    duplicate_customer: float = 0.12
    moves_per_year: float = 0.05
    missing_email: float = 0.85
    wechat_bound: float = 0.45
    same_insured: float = 0.85
    owner_is_policyholder: float = 0.70
    organisation_vehicles: float = 0.08
    cheating_caller_confirms: float = 0.98


@dataclass(frozen=True)
class TellingRates:
    """How often one source gets one party wrong when it writes it down: shares of tellings, 0–1.

    ``mobile_family``: one phone is asked for at the counter and written for all of the household on the form.
    ``cert_relative``: the number of whoever signed last is copied for the rest of the family. ``paperless_title``: share of
    titles and missing names beside which no number is told; ``masked_together``: of masked names whose number is masked, too.
    """

    name_homophone: float = 0.004
    name_lookalike: float = 0.002
    name_traditional: float = 0.002
    name_title: float = 0.003
    name_null: float = 0.001
    name_placeholder: float = 0.001
    name_masked: float = 0.0005
    name_extra: float = 0.0005
    name_salesperson: float = 0.0005
    paperless_title: float = 0.0
    masked_together: float = 0.0
    name_short: float = 0.12
    name_spaced: float = 0.004
    name_zero_width: float = 0.001
    name_mojibake: float = 0.0004
    cert_digit: float = 0.005
    cert_wrong_type: float = 0.003
    cert_unknown_type: float = 0.0003
    cert_missing: float = 0.002
    cert_masked: float = 0.0005
    cert_fifteen: float = 0.002
    cert_relative: float = 0.014
    cert_placeholder: float = 0.0003
    cert_full_width: float = 0.005
    cert_lower_x: float = 0.3
    cert_blanks: float = 0.004
    birth_wrong: float = 0.001
    gender_wrong: float = 0.002
    validity_wrong: float = 0.001
    mobile_agent: float = 0.06
    mobile_family: float = 0.06
    mobile_typo: float = 0.015
    mobile_missing: float = 0.008
    mobile_masked: float = 0.001
    mobile_deny_list: float = 0.001
    mobile_hotline: float = 0.0006
    mobile_fabricated: float = 0.002
    mobile_landline: float = 0.004
    mobile_relay: float = 0.0005
    mobile_repair_shop: float = 0.0
    mobile_full_width: float = 0.005
    mobile_country_code: float = 0.006
    mobile_separators: float = 0.008
    mobile_several: float = 0.004
    address_placeholder: float = 0.03
    address_missing: float = 0.0
    address_dealer: float = 0.005
    address_short: float = 0.01
    address_abbreviated: float = 0.3
    address_mojibake: float = 0.0003

    def careless(self) -> "TellingRates":
        """Rates of a party written down a second time: mistakes in name and number, eight times as frequent, are why it was."""
        identity = [
            one.name for one in fields(self) if one.name.startswith(("name_", "cert_")) and one.name not in _HARMLESS
        ]
        return replace(self, **{name: _scaled(getattr(self, name), CARELESS) for name in identity})


@dataclass(frozen=True)
class RowRates:
    """How often the vehicle, the flags and the delivery of a row are wrong: shares of rows, 0–1.

    ``claim_vin_missing``: the desk of claims writes down the plate it sees, less often the number below the windscreen.
    """

    plate_letter_o: float = 0.002
    plate_wrong: float = 0.002
    vin_letter_o: float = 0.001
    vin_wrong: float = 0.002
    vin_short: float = 0.0008
    engine_missing: float = 0.01
    same_person_wrong: float = 0.002
    relation_missing: float = 0.02
    row_embedded_delimiter: float = 0.00005
    dialled_another: float = 0.005
    excel_loss: float = 0.003
    claim_vin_missing: float = 0.3


@dataclass(frozen=True)
class WechatRates:
    """How often a follower hides who he is and an event comes wrong: shares, 0–1.

    ``nickname``: a name of his own choice, more often than not made of his given name (see :func:`connectors.synthetic.wechat.nicknames`).
    ``plate_untold``: a call for help or for a claim names no vehicle; ``plate_untold_binding``: a binding names none.
    """

    nickname: float = 0.2
    title: float = 0.10
    family_phone: float = 0.02
    plate_untold_binding: float = 0.25
    plate_untold: float = 0.4
    repeated: float = 0.04
    emoji_lost: float = 0.15


_CLAIMS = TellingRates(
    name_homophone=0.1, name_lookalike=0.012, name_title=0.15, name_null=0.01, name_masked=0.025, name_spaced=0.008,
    cert_missing=0.48, cert_masked=0.05, cert_digit=0.012, cert_relative=0.048, cert_wrong_type=0.0, cert_unknown_type=0.0,
    paperless_title=1.0, masked_together=1.0,
    mobile_agent=0.0, mobile_repair_shop=0.05, mobile_typo=0.02, mobile_missing=0.02, mobile_masked=0.04, mobile_family=0.06,
    mobile_fabricated=0.0, address_missing=0.7, address_placeholder=0.02, validity_wrong=0.0,
)  # fmt: skip
"""Desks of claims: a caller is 王先生 until he shows a paper, the phone is that of whoever calls, and of the number asked for
the desk now and then copies the one on the vehicle licence, a relative's (``cert_relative``). Systems that hide names hide numbers."""
_OTHER_SIDE = replace(_CLAIMS, mobile_family=0.02, mobile_repair_shop=0.0)
"""Of the other side: it wants to be reached itself."""
_PATROL = replace(_CLAIMS, name_title=0.16, cert_missing=0.95, mobile_masked=0.01, mobile_repair_shop=0.0)
_DIRECTORY = replace(
    TellingRates(), mobile_agent=0.0, mobile_family=0.005, mobile_fabricated=0.0, mobile_missing=0.0, name_title=0.0, name_null=0.0,
    name_placeholder=0.0, name_salesperson=0.0, cert_relative=0.0, address_dealer=0.0,
)  # fmt: skip


@dataclass(frozen=True)
class ErrorModel:
    """Every rate of the city."""

    city: CityRates = field(default_factory=CityRates)
    underwriting: TellingRates = field(default_factory=TellingRates)
    claims: TellingRates = _CLAIMS
    other_side: TellingRates = _OTHER_SIDE
    patrol: TellingRates = _PATROL
    directory: TellingRates = _DIRECTORY
    rows: RowRates = field(default_factory=RowRates)
    wechat: WechatRates = field(default_factory=WechatRates)

    def at(self, difficulty: float) -> "ErrorModel":
        """The model with every error ``difficulty`` times as frequent, 0.95 at most."""
        return ErrorModel(
            city=replace(self.city, duplicate_customer=_scaled(self.city.duplicate_customer, difficulty)),
            underwriting=scaled(self.underwriting, difficulty),
            claims=scaled(self.claims, difficulty),
            other_side=scaled(self.other_side, difficulty),
            patrol=scaled(self.patrol, difficulty),
            directory=scaled(self.directory, difficulty),
            rows=scaled(self.rows, difficulty),
            wechat=scaled(self.wechat, difficulty),
        )


MOST = 0.95


def scaled(rates: Rates, difficulty: float) -> Rates:
    """``rates`` with every share ``difficulty`` times as large, 0.95 at most or what it was."""
    return replace(rates, **{one.name: _scaled(getattr(rates, one.name), difficulty) for one in fields(rates)})


def _scaled(share: float, difficulty: float) -> float:
    return min(share * difficulty, max(MOST, share))


CAUSES: tuple[tuple[str, Effect], ...] = (
    ("name:homophone", "false"),
    ("name:lookalike", "false"),
    ("name:traditional", "form"),
    ("name:title", "missing"),
    ("name:nickname", "missing"),
    ("name:null", "missing"),
    ("name:placeholder", "false"),
    ("name:masked", "missing"),
    ("name:extra", "false"),
    ("name:salesperson", "false"),
    ("name:former", "false"),
    ("name:short", "form"),
    ("name:spaced", "form"),
    ("name:zero_width", "form"),
    ("name:mojibake", "form"),
    ("cert_no:digit", "false"),
    ("cert_no:wrong_type", "false"),
    ("cert_no:unknown_type", "false"),
    ("cert_no:missing", "missing"),
    ("cert_no:masked", "missing"),
    ("cert_no:fifteen", "form"),
    ("cert_no:relative", "false"),
    ("cert_no:placeholder", "false"),
    ("cert_no:excel", "missing"),
    ("cert_no:full_width", "form"),
    ("cert_no:lower_x", "form"),
    ("cert_no:blanks", "form"),
    ("birth_date:wrong", "false"),
    ("gender:wrong", "false"),
    ("cert_valid_to:wrong", "false"),
    ("mobile:agent", "false"),
    ("mobile:family", "false"),
    ("mobile:typo", "false"),
    ("mobile:missing", "missing"),
    ("mobile:masked", "missing"),
    ("mobile:deny_list", "false"),
    ("mobile:hotline", "false"),
    ("mobile:fabricated", "false"),
    ("mobile:landline", "form"),
    ("mobile:relay", "false"),
    ("mobile:repair_shop", "false"),
    ("mobile:former", "false"),
    ("mobile:full_width", "form"),
    ("mobile:country_code", "form"),
    ("mobile:separators", "form"),
    ("mobile:several", "form"),
    ("address:placeholder", "missing"),
    ("address:missing", "missing"),
    ("address:dealer", "false"),
    ("address:short", "false"),
    ("address:abbreviated", "form"),
    ("address:mojibake", "missing"),
    ("address:former", "false"),
    ("plate:letter_o", "form"),
    ("plate:wrong", "false"),
    ("vin:letter_o", "form"),
    ("vin:wrong", "false"),
    ("vin:short", "false"),
    ("same_person_flag:wrong", "false"),
    ("row:embedded_delimiter", "false"),
)
"""Every fault there is, ``field:cause``, and what it does: the value is false, is missing, or only looks different."""

BIT = {name: 1 << place for place, (name, _) in enumerate(CAUSES)}
"""Fault -> its bit in a 64-bit set of faults."""


def bits_of(prefix: str, effects: tuple[Effect, ...] = ("false", "missing")) -> int:
    """The bits of all faults of a field that have one of ``effects``."""
    return sum(BIT[name] for name, effect in CAUSES if name.startswith(prefix + ":") and effect in effects)
