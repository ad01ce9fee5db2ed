from itertools import pairwise

import phonenumbers
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.fields import phone
from pipeline.core.fields.phone_check import check
from tests.strategies_phones import ACCEPTED_SEGMENTS, cells, digits, landlines, mobiles


def facts(value):
    return check(pl.Series([value], dtype=pl.String)).row(0)


@pytest.mark.parametrize(
    ("value", "reason", "kind"),
    [
        # Good and bad examples of the rules.
        ("13905142687", None, "mobile"),
        ("19212345678", None, "mobile"),
        ("14212345678", "unallocated", None),
        ("17422345678", "unallocated", None),
        ("025-84550000", None, "landline"),
        ("025-84550000-8001", None, "landline"),
        ("025-1455000", "bad_landline", "landline"),
        ("025-14550000", "bad_landline", "landline"),
        ("0520-84550000", "bad_landline", "landline"),
        ("0521-84550000", "bad_landline", "landline"),
        ("0550-3012345", None, "landline"),
        ("0550-30123456", "bad_landline", "landline"),
        ("84550000", "bad_landline", "landline"),
        ("4008195518", "hotline", "hotline"),
        ("8008101234", "hotline", "hotline"),
        ("95518", "hotline", "hotline"),
        ("025-95518", "hotline", "hotline"),
        ("96123", "hotline", "hotline"),
        ("12345", "hotline", "hotline"),
        ("110", "hotline", "hotline"),
        ("10086", "hotline", "hotline"),
        ("1069012345678", "hotline", "hotline"),
        ("17012345678", None, "mvno"),
        ("14912345678", None, "data"),
        ("13491234567", None, "satellite"),
        ("17491234567", None, "satellite"),
        ("1440012345678", None, "iot"),
        ("14812345678", None, "iot"),
        ("1449912345678", "unallocated", None),
        ("139****5678", "masked", None),
        ("139xxxx5678", "masked", None),
        ("139####5678", "masked", None),
        ("139●●●●5678", "masked", None),
        ("ABC13912345678", "letters", None),
        ("空号13912345678", "letters", None),
        ("139123", "too_short", None),
        ("1.39123E+10", "unknown", None),
        ("320102198801011236", "unknown", None),
        ("1391234567", "unknown", None),
        ("+85261234567", None, "foreign"),
        ("+886987123456", None, "foreign"),
        ("+85312345678", "bad_foreign", "foreign"),
        ("+15550100", "bad_foreign", "foreign"),
        ("+8612345", "unknown", None),
        ("95013123456789", None, "relay"),
        ("13912345678-1234", None, "relay"),
        ("17406626070-1234", "emergency", None),
        ("14212345678-1234", "unallocated", None),
        (None, None, None),
    ],
)
def test_a_value_has_its_reason_and_kind(value, reason, kind):
    answer = facts(value)
    assert answer[:2] == (reason, kind)
    assert answer[3] is (None if value is None else reason is None)


@pytest.mark.parametrize("number", ["+12125550100", "+12125550199", "+442079460958"])
def test_numbers_kept_for_fiction_are_no_customers_though_phonenumbers_holds_them_valid(number):
    assert phonenumbers.is_valid_number(phonenumbers.parse(number))
    assert facts(number)[0] == "bad_foreign"


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        # P06: good and bad example, then its three conditions one by one.
        ("13905142687", None),
        ("13800138000", "deny_list"),
        ("13900000000", "deny_list"),
        ("13000000000", "deny_list"),
        ("18888888888", "deny_list"),
        ("13166666666", "repeated"),
        ("13812345678", "run"),
        ("13801234567", "run"),
        ("13887654321", "run"),
        ("13898765432", "run"),
        ("13812345679", None),
        ("13121212121", "few_digits"),
        ("13811111121", None),
        ("15512333321", None),
        ("025-88888888", None),
    ],
)
def test_a_made_up_number_shows_its_pattern(value, pattern):
    assert facts(value)[2] == pattern


