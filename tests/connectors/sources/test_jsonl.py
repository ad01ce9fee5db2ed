import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sources.file_source import inspect_feed
from pipeline.errors import FeedRefused
from pipeline.ports import FEED_ROW
from tests.deliveries_sources import a_feed, delivered, refusals, rejects_of, rows_of, values_of

GOOD = '{"openid":"o1","CreateTime":1732141805,"nickname":"小明😀","phone_info":{"purePhoneNumber":"13912345678"}}'


def _values(folder: Path, *lines: str, **more: Any) -> list[dict[str, Any]]:
    content = ("\n".join(lines) + "\n").encode()
    return values_of(delivered(folder, content, "f.jsonl", kind="wechat", **more))


def test_nested_keys_numbers_and_emoji_are_read(tmp_path: Path) -> None:
    assert _values(tmp_path, GOOD) == [
        {"openid": "o1", "captured_at": "1732141805", "name": "小明😀", "mobile": "13912345678"}
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('"x"', "x"),
        ('" x "', "x"),
        ('""', None),
        ("null", None),
        ("true", "true"),
        ("13912345678", "13912345678"),
        ("13912345678.0", "13912345678"),
        ("320106198801011234", "320106198801011234"),
        ("3.20106198801011234E+17", "3.20106198801011264E+17"),
        ("320106198801011234.0", "3.20106198801011264E+17"),
        ("1.10", "1.1"),
        ("0.00001", "0.00001"),
        ("-0.0", "0"),
        ("123456789012345678901234567890123456789012345", "123456789012345678901234567890123456789012345"),
        ('"\\u0000x"', "x"),
        ('"\\ud83d"', None),
        ('"a\\ud83db"', "ab"),
        ('["139","138"]', "139;138"),
        ('[139, null, "138"]', "139;138"),
        ('[{"a":"1"}]', '[{"a": "1"}]'),
        ('{"a":1}', None),
        ('"a\tb"', "a\tb"),
        ('"\\/"', "/"),
    ],
)
def test_values_are_their_text_whatever_stands_beside_them(value: str, text: str | None, tmp_path: Path) -> None:
    line = f'{{"openid":"o2","mobile":{value}}}'
    alone = _values(tmp_path, GOOD.replace("phone_info", "other"), line)
    assert alone[1].get("mobile") == text
    beside_bad = delivered(tmp_path, f"{GOOD}\n{line}\n{{broken\n".encode(), "g.jsonl", kind="wechat")
    assert values_of(beside_bad)[1].get("mobile") == text


def test_of_a_key_that_comes_twice_the_first_counts(tmp_path: Path) -> None:
    line = '{"openid":"o1","mobile":"1","mobile":"2"}'
    assert _values(tmp_path, line)[0]["mobile"] == "1"
    assert _values(tmp_path, line, '{"openid":"o2","mobile":[]}')[0]["mobile"] == "1"


def test_of_two_keys_of_one_target_the_first_by_name_that_is_filled_counts(tmp_path: Path) -> None:
    values = _values(tmp_path, '{"openid":"o1"}', '{"openId":"o2"}', '{"FromUserName":"o3","openid":"o4"}')
    assert [row["openid"] for row in values] == ["o1", "o2", "o3"]


def test_a_key_with_a_point_in_it_is_the_same_as_a_nested_one(tmp_path: Path) -> None:
    line = '{"openid":"o1","phone_info.purePhoneNumber":"139"}'
    assert [row["mobile"] for row in _values(tmp_path, line, GOOD)] == ["139", "13912345678"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"openid":', "not_json"),
        ("   ", "not_json"),
        ("{} {}", "not_json"),
        ("{'openid':'x'}", "not_json"),
        ('{"openid":NaN}', "not_json"),
        ("rubbish", "not_json"),
        ('{"a":' + "[" * 100_000, "not_json"),
        ("[1]", "not_object"),
        ("null", "not_object"),
        ('"text"', "not_object"),
        ("7", "not_object"),
    ],
)
def test_a_line_that_is_no_object_is_a_reject(line: str, reason: str, tmp_path: Path) -> None:
    report = delivered(tmp_path, f"{GOOD}\n\n{line}\n{GOOD}\n".encode(), "f.jsonl", kind="wechat")
    assert rows_of(report)[FEED_ROW].to_list() == [1, 3]
    (reject,) = rejects_of(report).to_dicts()
    assert (reject["feed_row"], reject["reason"], reject["raw"]) == (2, reason, line)
    assert reject["advice"] == "expected one JSON object a line"


