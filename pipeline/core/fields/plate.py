"""Number plates of motor vehicles registered in mainland China.

GA 36 (机动车号牌): province character, letter of the issuing office, five or (new energy) six characters without I and
O; suffixes for trailers, learners and police, own forms for embassies, cross-border cars, rescue and temporary plates.
Armed police, military, civil-aviation and tractor (NY 345.1) plates have their own grammars. The canonical form has no
separator: 苏A12345, 苏AD12345.
"""

from collections.abc import Iterable

import polars as pl

from pipeline.core.fields import text

PROVINCES = "京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新"
"""First characters, one per province-level division."""

_P = f"[{PROVINCES}]"
_L = "[A-HJ-NP-Z]"  # issuing office
_LO = "[A-HJ-Z]"  # … with O, kept for offices of state
_S = "[A-HJ-NP-Z0-9]"  # serial

ELECTRIC = "ABCDE"
"""Letters of pure electric vehicles: D, and those opened when D ran out."""
HYBRID = "FGHJK"
"""Letters of all other new-energy vehicles: F, and those opened when F ran out."""
_NEW = f"[{ELECTRIC}{HYBRID}]"

GRAMMARS = {
    "ordinary": f"{_P}{_LO}{_S}{{5}}",
    "new_energy_small": f"{_P}{_L}{_NEW}{_S}[0-9]{{4}}",
    "new_energy_large": f"{_P}{_L}[0-9]{{5}}{_NEW}",
    "trailer": f"{_P}{_LO}{_S}{{4}}挂",
    "learner": f"{_P}{_LO}{_S}{{3,4}}学",
    "police": f"{_P}{_LO}{_S}{{3,4}}警",
    "hk_macau": f"粤Z{_S}{{4}}[港澳]",
    "embassy": f"使[A-Z]?[0-9]{{4,6}}|[0-9]{{6}}使|{_P}{_LO}{_S}{{3,4}}使",
    "consulate": f"领[A-Z]?[0-9]{{4,6}}|{_P}[0-9]{{4,6}}领|{_P}{_LO}{_S}{{3,4}}领",
    "armed_police": f"WJ(?:[0-9]{{2}}[警消边通森金电]?[0-9]{{4,5}}|[{PROVINCES}警]?[0-9]{{4}}{_S})",
    "military": "[B-HJ-NP-Z][A-HJ-NP-Z][0-9]{5}|[军空海北沈兰济南广成][A-Z][0-9]{5}",
    "civil_aviation": f"民航{_S}[0-9]{{4}}",
    "emergency": f"{_P}[XS]{_S}{{4}}应急",
    "temporary": f"{_P}{_L}?{_S}{{4,6}}[临试超]|[临试]{_P}?{_L}?{_S}{{4,7}}|{_P}{_L}?[临试]{_S}{{4,6}}",
    "tractor": f"{_P}[0-9]{{2}}{_S}{{4}}[A-HJ-NP-Z0-9学临]",
}
"""Kinds in the order they are tried, each a regular expression over the canonical form."""

_COMMON = ("ordinary", "new_energy_small", "new_energy_large")
_LEGAL = "^(?:" + "|".join(GRAMMARS.values()) + ")$"
_PLAIN = f"^(?:{'|'.join(GRAMMARS[kind] for kind in _COMMON)})$"
_NO_PROVINCE = f"^{_LO}(?:{_S}{{5}}|{_NEW}{_S}[0-9]{{4}}|[0-9]{{5}}{_NEW}|{_S}{{4}}[挂学警])$"

_TRADITIONAL = dict(
    zip("蘇滬遼魯贛雲貴陝寧瓊粵閩晉掛學領臨試應", "苏沪辽鲁赣云贵陕宁琼粤闽晋挂学领临试应", strict=True)
)
_PINYIN = {
    "JING": "京", "HU": "沪", "LIAO": "辽", "HEI": "黑", "SU": "苏", "ZHE": "浙", "WAN": "皖", "MIN": "闽", "LU": "鲁",
    "XIANG": "湘", "YUE": "粤", "QIONG": "琼", "CHUAN": "川", "YUN": "云", "ZANG": "藏", "QING": "青", "NING": "宁",
    "XIN": "新", "MENG": "蒙",
}  # fmt: skip
"""Province characters as typed without an input method; only those no other province shares."""

