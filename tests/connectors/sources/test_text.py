import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sources.file_source import inspect_feed
from pipeline.errors import FeedRefused
from pipeline.ports import FEED_ROW
from tests.deliveries_sources import a_feed, delivered, inspected, refusals, rejects_of, remarks, rows_of, values_of

HEAD = "报案号|报案人姓名|报案人手机号\n"


def _values(folder: Path, text: str | bytes, **settings: object) -> list[list[str | None]]:
    content = text if isinstance(text, bytes) else text.encode()
    return [list(row.values()) for row in values_of(delivered(folder, content, "f.txt", **settings))]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("C1|张三|139", ["C1", "张三", "139"]),
        ("C1|张三|", ["C1", "张三", None]),
        ("C1|\\N|139", ["C1", None, "139"]),
        ("C1   |张三      |139 ", ["C1", "张三", "139"]),
        ("C1|\\N   |139", ["C1", None, "139"]),
        ('C1|"张|三"|139', ["C1", "张|三", "139"]),
        ('C1|"张\n三"|139', ["C1", "张\n三", "139"]),
        ('"C1"|"张""三"|"139"', ["C1", '张"三', "139"]),
        ('C1|张"三|139', ["C1", '张"三', "139"]),
        ('C1|"张三|139', ["C1", '"张三', "139"]),
        ('C1|"张三"丰|139', ["C1", '"张三"丰', "139"]),
        ("C1|=1+1|+86139", ["C1", "=1+1", "+86139"]),
        ("C1|张\0三\0\0|139\0", ["C1", "张三", "139"]),
        ("C1|王喆亅㐀|139", ["C1", "王喆亅㐀", "139"]),
        ("C1|张\u3000三|139", ["C1", "张\u3000三", "139"]),
    ],
)
def test_a_row_is_read_right_beside_ordinary_rows(
    line: str, values: list[str | None], encoding: str, tmp_path: Path
) -> None:
    text = f"{HEAD}A|甲|1\n{line}\nB|乙|2\n"
    stored = text.encode("gb18030" if encoding == "gbk" else encoding)
    assert _values(tmp_path, stored, chunk_bytes=1 << 20) == [["A", "甲", "1"], values, ["B", "乙", "2"]]
    assert _values(tmp_path, stored, chunk_bytes=1) == [["A", "甲", "1"], values, ["B", "乙", "2"]]


def test_emoji_and_rare_characters_come_through(tmp_path: Path) -> None:
    assert _values(tmp_path, f"{HEAD}C1|小明😀𠮷|139\n") == [["C1", "小明😀𠮷", "139"]]
    assert _values(tmp_path, f"{HEAD}C1|小明😀𠮷|139\n".encode("gb18030")) == [["C1", "小明😀𠮷", "139"]]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    ("line", "found", "cause"), [("C9|王五", 2, "line end"), ("C9|王|五|139", 4, "delimiter"), ("   ", 1, "line end")]
)
def test_a_row_with_the_wrong_number_of_values_is_a_reject(
    line: str, found: int, cause: str, encoding: str, tmp_path: Path
) -> None:
    text = f"{HEAD}C1|张三|1\n\n{line}\nC2|李四|2\n"
    report = delivered(tmp_path, text.encode(encoding), "f.txt")
    assert rows_of(report)[FEED_ROW].to_list() == [1, 3]
    (reject,) = rejects_of(report).to_dicts()
    assert (reject["feed_row"], reject["reason"], reject["raw"]) == (2, "field_count", line)
    assert reject["advice"].startswith(f"expected 3 fields, found {found}")
    assert cause in reject["advice"]


def test_an_odd_row_with_the_wrong_number_of_values_is_told_as_it_came(tmp_path: Path) -> None:
    report = delivered(tmp_path, f'{HEAD}C1|张"三|1|x\nC2|"李四|2\n'.encode(), "f.txt")
    assert rejects_of(report)["raw"].to_list() == ['C1|张"三|1|x']
    assert rows_of(report)[FEED_ROW].to_list() == [2]


def test_an_unclosed_quote_at_the_end_costs_nothing(tmp_path: Path) -> None:
    assert _values(tmp_path, f'{HEAD}C1|张三|1\nC2|李四|"2') == [["C1", "张三", "1"], ["C2", "李四", '"2']]


def test_a_line_of_ten_megabytes_is_one_row(tmp_path: Path) -> None:
    long = "x" * 10_000_000
    report = delivered(
        tmp_path, f"{HEAD}C1|张三|1\nC2|{long}|2\n{long}\nC3|李四|3\n".encode(), "f.txt", chunk_bytes=1000
    )
    assert [len(row["reporter.name"]) for row in values_of(report)] == [2, 10_000_000, 2]
    assert [len(raw) for raw in rejects_of(report)["raw"]] == [10_000_000]


def test_a_file_without_line_ends_is_refused_before_memory_runs_out(tmp_path: Path) -> None:
    report = delivered(tmp_path, HEAD.encode() + b"x" * (66 << 20), "f.txt")
    assert "has a row of more than 64 MB" in refusals(report)[0]


