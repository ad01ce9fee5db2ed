"""Phone numbers and the ways people write them, for hypothesis."""

from hypothesis import strategies as st

ACCEPTED_SEGMENTS = (
    *("130", "131", "132", "133", "135", "136", "137", "138", "139"),
    *("145", "147", "149", "150", "151", "152", "153", "155", "156", "157", "158", "159"),
    *("162", "165", "166", "167", "170", "171", "172", "173", "175", "176", "177", "178"),
    *("180", "181", "182", "183", "184", "185", "186", "187", "188", "189"),
    *("190", "191", "192", "193", "195", "196", "197", "198", "199"),
)
"""Three-digit segments of mobile numbers a person may have: table of MIIT and the carriers, 2026."""

EIGHT_DIGIT_AREAS = ("010", "020", "021", "025", "027", "028", "0510", "0512", "0519", "0523", "0527", "0571", "0755")
SEVEN_DIGIT_AREAS = ("0310", "0550", "0555", "0592", "0771", "0931", "0991")


def digits(count: int) -> st.SearchStrategy[str]:
    """``count`` decimal digits."""
    return st.text("0123456789", min_size=count, max_size=count)


def mobiles() -> st.SearchStrategy[str]:
    """Valid mobile numbers."""
    return st.builds(str.__add__, st.sampled_from(ACCEPTED_SEGMENTS), digits(8))


def _landlines_of(areas: tuple[str, ...], count: int) -> st.SearchStrategy[str]:
    return st.builds(
        lambda area, first, rest: f"{area}-{first}{rest}",
        st.sampled_from(areas),
        st.sampled_from("2345678"),
        digits(count - 1),
    )


def landlines() -> st.SearchStrategy[str]:
    """Valid landline numbers in canonical form."""
    return _landlines_of(EIGHT_DIGIT_AREAS, 8) | _landlines_of(SEVEN_DIGIT_AREAS, 7)


def numbers() -> st.SearchStrategy[str]:
    """Valid numbers in canonical form."""
    return mobiles() | landlines()


@st.composite
def written(draw: st.DrawFn, number: st.SearchStrategy[str] | None = None) -> tuple[str, str]:
    """(Canonical number, one of the ways it is written)."""
    canonical = draw(number or numbers())
    form = canonical
    if canonical[0] == "1":
        form = draw(
            st.sampled_from(["{}", "{0:.3}-{1}-{2}", "{0:.3} {1} {2}", "0{}", "86{}", "+86 {}", "0086-{}", "17951{}"])
        )
        form = form.format(canonical, canonical[3:7], canonical[7:])
    else:
        area, subscriber = canonical.split("-")
        form = draw(st.sampled_from(["{0}-{1}", "{0}{1}", "({0}){1}", "{0} {1}", "{2}{1}", "+86-{2}-{1}"]))
        form = form.format(area, subscriber, area[1:])
    return canonical, draw(st.sampled_from([form, f" {form}", f"'{form}", _full_width(form)]))


def _full_width(text: str) -> str:
    return text.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})


def phone_like() -> st.SearchStrategy[str]:
    """Text that looks like the content of a phone cell, right or wrong."""
    scraps = st.sampled_from(
        [
            *" -/;,、()（）+*#.:'\"\n\t",
            "或",
            "转",
            "分机",
            "手机：",
            "妻子",
            "tel ",
            "ext",
            "x",
            "E+10",
            ".0",
            "86",
            "+86",
            "025",
            "空号",
            "\u3000",
            "\u200b",
        ]
    )
    piece = written().map(lambda pair: pair[1]) | digits(4) | digits(7) | digits(11) | scraps
    return st.lists(piece, max_size=7).map("".join) | st.text("0123456789+-* /x#.E(),转", max_size=30)


def cells() -> st.SearchStrategy[str | None]:
    """What a phone column may hold."""
    return st.none() | st.text(max_size=20) | phone_like()
