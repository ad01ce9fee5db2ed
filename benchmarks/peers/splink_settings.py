"""Three ways to set Splink up for Chinese customer records: ``E``, ``X`` and ``Y``.

E  phone, vehicle and home as one comparison, for a family agrees on all three at once; plain name levels; one key a rule
X  with levels for Chinese names, masked numbers, shared phones and WeChat nicknames, and two-column rules beside
Y  levels of X, blocking by narrow rules only: household keys count together with a name or with each other
"""

from collections.abc import Sequence
from typing import Any

import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from splink import SettingsCreator, block_on

Level = levels.CustomLevel | levels.ElseLevel

_VEHICLE = "(vin_l = vin_r OR plate_l = plate_r)"
_PHONE = "phone_l = phone_r"
_HOME = "home_l = home_r"
_MASKED_PHONE = (
    "(shown_l LIKE '%*%' OR shown_r LIKE '%*%') AND left(shown_l, 3) = left(shown_r, 3) AND phone_tail_l = phone_tail_r"
)
_NO_HOUSEHOLD = (
    "(shown_l IS NULL OR shown_r IS NULL) AND (home_l IS NULL OR home_r IS NULL)"
    " AND (coalesce(vin_l, plate_l) IS NULL OR coalesce(vin_r, plate_r) IS NULL)"
)
_ONE_PART = "substr(cert_no_l, {0}, 6) = substr(cert_no_r, {0}, 6)"
_NEAR = f"({' OR '.join(_ONE_PART.format(start) for start in (1, 7, 13))}) AND damerau_levenshtein(cert_no_l, cert_no_r) <= 2"
_BOTH_VALID = "lifetime_no_l IS NOT NULL AND lifetime_no_r IS NOT NULL"
_MASKED_CERT = "(cert_no_l LIKE '%*%' OR cert_no_r LIKE '%*%') AND left(cert_no_l, 3) = left(cert_no_r, 3) AND cert_tail_l = cert_tail_r"
_WHOLE = "NOT partial_l AND NOT partial_r"
_EQUAL = " + ".join(f"(substr(name_l, {place}, 1) = substr(name_r, {place}, 1))::INT" for place in (1, 2, 3))
_ONE_CHARACTER = f"{_WHOLE} AND length(name_l) = 3 AND length(name_r) = 3 AND {_EQUAL} = 2"
_ALIKE = "jaro_winkler_similarity(pinyin_l, pinyin_r)"
_NEAR_SOUND = f"{_WHOLE} AND {_ALIKE} > CASE WHEN head_l IS NULL OR head_r IS NULL THEN 0.98 ELSE 0.92 END"


def _level(sql: str, label: str) -> Level:
    return levels.CustomLevel(sql, label_for_charts=label)


def _null(sql: str) -> Level:
    return levels.CustomLevel(sql, label_for_charts="not told").configure(is_null_level=True)


def _compared(name: str, *of: Level, other: float | None = None) -> Any:
    """A comparison; ``other``: how often one person's values are unlike each other, where too few pairs could tell."""
    rest = (
        levels.ElseLevel()
        if other is None
        else levels.ElseLevel().configure(m_probability=other, fix_m_probability=True)
    )
    return comparisons.CustomComparison(output_column_name=name, comparison_levels=[*of, rest])


def household(*, fine: bool) -> Any:
    """Phone, vehicle and home together; ``fine`` adds phones of several names and masked ones."""
    extra = [_level(f"{_PHONE} AND busy_l", "phone of several names")] if fine else []
    masked = (
        [_level(_MASKED_PHONE, "masked phone fits").configure(u_probability=2e-6, fix_u_probability=True)]
        if fine
        else []
    )
    return _compared(
        "household",
        _null(_NO_HOUSEHOLD),
        _level(f"{_PHONE} AND {_VEHICLE} AND {_HOME}", "phone, vehicle and home"),
        _level(f"{_PHONE} AND {_VEHICLE}", "phone and vehicle"),
        _level(f"{_PHONE} AND {_HOME}", "phone and home"),
        _level(f"{_VEHICLE} AND {_HOME}", "vehicle and home"),
        *extra,
        _level(_PHONE, "phone"),
        _level(_VEHICLE, "vehicle"),
        _level(_HOME, "home"),
        *masked,
    )


