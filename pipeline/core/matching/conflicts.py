"""What forbids that two tellings are of one person, and the links of a component that hold nevertheless.

Links are taken heaviest first (Kruskal 1956) and never join two different lifetime numbers of one kind, two incompatible
names, or a person and an organisation. One name in full with one phone and one home or vehicle is one person though two
numbers are told of him: no family gives two of its own the same name, and relatives' numbers are mixed up every day. Of a
man's and a woman's number one phone, home or vehicle says as much. Both numbers then stand in one customer, which is a
finding (R07). Names that are alike but for their last character or one
character more, as those of brothers and cousins are, are one person's only where one number and one phone stand with both:
a number alone is as often copied from a relative's card.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core.matching.describe import COMPLETE, LIFETIME, MASKED_NAME, TITLED
from pipeline.core.matching.names import FAR, INCOMPATIBLE, KIN, nearness

Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Values = frozenset[int]
_Sides = list[Values]
_Said = dict[str, list[int | Values]]
"""Column -> what each telling, or at a root its group, says of it: nothing (0), one value or several."""

_PERMITS: Final = 8 * 10**16
"""Seventeen digits from here on are a permit's; below they are a resident's, and the last of them is odd for men."""

_NOTHING: Final[Values] = frozenset()

KEPT: Final = ""
TWO_NUMBERS: Final = "two_lifetime_numbers"
TWO_NAMES: Final = "two_names"
TWO_KINDS: Final = "person_and_organisation"
DECIDED: Final = "decided"
"""Why a link was refused; nothing when it holds."""

APART: Final = [0, FAR, INCOMPATIBLE]
"""Nearness of two persons' names, 0 being that of a Han and a Latin name that do not sound alike."""

_SAID: Final = ("life", "name", "kind", "whole", "mobile", "home_code", "plate_code", "vin_code")
_THINGS: Final = ("home_code", "plate_code", "vin_code")


class Conflicts:
    """What each telling of a component with a conflict says that can forbid.

    ``contested``: per component, whether it holds a conflict. ``clash`` and ``kin``: pairs of names that are incompatible, or
    alike as in a family, both ways round. ``places``: of the tellings. ``said``: column -> value of each of them, 0 for none.
    ``sides``: number among them -> sides of decisions on which it stands, twice the number of the decision plus the side.
    """

    def __init__(self, tellings: pl.DataFrame, component: npt.NDArray[np.int32], apart: pl.DataFrame) -> None:
        state = pl.col("name_state")
        said = tellings.select(
            pl.Series("component", component),
            "name_state",
            "surname_code",
            "given_code",
            "kind",
            "mobile",
            *_THINGS,
            life=pl.when(pl.col("cert_state") == LIFETIME).then("cert_person").otherwise(0),
            name=pl.when(state.is_in([COMPLETE, TITLED, MASKED_NAME])).then("name_code").otherwise(0),
            whole=pl.when(state == COMPLETE).then("name_code").otherwise(0),
            spelt="name",
            sound="sound",
        ).with_row_index("place")
        self.contested = np.zeros(component.max(initial=-1) + 1, np.bool_)
        for column in ("life", "kind"):
            self.contested |= _told_several(component, said[column].to_numpy())
        named = said.filter(
            (pl.col("name") > 0) & pl.Series(_told_several(component, said["name"].to_numpy())[component])
        )
        clashes = _clashes(named)
        self.clash, self.kin = (
            set(zip(*(part[column] for column in ("name", "name_other")), strict=True))
            for part in (clashes.filter(~pl.col("kin")), clashes.filter("kin"))
        )
        self.contested[clashes["component"].to_numpy()] = True
        decided = tellings["telling"].search_sorted(apart["telling"]).to_numpy()
        self.contested[component[decided]] = True
        disputed = said.filter(pl.Series(self.contested[component]))
        self.places = disputed["place"].to_numpy()
        self.said = {column: disputed[column].to_list() for column in _SAID}
        self.sides: dict[int, set[int]] = {}
        for telling, number, side in zip(
            self.numbers(decided).tolist(), apart["number"].to_list(), apart["side"].to_list(), strict=True
        ):
            self.sides.setdefault(telling, set()).add(2 * number + side)

    def numbers(self, places: npt.NDArray[np.integer]) -> npt.NDArray[np.integer]:
        """Of each of ``places`` its number among the tellings of components with a conflict, which it is of."""
        return np.searchsorted(self.places, places)


def _told_several(component: npt.NDArray[np.int32], values: npt.NDArray[np.unsignedinteger]) -> Flags:
    """Components whose tellings tell several of ``values``; 0 tells nothing."""
    told = np.flatnonzero(values)
    of, value = component[told], values[told]
    one = np.zeros(component.max(initial=-1) + 1, values.dtype)
    one[of] = value
    several = np.zeros(len(one), np.bool_)
    several[of[value != one[of]]] = True
    return several


