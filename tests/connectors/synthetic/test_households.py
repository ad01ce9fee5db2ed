from connectors.synthetic import households
from connectors.synthetic.draw import stream

PEOPLE = households.compose(stream(5, 0, "test"), 100_000)
BORN = PEOPLE["born"]


def test_no_day_of_birth_is_crowded() -> None:
    # 100,000 people of 90 years are three a day; a region has 499 numbers for a day and sex.
    assert PEOPLE.group_by("born", "male").len()["len"].max() < 30


def test_elders_are_older_than_the_head_and_children_younger() -> None:
    older = BORN.gather(PEOPLE["head"]) - BORN
    kind = PEOPLE["member"]
    assert (older.filter(kind == households.ELDER) > 15 * 365).all()
    assert (older.filter(kind == households.CHILD) < -10 * 365).all()
