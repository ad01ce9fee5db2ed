import gzip
from datetime import date
from pathlib import Path

import pytest

from pipeline.ports import FeedReport
from tests.deliveries_sources import NIGHT, inspected, refusals, remarks, rows_of

HEAD = "报案号,报案人\n"


def _write(folder: Path, **files: str | bytes) -> Path:
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def _report(folder: Path, pattern: str = "*.csv", **more: object) -> FeedReport:
    return inspected(folder / pattern, **more)


def test_files_of_a_pattern_are_read_in_order_with_the_same_columns(tmp_path: Path) -> None:
    _write(tmp_path, b__csv=HEAD + "C3,王五\n", a__csv="车牌号,报案人,报案号\n苏A12345,张三,C1\n,李四,C2\n")
    report = _report(tmp_path)
    assert [(file.name, file.rows) for file in report.files] == [("a.csv", 2), ("b.csv", 1)]
    rows = rows_of(report)
    assert rows.columns == ["feed_file", "feed_row", "claim_no", "plate", "reporter.name"]
    assert rows.rows() == [
        ("a.csv", 1, "C1", "苏A12345", "张三"),
        ("a.csv", 2, "C2", None, "李四"),
        ("b.csv", 1, "C3", None, "王五"),
    ]


def test_a_default_fills_only_the_files_that_lack_the_column(tmp_path: Path) -> None:
    _write(tmp_path, a__csv="车牌号,报案人,报案号\n,张三,C1\n", b__csv=HEAD + "C3,王五\n")
    rows = rows_of(_report(tmp_path, defaults={"plate": "苏A00000", "team": "夜市"}))
    assert rows["plate"].to_list() == [None, "苏A00000"]
    assert rows["team"].to_list() == ["夜市", "夜市"]


def test_the_same_file_under_two_names_counts_once(tmp_path: Path) -> None:
    _write(tmp_path, a__csv=HEAD + "C1,张三\n", b__csv=HEAD + "C1,张三\n")
    report = _report(tmp_path)
    assert [file.excluded for file in report.files] == ["", "repeated_file"]
    assert report.rows == 2
    assert rows_of(report)["feed_file"].to_list() == ["a.csv"]
    (problem,) = report.problems
    assert (problem.rule, problem.refuses, problem.problem) == ("C11", False, "is the same file as a.csv")


def test_the_file_of_last_night_is_stale_unless_the_feed_is_full_and_optional(tmp_path: Path) -> None:
    _write(tmp_path, a__csv=HEAD + "C1,张三\n")
    before = frozenset({_report(tmp_path).files[0].digest})
    for mode, obligatory, refused in (("increment", False, True), ("full", True, True), ("full", False, False)):
        report = _report(tmp_path, before=before, mode=mode, obligatory=obligatory)
        (problem,) = report.problems
        assert (problem.rule, problem.refuses) == ("C13", refused)


def test_last_night_s_file_beside_a_fresh_one_is_left_out(tmp_path: Path) -> None:
    _write(tmp_path, a__csv=HEAD + "C1,张三\n")
    before = frozenset({_report(tmp_path).files[0].digest})
    _write(tmp_path, b__csv=HEAD + "C2,李四\n")
    report = _report(tmp_path, before=before)
    assert [file.excluded for file in report.files] == ["repeated_file", ""]
    assert rows_of(report)["claim_no"].to_list() == ["C2"]
    assert [(problem.rule, problem.refuses) for problem in report.problems] == [("C11", False)]


def test_an_empty_increment_that_came_before_is_no_stale_one(tmp_path: Path) -> None:
    _write(tmp_path, a__csv=HEAD)
    before = frozenset({_report(tmp_path).files[0].digest})
    assert not _report(tmp_path, before=before).refused


@pytest.mark.parametrize("content", ["", "\n\n", HEAD, HEAD.rstrip(), "\ufeff", "\ufeff" + HEAD])
def test_a_feed_without_rows_is_told_and_refused_only_when_full(content: str, tmp_path: Path) -> None:
    _write(tmp_path, a__csv=content)
    report = _report(tmp_path)
    assert (report.rows, report.chunks) == (0, ())
    assert remarks(report) == ["feed claims, file a.csv: has no rows. Nothing changed, or the sender's job failed."]
    assert not report.refused
    assert "has no rows, and a full feed must have some" in refusals(_report(tmp_path, mode="full"))[0]


