import pytest

from connectors.sources.files import Unusable
from connectors.sources.headers import key_of, plain, understand, understood
from pipeline.core.feed_words import PARTY_FIELD_WORDS, PARTY_WORDS, ROW_FIELD_WORDS, UNUSED_WORDS
from pipeline.core.feeds import KINDS, words_of
from tests.deliveries_sources import a_feed


@pytest.mark.parametrize("kind", KINDS)
def test_every_usual_header_of_a_kind_is_understood(kind: str) -> None:
    words = words_of(KINDS[kind])
    meant: dict[str, str] = {}
    for word, target in words.items():
        meant.setdefault(plain(word), target)  # words that differ in letter case only have the first one's meaning
    feed = a_feed("x", kind, defaults={choice[0]: "x" for choice in KINDS[kind].obligatory})
    some = [word for target in KINDS[kind].own_words.values() for word in target] + list(words)[::11]
    assert {word: understand([word], feed, "f").targets for word in some} == {
        word: (meant[plain(word)],) for word in some
    }


def test_no_usual_header_that_is_not_used_is_used_too() -> None:
    fields = (PARTY_WORDS | PARTY_FIELD_WORDS | ROW_FIELD_WORDS).values()
    assert not {plain(word) for words in fields for word in words} & {plain(word) for word in UNUSED_WORDS}


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
        "ClaimNo",
        "claim-no",
        "报案号(必填)",
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
    meaning = understand(["报案号", "报案人", "栏", "栏"], a_feed("x", ignored=["栏"]), "f")
    assert meaning.problems == ()


def test_a_usual_header_that_is_not_used_is_told_apart_and_may_stand_twice() -> None:
    meaning = understand(["序号", "报案号", "报案人", "备注", "备注"], a_feed("x"), "f")
    assert (meaning.unused, meaning.unknown, meaning.problems) == (("序号", "备注", "备注"), (), ())


def test_settings_may_use_a_header_that_is_usually_not_used() -> None:
    meaning = understand(["报案号", "报案人", "查勘员"], a_feed("x", columns={"查勘员": "salesperson_code"}), "f")
    assert (meaning.targets[2], meaning.unused) == ("salesperson_code", ())


def test_columns_without_a_header_mean_nothing() -> None:
    meaning = understand(["报案号", "", "报案人", " "], a_feed("x"), "f")
    assert sorted(meaning.sources) == [(0, "claim_no"), (2, "reporter.name")]
    assert meaning.problems == ()


def test_two_headers_of_one_target_are_both_used_and_told_the_better_one_first() -> None:
    meaning = understand(["报案号", "报案人", "报案人通讯地址", "报案人地址"], a_feed("x"), "f")
    assert [position for position, target in meaning.sources if target == "reporter.address"] == [3, 2]
    assert [problem.problem for problem in meaning.problems] == ["报案人地址, 报案人通讯地址 all mean reporter.address"]
    assert not any(problem.refuses for problem in meaning.problems)


@pytest.mark.parametrize("headers", [["赔案号", "报案人", "报案号"], ["报案号", "报案人", "立案号"]])
def test_a_number_comes_from_one_column_of_the_file_the_best(headers: list[str]) -> None:
    meaning = understand(headers, a_feed("x"), "f")
    assert meaning.columns == {"报案号": "claim_no", "报案人": "reporter.name"}
    assert (len(meaning.unused), meaning.problems) == (1, ())


def test_a_name_serves_where_no_code_is_delivered() -> None:
    assert (
        understand(["保单号", "投保人", "中介机构名称"], a_feed("x", "underwriting"), "f").targets[2] == "agency_code"
    )
    both = understand(["保单号", "投保人", "中介机构名称", "中介机构代码"], a_feed("x", "underwriting"), "f")
    assert both.targets[2:] == (None, "agency_code")


def test_a_second_mobile_is_another_phone() -> None:
    meaning = understand(["报案号", "报案人", "报案人电话", "报案人手机号"], a_feed("x"), "f")
    assert meaning.targets[2:] == ("reporter.other_phones", "reporter.mobile")
    assert meaning.problems == ()