@pytest.mark.parametrize("tail", ["", "\n", "\n\n\n", "\r\n", "\x1a", "\n\x1a", "\n\0\0\0"])
def test_the_end_of_a_file_adds_no_row(tail: str, tmp_path: Path) -> None:
    report = delivered(tmp_path, f"{HEAD}C1|张三|1{tail}".encode(), "f.txt")
    assert report.rows == 1
    assert [row["reporter.mobile"] for row in values_of(report)] == ["1"]


def test_lines_in_two_encodings_are_each_read_right_and_broken_ones_counted(tmp_path: Path) -> None:
    content = f"{HEAD}C1|张三丰|1\n".encode() + "C2|李四|2\n".encode("gbk") + "C3|王五六七".encode() + b"\xe5|3\n"
    report = delivered(tmp_path, content, "f.txt")
    assert [row["reporter.name"] for row in values_of(report)] == ["张三丰", "李四", "王五六七\ufffd"]
    assert (report.files[0].encoding, report.files[0].replaced_lines) == ("mixed", 1)
    (remark,) = remarks(report)
    assert remark.startswith("feed claims, file f.txt: 1 lines hold bytes that are no text.")


def test_an_encoding_told_is_used(tmp_path: Path) -> None:
    told = ["报案号", "报案人姓名", "报案人手机号"]
    assert _values(tmp_path, "C1|張三|1\n".encode("big5"), encoding="big5", header=told) == [["C1", "張三", "1"]]


def test_a_file_without_a_header_line_is_read_with_the_headers_told(tmp_path: Path) -> None:
    told = ["报案号", "报案人姓名", "报案人手机号"]
    assert _values(tmp_path, "C1|张三|1\nC2|李四|2\n", header=told) == [["C1", "张三", "1"], ["C2", "李四", "2"]]


def test_hive_text_is_read(tmp_path: Path) -> None:
    content = "C1\x01张三\x01\\N\nC2\x01\\N\x012\n".encode()
    (tmp_path / "000000_0").write_bytes(content)
    report = inspected(tmp_path / "*", header=["claim_no", "reporter_name", "reporter_mobile"])
    assert values_of(report) == [
        {"claim_no": "C1", "reporter.name": "张三", "reporter.mobile": None},
        {"claim_no": "C2", "reporter.name": None, "reporter.mobile": "2"},
    ]


def test_a_compressed_file_is_one_chunk_read_part_by_part(tmp_path: Path) -> None:
    lines = "".join(f"C{number}|张三|{number}\n" for number in range(1, 1001))
    report = delivered(tmp_path, gzip.compress((HEAD + lines).encode("gbk")), "f.txt.gz", chunk_bytes=1000)
    (chunk,) = report.chunks
    assert chunk.rows == 1000
    assert rows_of(report)["claim_no"].to_list() == [f"C{number}" for number in range(1, 1001)]


def test_a_file_changed_after_the_inspection_is_refused(tmp_path: Path) -> None:
    report = delivered(tmp_path, f"{HEAD}C1|张三|1\nC2|李四|2\n".encode(), "f.txt")
    for changed in (f"{HEAD}C1|张三|1\n", f"{HEAD}C1|张三|1C2|李四|2\n\n"):
        (tmp_path / "f.txt").write_bytes(changed.encode())
        with pytest.raises(FeedRefused, match="changed after it was inspected"):
            rows_of(report)


TABLES = st.lists(
    st.tuples(*[st.text(alphabet='ab"|\n\r\0\\N张喆亅㐀 \u3000😀', max_size=8)] * 3), min_size=1, max_size=30
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TABLES, st.sampled_from(["utf-8", "gb18030"]), st.integers(1, 60), st.integers(1, 5))
def test_a_file_cut_into_small_chunks_gives_the_same_rows(
    tmp_path: Path, table: list[tuple[str, ...]], encoding: str, chunk_bytes: int, batch_rows: int
) -> None:
    text = HEAD + "".join("|".join(row) + "\n" for row in table)
    path = tmp_path / "f.txt"
    path.write_bytes(text.encode(encoding))
    whole = inspect_feed(a_feed(path, chunk_bytes=1 << 24), frozenset())
    parts = inspect_feed(a_feed(path, chunk_bytes=chunk_bytes), frozenset())
    assert len(parts.chunks) >= len(whole.chunks)
    assert whole.rows == parts.rows == rows_of(whole).height + rejects_of(whole).height
    assert rows_of(parts, batch_rows).equals(rows_of(whole))
    assert rejects_of(parts, batch_rows).equals(rejects_of(whole))
    numbers = [*rows_of(whole)[FEED_ROW], *rejects_of(whole)[FEED_ROW]]
    assert sorted(numbers) == list(range(1, whole.rows + 1))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TABLES, st.integers(0, 3))
def test_the_encoding_makes_no_difference(tmp_path: Path, table: list[tuple[str, ...]], extra: int) -> None:
    lines = ["|".join(row) for row in table] + ["A|赵|B", "亅|亅|亅", "", "亅|亅", "A|B|C|D", "王亅|亅李|"][: extra * 2]
    found = []
    for encoding in ("utf-8", "gb18030"):
        path = tmp_path / "f.txt"
        path.write_bytes((HEAD + "\n".join(lines) + "\n").encode(encoding))
        report = inspect_feed(a_feed(path), frozenset())
        found.append((rows_of(report).sort(FEED_ROW), rejects_of(report).sort(FEED_ROW)))
    assert found[0][0].equals(found[1][0])
    assert found[0][1].equals(found[1][1])
