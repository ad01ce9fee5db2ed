"""The library is imported without what nobody asks of it, which is there all the same for who does."""

import subprocess
import sys

ASKS = """
from expectations.library import great_expectations
great_expectations()
import sys
assert not {"altair.vegalite", "scipy.stats._stats_py"} & set(sys.modules)
import altair as alt
from scipy import stats
assert alt.Chart.__name__ == "Chart" and stats.norm.cdf(0) == 0.5
assert {"altair.vegalite", "scipy.stats._stats_py"} < set(sys.modules)
"""


def test_what_is_put_off_comes_when_something_of_it_is_used() -> None:
    told = subprocess.run([sys.executable, "-c", ASKS], check=False, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
