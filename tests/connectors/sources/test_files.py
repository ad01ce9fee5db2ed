import errno
import hashlib
from pathlib import Path

import pytest

from connectors.sources.files import (
    Unusable,
    digest_of,
    exists,
    find,
    name_of,
    open_binary,
    signature,
    size_of,
    whole,
    why_unreadable,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("uw_2.txt", "uw_1.txt", "uw_[x].txt", "~$uw_book.txt", ".uw_hidden.txt", "_SUCCESS"):
        (tmp_path / name).write_bytes(b"abc")
    (tmp_path / "uw_folder.txt").mkdir()
    return tmp_path


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_pattern_names_files_in_order_and_no_lock_or_hidden_ones(folder: Path, scheme: str) -> None:
    found = [name_of(path) for path in find(f"{scheme}{folder}/*uw_?.txt")]
    assert found == ["uw_1.txt", "uw_2.txt"]
    assert find(f"{scheme}{folder}/none*") == []
    assert find(f"{scheme}{folder}/*SUCCESS") == []


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_path_may_hold_brackets_when_there_is_such_a_file(folder: Path, scheme: str) -> None:
    if not scheme:
        assert find(f"{folder}/uw_[x].txt") == [f"{folder}/uw_[x].txt"]
    assert find(f"{scheme}{folder}/uw_1.txt") == [f"{scheme}{folder}/uw_1.txt"]
    assert find(f"{scheme}{folder}/uw_9.txt") == []


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_files_are_sized_and_opened(folder: Path, scheme: str) -> None:
    path = f"{scheme}{folder}/uw_1.txt"
    assert size_of(path) == 3
    assert exists(path)
    assert not exists(f"{scheme}{folder}/uw_folder.txt")
    with open_binary(path) as file:
        assert file.read(10) == b"abc"
    assert digest_of(path) == (hashlib.sha256(b"abc").hexdigest(), 3)


def test_a_folder_and_a_missing_file_are_told_apart(folder: Path) -> None:
    with pytest.raises(Unusable, match="is a folder"):
        size_of(str(folder / "uw_folder.txt"))
    with pytest.raises(FileNotFoundError) as caught:
        size_of(str(folder / "none.txt"))
    assert why_unreadable(caught.value) == "cannot be read (No such file or directory)"


def test_a_small_file_is_read_whole_and_a_large_one_refused(folder: Path) -> None:
    assert whole(str(folder / "uw_1.txt"), 3) == b"abc"
    with pytest.raises(Unusable, match="larger than 2 bytes"):
        whole(str(folder / "uw_1.txt"), 2)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x1f\x8b\x08", "gzip"),
        (b"PK\x03\x04", "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
        (b"PAR1", "parquet"),
        (b"\xff\xfea\0", "utf-16"),
        (b"\xfe\xff\0a", "utf-16"),
        (b"\xef\xbb\xbf<html>", "html"),
        (b"  <?xml version", "html"),
        (b"a|b", "text"),
        (b"", "text"),
    ],
)
def test_files_are_known_by_how_they_begin(head: bytes, kind: str) -> None:
    assert signature(head) == kind


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (EOFError("x"), "ends too early: it was not transferred whole"),
        (PermissionError(errno.EACCES, "Permission denied"), "cannot be read (Permission denied)"),
        (OSError("Not a gzipped file (b'13')"), "cannot be read (it is damaged)"),
    ],
)
def test_what_went_wrong_is_told_without_the_content(error: BaseException, told: str) -> None:
    assert why_unreadable(error) == told
