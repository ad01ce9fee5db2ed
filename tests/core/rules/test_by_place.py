from tests.core.rules.examples import outcome, with_limits

NAMES = ("王小明", "李强", "张丽华", "赵国庆", "陈晓东", "刘芳", "杨柳", "黄海涛", "周建军", "吴敏", "徐志强")
SHOP = "南京市栖霞区和燕路251号"
DEALER = {"source": "directory", "role": "contact", "directory_kind": "dealer", "name": "和燕汽车", "address": SHOP}


def crowd(names: tuple[str, ...], **columns: object) -> list[dict[str, object]]:
    return [{"name": name, "policy_no": f"P{place}"} | columns for place, name in enumerate(names)]


def test_more_parties_than_the_limit_at_one_address_are_suspect():
    assert outcome(crowd(NAMES[:10], address=SHOP), "A05") == ["passed"] * 10
    assert outcome(crowd(NAMES, address=SHOP), "A05") == ["crowded"] * 11
    assert outcome(crowd(NAMES, address=SHOP), "A05", with_limits(address_parties=11)) == ["passed"] * 11


def test_the_same_address_in_other_words_is_the_same():
    rows = crowd(NAMES[:6], address=SHOP) + crowd(NAMES[6:], address="江苏省南京市栖霞区和燕路251号")
    assert outcome(rows, "A05") == ["crowded"] * 11


def test_one_person_s_policies_do_not_crowd_his_home():
    assert outcome(crowd(("王小明",) * 20, address=SHOP), "A05") == ["passed"] * 20


def test_a_village_is_no_single_home():
    assert set(outcome(crowd(NAMES, address="南京市江宁区横溪街道许呈村"), "A05")) == {"unknown"}


def test_an_organisation_may_sit_at_the_dealer_s():
    rows = [
        {"name": "王小明", "address": SHOP},
        {"customer_type": "organisation", "name": "和燕汽车", "address": SHOP},
        DEALER,
    ]
    assert outcome(rows, "A05") == ["premises", "not asked", "not asked"]


def test_an_agent_s_home_is_no_business_premises():
    assert outcome([{"name": "王小明", "address": SHOP}, DEALER | {"directory_kind": "agent"}], "A05")[0] == "passed"


def test_more_parties_than_the_limit_with_one_e_mail_are_suspect_but_not_its_owner():
    rows = [
        *crowd(NAMES[:5], email="liqiang@163.com"),
        {
            "source": "directory",
            "role": "contact",
            "directory_kind": "agent",
            "name": "李强",
            "email": "liqiang@163.com",
        },
    ]
    assert outcome(rows[:3], "E01") == ["passed"] * 3
    assert outcome(rows, "E01") == ["shared", "passed", "shared", "shared", "shared", "not asked"]


def test_a_malformed_e_mail_stays_malformed_among_many():
    assert outcome(crowd(NAMES[:5], email="123@qq"), "E01") == ["bad_format"] * 5
