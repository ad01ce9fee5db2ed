import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.core.digest import digest
from pipeline.core.matching import names, silence
from pipeline.core.matching.describe import TELLING
from pipeline.core.matching.silence import DOCUMENT, MOBILE, NUMBERED_SCHEMA, SILENCE_SCHEMA
from tests.core.matching.examples import keyed, made

KEY = 5


def silenced(found: pl.DataFrame) -> set[int]:
    assert found.schema == SILENCE_SCHEMA
    return set(found["telling"])


@pytest.mark.parametrize(("heard", "quiet"), [(6, False), (7, True)])
def test_a_number_of_more_than_six_names_says_nothing(heard: int, quiet: bool) -> None:
    names_of = [100 + number for number in range(heard)]
    rows = [(1, name, place, KEY) for place, name in enumerate(names_of, 1)]
    found = silence.shared_numbers(keyed(rows), KEY)
    assert silenced(found) == (set(range(1, heard + 1)) if quiet else set())
    assert found["what"].to_list() == [MOBILE] * found.height


def test_what_sounds_alike_counts_once_and_what_has_no_name_not_at_all() -> None:
    rows = [(1, 100 + place % 6, place, KEY) for place in range(1, 40)] + [
        (1, 0, place, KEY) for place in range(40, 60)
    ]
    assert silenced(silence.shared_numbers(keyed(rows), KEY)) == set()
    assert silenced(silence.shared_numbers(keyed([*rows, (1, 106, 60, KEY)]), KEY)) == set(range(1, 61))


def test_only_mobile_numbers_are_asked_and_each_for_itself() -> None:
    rows = [
        (number, 100 + place, 10 * number + place, which) for number, which in ((1, 0), (2, KEY)) for place in range(8)
    ]
    rows += [(3, 200 + place, 90 + place, KEY) for place in range(3)]
    assert silenced(silence.shared_numbers(keyed(rows), KEY)) == set(range(20, 28))


def numbered(*told: tuple[int, str, int]) -> pl.DataFrame:
    """Number, name and records of tellings 1, 2, 3 …"""
    forms = names.forms(pl.Series([name for _, name, _ in told], dtype=pl.String))
    return pl.DataFrame(
        {
            "key": [key for key, _, _ in told],
            "telling": range(1, len(told) + 1),
            "name": forms["spelt"],
            "sound": forms["sound"],
            "sound_code": digest(forms["sound"]),
            "records": [records for _, _, records in told],
        },
        schema=NUMBERED_SCHEMA,
    )


@pytest.mark.parametrize(
    ("told", "suspect"),
    [
        pytest.param([(1, "王小明", 3), (1, "李建国", 1)], {2}, id="the lesser claim"),
        pytest.param([(1, "王小明", 2), (1, "李建国", 2)], {1, 2}, id="even claims"),
        pytest.param([(1, "王小明", 1), (1, "王晓铭", 1), (1, "李建国", 1)], {3}, id="homophones claim together"),
        pytest.param([(1, "王小明", 1), (1, "王小刚", 1), (1, "李建国", 1)], {3}, id="near names claim together"),
        pytest.param([(1, "王小明", 1), (1, "王小刚", 9)], set(), id="one slip"),
        pytest.param([(1, "王小明", 1), (1, "小明", 1), (1, "JOHN SMITH", 5)], set(), id="two scripts"),
        pytest.param([(1, "王小明", 1), (2, "李建国", 1)], set(), id="two numbers"),
        pytest.param(
            [(1, "王小明", 9), (1, "李建国", 1), (1, "李建国", 1), (2, "李建国", 1)], {2, 3}, id="all of a name"
        ),
        pytest.param([], set(), id="nobody"),
    ],
)
def test_a_number_that_others_have_a_better_claim_to_is_suspect(told, suspect) -> None:
    found = silence.suspects(numbered(*told))
    assert silenced(found) == suspect
    assert set(found["what"]) <= {DOCUMENT}


def test_the_order_of_rows_makes_nobody_suspect() -> None:
    told = numbered((1, "王小明", 3), (1, "李建国", 1), (1, "王小刚", 2), (2, "李强", 1), (2, "陈静", 4))
    for seed in range(5):
        shuffled = told.sample(fraction=1, shuffle=True, seed=seed)
        assert silenced(silence.suspects(shuffled)) == silenced(silence.suspects(told)) == {2, 4}


def test_what_is_silent_is_taken_out_and_nothing_else() -> None:
    every = {name: 7 for name, dtype in TELLING.items() if dtype != pl.String}
    tellings = made(every, every, every, every)
    silences = pl.DataFrame(
        [(2, MOBILE), (3, DOCUMENT), (4, MOBILE), (4, DOCUMENT)], schema=SILENCE_SCHEMA, orient="row"
    )
    told = silence.hush(tellings, silences)
    assert told.schema == tellings.schema
    empty = [{name for name, value in row.items() if value == 0} for row in told.rows(named=True)]
    number = {"mobile", "mobile_head", "mobile_tail"}
    document = {"cert_state", "cert_code", "cert_person", "cert_head", "cert_tail", "birth", "gender"}
    assert empty == [set(), number, document, number | document]
    untouched = [name for name in told.columns if name not in number | document]
    assert_frame_equal(told.select(untouched), tellings.select(untouched))
    assert_frame_equal(silence.hush(tellings, silences.clear()), tellings)
