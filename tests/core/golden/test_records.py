from dataclasses import replace
from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipeline.core.golden.records import NEEDED, golden
from pipeline.core.schema import CUSTOMERS, GOLDEN_UNITS
from tests.core.golden.members import LI, ON, SETTINGS, WANG, finding, member, members, of, repair


@pytest.mark.parametrize(
    ("loser", "winner"),
    [
        pytest.param({"day": 9}, {"mobile_verified": 1}, id="verified before newer"),
        pytest.param({"mobile_verified": 1}, {"source": "leads", "mobile_verified": 2}, id="stronger evidence"),
        pytest.param({"day": 9}, {"source": "wechat", "sms_verified": True}, id="SMS code"),
        pytest.param(
            {"day": 9},
            {"mobile_verified": 1, "failed_rules": [finding("P06")], "repairs": [repair("mobile", "x")]},
            id="verified, though refuted and repaired",
        ),
        pytest.param({"day": 9, "failed_rules": [finding("P06")]}, {"source": "leads"}, id="valid before refuted"),
        pytest.param({"day": 9, "failed_rules": [finding("P06", "W")]}, {"source": "leads"}, id="before suspect"),
        pytest.param(
            {"failed_rules": [finding("P06")]},
            {"source": "leads", "failed_rules": [finding("P06", "W")]},
            id="F then W",
        ),
        pytest.param(
            {"day": 9, "repairs": [repair("mobile", "letters")]}, {"source": "leads"}, id="as delivered before repaired"
        ),
        pytest.param({"source": "claims", "day": 9}, {}, id="underwriting before claims"),
        pytest.param({"source": "leads", "day": 9}, {"source": "wechat"}, id="WeChat before leads"),
        pytest.param({"source": "other", "day": 9}, {"source": "leads"}, id="leads before an unknown feed"),
        pytest.param({"day": 8}, {"day": 9}, id="newer"),
    ],
)
def test_the_better_mobile_survives_in_any_order(loser: dict, winner: dict) -> None:
    rows = [member(1, mobile="13900000001", **loser), member(2, mobile="13900000002", **winner)]
    assert of(*rows)["mobile"] == of(*reversed(rows))["mobile"] == "13900000002"


@pytest.mark.parametrize(
    "equal",
    [
        {
            "failed_rules": [
                finding("P10", "I"),
                finding("P05", "I"),
                finding("A01"),
                finding("V01"),
                finding("P03", "W", "landline_only"),
            ]
        },
        {"failed_rules": []},
        {"repairs": [repair("mobile", "country_code", "separators"), repair("email", "mojibake")]},
        {"mobile_verified": 0},
        {"sms_verified": False},
    ],
)
def test_what_says_nothing_of_the_mobile_decides_nothing(equal: dict) -> None:
    rows = [member(1, mobile="13900000001"), member(2, mobile="13900000002", day=2, **equal)]
    assert of(*rows)["mobile"] == "13900000002"


def test_trust_is_by_kind_of_feed_and_can_be_set() -> None:
    rows = [member(1, "claims_south", 9, mobile="13900000001"), member(2, "core", 1, mobile="13900000002")]
    kinds = replace(SETTINGS, kinds={"claims_south": "claims", "core": "underwriting"})
    assert of(*rows, with_settings=kinds)["mobile"] == "13900000002"
    assert of(*rows, with_settings=replace(kinds, trust=("claims", "underwriting")))["mobile"] == "13900000001"


def test_the_value_most_records_tell_breaks_a_tie_then_the_smallest_value() -> None:
    tie = [member(n, mobile=f"1390000000{digit}") for n, digit in enumerate("6552")]
    assert of(*tie)["mobile"] == "13900000005"
    older = member(9, "leads", mobile="13900000006")
    assert of(*tie, older)["mobile"] == "13900000005"
    assert of(*tie, older, member(10, "leads", mobile="13900000006"))["mobile"] == "13900000006"