def _clashes(named: pl.DataFrame) -> pl.DataFrame:
    """Names of one component that are incompatible, both ways round: whole ones by their nearness, others by the
    surname and the last character, as far as they tell them.
    """
    names = named.unique(["component", "name"], keep="first", maintain_order=True)
    names = names.select("component", "name", "whole", "surname_code", "given_code", "spelt", "sound")
    pairs = names.join(names, on="component", suffix="_other").filter(pl.col("name") < pl.col("name_other"))
    whole = (pl.col("whole") > 0) & (pl.col("whole_other") > 0)
    both = pairs.filter(whole)
    near = nearness(both.select("spelt", "sound"), both.select(spelt="spelt_other", sound="sound_other"))
    # A title beside a Latin name is a letter, which says little.
    han = ~pl.any_horizontal(pl.col("spelt", "spelt_other").str.contains(r"^\p{Latin}"))
    partly = pairs.filter(~whole & han & (_differ("surname_code") | _differ("given_code")))
    bad = [
        part.select("component", "name", "name_other", kin=pl.lit(kin))
        for part, kin in ((both.filter(near.is_in(APART)), False), (partly, False), (both.filter(near == KIN), True))
    ]
    found = pl.concat(bad)
    return pl.concat([found, found.select("component", name="name_other", name_other="name", kin="kin")])


def _differ(column: str) -> pl.Expr:
    """Both names of a pair tell it, and not the same."""
    one, other = pl.col(column), pl.col(f"{column}_other")
    return (one > 0) & (other > 0) & (one != other)


def refused(order: Places, left: Places, right: Places, decided: Flags, conflicts: Conflicts) -> list[tuple[int, str]]:
    """Edges of ``order`` that cannot be, with the reason. A loop, over the few edges of contested components."""
    parent = list(range(len(conflicts.places)))
    said: _Said = {column: list(values) for column, values in conflicts.said.items()}
    forbidding = [said[column] for column in ("life", "name", "kind")]
    sides: dict[int, set[int]] = dict(conflicts.sides)

    def root(telling: int) -> int:
        while (above := parent[telling]) != telling:
            parent[telling] = telling = parent[above]
        return telling

    found = []
    ends = (conflicts.numbers(side[order]).tolist() for side in (left, right))
    for edge, sure, one, other in zip(order.tolist(), decided[order].tolist(), *ends, strict=True):
        a, b = root(one), root(other)
        if a == b:
            continue
        if sides and any(tag ^ 1 in sides.get(b, _NOTHING) for tag in sides.get(a, _NOTHING)):
            found.append((edge, DECIDED))
            continue
        if not sure and any(of[a] != of[b] and of[a] and of[b] for of in forbidding):
            reason = _against(said, a, b, conflicts)
            if reason != KEPT:
                found.append((edge, reason))
                continue
        parent[b] = a
        _join(said, a, b)
        if b in sides:
            sides[a] = sides.get(a, set()) | sides[b]
    return found


def _join(said: _Said, a: int, b: int) -> None:
    """Group ``a`` says what ``b`` says, too."""
    for of in said.values():
        news = of[b]
        if news and news != of[a]:
            of[a] = _all(of[a]) | _all(news) if of[a] else news


def _all(said: int | Values) -> Values:
    """What is said as a set: one value is kept as it is, for most tellings and groups say no more."""
    return said if isinstance(said, frozenset) else frozenset((said,)) if said else _NOTHING


def _against(said: _Said, a: int, b: int, conflicts: Conflicts) -> str:
    """Why the data forbid to join the groups of two roots, by what each of them says; KEPT when they do not."""
    life, name, kind = ([_all(said[column][a]), _all(said[column][b])] for column in ("life", "name", "kind"))
    if _two_numbers(life[0] | life[1]) and not _nothing_new(life) and not _mixed_up(said, a, b, life):
        return TWO_NUMBERS
    met = {(x, y) for x in name[0] for y in name[1]} if not _nothing_new(name) else set()
    if met & conflicts.clash or (met & conflicts.kin and not (life[0] & life[1] and _shared(said, "mobile", a, b))):
        return TWO_NAMES
    if len(kind[0] | kind[1]) > 1 and not _nothing_new(kind):
        return TWO_KINDS
    return KEPT


def _mixed_up(said: _Said, a: int, b: int, life: _Sides) -> bool:
    """One whole name, one phone, and one home or vehicle; one of these where the numbers are of a man and a woman."""
    if not _shared(said, "whole", a, b):
        return False
    phone, thing = _shared(said, "mobile", a, b), any(_shared(said, column, a, b) for column in _THINGS)
    return (phone and thing) or ((phone or thing) and _man_and_woman(*life))


def _man_and_woman(one: Values, other: Values) -> bool:
    """All resident numbers of one side are of men and all of the other of women; other kinds do not say so."""
    numbers = one | other
    return max(numbers, default=0) < _PERMITS and not {number % 2 for number in one} & {number % 2 for number in other}


def _shared(said: _Said, column: str, a: int, b: int) -> bool:
    """Both groups say one thing."""
    return bool(_all(said[column][a]) & _all(said[column][b]))


def _nothing_new(said: _Sides) -> bool:
    """One side says nothing that the other does not: what is joined by decision has its conflict already."""
    return said[0] <= said[1] or said[1] <= said[0]


def _two_numbers(numbers: Values) -> bool:
    """Two of one kind: a resident id and a travel permit can be of one person, two resident ids cannot."""
    # The first of seventeen digits: 8 residence permits, 9 permanent residence; travel permits lie far above.
    kinds = [number // 10**16 if number >= _PERMITS else 0 for number in numbers]
    return len(kinds) > len(set(kinds))