def test_an_empty_file_beside_a_filled_one_is_nothing_to_tell(tmp_path: Path) -> None:
    _write(tmp_path, a__csv="", b__csv=HEAD + "C1,张三\n")
    assert _report(tmp_path, mode="full").problems == ()


@pytest.mark.parametrize("trailer", ["2", "rows=2", "2|20261121", '{"count": 2, "date": "2026-11-21"}'])
def test_a_trailer_that_agrees_is_nothing_to_tell(trailer: str, tmp_path: Path) -> None:
    _write(tmp_path, a__csv=HEAD + "C1,张三\nC2,李四\n", a__csv__ok=trailer)
    report = _report(tmp_path, "a*", trailer="{path}.ok")
    assert report.problems == ()
    assert [file.name for file in report.files] == ["a.csv"]
    assert report.business_date == (NIGHT if "11" in trailer else None)


@pytest.mark.parametrize(
    ("trailer", "problem"),
    [
        ("3", "has 2 rows, its trailer file a.csv.ok says 3"),
        ("1", "has 2 rows, its trailer file a.csv.ok says 1"),
        ("2|20261120", "its trailer file says 2026-11-20, the night is 2026-11-21"),
        ("done", "trailer file a.csv.ok holds no row count"),
        (None, "trailer file a.csv.ok is missing"),
    ],
)
def test_a_trailer_that_does_not_agree_refuses(trailer: str | None, problem: str, tmp_path: Path) -> None:
    _write(tmp_path, a__csv=HEAD + "C1,张三\nC2,李四\n", **({} if trailer is None else {"a__csv__ok": trailer}))
    report = _report(tmp_path, trailer="{path}.ok")
    (told,) = [problem for problem in report.problems if problem.refuses]
    assert (told.rule, told.place) == ("C12", "feed claims, file a.csv")
    assert told.problem == problem
    assert report.chunks == ()


def test_the_business_date_told_is_reported_even_when_it_is_wrong(tmp_path: Path) -> None:
    _write(tmp_path, a__csv=HEAD + "C1,张三\n", a__csv__ok="1|20261120")
    assert _report(tmp_path, trailer="{path}.ok").business_date == date(2026, 11, 20)


def test_an_empty_trailer_only_says_that_the_file_is_ready(tmp_path: Path) -> None:
    _write(tmp_path, a__csv=HEAD + "C1,张三\n", a__csv__ok="")
    assert "is empty. The number of rows could not be checked" in remarks(_report(tmp_path, trailer="{path}.ok"))[0]


def test_one_trailer_may_count_the_rows_of_all_files(tmp_path: Path) -> None:
    _write(tmp_path, a__csv=HEAD + "C1,张三\n", b__csv=HEAD + "C2,李四\n", all__ok="2")
    assert _report(tmp_path, trailer=str(tmp_path / "all.ok")).problems == ()


def test_the_trailer_counts_rows_with_too_many_values_too(tmp_path: Path) -> None:
    _write(tmp_path, a__csv=HEAD + "C1,张三,x\nC2,李四\n", a__csv__ok="2")
    assert _report(tmp_path, trailer="{path}.ok").problems == ()


def test_a_key_that_is_not_delivered_refuses(tmp_path: Path) -> None:
    _write(tmp_path, a__csv=HEAD + "C1,张三\n")
    assert "the key in the settings needs plate" in refusals(_report(tmp_path, key=["plate"]))[0]
    assert _report(tmp_path, key=["reporter.name"]).key == ("reporter.name",)


def test_a_cut_compressed_file_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress((HEAD + "".join(f"C{number},张三\n" for number in range(999))).encode())
    _write(tmp_path, a__csv__gz=whole[:-30])
    assert refusals(_report(tmp_path, "*.gz")) == [
        "feed claims, file a.csv.gz: ends too early: it was not transferred whole. Have it sent again; check its permissions."
    ]
