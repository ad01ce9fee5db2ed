import inspect
import pickle

import pytest

from pipeline import errors

ALL = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, errors.ZhenkeError)]


@pytest.mark.parametrize("error", ALL)
def test_survives_the_way_home_from_a_worker(error: type[errors.ZhenkeError]) -> None:
    raised = error("feed claims", "no rows", "Deliver it again.")
    home = pickle.loads(pickle.dumps(raised))
    assert (type(home), str(home), home.place) == (type(raised), str(raised), raised.place)


@pytest.mark.parametrize("error", ALL)
def test_stands_in_the_tree_of_the_module(error: type[errors.ZhenkeError]) -> None:
    assert error.__name__ in (errors.__doc__ or "")


def test_says_place_problem_and_advice() -> None:
    assert (
        str(errors.FeedRefused("feed claims", "no rows", "Deliver it again."))
        == "feed claims: no rows. Deliver it again."
    )
