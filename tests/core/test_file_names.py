from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.lists.file_names import UNNAMED, file_names


@given(st.lists(st.text(st.sampled_from("aA甲_ /.#"), max_size=100)))
def test_every_unit_has_a_file_of_its_own_everywhere(units: list[str]) -> None:
    names = file_names(units)
    assert set(names) == set(units)
    assert len({name.casefold() for name in names.values()}) == len(names)
    for name in names.values():
        assert name and len(f"{name}.xlsx".encode()) <= 255 and not set(name) & set(" /.#")


def test_names_stay_readable() -> None:
    told = {"建邺支公司": "建邺支公司", "甲 乙": "甲_乙", "甲/乙": "甲_乙_2", "": UNNAMED}
    assert file_names(told) == told