def test_a_value_many_told_that_does_not_stand_leaves_the_tie_to_the_others() -> None:
    tie = [member(1, mobile="13900000002"), member(2, mobile="13900000001")]
    many = [member(n, "leads", mobile="13900000003") for n in (3, 4)]
    assert of(*tie, *many)["mobile"] == of(*tie[::-1], *many)["mobile"] == "13900000001"


def test_of_equal_records_the_smallest_record_id_gives_the_source() -> None:
    kinds = replace(SETTINGS, kinds={"b": "claims", "a": "claims"})
    rows = [member(1, "b", mobile="13900000001"), member(2, "a", mobile="13900000001")]
    assert of(*rows, with_settings=kinds)["mobile_source"] == "a"
    assert of(*reversed(rows), with_settings=kinds)["mobile_source"] == "a"


def test_a_refuted_value_stands_where_there_is_no_other() -> None:
    row = of(member(1, mobile="13800138000", failed_rules=[finding("P06")]), member(2))
    assert (row["mobile"], row["mobile_source"], row["mobile_date"]) == (
        "13800138000",
        "underwriting",
        date(2026, 1, 1),
    )
    assert (row["landline"], row["landline_source"], row["landline_date"]) == (None, None, None)


def test_a_unit_is_one_records_even_where_another_tells_more() -> None:
    rows = [
        member(1, day=9, **WANG),
        member(2, **WANG, cert_valid_to=date(2030, 1, 1)),
        member(3, day=9, openid="o1"),
        member(4, openid="o2", unionid="u2"),
        member(5, address="南京市玄武区1号", region_code="320102", day=9),
        member(6, address="南京市秦淮区2号", region_code="320104", room="301", postcode="210000"),
        member(7, region_code="320105", day=20),
    ]
    row = of(*rows)
    assert row["cert_valid_to"] is None
    assert (row["openid"], row["unionid"]) == ("o2", "u2")
    assert (row["region_code"], row["room"], row["postcode"], row["address_date"].day) == ("320102", None, None, 9)


def test_date_of_birth_and_sex_are_the_documents() -> None:
    told = member(1, day=9, birth_date=date(1990, 5, 5), gender="female", birth_date_verified=1)
    row = of(told, member(2, "claims", 3, **WANG))
    assert (row["birth_date"], row["gender"]) == (date(1988, 1, 1), "male")
    assert (row["birth_date_source"], row["gender_source"], row["gender_date"]) == (
        "claims",
        "claims",
        date(2026, 1, 3),
    )


@pytest.mark.parametrize(
    "document",
    [
        {"cert_type": "RIC", "cert_no": "320102198801011234"},
        {"cert_type": "PASSPORT_CN", "cert_no": "E12345678"},
        WANG | {"failed_rules": [finding("D24")]},
        {},
    ],
)
def test_a_document_that_is_not_valid_or_says_nothing_leaves_what_was_told(document: dict) -> None:
    row = of(member(1, birth_date=date(1990, 5, 5), gender="female", day=9), member(2, "claims", **document))
    assert (row["birth_date"], row["gender"]) == (date(1990, 5, 5), "female")
    assert (row["birth_date_source"], row["gender_date"].day) == ("underwriting", 9)


def test_a_person_has_no_representative() -> None:
    organised = {"legal_representative": "王小明", "contact_name": "李强", "contact_phone": "13900000001"}
    row = of(member(1, customer_type="organisation", **organised))
    assert {name: row[name] for name in organised} == organised and row["contact_source"] == "underwriting"
    row = of(member(1, customer_type="person", **organised))
    assert [row[name] for name in (*organised, "contact_source", "contact_date")] == [None] * 5


