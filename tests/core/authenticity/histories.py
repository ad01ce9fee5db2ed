"""Hand-made histories: underwriting and what was heard afterwards, as observations, and the verdict they lead to."""

from datetime import date, datetime, timedelta

import polars as pl

from pipeline.core.authenticity import evidence, party_facts
from pipeline.core.authenticity.calibers import Caliber
from pipeline.core.authenticity.counts import count, count_customers, counted, policies
from pipeline.core.authenticity.evidence_settings import EvidenceSettings
from pipeline.core.authenticity.verdict import verdicts
from pipeline.core.schema import OBSERVATIONS

NIGHT = date(2026, 6, 30)
ISSUED = datetime(2026, 5, 4, 10)
PHONE, OTHER_PHONE = "13905142687", "13905142688"
CERT_NO, NAME = "320102198801011236", "王小明"

Row = dict[str, object]


def policy(number: str = "P1", **changes: object) -> Row:
    """A complete policyholder of a policy issued on 4 May."""
    usual: Row = {
        "record_id": f"underwriting/{number}/policyholder",
        "source": "underwriting",
        "policy_no": number,
        "role": "policyholder",
        "customer_type": "person",
        "name": NAME,
        "cert_type": "RIC",
        "cert_no": CERT_NO,
        "mobile": PHONE,
        "address": "南京市江宁区秣陵街道胜太路68号",
        "observed_at": ISSUED,
        "issued_on": ISSUED.date(),
        "premium": 300_000,
        "customer_id": "20260630-A",
        "unit": "江宁",
    }
    return usual | changes


def finding(rule: str, reason: str, severity: str = "F") -> Row:
    return {"failed_rules": [{"rule": rule, "severity": severity, "reason": reason}]}


def call(code: str | None, day: float = 20, **changes: object) -> Row:
    """A call to the policyholder ``day`` days after issue."""
    at = ISSUED + timedelta(days=day)
    usual: Row = {
        "record_id": f"callbacks/{changes.get('policy_no', 'P1')}|{code}|{at}",
        "source": "callbacks",
        "feed_file": "calls.xlsx",
        "feed_row": 7,
        "policy_no": "P1",
        "role": "policyholder",
        "mobile": PHONE,
        "result_code": code,
        "vendor": "金陵呼叫",
        "caller": "W101",
        "captured_at": at,
        "observed_at": at,
    }
    return usual | changes


def check(route: str, code: str, day: float = 20, **changes: object) -> Row:
    at = ISSUED + timedelta(days=day)
    usual: Row = {
        "record_id": f"verifications/{route}|{code}|{at}/contact",
        "source": "verifications",
        "role": "contact",
        "capture_route": route,
        "result_code": code,
        "vendor": "A",
        "mobile": PHONE,
        "captured_at": at,
    }
    if route != "number_status":
        usual |= {"name": NAME, "cert_no": CERT_NO}
    return usual | changes


def message(code: str, carrier: str = "CMCC", day: float = 50) -> Row:
    at = ISSUED + timedelta(days=day)
    return {
        "record_id": f"sms/{code}|{at}/contact",
        "source": "sms",
        "role": "contact",
        "result_code": code,
        "vendor": carrier,
        "mobile": PHONE,
        "captured_at": at,
    }


def wechat(phone: str = PHONE, day: float = 20, **changes: object) -> Row:
    at = ISSUED + timedelta(days=day)
    usual: Row = {
        "record_id": f"wechat/{phone}|{at}/contact",
        "source": "wechat",
        "role": "contact",
        "mobile": phone,
        "openid": "o1",
        "customer_id": "20260630-A",
        "captured_at": at,
    }
    return usual | changes


def claim(phone: str = PHONE, day: float = 20, **changes: object) -> Row:
    at = ISSUED + timedelta(days=day)
    usual: Row = {
        "record_id": f"claims/{phone}|{at}/reporter",
        "source": "claims",
        "role": "reporter",
        "mobile": phone,
        "customer_id": "20260630-A",
        "captured_at": at,
    }
    return usual | changes


def frame(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=OBSERVATIONS.schema).with_columns(kind=pl.col("source"))


def heard(*rows: Row, settings: EvidenceSettings | None = None, on: date = NIGHT) -> pl.DataFrame:
    """The evidence table of the rows."""
    settings = settings or EvidenceSettings()
    told = frame(*rows)
    underwriting = told.filter(pl.col("kind") == "underwriting")
    facts = party_facts.facts(party_facts.underwritten(underwriting))
    numbers = party_facts.numbers(underwriting)
    return evidence.evidence(evidence.pieces(told, settings), facts, numbers, settings, on)


def judged(*rows: Row, settings: EvidenceSettings | None = None, on: date = NIGHT) -> pl.DataFrame:
    """The parties table of the rows."""
    told = frame(*rows).filter(pl.col("kind") == "underwriting")
    facts = party_facts.facts(party_facts.underwritten(told))
    return verdicts(facts, heard(*rows, settings=settings, on=on), settings or EvidenceSettings())


def verdict(*rows: Row, settings: EvidenceSettings | None = None, on: date = NIGHT) -> str:
    """The verdict on the only party."""
    return str(judged(*rows, settings=settings, on=on)["verdict"].item())


def why_not(table: pl.DataFrame, record: Row) -> set[str | None]:
    """Why the pieces of a record were not used; None for one that was."""
    return set(table.filter(pl.col("record_id") == record["record_id"])["why_not"])


def counts_of(parties: pl.DataFrame, caliber: Caliber, on: date = NIGHT) -> pl.DataFrame:
    """Counts of ``parties`` under one caliber."""
    persons = counted(parties, [caliber], on)
    if caliber.unit == "policy":
        persons = policies(persons, [caliber])
    adding = count_customers if caliber.unit == "customer" else count
    return adding(persons, [caliber], on)
