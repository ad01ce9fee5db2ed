from datetime import date
from pathlib import Path

import pytest

from connectors.sources.files import Unusable
from connectors.sources.trailer import read_trailer, trailer_path
from tests.deliveries_sources import a_feed

DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "rows", "day"),
    [
        ("123", 123, None),
        (" 123 \r\n", 123, None),
        ("\ufeff123", 123, None),
        ("1,234,567", 1_234_567, None),
        ("20261121", 20_261_121, None),
        ("0", 0, None),
        ("rows=123", 123, None),
        ("ROWS = 123\n", 123, None),
        ("count: 123", 123, None),
        ("行数：123", 123, None),
        ("123|20261121", 123, DAY),
        ("20261121|123", 123, DAY),
        ("2026-11-21,123", 123, DAY),
        ("2026/11/21 123", 123, DAY),
        ("123\t2026-11-21 03:10:22", 123, DAY),
        ("uw_20261121.txt|123|20261121|20261122031000", 123, DAY),
        ("uw.txt 123", 123, None),
        ("rows=123\ndate=2026-11-21\nmd5=d41d8cd98f00b204e9800998ecf8427e", 123, DAY),
        ("date=20261121;count=123", 123, DAY),
        ("123^20261121", 123, DAY),
        ("123\x0120261121", 123, DAY),
        ('{"count": 123}', 123, None),
        ('{"rows": "123", "date": "20261121"}', 123, DAY),
        ('{"file": {"name": "a", "row_count": 123}, "bizDate": "2026-11-21"}', 123, DAY),
        ('[{"total": 123}]', 123, None),
        ("", None, None),
        (" \n", None, None),
    ],
)
def test_every_usual_form_is_read(text: str, rows: int | None, day: date | None, tmp_path: Path) -> None:
    (tmp_path / "f.ok").write_text(text, encoding="utf-8")
    assert read_trailer(str(tmp_path / "f.ok")) == (rows, day)


def test_gbk_trailers_are_read(tmp_path: Path) -> None:
    (tmp_path / "f.ok").write_bytes("记录数：123；日期：20261121".encode("gbk").replace("；".encode("gbk"), b";"))
    assert read_trailer(str(tmp_path / "f.ok")) == (123, DAY)


@pytest.mark.parametrize(
    "text", ["ok", "rows=", "rows=many", "{}", "{broken", '{"rows": null}', "20261121|", "\x00\x01\x02ab"]
)
def test_a_trailer_without_a_count_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "f.ok").write_text(text, encoding="utf-8")
    with pytest.raises(Unusable, match=r"f\.ok holds no row count"):
        read_trailer(str(tmp_path / "f.ok"))


def test_a_missing_trailer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"trailer file f\.ok is missing"):
        read_trailer(str(tmp_path / "f.ok"))


def test_a_huge_trailer_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f.ok").write_bytes(b"1" * 100_000)
    with pytest.raises(Unusable, match="larger than"):
        read_trailer(str(tmp_path / "f.ok"))


@pytest.mark.parametrize(
    ("pattern", "file", "trailer"),
    [
        ("{path}.ok", "/d/uw.txt", "/d/uw.txt.ok"),
        ("{stem}.flg", "/d/uw.txt", "/d/uw.flg"),
        ("{stem}.flg", "/d/uw.txt.gz", "/d/uw.flg"),
        ("{path}.ok", "/d/{a}.txt", "/d/{a}.txt.ok"),
        ("/flags/{stem}.ok", "/d/uw.txt", "/flags/uw.ok"),
        ("/flags/{path}.ok", "/d/uw.txt", "/flags/uw.txt.ok"),
        ("/d/all_{date}.ok", "/d/uw.txt", "/d/all_20261121.ok"),
        ("/d/all_{date:%Y-%m-%d}.ok", "/d/uw.txt", "/d/all_2026-11-21.ok"),
    ],
)
def test_the_place_of_a_trailer(pattern: str, file: str, trailer: str) -> None:
    assert trailer_path(file, a_feed(file, trailer=pattern)) == trailer


def test_a_compressed_files_trailer_may_keep_the_inner_ending(tmp_path: Path) -> None:
    (tmp_path / "uw.txt.ok").touch()
    file = str(tmp_path / "uw.txt.gz")
    assert trailer_path(file, a_feed(file, trailer="{stem}.ok")) == str(tmp_path / "uw.txt.ok")