def test_counts_sources_and_dates() -> None:
    found = golden(
        members(
            member(1, "wechat", 7, customer="B", policy_no=None),
            member(2, day=5, policy_no="P2"),
            member(3, "claims", 3, policy_no="P1"),
            member(4, "claims", 9, policy_no="P2", customer="A"),
        ),
        SETTINGS,
    )
    told = found.select("customer_id", "records", "sources", "first_seen", "last_seen", "policies").rows()
    assert told == [
        ("A", 3, ["claims", "underwriting"], date(2026, 1, 3), date(2026, 1, 9), 2),
        ("B", 1, ["wechat"], date(2026, 1, 7), date(2026, 1, 7), 0),
    ]


def test_only_the_needed_columns_are_needed() -> None:
    frame = members(member(1, **WANG)).select(NEEDED)
    assert golden(frame, SETTINGS).schema == CUSTOMERS.schema
    assert golden(frame.clear(), SETTINGS).schema == CUSTOMERS.schema
    assert golden(frame.clear(), SETTINGS).is_empty()


rows_of_members = st.lists(
    st.fixed_dictionaries(
        {
            "customer": st.sampled_from("ABC"),
            "source": st.sampled_from(["underwriting", "claims", "wechat", "second"]),
            "day": st.integers(1, 2),
            "name": st.sampled_from([None, "王小明", "王先生"]),
            "mobile": st.sampled_from([None, "13900000001", "13900000002"]),
            "cert_no": st.sampled_from([None, WANG["cert_no"], LI["cert_no"], "E1"]),
            "cert_type": st.sampled_from([None, "RIC", "PASSPORT_CN"]),
            "address": st.sampled_from([None, "a", "b"]),
            "room": st.sampled_from([None, "1"]),
            "policy_no": st.sampled_from([None, "P1", "P2"]),
            "failed_rules": st.lists(
                st.sampled_from([finding("P06"), finding("N05", "W"), finding("D24")]), max_size=2
            ),
            "repairs": st.sampled_from([None, [repair("mobile", "letters")]]),
        }
    ),
    min_size=1,
    max_size=10,
).map(lambda rows: members(*(member(number, **row) for number, row in enumerate(rows))))


@given(rows_of_members, st.integers(0, 99))
def test_the_order_of_rows_decides_nothing_and_units_are_never_mixed(frame: pl.DataFrame, seed: int) -> None:
    kinds = replace(SETTINGS, kinds={"second": "claims"})
    found = golden(frame, kinds)
    assert_frame_equal(found, golden(frame.sample(fraction=1, shuffle=True, seed=seed), kinds))
    assert found.schema == CUSTOMERS.schema and found["customer_id"].is_unique().all()
    assert found["customer_id"].is_sorted()
    for unit in ("document", "address", "mobile", "name"):
        fields = GOLDEN_UNITS[unit][2]
        told = frame.select("customer_id", "source", *fields, pl.col("observed_at").dt.date())
        given_ = found.filter(pl.col(f"{unit}_source").is_not_null())
        keys = ["customer_id", *fields, "source", "observed_at"]
        chosen = given_.select("customer_id", *fields, source=f"{unit}_source", observed_at=f"{unit}_date")
        assert chosen.join(told, on=keys, how="anti", nulls_equal=True).is_empty()


@given(rows_of_members)
@settings(max_examples=20)
def test_a_customer_depends_on_its_own_records_only(frame: pl.DataFrame) -> None:
    whole = golden(frame, SETTINGS)
    alone = pl.concat([golden(part, SETTINGS) for part in frame.partition_by("customer_id")]).sort("customer_id")
    assert_frame_equal(whole, alone)


def test_times_before_1970_and_unknown_ones_are_the_oldest() -> None:
    old = member(1, mobile="13900000001") | {"observed_at": datetime(1900, 1, 1)}
    assert of(old, member(2, mobile="13900000002") | {"observed_at": datetime(1971, 1, 1)})["mobile"] == "13900000002"


def test_a_kind_of_trust_is_named_once() -> None:
    with pytest.raises(ValueError, match="each once"):
        replace(SETTINGS, trust=("claims", "claims"))
    assert SETTINGS.on == ON
