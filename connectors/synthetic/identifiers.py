"""Numbers with the right check digits, drawn in columns: documents, phones, plates, VINs, WeChat ids.

They are random and well-formed, so any of them may belong to somebody: never call, send to or look up one.
"""

import itertools

import numpy as np
import polars as pl

from connectors.synthetic.business import MAKERS, SEGMENT_WEIGHTS, SEGMENTS
from connectors.synthetic.draw import Ints, chance, digits, distinct, falling, join, pick, weighted
from connectors.synthetic.tables import listed

RESIDENT_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VIN_LETTERS = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
VIN_WEIGHTS = np.array([8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2])
VIN_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", [*range(1, 9), *range(1, 6), 7, 9, *range(2, 10), *range(10)], strict=True)
)
VIN_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"
PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
PLATE_PREFIXES = listed("苏A 苏L 苏K 苏F 苏H 苏J 苏B 苏E 皖E 皖M 皖A 沪A 沪C 浙A 鲁G 豫S")
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


def _words(letters: Ints) -> pl.Series:
    """Text of a matrix of ASCII codes, one row each."""
    width = letters.shape[1]
    return pl.Series(
        np.ascontiguousarray(letters.astype(np.uint8)).view(f"S{width}").ravel().astype(f"U{width}").astype(object),
        dtype=pl.String,
    )


def _codes(alphabet: str) -> Ints:
    return np.frombuffer(alphabet.encode("ascii"), dtype=np.uint8)


def with_check_digit(first17: Ints) -> pl.Series:
    """18-character numbers of GB 11643 (ISO 7064 MOD 11-2) from their first 17 digits."""
    total = np.zeros(len(first17), dtype=np.int64)
    for place, weight in enumerate(RESIDENT_WEIGHTS):
        total += first17 // 10 ** (16 - place) % 10 * weight
    return join(digits(first17, 17), pick("10X98765432", total % 11))


def resident_ids(
    rng: np.random.Generator, regions: Ints, births: Ints, male: Ints, twins_of: Ints | None = None
) -> pl.Series:
    """Resident ids, all different, for regions (6 digits), births (yyyymmdd) and sexes.

    ``twins_of``: place of an elder twin or -1; twins are registered one after the other.
    """
    size = len(regions)

    def draw(places: Ints) -> Ints:
        # A region has 499 numbers a day and sex; in a large city who finds them taken is from another region.
        home = regions if len(places) == size else regions[rng.integers(0, size, size)]
        order = rng.integers(0, 499, len(places)) * 2 + np.where(male[places], 1, 2)
        return (home[places] * 10**8 + births[places]) * 1000 + order

    first17 = distinct(draw, size)
    if twins_of is not None:
        later = np.flatnonzero(twins_of >= 0)
        wanted = first17[twins_of[later]] + np.where(male[later] == male[twins_of[later]], 2, 1)
        free = ~pl.Series(wanted).is_in(pl.Series(first17).implode()).to_numpy() & (wanted % 1000 > 2)
        free &= pl.Series(wanted).is_unique().to_numpy() & ((wanted % 2 == 1) == male[later])
        first17[later[free]] = wanted[free]
    return with_check_digit(first17)


def old_ids(ids: pl.Series) -> pl.Series:
    """The 15-digit form people born in the 1900s had: no century, no check digit."""
    return join(ids.str.slice(0, 6), ids.str.slice(8, 9))