def test_a_json_array_is_refused_with_what_would_be_right(tmp_path: Path) -> None:
    report = delivered(tmp_path, f"[{GOOD},\n{GOOD}]".encode(), "f.json", kind="wechat")
    assert "is one JSON array. Have it delivered as JSON lines" in refusals(report)[0]


def test_an_object_may_be_empty_text_elsewhere(tmp_path: Path) -> None:
    lines = ['{"openid":"o1","phone_info":""}', GOOD, '{"openid":"o3","phone_info":null}']
    assert [row["mobile"] for row in _values(tmp_path, *lines)] == [None, "13912345678", None]


def test_keys_that_come_late_are_understood(tmp_path: Path) -> None:
    lines = ['{"openid":"o1"}'] * 5000 + ['{"openid":"o2","phone_info":{"purePhoneNumber":"139"},"neu":1}']
    report = delivered(tmp_path, "\n".join(lines).encode(), "f.jsonl", kind="wechat", chunk_bytes=5000)
    assert report.columns == {"openid": "openid", "phone_info.purePhoneNumber": "mobile"}
    assert report.unknown_headers == ("neu",)
    assert rows_of(report)["mobile"].drop_nulls().to_list() == ["139"]


def test_a_file_changed_after_the_inspection_is_refused(tmp_path: Path) -> None:
    report = delivered(tmp_path, f"{GOOD}\n{GOOD}\n".encode(), "f.jsonl", kind="wechat")
    (tmp_path / "f.jsonl").write_bytes(f"{GOOD}{GOOD} \n".encode())
    with pytest.raises(FeedRefused, match="changed after it was inspected"):
        rows_of(report)


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9),
    st.text(alphabet='ab"\\\n张😀\0 ', max_size=5),
)
OBJECTS = st.fixed_dictionaries(
    {"openid": st.text(alphabet="abc", min_size=1, max_size=3)},
    optional={
        "mobile": SCALARS,
        "phone_info": st.none() | st.fixed_dictionaries({}, optional={"purePhoneNumber": SCALARS, "x": SCALARS}),
        "other": SCALARS | st.lists(SCALARS, max_size=2),
    },
)
LINES = st.one_of(
    OBJECTS.map(lambda found: json.dumps(found, ensure_ascii=False)),
    OBJECTS.map(json.dumps),
    st.sampled_from(["", "{", "[]", '{"openid":"x","mobile":{}}']),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINES, min_size=1, max_size=12), st.integers(1, 200))
def test_a_file_cut_into_small_chunks_gives_the_same_rows(tmp_path: Path, lines: list[str], chunk_bytes: int) -> None:
    path = tmp_path / "f.jsonl"
    path.write_bytes("\n".join(['{"openid":"o1"}', *lines]).encode())
    whole = inspect_feed(a_feed(path, "wechat"), frozenset())
    parts = inspect_feed(a_feed(path, "wechat", chunk_bytes=chunk_bytes), frozenset())
    assert rows_of(parts).equals(rows_of(whole))
    assert rejects_of(parts).equals(rejects_of(whole))
    numbers = [*rows_of(whole)[FEED_ROW], *rejects_of(whole)[FEED_ROW]]
    assert sorted(numbers) == list(range(1, whole.rows + 1))
