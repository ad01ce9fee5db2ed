import pytest

from connectors.sources.files import Unusable
from connectors.sources.headers import key_of, plain, understand, understood
from pipeline.core.feeds import KINDS, words_of
from tests.deliveries_sources import a_feed


@pytest.mark.parametrize("kind", KINDS)
def test_every_usual_header_of_a_kind_is_understood(kind: str) -> None:
    words = words_of(KINDS[kind])
    targets = understand(list(words), a_feed("x", kind), "f").targets
    meant: dict[str, str] = {}
    for word, target in words.items():
        meant.setdefault(plain(word), target)  # words that differ in letter case only have the first one's meaning
    assert targets == tuple(meant[plain(word)] for word in words)


@pytest.mark.parametrize(
    "header",
    [
        "报案号",
        " 报案号 ",
        "\ufeff报案号",
        "*报案号",
        "报案号：",
        "报案\n号",
        '"报案号"',
        "Claim_No",
        "CLAIM_NO",
        "ｃｌａｉｍ＿ｎｏ",
    ],
)
def test_blanks_case_width_and_marks_make_no_difference(header: str) -> None:
    assert understand([header, "报案人"], a_feed("x"), "f").targets == ("claim_no", "reporter.name")


def test_headers_are_told_on_one_line() -> None:
    assert understand([" 报案号", "报案人\n姓名"], a_feed("x"), "f").columns == {
        "报案号": "claim_no",
        "报案人 姓名": "reporter.name",
    }


def test_settings_come_before_the_usual_headers() -> None:
    feed = a_feed("x", columns={"电话": "reporter.landline"}, ignored=["手机"])
    meaning = understand(["报案号", "报案人", "电话", "手机"], feed, "f")
    assert meaning.targets == ("claim_no", "reporter.name", "reporter.landline", None)
    assert meaning.unknown == ()
    assert meaning.problems == ()


@pytest.mark.parametrize("second", ["报案号", " 报案号", "*报案号"])
def test_a_header_that_stands_twice_refuses_and_names_both_places(second: str) -> None:
    meaning = understand(["报案号", "报案人", second], a_feed("x"), "f")
    (problem,) = [problem for problem in meaning.problems if problem.refuses]
    assert problem.problem == f"header {second.strip()} stands twice, in columns 1 and 3"


def test_an_unwanted_header_may_stand_twice_when_the_settings_say_so() -> None:
    meaning = understand(["报案号", "报案人", "备注", "备注"], a_feed("x", ignored=["备注"]), "f")
    assert meaning.problems == ()


def test_columns_without_a_header_mean_nothing() -> None:
    meaning = understand(["报案号", "", "报案人", " "], a_feed("x"), "f")
    assert meaning.sources == ((0, "claim_no"), (2, "reporter.name"))
    assert meaning.problems == ()


def test_two_headers_of_one_target_are_both_used_and_told() -> None:
    meaning = understand(["报案号", "报案人", "立案号"], a_feed("x"), "f")
    assert meaning.sources == ((0, "claim_no"), (1, "reporter.name"), (2, "claim_no"))
    assert [problem.problem for problem in meaning.problems] == ["报案号, 立案号 all mean claim_no"]
    assert not any(problem.refuses for problem in meaning.problems)


def test_each_missing_obligatory_target_names_its_nearest_header() -> None:
    meaning = understand(["保单编号", "投保人全名", "车牌号"], a_feed("x", "underwriting"), "f")
    told = [(problem.problem, problem.advice) for problem in meaning.problems if problem.refuses]
    assert told == [
        (
            "no column holds policy_no",
            'The nearest header is 保单编号. If that is it, say columns: {"保单编号": policy_no}.',
        ),
        (
            "no column holds policyholder.name or insured.name or name",
            'The nearest header is 投保人全名. If that is it, say columns: {"投保人全名": policyholder.name}.',
        ),
    ]