def name(*, chinese: bool) -> Any:
    """The name; ``chinese`` adds what becomes of Chinese names."""
    exact = _level("name_l = name_r", "same").configure(
        tf_adjustment_column="name", tf_adjustment_weight=1.0, disable_tf_exact_match_detection=True
    )
    sound = _level(f"pinyin_l = pinyin_r AND {_WHOLE}", "same sound")
    near = _level(_NEAR_SOUND, "near sound")
    if not chinese:
        return _compared("name", _null("name_l IS NULL OR name_r IS NULL"), exact, sound, near)
    return _compared(
        "name",
        _null("name_l IS NULL OR name_r IS NULL"),
        _level("customer_type_l <> customer_type_r", "a person and an organisation"),
        _level("(partial_l OR partial_r) AND head_pinyin_l = head_pinyin_r", "surname of a title or masked name"),
        _level("(partial_l OR partial_r) AND head_pinyin_l <> head_pinyin_r", "other surname, title or masked"),
        exact,
        sound,
        _level("name_l = given_r OR given_l = name_r", "given name only"),
        _level(
            "length(name_l) > 2 AND length(name_r) > 2 AND (contains(name_l, name_r) OR contains(name_r, name_l))",
            "one holds the other",
        ),
        _level(_ONE_CHARACTER, "one character of three"),
        near,
        _level("head_pinyin_l = head_pinyin_r", "same surname"),
        _level("wechat_l OR wechat_r", "other, one from WeChat"),
    )


def number(*, fine: bool) -> Any:
    """The document number; an invalid one never contradicts."""
    masked = [_level(_MASKED_CERT, "masked one fits")] if fine else []
    return _compared(
        "cert_no",
        _null("cert_no_l IS NULL OR cert_no_r IS NULL"),
        _level("lifetime_no_l = lifetime_no_r", "same and valid"),
        _level("cert_no_l = cert_no_r", "same"),
        *masked,
        _level(f"{_NEAR} AND NOT ({_BOTH_VALID})", "near, one invalid"),
        _level(f"NOT ({_BOTH_VALID})", "other, one invalid"),
    )


def others() -> list[Any]:
    """Date of birth and sex where not both numbers already say them; WeChat id."""
    one_off = "year(born_l) = year(born_r) OR (month(born_l) = month(born_r) AND day(born_l) = day(born_r))"
    return [
        _compared(
            "born",
            _null(f"born_l IS NULL OR born_r IS NULL OR ({_BOTH_VALID})"),
            _level("born_l = born_r", "same"),
            _level(one_off, "same year, or same day of another"),
            other=0.02,
        ),
        _compared(
            "gender",
            _null(f"gender_l IS NULL OR gender_r IS NULL OR ({_BOTH_VALID})"),
            _level("gender_l = gender_r", "same"),
        ),
        _compared(
            "openid", _null("openid_l IS NULL OR openid_r IS NULL"), _level("openid_l = openid_r", "same"), other=0.001
        ),
    ]


_KEYS = (("cert_no",), ("openid",), ("pinyin", "born"), ("name", "home"))
_WIDE = (*_KEYS, ("phone",), ("plate",), ("vin",))
_FULL = (
    *_WIDE, ("pinyin", "phone_tail"), ("name", "cert_tail"), ("head_pinyin", "cert_tail", "plate"), ("given", "phone_tail"),
)  # fmt: skip
_NARROW = (
    *_KEYS, ("name", "phone"), ("pinyin", "plate"), ("pinyin", "vin"), ("pinyin", "home"), ("head_pinyin", "phone"),
    ("head_pinyin", "plate"), ("head_pinyin", "vin"), ("given", "phone"), ("given", "plate"), ("phone", "plate"), ("phone", "vin"),
    ("phone", "home"), ("pinyin", "phone_tail"), ("name", "cert_tail"),
)  # fmt: skip
BLOCKING: dict[str, Sequence[tuple[str, ...]]] = {"E": _WIDE, "X": _FULL, "Y": _NARROW}

SURE = (("lifetime_no",), ("name", "phone"), ("name", "vin"), ("openid",))
"""Rules that hardly ever err, for the share of pairs that match."""
SURE_RECALL = 0.85
TRAINING = (("lifetime_no",), ("plate",), ("phone",), ("name", "born"))
"""Pairs that expectation maximisation learns from: each rule teaches what it does not ask."""


def settings(name_of: str) -> SettingsCreator:
    """The settings called ``E``, ``X`` or ``Y``."""
    chinese = name_of != "E"
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[name(chinese=chinese), number(fine=chinese), household(fine=chinese), *others()],
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in BLOCKING[name_of]],
        retain_matching_columns=False,
        max_iterations=25,
        em_convergence=0.001,
    )
