import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.rules.deviations import crowded, kind_of_number, persons
from pipeline.core.rules.facts import examine
from tests.core.rules.examples import NIGHT, observations

LIFETIME = {
    "320102198801011236": ("RIC", 0),
    "33010219200403064X": ("RIC", 0),
    "810000199003074016": ("HMT_RESIDENCE", 8),
    "932682198501010017": ("FPR", 9),
    "H12345678": ("HM_PERMIT", 10),
    "M12345678": ("HM_PERMIT", 10),
}


def codes(numbers: list[str]) -> pl.DataFrame:
    frame = observations([{"cert_no": number, "cert_type": LIFETIME.get(number, ("RIC", 0))[0]} for number in numbers])
    return examine(frame, NIGHT).select(code="cert_no__person")


def test_every_lifetime_number_has_a_code_of_its_own_that_tells_its_kind():
    told = codes(list(LIFETIME))
    assert told["code"].n_unique() == len(LIFETIME)
    assert told.select(kind_of_number("code")).to_series().to_list() == [kind for _, kind in LIFETIME.values()]


def test_a_renewed_travel_permit_keeps_its_code():
    frame = observations(
        [{"cert_type": "HM_PERMIT", "cert_no": number} for number in ("H12345678", "H1234567801", "H1234567802")]
    )
    assert examine(frame, NIGHT)["cert_no__person"].n_unique() == 1


def test_what_is_no_valid_lifetime_number_has_no_code():
    assert codes(["320102198801011234", "111111111111111111"])["code"].to_list() == [None, None]


@given(st.lists(st.tuples(st.sampled_from([1, 2, 3, None]), st.sampled_from([1, 2, 3, None])), min_size=1))
def test_persons_are_counted_low_and_each_once(rows):
    frame = pl.DataFrame(rows, schema={"person": pl.UInt64, "name": pl.UInt64}, orient="row")
    told = frame.filter(pl.any_horizontal(pl.all().is_not_null()))
    counted = told.select(persons()).item() if told.height else 0
    numbers, names = set(told["person"].drop_nulls()), set(told["name"].drop_nulls())
    assert counted <= max(len(numbers) + len(names), 1)
    if told.null_count().sum_horizontal().item() == 0 and told.height:
        assert counted == min(len(numbers), len(names))


def test_a_key_is_crowded_by_more_persons_than_the_limit_not_by_more_rows():
    rows = (
        [("a", 1, 1)] * 5 + [("b", 1, 1), ("b", 2, 2), ("b", None, 3), ("b", None, None)] + [("c", 1, 1), ("c", 2, 1)]
    )
    frame = pl.DataFrame(rows, schema={"key": pl.String, "person": pl.UInt64, "name": pl.UInt64}, orient="row")
    assert crowded(frame, 2).rows() == [("b", 3)]
    assert crowded(frame, 3).rows() == []
    assert sorted(crowded(frame, 1)["key"]) == ["b"]