_PLACEHOLDER = (
    "^(?:未上牌|暂未上牌|尚未上牌|未挂牌|未领牌|待上牌|未上户|没上牌|无牌|无牌照|无车牌|无号牌|新车|新车未上牌|新车无牌"
    "|新车待上牌|新车上牌中|新购|新购车|新购车辆|临时|临牌|临时牌|临时牌照|暂无牌照|暂无车牌|无|空|0+|[-*/#?_.]+|"
    f"{_P}{_L}?[-*#?_]*|{_P}{_L}?0+|{_P}{_L}?X{{5,6}})$"
)
_FULL_WIDTH = "[！-＞＠-～]"  # all but ？, which to_ascii_forms leaves
_FILLER = f"^{_P}[A-Z](?:0{{5,6}}|X{{5,6}})$"
_MARKS = "[·•・‧∙⋅․.。,'‘’_‐‑‒–—―−-]"
_SEPARATORS = rf"\s|{_MARKS}"
_DELIMITERS = r"[/、;|()和及]+"
_COLOURED = (
    f"^(?:[(]?(?:渐变绿|黄绿双拼|黄绿|[蓝黄绿白黑])色?(?:牌|底)?[)]?)({_P}.*)$"
    f"|^({_P}.*?)[(]?(?:渐变绿|黄绿双拼|黄绿|[蓝黄绿白黑])色?(?:牌|底)?[)]?$"
)
"""The colour of the plate, which cameras and some systems write beside it."""
_BESIDE = "(?:主车|挂车|头车|旧牌|新牌|原牌|旧|新|原)?"
_ANY = f"{_P}{_LO}(?:{_S}{{4}}[挂学警领]|{_NEW}{_S}[0-9]{{4}}|[0-9]{{5}}{_NEW}|{_S}{{5}})"
_SEVERAL = f"^{_BESIDE}({_ANY})/*(?:{_BESIDE}{_ANY}/*)+$"


def clean(values: pl.Series) -> pl.DataFrame:
    """``value``: the plate without separators, upper case; ``repair``: what was changed, null when nothing.

    Codes: ``full_width``, ``separators`` (other than blanks), ``province`` (traditional character or pinyin),
    ``colour`` (of the plate, written beside it), ``letter_o`` and ``letter_i`` (a letter where only a digit can stand, and the plate is legal once it is one),
    ``two_plates`` (the first is kept), ``placeholder`` (no plate yet; null), ``null_word``. A plate that lacks its
    province stays as it is.
    """
    raw = values.cast(pl.String)
    odd = ~raw.str.contains(_PLAIN).fill_null(value=True) | raw.str.contains(_FILLER).fill_null(value=False)
    repair = pl.Series("repair", [None], dtype=pl.String).new_from_index(0, len(raw))
    if not odd.any():
        return pl.DataFrame({"value": raw, "repair": repair})
    at = odd.arg_true()
    cleaned = _without_decoration(raw.gather(at))
    return pl.DataFrame(
        {"value": raw.clone().scatter(at, cleaned["value"]), "repair": repair.scatter(at, cleaned["repair"])}
    )


_CLOSER = ("colour", "letter_i", "letter_o", "province", "two_plates")
"""Repairs that only the closer look makes."""


def _without_decoration(raw: pl.Series) -> pl.DataFrame:
    """Case, width and separators; what is no common plate then is looked at more closely."""
    upper = text.to_ascii_forms(raw).str.strip_chars().str.to_uppercase()
    bare = upper.str.replace_all(_SEPARATORS, "")
    changed = {
        "full_width": raw.str.contains(_FULL_WIDTH),
        "separators": upper.str.contains(_MARKS),
        **{code: pl.repeat(False, len(raw), eager=True) for code in _CLOSER},
    }
    frame = pl.DataFrame(
        {"value": bare, **changed, "gone": pl.Series([None], dtype=pl.String).new_from_index(0, len(raw))}
    )
    at = (~bare.str.contains(_PLAIN) | bare.str.contains(_FILLER)).arg_true()
    if len(at):
        closer = _looked_at_closely(upper.gather(at), bare.gather(at))
        frame = frame.with_columns(frame[column].scatter(at, closer[column]) for column in closer.columns)
    repair = text.joined(frame.drop("value", "gone"))
    gone = pl.col("gone")
    return frame.select(
        value=pl.when(gone.is_null()).then("value"),
        repair=pl.when(gone.is_null()).then(repair).otherwise(gone.replace("", None)),
    )


def _looked_at_closely(upper: pl.Series, bare: pl.Series) -> pl.DataFrame:
    """Plates of rare kinds, with typing errors, and cells without one (``gone``: why, empty for a blank cell)."""
    simple = bare.str.replace_many(_TRADITIONAL)
    named = pl.select(pl.when(simple.str.contains(_LEGAL)).then(simple).otherwise(_with_province(simple))).to_series()
    plain = _without_colour(named)
    first = _first_of_several(plain)
    digits = _with_digits(first)
    placeholder = upper.str.contains(_PLACEHOLDER) | simple.str.contains(_PLACEHOLDER)
    null_words = sorted(text.NULL_WORDS)
    nothing = upper.str.to_lowercase().is_in(null_words) | simple.str.to_lowercase().is_in(null_words) | (bare == "")
    mended = digits.is_not_null()
    return pl.select(
        value=pl.coalesce(digits, first),
        colour=plain != named,
        letter_i=mended & first.str.slice(2).str.contains("I"),
        letter_o=mended & first.str.slice(2).str.contains("O"),
        province=named != bare,
        two_plates=first != plain,
        gone=pl.when(upper == "")
        .then(pl.lit(""))
        .when(placeholder)
        .then(pl.lit("placeholder"))
        .when(nothing)
        .then(pl.lit("null_word")),
    )


