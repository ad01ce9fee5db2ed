"""Customers of a Chinese motor insurer: keys, comparisons and what never is one person. Everything to be tuned is here."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.core import runs
from pipeline.core.digest import side_by_side
from pipeline.core.matching.blocking import Key
from pipeline.core.matching.comparisons import Comparison, Flags, Levels, Sides, digits_apart, first_true
from pipeline.core.matching.describe import (
    COMPLETE,
    LIFETIME,
    MASKED_NUMBER,
    NUMBERLESS,
    TWO_SHOWN,
)
from pipeline.core.matching.model import Model, guessed
from pipeline.core.matching.names import FAR, INCOMPATIBLE, KIN, LOOSE, NEAR, nearness
from pipeline.errors import DigestCollision

KEYS: Final = (
    Key("document", ("cert_code",)),
    Key("mobile", ("mobile",)),
    Key("plate", ("plate_code",)),
    Key("vin", ("vin_code",)),
    Key("openid", ("openid_code",)),
    Key("landline and surname", ("landline_code", "surname_code")),
    Key("name and birth", ("sound_code", "birth")),
    Key("name and street", ("sound_code", "street_code")),
    Key("surname and last four of document", ("surname_code", "cert_tail")),
    Key("surname and head of document", ("surname_code", "cert_head")),
    Key("name and last four of mobile", ("sound_code", "mobile_tail")),
    Key("name and head of mobile", ("sound_code", "mobile_head")),
    Key("policy", ("policy_code",)),
    Key("claim", ("claim_code",)),
)
"""What brings two tellings together."""

POLICY_BIT: Final = np.uint32(1 << len(KEYS) - 2)
CLAIM_BIT: Final = np.uint32(1 << len(KEYS) - 1)

_WHOLE_HEAD: Final = 10**13
_SIX: Final = 10**5
"""Heads below show four digits."""
_TWO_SHOWN: Final = TWO_SHOWN * 100
_NEAR: Final = 2


def name(sides: Sides) -> Levels:
    """Names by shape, sound, surname; nicknames by the character they are made of."""
    one, other = sides.both("name_state")
    whole = (one == COMPLETE) & (other == COMPLETE)
    same = sides.equal("name_code")
    sound = sides.equal("sound_code")
    surname, told = sides.equal("surname_code"), sides.told("surname_code")
    asked = np.flatnonzero(whole & ~same & ~sound)
    near = np.zeros(len(sides), np.uint8)
    near[asked] = _nearness(sides, asked)
    partly = told & ~whole
    other = (near == INCOMPATIBLE) | (near == FAR)
    return first_true(
        len(sides),
        same & whole,
        sound & whole,
        near == NEAR,
        near == LOOSE,
        near == KIN,
        same,
        partly & surname,
        ~whole & sides.equal("given_code"),
        other & surname,
        other,
        partly,
        ~whole & sides.told("given_code"),
    )


def _nearness(sides: Sides, asked: npt.NDArray[np.intp]) -> npt.NDArray[np.uint8]:
    """How near the names of the pairs at ``asked`` are, each pair of names compared once."""
    one, other = (side.take(asked) for side in sides.both("name_code"))
    # Which of two names stands first says nothing.
    turned = one > other
    first, second = np.where(turned, other, one), np.where(turned, one, other)
    codes = side_by_side([first, second])
    order = runs.beside(codes)
    begins = runs.starts(codes.take(order))
    once = order.take(begins)
    again = np.diff(begins, append=len(order))
    if any((name.take(order) != np.repeat(name.take(once), again)).any() for name in (first, second)):
        raise DigestCollision("names", "two pairs have the same digest", "Report this; nothing was published.")
    forms = sides.tellings.select("sound", spelt="name")
    told = nearness(*(forms[side[asked[once]]] for side in (sides.left, sides.right)))
    near = np.empty(len(asked), np.uint8)
    near[order] = np.repeat(told.to_numpy(), again)
    return near


def document(sides: Sides) -> Levels:
    """Document numbers: equal, nearly, as far as they are visible, or two different ones."""
    state, state_other = sides.both("cert_state")
    told = (state != NUMBERLESS) & (state_other != NUMBERLESS)
    same = sides.equal("cert_code") | sides.equal("cert_person")
    lifelong = (state == LIFETIME) & (state_other == LIFETIME)
    masked = told & ~same & ((state == MASKED_NUMBER) | (state_other == MASKED_NUMBER))
    near = np.zeros(len(sides), np.bool_)
    head, head_other = sides.both("cert_head")
    asked = np.flatnonzero(
        told & ~same & ~masked & (head >= _WHOLE_HEAD) & (head_other >= _WHOLE_HEAD) & sides.told("cert_tail")
    )
    tail, tail_other = (column.take(asked).astype(np.uint64) - np.uint64(1) for column in sides.both("cert_tail"))
    hundred = np.uint64(100)
    apart = digits_apart(head.take(asked), head_other.take(asked), 14) + digits_apart(
        tail // hundred, tail_other // hundred, 3
    )
    apart += (tail % hundred) != (tail_other % hundred)
    near[asked] = apart <= _NEAR
    fits = np.zeros(len(sides), np.bool_)
    hidden = np.flatnonzero(masked)
    fits[hidden] = _visible_parts_fit(sides, hidden)
    two = told & lifelong
    two &= near | ~_mixed_up(sides)
    return first_true(
        len(sides), same & lifelong, same, told & near & ~lifelong, told & near, fits, masked, two, told & ~lifelong
    )


def _mixed_up(sides: Sides) -> Flags:
    """One name in full, one mobile, and one home or vehicle: of two numbers beside them one is a relative's and says nothing.

    One of these things is enough where the numbers are of a man and a woman: no family gives both of them one name.
    """
    one, other = sides.both("name_state")
    sex, sex_other = sides.both("gender")
    place = sides.equal("home_code") | sides.equal("plate_code") | sides.equal("vin_code")
    mobile = sides.equal("mobile")
    enough = (mobile & place) | ((mobile | place) & sides.told("gender") & (sex != sex_other))
    mixed: Flags = sides.equal("name_code") & (one == COMPLETE) & (other == COMPLETE) & enough
    return mixed


def _visible_parts_fit(sides: Sides, asked: npt.NDArray[np.intp]) -> Flags:
    """Heads and tails of the two numbers of the pairs at ``asked`` are equal as far as both show them."""
    heads = (head[asked] for head in sides.both("cert_head"))
    six = [np.where(head >= _WHOLE_HEAD, head // np.uint64(10**8), head) for head in heads]
    area = (six[0] == six[1]) | (_four(six[0]) == _four(six[1])) & ((six[0] < _SIX) | (six[1] < _SIX))
    end, end_other = (tail[asked].astype(np.int64) - 1 for tail in sides.both("cert_tail"))
    two = np.maximum(end, end_other) >= _TWO_SHOWN
    told = (end >= 0) & (end_other >= 0)
    fits: Flags = area & told & ((end == end_other) | two & (end % 1000 == end_other % 1000))
    return fits


def _four(head: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    return np.where(head < _SIX, head, head // np.uint64(100))


def _unless_documented(column: str) -> Callable[[Sides], Levels]:
    """Levels same and other of what a document number says too, where no equal number has said it already, nor a relative's says it."""

    def compare(sides: Sides) -> Levels:
        told = sides.told(column) & ~sides.equal("cert_person")
        one, other = sides.both("cert_state")
        told &= ~((one == LIFETIME) & (other == LIFETIME) & _mixed_up(sides))
        return first_true(len(sides), told & sides.equal(column), told)

    return compare