def credit_codes(rng: np.random.Generator, regions: Ints) -> pl.Series:
    """Unified social credit codes (GB 32100-2015) of companies."""
    size = len(regions)
    values = np.zeros((size, 18), dtype=np.int64)
    values[:, 0], values[:, 1] = 9, 1
    for place in range(6):
        values[:, 2 + place] = regions // 10 ** (5 - place) % 10
    values[:, 8], values[:, 9], values[:, 10] = USCC_LETTERS.index("M"), USCC_LETTERS.index("A"), 1
    serial = distinct(lambda places: rng.integers(0, 31**5, len(places)), size)
    values[:, 11:16] = serial[:, None] // 31 ** np.arange(5) % 31
    letters = _codes(USCC_LETTERS)
    ascii_code = letters[values[:, 8:16]].astype(np.int64)
    as_36 = np.where(ascii_code >= 65, ascii_code - 55, ascii_code - 48)
    inner = (11 - as_36 @ np.array([3, 7, 9, 10, 5, 8, 4, 2]) % 11) % 11
    values[:, 16] = np.where(inner == 10, USCC_LETTERS.index("X"), inner)
    weights = np.array([pow(3, place, 31) for place in range(17)])
    values[:, 17] = (31 - values[:, :17] @ weights % 31) % 31
    return _words(letters[values])


def mobiles(rng: np.random.Generator, size: int, taken: pl.Series | None = None) -> pl.Series:
    """Mobile numbers in allotted segments, all different and none in ``taken``."""
    prefixes = np.array([int(prefix) for segments in SEGMENTS.values() for prefix in segments])
    weights = [SEGMENT_WEIGHTS[owner] / len(segments) for owner, segments in SEGMENTS.items() for _ in segments]

    def draw(places: Ints) -> Ints:
        chosen = prefixes[weighted(rng, weights, len(places))]
        room = np.where(chosen == 134, 90_000_000, 100_000_000)  # 1349 is a satellite segment
        return chosen * 10**8 + (rng.random(len(places)) * room).astype(np.int64)

    return pl.Series(distinct(draw, size, None if taken is None else taken.cast(pl.Int64))).cast(pl.String)


def carrier(mobile: pl.Series) -> pl.Series:
    """Carrier at issue by segment; null for a number in none."""
    table = {prefix: owner for owner, segments in SEGMENTS.items() for prefix in segments}
    return mobile.str.slice(0, 3).replace_strict(table, default=None, return_dtype=pl.String)


def landlines(rng: np.random.Generator, size: int) -> pl.Series:
    """Nanjing landlines, 025- and eight digits."""
    return join("025-", pick("85852", rng.integers(0, 5, size)), digits(rng.integers(0, 10**7, size), 7))


