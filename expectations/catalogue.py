"""The expectations as reviewed: YAML files, read whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipeline.core.rules.catalogue import BY_ID
from pipeline.errors import SettingsError

FOLDER = Path(__file__).with_name("suites")
SUITES = ("rates", "rules", "feeds", "identity", "tables")
SEVERITIES = ("critical", "warning", "info")


@dataclass(frozen=True)
class Expected:
    """One expectation: on a ``measure`` with limits, or a ``native`` one of Great Expectations on a ``frame``.

    ``rule``: the rule of the catalogue it answers, where its measure does not say so. ``always``: kind of feed of which
    every record is asked the rule, so that none asked means that it was not computed. ``norm_zh``, ``norm_en``: what it
    goes by, where no rule of the catalogue says so.
    """

    id: str
    suite: str
    severity: str
    owner: str
    zh: str
    en: str
    measure: str = ""
    low: float | None = None
    high: float | None = None
    min_evaluated: int = 1
    rule: str = ""
    always: str = ""
    frame: str = ""
    native: str = ""
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    norm_zh: str = ""
    norm_en: str = ""

    @property
    def asks(self) -> str:
        """Id of the rule of the catalogue it answers, empty when none."""
        return self.rule or (self.measure.removeprefix("rule.") if self.measure.startswith("rule.") else "")

    @property
    def norm(self) -> tuple[str, str]:
        """What it goes by, in Chinese and English: its own words, else those of its rule."""
        rule = BY_ID.get(self.asks)
        return (self.norm_zh, self.norm_en) if self.norm_zh or rule is None else (rule.why_zh, rule.why)


def expected(target: float, folder: Path = FOLDER) -> list[Expected]:
    """Every expectation of every suite; ``target`` stands for the rate to reach.

    Raises :class:`SettingsError` when a suite is not as long as it says, an id comes twice, or one says what none may say.
    """
    found: list[Expected] = []
    for suite in SUITES:
        path = folder / f"{suite}.yaml"
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        items = [_item(suite, one, target, path) for one in told["expectations"]]
        if len(items) != told["count"]:
            raise SettingsError(
                str(path), f"holds {len(items)} expectations and says {told['count']}", "Review the file."
            )
        found.extend(items)
    ids = [one.id for one in found]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise SettingsError(str(folder), f"ids come twice: {', '.join(twice)}", "Give each its own.")
    return found


def _item(suite: str, told: Mapping[str, Any], target: float, path: Path) -> Expected:
    limits = {name: target if told.get(name) == "target" else told.get(name) for name in ("low", "high")}
    try:
        item = Expected(suite=suite, **{**told, **limits})
    except TypeError as error:
        raise SettingsError(
            f"{path}: {told.get('id')}", "has an unknown or a missing entry", "See the others."
        ) from error
    wrong: Sequence[str] = [
        *(["severity"] if item.severity not in SEVERITIES else []),
        *(["measure or native"] if bool(item.measure) == bool(item.native) else []),
        *(["low or high"] if item.measure and item.low is None and item.high is None else []),
        *(["norm"] if not all(item.norm) else []),
    ]
    if wrong:
        raise SettingsError(f"{path}: {item.id}", f"says no usable {', '.join(wrong)}", "See the others.")
    return item
