"""What holds a customer together."""

from pipeline.core.matching.chains import path, spanning, support

TRIANGLE = [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")]


def test_the_strongest_links_that_connect_everything():
    assert spanning(TRIANGLE) == [0, 1, 3]
    assert spanning([]) == []


def test_a_path_leads_from_one_end_to_the_other():
    assert path([("a", "b"), ("b", "c"), ("c", "d"), ("b", "e")], "d", "a") == [2, 1, 0]
    assert path([("a", "b"), ("c", "d")], "a", "d") == []
    assert path([("a", "b")], "a", "a") == []


def test_support_counts_the_links_that_would_hold_in_its_place():
    assert support(TRIANGLE, [0, 1, 3]) == {0: 1, 1: 1, 3: 0}


def test_too_many_links_are_not_counted():
    assert support([("a", str(number)) for number in range(2001)], []) is None
