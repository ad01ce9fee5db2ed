"""Rule settings as written in the YAML file -> what the rules are asked with."""

from dataclasses import fields
from datetime import date
from typing import Any

from pipeline.core.rules.catalogue import RULES
from pipeline.core.rules.limits import Limits, RuleSettings
from pipeline.core.rules.rule import Severity
from pipeline.errors import SettingsError
from pipeline.settings import RulesSettings


def rule_settings(told: RulesSettings) -> RuleSettings:
    """Checked settings. Raises :class:`SettingsError` naming every unknown limit, rule, reason or wrong type."""
    problems: list[str] = []
    limits = _limits(told.limits, problems)
    known = {rule.id: rule for rule in RULES}
    problems.extend(f"rules.off: {name} is no rule" for name in told.off if name not in known)
    severities: dict[tuple[str, str], Severity] = {}
    for name, severity in told.severities.items():
        rule_id, _, reason = name.partition(".")
        reasons = [other.code for other in known[rule_id].reasons] if rule_id in known else []
        if reason and reason in reasons:
            severities[rule_id, reason] = severity
        elif not reason and reasons:
            severities.update({(rule_id, each): severity for each in reasons})
        else:
            problems.append(f"rules.severities: {name} is no rule or reason{_known(reasons)}")
    if problems:
        raise SettingsError("settings", "; ".join(problems), "docs/rules.md lists rules, reasons and limits.")
    return RuleSettings(limits, frozenset(told.off), severities)


def _limits(told: dict[str, Any], problems: list[str]) -> Limits:
    defaults = Limits()
    known = {field.name: getattr(defaults, field.name) for field in fields(Limits)}
    for name, value in told.items():
        if name not in known:
            problems.append(f"rules.limits: {name} is no limit; known are {', '.join(known)}")
        elif isinstance(known[name], date):
            if value is not None and not isinstance(value, date):
                problems.append(f"rules.limits: {name} must be a date, or null")
        elif isinstance(value, bool) or not isinstance(value, int) or value < 0:
            problems.append(f"rules.limits: {name} must be a whole number, zero or more")
    return defaults if problems else Limits(**told)


def _known(reasons: list[str]) -> str:
    return f"; known are {', '.join(reasons)}" if reasons else ""