def phone(sides: Sides) -> Levels:
    """Mobile numbers: equal, one digit apart, as far as they are visible; equal landlines."""
    one, other = sides.both("mobile")
    head, head_other = sides.both("mobile_head")
    told = (head != 0) & (head_other != 0)
    same = sides.equal("mobile")
    asked = np.flatnonzero(sides.told("mobile") & ~same)
    near = np.zeros(len(sides), np.bool_)
    near[asked] = digits_apart(one.take(asked), other.take(asked), 11) == 1
    masked = told & ((one == 0) | (other == 0))
    carrier, carrier_other = (np.where(side > 999, side // 10_000, side) for side in (head, head_other))
    fits = masked & (carrier == carrier_other) & sides.equal("mobile_tail")
    return first_true(len(sides), same, fits, near, sides.equal("landline_code"), told)


def vehicle(sides: Sides) -> Levels:
    """Whether both were told beside one vehicle or one policy."""
    same = sides.equal("plate_code") | sides.equal("vin_code") | ((sides.agreed & POLICY_BIT) != 0)
    return first_true(len(sides), same, sides.told("plate_code") | sides.told("vin_code"))


def home(sides: Sides) -> Levels:
    """Homes: one, one street number, or two."""
    return first_true(len(sides), sides.equal("home_code"), sides.equal("street_code"), sides.told("home_code"))


def wechat(sides: Sides) -> Levels:
    """WeChat identifiers."""
    return first_true(len(sides), sides.equal("openid_code"), sides.told("openid_code"))


COMPARISONS: Final = (
    Comparison(
        "name",
        (
            *(
                "same",
                "same_sound",
                "near",
                "loose",
                "kin",
                "same_part",
                "surname",
                "given",
                "other_same_surname",
                "other",
            ),
            *("other_surname", "other_given"),
        ),
        name,
    ),
    Comparison(
        "document",
        (
            "same_lifetime",
            "same",
            "near",
            "near_both_valid",
            "visible_part",
            "visible_part_differs",
            "two_valid",
            "two",
        ),
        document,
    ),
    Comparison("birth", ("same", "other"), _unless_documented("birth")),
    Comparison("gender", ("same", "other"), _unless_documented("gender")),
    Comparison("phone", ("same", "visible_part", "one_digit", "landline", "other"), phone),
    Comparison("vehicle", ("same", "other"), vehicle),
    Comparison("home", ("same", "street", "other"), home),
    Comparison("wechat", ("same", "other"), wechat),
)

_M: Final = {
    "name": (0.6, 0.05, 0.04, 0.01, 0.005, 0.05, 0.1, 0.02, 0.001, 0.01, 0.005, 0.001),
    "document": (0.6, 0.1, 0.05, 0.01, 0.05, 0.01, 0.01, 0.01),
    "birth": (0.9, 0.1),
    "gender": (0.9, 0.1),
    "phone": (0.7, 0.03, 0.02, 0.05, 0.2),
    "vehicle": (0.6, 0.4),
    "home": (0.9, 0.02, 0.08),
    "wechat": (0.99, 0.01),
}
_U: Final = {
    "name": (0.01, 0.01, 0.01, 0.03, 0.02, 0.01, 0.05, 0.01, 0.2, 0.6, 0.1, 0.02),
    "document": (0.01, 0.05, 0.01, 0.01, 0.01, 0.2, 0.5, 0.2),
    "birth": (0.02, 0.98),
    "gender": (0.5, 0.5),
    "phone": (0.3, 0.01, 0.01, 0.02, 0.6),
    "vehicle": (0.6, 0.4),
    "home": (0.3, 0.05, 0.6),
    "wechat": (0.02, 0.98),
}

NAME: Final = "people"
START: Final[Model] = guessed(NAME, COMPARISONS, _M, _U)
"""Where EM begins: rough guesses that say which way each level points."""