@given(st.lists(mobiles(), max_size=50))
@settings(max_examples=40, deadline=None)
def test_patterns_follow_their_definition_for_any_number(values):
    for value, pattern in zip(values, check(pl.Series(values, dtype=pl.String))["pattern"], strict=True):
        steps = {int(b) - int(a) for a, b in pairwise(value[3:])}
        made_up = steps in ({0}, {1}, {-1}) or len(set(value[2:])) <= 2
        denied = value in {"13800138000", "13900000000", "13000000000", "18888888888"}
        assert (pattern is not None) == (made_up or denied)


# What the table says otherwise than libphonenumber 9.0.43, each with its reason.
ONLY_OURS = {
    "146": "11-digit 146 is graded W, for public suites take it",
    "148": "11-digit 148 likewise",
    "149": "in use by China Telecom; libphonenumber issues 608 and 1976",
    "1749": "Inmarsat, graded W",
}
ONLY_THEIRS = {"1610": "not allocated in the plan of the ministry"}


def test_segments_agree_with_phonenumbers_but_for_the_documented_exceptions():
    values = [f"{segment}345678" for segment in range(13000, 20000)]
    ours = check(pl.Series(values))["usable"]
    for value, usable in zip(values, ours, strict=True):
        number = phonenumbers.PhoneNumber(country_code=86, national_number=int(value))
        theirs = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
        excepted = value.startswith(tuple(ONLY_OURS)), value.startswith(tuple(ONLY_THEIRS))
        assert (usable and not theirs) == excepted[0], value
        assert (theirs and not usable) == excepted[1], value


def test_every_segment_of_the_carriers_is_taken():
    values = pl.Series([f"{segment}05142687" for segment in ACCEPTED_SEGMENTS])
    assert check(values)["usable"].all()


@given(st.lists(landlines(), min_size=1, max_size=50))
@settings(max_examples=20, deadline=None)
def test_valid_landlines_are_valid_for_phonenumbers_too(values):
    assert check(pl.Series(values))["kind"].to_list() == ["landline"] * len(values)
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(value, "CN")) for value in values)


# validator.js, test/validators.test.js, isMobilePhone zh-CN: what it holds valid, after its country code.
VALIDATOR_JS_VALID = (
    "13523333233 13838389438 14899230918 14999230918 15323456787 15052052020 16237108167 "
    "008616238234822 +8616238234822 16565600001 17269427292 18199617480 19151751717 19651751717 "
    "+8613238234822 +8613487234567 +8617823492338 +8616637108167 +8616712341234 +8619912341234 "
    "+8619812341234 +8619712341234 +8619612341234 +8619512341234 +8619312341234 +8619212341234 "
    "+8619112341234 +8617269427292 008618812341234 008617269427292 "
)
VALIDATOR_JS_INVALID = ["12345", "12038389438", "12838389438", "Vml2YW11cyBmZXJtZtesting123"]
# Ours differs on purpose: 1746 is reserved; 92 and 98 are "reserved for the future" and no numbers today.
VALIDATOR_JS_RESERVED = ["17469427292", "92138389438", "98199649964", "+8692138389438", "008698099649964"]
# It refuses these forms of writing; here they are repaired (P17), and the last is a Beijing landline.
VALIDATOR_JS_STRICT = {
    "013838389438": "13838389438",
    "+86-13838389438": "13838389438",
    "+08613811211114": "13811211114",
    "+008613811211114": "13811211114",
    "08613811211114": "13811211114",
    "0086-13811211114": "13811211114",
    "0086-138-1121-1114": "13811211114",
    "010-38238383": "010-38238383",
}


def usable_after_cleaning(values):
    return check(phone.clean(pl.Series(values))["value"])["usable"].to_list()


def test_the_examples_of_validator_js_come_out_as_the_numbering_plan_says():
    assert all(usable_after_cleaning(VALIDATOR_JS_VALID.split()))
    assert not any(usable_after_cleaning(VALIDATOR_JS_INVALID))
    assert not any(usable_after_cleaning(VALIDATOR_JS_RESERVED))
    assert phone.clean(pl.Series(list(VALIDATOR_JS_STRICT)))["value"].to_list() == list(VALIDATOR_JS_STRICT.values())


