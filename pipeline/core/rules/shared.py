"""What observations with a value in common are asked together: one narrow frame per kind of key, and its questions.

Every frame has ``key`` (never null), ``_record`` (digest of the record id), ``_part`` (its partition) and what the
questions need. :func:`ask` wants all rows of a key in one frame, many keys in each; the order of rows does not matter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.core.rules import by_certificate, by_contact, by_phone, by_place, by_salesperson, by_vehicle, policy
from pipeline.core.rules.deviations import keyed
from pipeline.core.rules.facts import Kinds, examine
from pipeline.core.rules.limits import RuleSettings

Project = Callable[[pl.DataFrame, date], pl.DataFrame]
Ask = Callable[[pl.DataFrame, RuleSettings, date], pl.DataFrame]


@dataclass(frozen=True)
class Meeting:
    """One kind of key. ``rules``: ids of the rules answered by it."""

    project: Project
    ask: Ask
    rules: tuple[str, ...]


MEETINGS: Mapping[str, Meeting] = {
    "phone": Meeting(
        lambda told, _: by_phone.project(told),
        lambda frame, settings, _: by_phone.ask(frame, settings),
        ("P07", "P08", "D25", "P21"),
    ),
    "certificate": Meeting(
        by_certificate.project, lambda frame, settings, _: by_certificate.ask(frame, settings), ("D24", "D28")
    ),
    "home": Meeting(
        lambda told, _: by_place.project_homes(told),
        lambda frame, settings, _: by_place.ask_homes(frame, settings),
        ("A05",),
    ),
    "email": Meeting(
        lambda told, _: by_place.project_emails(told),
        lambda frame, settings, _: by_place.ask_emails(frame, settings),
        ("E01",),
    ),
    "vin": Meeting(
        lambda told, _: by_vehicle.project_vins(told), lambda frame, _, __: by_vehicle.ask_vins(frame), ("V05",)
    ),
    "plate": Meeting(
        lambda told, _: by_vehicle.project_plates(told), lambda frame, _, __: by_vehicle.ask_plates(frame), ("V05",)
    ),
    "salesperson": Meeting(
        lambda told, _: by_salesperson.project(told),
        lambda frame, settings, _: by_salesperson.ask(frame, settings),
        ("N12", "P09", "R04"),
    ),
    "policy": Meeting(
        lambda told, _: policy.project(told),
        lambda frame, _, __: policy.ask(frame),
        ("R01", "R02", "R03", "R04", "P10", "D26"),
    ),
    "claim": Meeting(
        lambda told, _: policy.project_claims(told), lambda frame, _, __: policy.ask_claims(frame), ("D26",)
    ),
    "capture": Meeting(
        lambda told, _: by_contact.project_claims(told), lambda frame, _, __: by_contact.ask_claims(frame), ("C01",)
    ),
    "contact": Meeting(
        lambda told, _: by_contact.project_calls(told), lambda frame, _, __: by_contact.ask_calls(frame), ("C04",)
    ),
}
"""Every kind of key, by name."""


def project(observations: pl.DataFrame, on: date, kinds: Kinds | None = None) -> dict[str, pl.DataFrame]:
    """One frame per kind of key. ``observations`` has ``_record`` and ``_part``; facts are added if missing."""
    examined = observations if "party__kind" in observations.columns else examine(observations, on, kinds)
    told = keyed(examined)
    return {name: meeting.project(told, on) for name, meeting in MEETINGS.items()}


def ask(kind: str, frame: pl.DataFrame, settings: RuleSettings, on: date) -> pl.DataFrame:
    """What a frame of ``kind`` says against the local answers: deviations, sorted, each once."""
    return MEETINGS[kind].ask(frame, settings, on)
