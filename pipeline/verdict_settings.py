"""Evidence and caliber settings as written in the YAML file -> how evidence is weighed and who is counted."""

from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any

from pipeline.core.authenticity.calibers import CALIBERS, Caliber
from pipeline.core.authenticity.evidence_settings import SHELF_LIVES, SOURCES, EvidenceSettings
from pipeline.core.authenticity.evidence_sources.answers import check_codes
from pipeline.core.authenticity.judging import VerdictSettings
from pipeline.core.authenticity.party_facts import OBLIGATORY
from pipeline.errors import SettingsError
from pipeline.settings import CaliberSettings, EvidenceSection, Settings

FIELDS = (*OBLIGATORY, "phone_in_use", "email", "relation", "vehicle", "conduct", "record")
"""What evidence and findings are about."""


def verdict_settings(told: Settings) -> VerdictSettings:
    """Checked settings. Raises :class:`SettingsError` naming every unknown source, field, table or caliber."""
    problems: list[str] = []
    evidence = _evidence(told.evidence, problems)
    calibers = [replace(caliber, evidence_order=evidence.order) for caliber in CALIBERS.values()]
    for name, section in told.calibers.items():
        calibers = [caliber for caliber in calibers if caliber.name != name]
        calibers.append(_caliber(name, section, evidence, problems))
    names = [caliber.name for caliber in calibers]
    if told.lists.caliber not in names:
        problems.append(f"lists.caliber: {told.lists.caliber} is no caliber; known are {', '.join(names)}")
    if problems:
        raise SettingsError("settings", "; ".join(problems), "docs/settings.md lists what may stand there.")
    return VerdictSettings(evidence, tuple(calibers))


def _evidence(told: EvidenceSection, problems: list[str]) -> EvidenceSettings:
    named = [*told.shelf_lives, *(source for group in told.order for source in group)]
    problems.extend(
        f"evidence: {name} is no source; known are {', '.join(SOURCES)}" for name in named if name not in SOURCES
    )
    tables = set(check_codes().filter(check="number_status")["sender"])
    problems.extend(
        f"evidence.number_tables: {table} is no table of codes; known are {', '.join(sorted(tables))}"
        for table in told.number_tables.values()
        if table not in tables
    )
    _known_fields("evidence.proof", told.proof, problems)
    usual = EvidenceSettings()
    return EvidenceSettings(
        shelf_lives=MappingProxyType({**SHELF_LIVES, **told.shelf_lives}),
        order=tuple(tuple(group) for group in told.order) or usual.order,
        tries=told.tries,
        tries_days=told.tries_days,
        callback_codes=told.callback_codes,
        number_tables=MappingProxyType({**usual.number_tables, **told.number_tables}),
        distrusted=frozenset((one.vendor, one.caller) for one in told.distrusted),
        proof=tuple(told.proof),
        own_name_required=told.own_name_required,
    )


def _caliber(name: str, told: CaliberSettings, evidence: EvidenceSettings, problems: list[str]) -> Caliber:
    """A definition of the settings: what it does not say is as in the one it is like."""
    like = told.like or (name if name in CALIBERS else "final")
    if like not in CALIBERS:
        problems.append(f"calibers.{name}.like: {like} is no caliber; known are {', '.join(CALIBERS)}")
        like = "final"
    said: dict[str, Any] = {
        field: tuple(value) if isinstance(value, list) else value
        for field, value in told.model_dump(exclude_unset=True, exclude={"like", "evidence_order"}).items()
    }
    for field in ("fields", "obligatory", "proof"):
        _known_fields(f"calibers.{name}.{field}", said.get(field, ()), problems)
    order = tuple(tuple(group) for group in told.evidence_order or ()) or evidence.order
    kept = {field.name for field in fields(Caliber)}
    return replace(
        CALIBERS[like],
        name=name,
        evidence_order=order,
        **{"zh": name, **{field: value for field, value in said.items() if field in kept}},
    )


def _known_fields(where: str, told: Any, problems: list[str]) -> None:
    unknown = [name for name in told if name not in FIELDS]
    if unknown:
        problems.append(f"{where}: {', '.join(unknown)} is no field; known are {', '.join(FIELDS)}")
