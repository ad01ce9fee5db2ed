import pytest

from tests.core.golden.members import finding, member, of


@pytest.mark.parametrize(
    ("worse", "failed"),
    [("王先生", [finding("N05")]), ("王*明", [finding("N06")]), ("测试", [finding("N04")]), ("快乐", [])],
)
def test_a_complete_name_comes_before_titles_masks_and_nicknames(worse: str, failed: list) -> None:
    source = "underwriting" if failed else "wechat"
    rows = [member(1, source, 9, name=worse, failed_rules=failed), member(2, "leads", name="王小明")]
    assert of(*rows)["name"] == "王小明"


def test_even_a_masked_name_comes_before_a_nickname() -> None:
    masked = member(1, "leads", name="王*明", failed_rules=[finding("N06")])
    assert of(member(2, "wechat", 9, name="快乐"), masked)["name"] == "王*明"


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (("RIC", "320102198801011236"), ("PASSPORT_CN", "E12345678")),
        (("RIC", "320102198801011236"), ("DRIVER", "320102198801011236")),
        ((None, "320102198801011236"), ("PASSPORT_X", "E12345678")),
        (("HMT_RESIDENCE", "810000199001011234"), ("HM_PERMIT", "H12345678")),
        (("HM_PERMIT", "H12345678"), ("TW_PERMIT", "12345678")),
        (("USCC", "91320100MA1XXXXX0X"), ("ORG", "123456789")),
        (("PASSPORT_X", "E12345678"), ("FPR", "CHN123456789012")),
        (("PASSPORT_CN", "E12345678"), ("OTHER", "1")),
        (("OTHER", "1"), (None, None)),
        (("OTHER", "1"), ("RIC", None)),
    ],
)
def test_lifetime_numbers_come_before_passing_ones(better: tuple, worse: tuple) -> None:
    rows = [
        member(1, cert_type=worse[0], cert_no=worse[1], day=9),
        member(2, "leads", cert_type=better[0], cert_no=better[1]),
    ]
    row = of(*rows)
    assert (row["cert_type"], row["cert_no"]) == better
