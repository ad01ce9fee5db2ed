"""Calibers (口径) as data: who is counted, what counts as authentic, what is done with the doubtful; and the counts.

A rate is only ever printed with the name and the digest of its caliber: change a definition and the digest changes.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

import polars as pl

from pipeline.core.authenticity.evidence_settings import ORDER
from pipeline.core.authenticity.party_facts import OBLIGATORY
from pipeline.core.digest import digest, in_hex

COUNTED_ROLES = ("policyholder", "insured")
EXCLUDED_STATUS = ("cancelled", "void", "test")
EXCLUDED_VEHICLES = ("tractor", "motorcycle")
"""Tractors and motorcycles are not counted (Shaanxi 2018)."""

Treatment = Literal["authentic", "refuted", "unverified", "excluded"]


@dataclass(frozen=True)
class Caliber:
    """One definition. ``unit``: a policy or customer is what the worst of its parties is.

    ``basis``: rules (findings alone), verdict (findings and evidence) or callback (calls alone). ``fields``: fields that
    count, empty for all. ``obligatory``: fields whose absence refutes. ``proof``:
    fields that evidence must confirm. ``unverified``, ``not_reached``, ``suspects``: what
    they count as; None leaves suspects alone. ``family``: whether a call answered by the family is in the denominator of
    call-backs. ``evidence_order``: the order under which the parties must have been judged.
    """

    name: str
    zh: str
    basis: Literal["rules", "verdict", "callback"]
    unit: Literal["party", "policy", "customer"] = "party"
    roles: tuple[str, ...] = COUNTED_ROLES
    organisations: bool = False
    excluded_status: tuple[str, ...] = EXCLUDED_STATUS
    excluded_vehicles: tuple[str, ...] = EXCLUDED_VEHICLES
    excluded_channels: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    obligatory: tuple[str, ...] = OBLIGATORY
    proof: tuple[str, ...] = ("phone",)
    unverified: Treatment = "authentic"
    not_reached: Treatment = "unverified"
    suspects: Treatment | None = None
    family: bool = False
    weight: Literal["count", "premium"] = "count"
    evidence_order: tuple[tuple[str, ...], ...] = ORDER

    @cached_property
    def digest(self) -> str:
        """16 hexadecimal digits of the definition, its names apart."""
        told = {name: value for name, value in asdict(self).items() if name not in ("name", "zh")}
        text = json.dumps(told, sort_keys=True, ensure_ascii=False)
        return str(in_hex(pl.Series(digest(pl.Series([text]))))[0])

    @property
    def definition(self) -> dict[str, Any]:
        """All of it in plain values, to be written down; :func:`defined` reads it."""
        told: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return told


def defined(definition: Mapping[str, Any]) -> Caliber:
    """The caliber of a ``definition``, whatever that name means today."""
    told: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in definition.items()
    }
    told["evidence_order"] = tuple(tuple(group) for group in told["evidence_order"])
    return Caliber(**told)


_BY_PARTY = (
    Caliber("system", "系统校验口径：无F级问题", "rules"),
    Caliber("strict", "严格口径：无F级和W级问题", "rules", suspects="refuted"),
    Caliber("proven", "已证实口径：有有效证据且无F级问题", "verdict", unverified="unverified"),
    Caliber("final", "最终口径：已证实，加上未被否定的未核实", "verdict"),
    Caliber("callback", "回访口径：确认数除以有效回访数", "callback"),
    Caliber("phone_only", "电话真实率：只看电话", "verdict", fields=("phone",), obligatory=("phone",)),
)
BY_CUSTOMER, BY_POLICY = "_by_customer", "_by_policy"
"""How the names of the calibers by customer and by policy end."""

_CUSTOMERS = tuple(
    replace(caliber, name=caliber.name + BY_CUSTOMER, zh=f"{caliber.zh}（按客户）", unit="customer")
    for caliber in _BY_PARTY
)
_POLICIES = tuple(
    replace(caliber, name=caliber.name + BY_POLICY, zh=f"{caliber.zh}（按保单）", unit="policy")
    for caliber in _BY_PARTY
    if caliber.name in ("system", "final")
)

CALIBERS: Mapping[str, Caliber] = MappingProxyType(
    {caliber.name: caliber for caliber in _BY_PARTY + _CUSTOMERS + _POLICIES}
)
"""The named definitions; settings add their own."""

HEADLINE = "final"
"""The caliber that is held against the target."""