# VincentSit/ChinaMobilePhoneNumberRegex, test_data.json: one number of each of its segments.
VINCENTSIT = {
    "mobile": (
        "13408408311 13413285119 13425693568 13435963836 13447209764 13458055478 13463833315 13474689678 "
        "13487538991 13565718841 13624815938 13776237547 13894110379 13923962891 15099594010 15133106897 "
        "15231818272 15767419736 15877901645 15984726263 17879751874 18253125111 18354858672 18492479045 "
        "18758050851 18882208829 19823382189 13021421613 13131195888 13293970280 15565377516 15688825262 "
        "16618857739 17532199841 17685350507 18551443523 18691700571 13314380479 15363325670 17364063465 "
        "17787217686 18010674755 18165129011 18983587713 19113829892 19934177559"
    ),
    "satellite": "13492909174 17400628378 17401302156 17402844095 17403779251 17404550742 17405256123 17498003379",
    "mvno": (
        "16532397625 17038973355 17052947129 17061867626 16717719232 17047530386 17071182846 17087642742 "
        "17098166022 17190860091 17001027488 17017251019 17021917263"
    ),
    "iot": "1440892359525 1483300351551 1467906672548 1410164855893",
    "data": "14757547912 14588956466 14970914502",
}
VINCENTSIT_RESERVED = (
    "1409810746776 1411522944372 1412627478897 1419990475587 1427357456401 1434446991103 "
    "1442700732981 1449938476714 15456196441 16136037786 16492415726 17413216001 17414982026 "
    "17420303934 17433646835 17469815716 17489662357 19485570831"
)
VINCENTSIT_MIIT = "17406626070 17407544322 17408843423 17409444518 17410516620 17411862262 17412732652"


@pytest.mark.parametrize("kind", VINCENTSIT)
def test_the_numbers_of_the_regex_project_have_its_kinds(kind):
    assert set(check(pl.Series(VINCENTSIT[kind].split()))["kind"]) == {kind}


def test_the_reserved_and_emergency_segments_of_the_regex_project_are_no_customers():
    assert set(check(pl.Series(VINCENTSIT_RESERVED.split()))["reason"]) == {"unallocated"}
    assert set(check(pl.Series(VINCENTSIT_MIIT.split()))["reason"]) == {"emergency"}


# any-rule, packages/www/src/RULES.js: examples of its mobile and landline rules.
def test_the_examples_of_any_rule_are_numbers():
    values = ["008618311006933", "+8617888829981", "19119255642", "19519255642", "0936-4211235"]
    assert all(usable_after_cleaning(values))
    # Its pattern takes any area code; 0341 was given back.
    assert usable_after_cleaning(["0341-86091234"]) == [False]


@given(st.lists(cells(), max_size=60))
@settings(max_examples=40, deadline=None)
def test_every_answer_is_consistent_whatever_the_value(values):
    value = phone.clean(pl.Series(values, dtype=pl.String))["value"]
    for text, (reason, kind, pattern, usable) in zip(value, check(value).rows(), strict=True):
        if text is None:
            assert (reason, kind, pattern, usable) == (None, None, None, None)
            continue
        assert reason is None or reason in phone.REASONS
        assert usable == (reason is None)
        assert kind in phone.KINDS if usable else kind in {None, "hotline", "landline", "foreign"}


@given(
    st.lists(
        st.builds("+{}{}".format, st.sampled_from(["852", "853", "886", "1", "44", "65", "81"]), digits(8)), max_size=30
    )
)
@settings(max_examples=20, deadline=None)
def test_foreign_numbers_are_valid_where_phonenumbers_says_so(values):
    for value, usable in zip(values, check(pl.Series(values, dtype=pl.String))["usable"], strict=True):
        assert usable == phonenumbers.is_valid_number(phonenumbers.parse(value))
