"""Values corrected: standardised, kept beside the source's, and nothing against a newer telling."""

from datetime import date, datetime

import polars as pl
import pytest

from pipeline.core.rulings.corrected import Corrections, corrected
from pipeline.core.rulings.known import known
from pipeline.core.schema import OBSERVATION_SCHEMA
from tests.core.rulings.rulings import RECORD, none, row, rulings

SEEN = datetime(2026, 2, 20, 8, 0, 0, 500_000)


def applied(told: dict[str, object], *rows: dict[str, str | None]) -> Corrections:
    usual = {
        "record_id": RECORD,
        "observed_at": SEEN,
        "mobile": "1390514268",
        "cert_type": "RIC",
        "cert_no": "320102198801011237",
    }
    standing = pl.DataFrame([usual | told], schema=OBSERVATION_SCHEMA)
    return corrected(standing, known(none(), rulings(*rows)).with_row_index("number"))


@pytest.mark.parametrize(
    ("field", "value", "column", "standardised"),
    [
        ("phone", "１３９-０５１４-２６８７", "mobile", "13905142687"),
        ("phone", "025-84550000", "landline", "025-84550000"),
        ("cert_no", "32010219880101123６", "cert_no", "320102198801011236"),
        ("name", "王 小 明", "name", "王小明"),
        ("birth_date", "1988年1月1日", "birth_date", date(1988, 1, 1)),
        ("cert_type", "护照", "cert_type", "PASSPORT_X"),
    ],
)
def test_a_value_is_standardised_like_a_source_s(field: str, value: str, column: str, standardised: object) -> None:
    done = applied({}, row(field=field, corrected=value, rule=None))
    assert done.rows[column].to_list() == [standardised]
    assert done.results["state"].to_list() == ["applied"]


def test_an_address_brings_its_parts() -> None:
    done = applied({"address": "江宁"}, row(field="address", rule="A01", corrected="南京市江宁区秣陵街道胜太路68号"))
    assert done.rows.select("address", "county", "road", "house_number", "region_code").row(0) == (
        "南京市江宁区秣陵街道胜太路68号", "江宁区", "胜太路", "68", "320115",
    )  # fmt: skip


def test_the_source_s_value_stays_beside_it_as_delivered() -> None:
    had = [
        {"field": "mobile", "repair": "separators", "raw": "139-0514-268"},
        {"field": "name", "repair": "inner_space", "raw": "王 小明"},
    ]
    done = applied({"repairs": had}, row())
    assert done.rows["repairs"].to_list() == [[{"field": "mobile", "repair": "steward", "raw": "139-0514-268"}, had[1]]]
    plain = applied({}, row()).rows["repairs"].to_list()
    assert plain == [[{"field": "mobile", "repair": "steward", "raw": "1390514268"}]]


def test_a_landline_in_place_of_a_wrong_mobile_takes_its_place() -> None:
    done = applied({"landline": "025-84550001"}, row(corrected="025-84550000"))
    assert done.rows.select("mobile", "landline").row(0) == (None, "025-84550000")
    beside = applied({"landline": "025-84550001"}, row())
    assert beside.rows.select("mobile", "landline").row(0) == ("13905142687", "025-84550001")


@pytest.mark.parametrize(
    ("observed", "state"),
    [(SEEN, "applied"), (datetime(2026, 2, 20, 8, 0, 1), "superseded"), (datetime(2026, 2, 1), "applied")],
)
def test_what_the_source_told_anew_stands(observed: datetime, state: str) -> None:
    done = applied({"observed_at": observed}, row())
    assert done.results["state"].to_list() == [state]
    assert done.rows.height == (state == "applied")


def test_a_value_nobody_can_read_changes_nothing() -> None:
    done = applied({}, row(corrected="无"))
    assert (done.rows.height, done.results["state"].to_list()) == (0, ["unusable_value"])


def test_the_value_there_already_is_no_change() -> None:
    done = applied({"mobile": "13905142687"}, row())
    assert (done.rows.height, done.results["state"].to_list()) == (0, ["applied"])


def test_what_was_corrected_must_be_proved_from_then_on() -> None:
    done = applied(
        {}, row(), row(field="cert_no", rule="D03", corrected="320102198801011236", decided_at="2026-03-02 10:00")
    )
    assert done.rows["_corrected"].to_list() == [
        [
            {"field": "cert_no", "at": datetime(2026, 3, 2, 10)},
            {"field": "phone", "at": datetime(2026, 3, 2, 9)},
        ]
    ]