def _with_province(plates: pl.Series) -> pl.Series:
    """A plate typed with its province in pinyin, as the plate; others as they are."""
    parts = plates.to_frame("plate").select(
        "plate",
        pl.col("plate")
        .str.extract_groups(f"^(?<name>{'|'.join(_PINYIN)})(?<rest>[A-Z][A-Z0-9]{{5,6}}[挂学警]?)$")
        .struct.unnest(),
    )
    full = pl.col("name").replace_strict(_PINYIN, default=None, return_dtype=pl.String) + pl.col("rest")
    return parts.select(pl.coalesce(pl.when(full.str.contains(_LEGAL)).then(full), "plate")).to_series()


def _without_colour(plates: pl.Series) -> pl.Series:
    """A legal plate with its colour beside it (苏A12345蓝, 黄牌苏A12345) as the plate; others as they are."""
    bare = plates.str.extract_groups(_COLOURED).struct.unnest()
    found = bare.select(pl.coalesce("1", "2")).to_series()
    stands = found.str.contains(_LEGAL) & ~plates.str.contains(_LEGAL)
    return pl.select(pl.when(stands).then(found).otherwise(plates)).to_series().alias(plates.name)


def _first_of_several(plates: pl.Series) -> pl.Series:
    """The first of several plates in one cell (tractor and trailer, old and new); a single one as it is."""
    apart = plates.str.replace_all(_DELIMITERS, "/")
    first = apart.str.extract(_SEVERAL, 1)
    return pl.select(pl.coalesce(first, plates)).to_series().alias("first")


def _with_digits(plates: pl.Series) -> pl.Series:
    """The plate with O and I of its serial as 0 and 1 where that makes it legal; null where it does not."""
    suspect = plates.str.contains("[OI]") & ~plates.str.contains(_LEGAL)
    told = pl.select(pl.when(suspect).then(plates)).to_series()
    digits = pl.select(
        told.str.slice(0, 2) + told.str.slice(2).str.replace_all("O", "0").str.replace_all("I", "1")
    ).to_series()
    return pl.select(pl.when(digits.str.contains(_LEGAL)).then(digits)).to_series()


def check(values: pl.Series) -> pl.DataFrame:
    """Facts about cleaned plates.

    ``kind``: a key of :data:`GRAMMARS`, null when none fits. ``electric``: of a new-energy plate ``D`` (pure electric)
    or ``F`` (other). ``reason``: null when legal, else ``masked`` (hidden characters), ``no_province`` (legal but for
    the province character it lacks) or ``shape``. Which kinds a plate type may bear stands in ``plate_types.csv``.
    """
    frame = pl.DataFrame({"plate": values.cast(pl.String)})
    plate = pl.col("plate")
    frame = frame.with_columns(kind=_kind(_COMMON))
    frame = frame.with_columns(kind=_rare_kinds(frame))
    letter = (
        pl.when(pl.col("kind") == "new_energy_small").then(plate.str.slice(2, 1))
        .when(pl.col("kind") == "new_energy_large").then(plate.str.slice(7, 1))
    )  # fmt: skip
    reason = (
        pl.when(pl.col("kind").is_not_null()).then(None)
        .when(plate.str.contains("[*×?#]")).then(pl.lit("masked"))
        .when(plate.str.contains(_NO_PROVINCE)).then(pl.lit("no_province"))
        .when(plate.is_not_null()).then(pl.lit("shape"))
    )  # fmt: skip
    electric = pl.when(letter.is_in(list(ELECTRIC))).then(pl.lit("D")).when(letter.is_not_null()).then(pl.lit("F"))
    return frame.select(reason=reason, kind="kind", electric=electric)


def _rare_kinds(frame: pl.DataFrame) -> pl.Series:
    """``kind`` with the plates that no common grammar fits asked of the rare ones."""
    places = (frame["kind"].is_null() & frame["plate"].is_not_null()).arg_true()
    if places.is_empty():
        return frame["kind"]
    rare = [name for name in GRAMMARS if name not in _COMMON]
    return frame["kind"].clone().scatter(places, frame[places].select(_kind(rare)).to_series())


def _kind(names: Iterable[str]) -> pl.Expr:
    """The first of the grammars that fits ``plate``."""
    return pl.coalesce(
        pl.when(pl.col("plate").str.contains(f"^(?:{GRAMMARS[name]})$")).then(pl.lit(name)) for name in names
    )


def mask(values: pl.Series) -> pl.Series:
    """Province and office, and the last two characters: ``苏A***45``; what is no legal plate is hidden whole."""
    plates = values.to_frame("plate")
    legal = pl.col("plate").str.contains(_LEGAL)
    shown = pl.concat_str(pl.col("plate").str.slice(0, 2), pl.lit("***"), pl.col("plate").str.slice(-2))
    hidden = pl.when(pl.col("plate").is_not_null()).then(pl.lit("****"))
    return plates.select(pl.when(legal).then(shown).otherwise(hidden)).to_series().alias(values.name)