def test_columns_that_name_no_party_are_told() -> None:
    meaning = understand(["保单号", "投保人", "被保险人", "联系电话", "性别"], a_feed("x", "underwriting"), "f")
    (problem,) = meaning.problems
    assert problem.problem == "联系电话, 性别 tell of no party that the other columns name"
    assert 'columns: {"联系电话": policyholder.mobile}' in problem.advice
    assert not problem.refuses


def test_a_relation_is_the_insureds_or_that_of_the_one_party_of_a_row() -> None:
    several = understand(["保单号", "投保人", "被保险人", "与投保人关系"], a_feed("x", "underwriting"), "f")
    assert (several.targets[3], several.problems) == ("insured.relation", ())
    one = understand(["保单号", "角色", "姓名", "与投保人关系"], a_feed("x", "underwriting"), "f")
    assert (one.targets[3], one.problems) == ("relation", ())


@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        (
            "underwriting",
            "保险单号 投保人名称 投保人证件号码 投保人移动电话 被保人 被保险人证件类型 车牌号 号牌种类 车架号 发动机号 签单日期 起保日期",
        ),
        (
            "underwriting",
            "保单号 投保人 终保日期 归属机构 中介机构代码 业务员代码 险种名称 渠道名称 初登日期 使用性质 保费合计 保单状态 短信验证标志 行驶证车主",
        ),
        (
            "underwriting",
            "PolicyNo AppliName InsuredName IdentifyType LicenseNo FrameNo EngineNo SignDate StartDate EndDate ComCode",
        ),
        (
            "underwriting",
            "PolicyNo AppliName Handler1Code AgentCode SumPremium RiskCode EnrollDate UseNatureCode CarOwner",
        ),
        ("underwriting", "BDH TBR_XM TBR_ZJHM TBR_SJHM BBXR_XM BBXR_ZJLX CPH CJH FDJH"),
        (
            "claims",
            "报案号 报案时间 报案人 报案人电话 驾驶员 驾驶证号 驾驶员电话 标的车牌号 标的车架号 三者车牌号 三者电话 出险地点 理赔机构",
        ),
        ("callbacks", "保单号 被保险人 回访电话 回访时间 回访结果 坐席工号 通话时长（秒）"),
        ("callbacks", "保单号码 客户姓名 客户电话 拨打时间 外呼结果 座席工号 录音时长"),
        ("verifications", "certNo name mobile checkType result checkTime"),
        ("sms", "手机号码 发送时间 状态报告 短信类型"),
        ("leads", "采集时间 采集地点 巡查小组 巡查员 车牌号 车主姓名 联系电话 是否同意 用途"),
        ("directory", "人员类型 员工工号 员工姓名 手机号码 联系地址"),
        ("do_not_call", "退订号码 退订时间"),
    ],
)
def test_ordinary_headers_of_real_deliveries_are_understood(kind: str, headers: str) -> None:
    meaning = understand(headers.split(), a_feed("x", kind), "f")
    assert (meaning.unknown, meaning.unused) == ((), ())
    assert not any(problem.refuses for problem in meaning.problems)


def test_a_key_within_an_object_is_known_by_its_way_or_its_own_name() -> None:
    paths = ["data.claimNo", "driver.mobile", "reporter.certNo", "reporter.realName", "extra.a.vin", "extra.b.vin"]
    assert understand(paths, a_feed("x"), "f", "keys").targets == (
        *("claim_no", "driver.mobile", "reporter.cert_no", "reporter.name", None, None),
    )


def test_each_missing_obligatory_target_names_its_nearest_header() -> None:
    meaning = understand(["保单编码", "投保人全名", "车牌号"], a_feed("x", "underwriting"), "f")
    told = [(problem.problem, problem.advice) for problem in meaning.problems if problem.refuses]
    assert told == [
        (
            "no column holds policy_no",
            'The nearest header is 保单编码. If that is it, say columns: {"保单编码": policy_no}.',
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
