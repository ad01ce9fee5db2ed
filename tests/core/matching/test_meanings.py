"""Every word matching publishes is explained."""

from pipeline.core.matching import meanings, people
from pipeline.core.schema import IDENTITY_EVENTS, REFUSED_LINKS


def test_every_key_comparison_and_level_means_something():
    assert list(meanings.KEYS) == [key.name for key in people.KEYS]
    assert list(meanings.COMPARISONS) == [one.name for one in people.COMPARISONS]
    assert {name: tuple(levels) for name, levels in meanings.LEVELS.items()} == {
        one.name: one.levels for one in people.COMPARISONS
    }


def test_every_refusal_and_event_means_something():
    reasons = next(column for column in REFUSED_LINKS.columns if column.name == "reason")
    assert set(reasons.en.split()) <= set(meanings.REFUSALS)
    events = next(column for column in IDENTITY_EVENTS.columns if column.name == "event")
    assert all(f"{event}:" in events.en for event in meanings.EVENTS)


def test_a_level_no_longer_known_keeps_its_name():
    assert meanings.level("name", "gone") == ("gone", "gone")
    assert meanings.level("name", "unknown") is meanings.UNKNOWN
