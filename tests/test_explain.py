"""``zhenke explain`` as its user sees it: what is told, what is masked, what is written down."""

import json
import re
import stat
from pathlib import Path

import polars as pl
import pytest

from pipeline.__main__ import main
from tests import nights

NAMING = ("name", "cert_no", "mobile", "landline", "address", "plate", "vin", "email", "openid")
Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def nightly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = nights.city(tmp_path_factory.mktemp("city"))
    assert nights.run(path)[0] == 0
    return path


@pytest.fixture(scope="module")
def tables(nightly: Path) -> dict[str, pl.DataFrame]:
    return nights.tables(nightly.parent / "output")


@pytest.fixture(scope="module")
def customer(tables: dict[str, pl.DataFrame]) -> str:
    """The customer with the most links of those who told a name, a number, a phone and a plate."""
    told = tables["observations"].drop_nulls(["customer_id", "name", "cert_no", "mobile", "plate", "address"])
    links = tables["links"].join(told.select("customer_id"), on="customer_id", how="semi")
    return links["customer_id"].value_counts(sort=True).sort("count", "customer_id", descending=True)["customer_id"][0]


def values_of(tables: dict[str, pl.DataFrame], customer: str) -> set[str]:
    """Every value of the customer's records that says who it is, longer than what a mask leaves of it."""
    records = tables["observations"].filter(pl.col("customer_id") == customer)
    told = {value for name in NAMING for value in records[name].drop_nulls().to_list()}
    return {value for value in told if len(value) > 1 and "*" not in value}


def explain(nightly: Path, *arguments: str) -> int:
    return main(["explain", str(nightly), *arguments])


def one_line(said: str) -> str:
    """What was said without the breaks of its tables."""
    return re.sub(r"[\s│┃]+", "", said)


def test_a_customer_is_explained_masked(nightly: Path, tables: dict[str, pl.DataFrame], customer: str, capfd: Said):
    assert explain(nightly, customer) == 0
    said = capfd.readouterr().out
    assert f"customer {customer}, night of 2026-06-30" in said
    for part in ("golden record", "what holds it together", "prior", "total", f"created {customer}"):
        assert part in said
    assert sorted(value for value in values_of(tables, customer) if value in one_line(said)) == []
    assert not (nightly.parent / "output" / "access.log").exists()


def test_unmasked_it_tells_values_and_the_look_is_written_down(
    nightly: Path, tables: dict[str, pl.DataFrame], customer: str, capfd: Said
):
    page = nightly.parent / "unmasked.html"
    assert explain(nightly, customer, "--unmask", "--html", str(page)) == 0
    values = values_of(tables, customer)
    text = page.read_text(encoding="utf-8")
    assert sorted(value for value in values if value not in text) == []
    log = nightly.parent / "output" / "access.log"
    told = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [(line["ids"], line["night"], line["what"]) for line in told] == [
        ([customer], "2026-06-30", "explain --unmask")
    ]
    assert told[0]["who"]
    assert not any(value in log.read_text(encoding="utf-8") for value in values)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (log, page)} == {0o600}
    log.unlink()


def test_the_page_is_self_contained_in_two_languages_and_masked(
    nightly: Path, tables: dict[str, pl.DataFrame], customer: str
):
    page = nightly.parent / "page.html"
    assert explain(nightly, customer, "--html", str(page)) == 0
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"https?://|<script|<link|src=|@import|url\(", text) == []
    assert text.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
    assert "为何是同一客户" in text
    assert "Why these records are one customer" in text
    assert "prefers-color-scheme: dark" in text
    assert text.count("<table") == text.count("<thead") > 3
    assert sorted(value for value in values_of(tables, customer) if value in text) == []


def test_a_record_tells_its_customer_and_its_links(nightly: Path, tables: dict[str, pl.DataFrame], capfd: Said):
    link = tables["links"].row(0, named=True)
    assert explain(nightly, link["record_a"]) == 0
    said = capfd.readouterr().out
    assert f"customer {link['customer_id']}" in said
    assert f"{link['weight']:+.2f} bits" in said


def test_a_linked_pair_tells_its_link(nightly: Path, tables: dict[str, pl.DataFrame], capfd: Said):
    link = tables["links"].row(0, named=True)
    assert explain(nightly, link["record_a"], link["record_b"]) == 0
    said = capfd.readouterr().out
    assert "verdict  the two are linked" in said
    assert f"{link['weight']:+.2f}" in said


@pytest.mark.parametrize(
    ("table", "reason", "verdict"),
    [
        ("refused_links", "other_person", "they weigh enough to be linked, but the link was refused"),
        ("review_pairs", "uncertain", "too light to link; listed for a person to decide"),
    ],
)
def test_a_pair_that_is_no_link_tells_why(
    nightly: Path, tables: dict[str, pl.DataFrame], capfd: Said, table: str, reason: str, verdict: str
):
    pair = tables[table].filter(pl.col("reason") == reason).row(0, named=True)
    assert explain(nightly, pair["record_a"], pair["record_b"]) == 0
    said = capfd.readouterr().out
    assert f"verdict  {verdict}" in said
    assert f"   {reason}: " in said
    assert said.count(pair["customer_a"]) == said.count(pair["customer_b"]) == 2


def test_a_pair_that_never_met_is_compared_now(nightly: Path, tables: dict[str, pl.DataFrame], capfd: Said):
    named = tables["observations"].drop_nulls(["customer_id", "cert_no"]).unique("customer_id", maintain_order=True)
    assert explain(nightly, named["record_id"][0], named["record_id"][-1]) == 0
    said = capfd.readouterr().out
    assert "verdict  no key in common" in said
    assert "total" in said


def test_the_settings_are_those_of_the_folder_unless_told(
    nightly: Path, customer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(nightly.parent)
    assert main(["explain", customer]) == 0
    monkeypatch.chdir(tmp_path)
    assert main(["explain", customer]) == 2
    assert main(["explain", customer, "--output", str(nightly.parent / "output")]) == 0


@pytest.mark.parametrize(
    "ids",
    [
        ["20260101-NOSUCHCUSTOME"],
        ["claims/13905142687/driver"],
        ["a/b/c", "d/e/f"],
        ["a/b/c", "20260101-X"],
        ["a/b/c"] * 3,
    ],
)
def test_an_unknown_id_is_2_and_not_repeated(nightly: Path, ids: list[str], capfd: Said):
    assert explain(nightly, *ids, "--unmask") == 2
    said = capfd.readouterr()
    assert not any(one in said.out + said.err for one in ids)
    assert not (nightly.parent / "output" / "access.log").exists()


def test_an_archive_without_nights_is_2(tmp_path: Path):
    assert main(["explain", "a/b/c", "--output", str(tmp_path)]) == 2


def test_a_night_not_published_is_2(nightly: Path, customer: str):
    assert explain(nightly, customer, "--date", "2020-01-01") == 2
    assert explain(nightly, customer, "--date", "2026-06-30") == 0


def test_a_page_that_cannot_be_written_is_2(nightly: Path, customer: str, tmp_path: Path):
    assert explain(nightly, customer, "--html", str(tmp_path / "nowhere" / "page.html")) == 2
