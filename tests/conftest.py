"""Hypothesis without a clock: a slow machine is no failing test, and every run tries the same examples."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "zhenke", deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("zhenke")