def test_a_default_stands_in_for_a_missing_column() -> None:
    feed = a_feed("x", "directory", defaults={"directory_kind": "staff"})
    assert understand(["姓名", "手机号"], feed, "f").problems == ()


def test_a_target_of_no_such_name_in_the_settings_refuses_and_names_the_nearest() -> None:
    feed = a_feed("x", columns={"报案号": "claim_nr"}, defaults={"reporter.name": "x"})
    (problem,) = [p for p in understand(["报案号"], feed, "f").problems if p.refuses and "target" in p.problem]
    assert problem.problem == "claim_nr is no target of a claims feed"
    assert "claim_no" in problem.advice


def test_a_header_in_the_settings_that_the_file_lacks_is_told() -> None:
    meaning = understand(["报案号", "报案人"], a_feed("x", columns={"老地址": "reporter.address"}), "f")
    (problem,) = meaning.problems
    assert (problem.refuses, "老地址" in problem.problem) == (False, True)


@pytest.mark.parametrize(
    "row",
    [
        ["C2026001", "赵六七", "13912345678", "苏A12345"],
        ["赵六七", "投保人", "男"],
        ["C2026001", "赵六七", "投保人", "江苏省南京市鼓楼区中山北路88号", "报案人"],
        ["zhao@example.com", "赵六七"],
        ["赵六七"],
    ],
)
def test_a_first_row_of_data_taken_for_headers_is_not_told(row: list[str]) -> None:
    meaning = understand(row, a_feed("x"), "f")
    told = " ".join((*map(str, meaning.problems), *meaning.unknown))
    assert any(problem.refuses for problem in meaning.problems)
    for cell in row:
        assert cell in ("投保人", "报案人") or cell not in told
    assert "header:" in told or "No header comes near" in told or "报案人" in row


def test_a_header_that_looks_like_a_value_is_told_by_its_place() -> None:
    meaning = understand(["报案号", "报案人", "报案人手机", "13912345678"], a_feed("x"), "f")
    assert meaning.unknown == ("column 4",)


def test_names_that_are_surely_headers_are_told_however_few_are_understood() -> None:
    names = ["openid", *(f"field_{letter}" for letter in "abcdefgh"), "13912345678"]
    assert understand(names, a_feed("x", "wechat"), "f").unknown[0] == "column 2"
    assert understand(names, a_feed("x", "wechat"), "f", "keys").unknown == (*names[1:-1], "column 10")


def test_columns_that_hold_no_plain_values_have_no_meaning() -> None:
    meaning = understand(["报案号", "报案人"], a_feed("x"), "f", no_values=[0])
    assert meaning.unknown == ("报案号",)
    assert [problem.problem for problem in meaning.problems if problem.refuses] == ["no column holds claim_no"]


def test_keys_of_json_objects_may_differ_in_letter_case_only() -> None:
    assert understand(["openid", "openId"], a_feed("x", "wechat"), "f").problems[0].refuses
    meaning = understand(["openid", "openId"], a_feed("x", "wechat"), "f", "keys")
    assert not any(problem.refuses for problem in meaning.problems)


def test_understood_counts_wanted_and_known_unwanted_headers() -> None:
    assert understood(["报案号", "备注", "什么", ""], a_feed("x", ignored=["备注"])) == 2


def test_the_key_is_the_first_usual_way_the_feed_has() -> None:
    feed = a_feed("x", "underwriting")
    assert key_of({"key", "policy_no", "role"}, feed) == ("key",)
    assert key_of({"policy_no", "role"}, feed) == ("policy_no", "role")
    assert key_of({"policy_no"}, feed) == ("policy_no",)
    assert key_of({"plate"}, a_feed("x", "leads")) == ()


def test_a_key_in_the_settings_wins_and_must_be_delivered() -> None:
    feed = a_feed("x", key=["claim_no", "plate"])
    assert key_of({"claim_no", "plate"}, feed) == ("claim_no", "plate")
    with pytest.raises(Unusable, match="needs plate"):
        key_of({"claim_no"}, feed)