def plates(rng: np.random.Generator, new_energy: Ints, large: Ints) -> pl.Series:
    """Plates of GA 36, mostly 苏A: five places with at most two letters, or six for new energy."""
    size = len(new_energy)
    figures, letters = _codes("0123456789"), _codes(PLATE_LETTERS)

    def draw(places: Ints) -> Ints:
        return rng.integers(0, 10**9, len(places)) * 10**9 + rng.integers(0, 10**9, len(places))

    seed = distinct(draw, size)
    ordinary = figures[(seed[:, None] // 10 ** np.arange(5)) % 10]
    count = weighted(rng, [15, 55, 30], size)
    for nth in range(2):
        has = np.flatnonzero(count > nth)
        ordinary[has, rng.integers(0, 5, len(has))] = letters[rng.integers(0, 24, len(has))]
    prefix = pick(PLATE_PREFIXES, weighted(rng, [92, *falling(15) * 8 / falling(15).sum()], size))
    power = pick("DDDAFFB", rng.integers(0, 7, size))
    small = join(
        power, pick(PLATE_LETTERS + "0123456789" * 3, rng.integers(0, 54, size)), digits(seed // 10**6 % 10**4, 4)
    )
    big = join(digits(seed // 10**6 % 10**5, 5), pick("DF", rng.integers(0, 2, size)))
    body = pl.select(
        pl.when(pl.Series(new_energy & large))
        .then(big)
        .when(pl.Series(new_energy))
        .then(small)
        .otherwise(_words(ordinary))
    ).to_series()
    return _unique_plates(rng, join(prefix, body))


_TURNS_OF_DIGITS = 20
"""After so many the 100,000 plates without a letter are taken."""


def _unique_plates(rng: np.random.Generator, plates_: pl.Series) -> pl.Series:
    """Two vehicles never bear one plate: the later one's last digits are drawn again, and in a large city two letters."""
    letters = _codes(PLATE_LETTERS)
    for turn in itertools.count():
        double = (~plates_.is_first_distinct()).arg_true()
        if not len(double):
            break
        again = plates_.gather(double)
        ends = again.str.slice(3, None).str.len_chars()
        new = join(
            again.str.head(3), pl.select(digits(rng.integers(0, 10**5, len(again)), 5).str.slice(5 - ends)).to_series()
        )
        keeps_energy = again.str.contains("[DFAB]$") & (ends == 5) & (again.str.len_chars() == 8)
        new = pl.select(pl.when(keeps_energy).then(join(new.str.head(7), again.str.tail(1))).otherwise(new)).to_series()
        if turn >= _TURNS_OF_DIGITS:
            pair = _words(letters[rng.integers(0, len(letters), (len(again), 2))])
            lettered = join(again.str.head(2), pair, new.str.tail(3))
            new = pl.select(pl.when(again.str.len_chars() == 7).then(lettered).otherwise(new)).to_series()
        plates_ = plates_.scatter(double, new)
    return plates_


def vins(rng: np.random.Generator, years: Ints) -> pl.Series:
    """VINs of GB 16735 for model ``years``, check digit at place 9, all different."""
    size = len(years)
    alphabet = _codes(VIN_LETTERS)
    values = alphabet[rng.integers(0, len(VIN_LETTERS), (size, 17))]
    makers = np.array([list(maker.encode()) for maker in MAKERS], dtype=np.uint8)
    values[:, :3] = makers[weighted(rng, list(falling(len(MAKERS))), size)]
    values[:, 9] = _codes(VIN_YEARS)[(years - 2010) % 30]
    values[:, 10] = alphabet[10 + rng.integers(0, 20, size)]
    serial = distinct(
        lambda places: rng.integers(0, 10**6, len(places)) + 10**6 * rng.integers(0, 10**6, len(places)), size
    )
    for place in range(6):
        values[:, 16 - place] = 48 + serial // 10**place % 10
    for place in range(4):
        values[:, 3 + place] = alphabet[serial // 10**6 // 20**place % 20]
    lookup = np.zeros(128, dtype=np.int64)
    for letter, value in VIN_VALUES.items():
        lookup[ord(letter)] = value
    values[:, 8] = _codes("0123456789X")[lookup[values] @ VIN_WEIGHTS % 11]
    return _words(values)


def engines(rng: np.random.Generator, size: int) -> pl.Series:
    """Engine numbers: a type and a serial."""
    kinds = ("EA211", "EA888", "CEA", "LDE", "L15B", "4G15", "BM15L", "TZ180XS")
    return join(pick(kinds, rng.integers(0, len(kinds), size)), digits(rng.integers(0, 10**6, size), 6))


def wechat_ids(rng: np.random.Generator, size: int) -> pl.Series:
    """OpenIDs or UnionIDs: ``o`` and 27 characters."""
    letters = _codes(BASE64)[rng.integers(0, 64, (size, 28))]
    letters[:, 0] = ord("o")
    return _words(letters)


def permits(rng: np.random.Generator, size: int) -> pl.Series:
    """Home-return permits of Hong Kong and Macao people: H or M and eight digits."""
    return join(pick("HM", chance(rng, 0.3, size).astype(int)), digits(rng.integers(0, 10**8, size), 8))


def passports(rng: np.random.Generator, size: int) -> pl.Series:
    """Foreign passports: two letters and seven digits."""
    return join(
        pick(PLATE_LETTERS, rng.integers(0, 24, size)),
        pick(PLATE_LETTERS, rng.integers(0, 24, size)),
        digits(rng.integers(0, 10**7, size), 7),
    )


def officer_cards(rng: np.random.Generator, size: int) -> pl.Series:
    """Military documents: 军字第2001988号."""
    return join("军字第", digits(rng.integers(0, 10**7, size), 7), "号")
