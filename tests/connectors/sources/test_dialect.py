import pytest

from connectors.sources.dialect import refuse_rubbish, shape_of
from connectors.sources.files import Unusable
from tests.deliveries_sources import a_feed

HEADERS = ("报案号", "报案人姓名", "报案人手机号")


def _shape(text: str | bytes, **settings: object) -> tuple[str, bool, tuple[str, ...]]:
    head = text.encode() if isinstance(text, str) else text
    shape = shape_of(head, "mixed", a_feed("x", **settings), final=True)
    return shape.dialect.delimiter, shape.dialect.cr, shape.headers


@pytest.mark.parametrize("delimiter", ["|", ",", "\t", ";", "^", "\x01"])
def test_the_delimiter_is_the_one_that_makes_headers_understood(delimiter: str) -> None:
    others = "".join(character for character in "|,;^" if character != delimiter)
    text = delimiter.join(HEADERS) + f"\nC1{delimiter}张三{others}{delimiter}139\n"
    assert _shape(text) == (delimiter, False, HEADERS)
    assert _shape(text.encode("gbk")) == (delimiter, False, HEADERS)


@pytest.mark.parametrize("delimiter", ["|", ",", "\t", ";", "^", "\x01"])
def test_without_a_header_line_it_is_the_one_that_gives_as_many_values(delimiter: str) -> None:
    text = "".join(delimiter.join(("C1", "张,三;|^", "139")) + "\n" for _ in range(3))
    if delimiter in ",;|^":
        text = text.replace("张,三;|^", "张三")
    assert _shape(text, header=list(HEADERS)) == (delimiter, False, HEADERS)


@pytest.mark.parametrize(("told", "delimiter"), [("#", "#"), ("\\t", "\t"), ("\\x01", "\x01"), ("\t", "\t")])
def test_a_delimiter_told_is_taken(told: str, delimiter: str) -> None:
    assert _shape(delimiter.join(HEADERS) + "\n", delimiter=told) == (delimiter, False, HEADERS)


def test_a_delimiter_must_be_ascii() -> None:
    with pytest.raises(Unusable, match="ASCII"):
        _shape("a、b\n", delimiter="、")


@pytest.mark.parametrize(
    ("text", "cr"),
    [
        ("a,b\nc\r", False),
        ("a,b\r\nc", False),
        ("a,b\r\r\nc", False),
        ("a,b\rc,d\r", True),
        ("a,b\rc\nd", True),
        ("a,b", False),
    ],
)
def test_the_first_line_end_decides_whether_a_lone_cr_ends_lines(text: str, cr: bool) -> None:
    assert _shape(text)[1] is cr


def test_rows_that_end_in_a_delimiter_have_a_nameless_last_column() -> None:
    assert _shape("报案号|报案人\nC1|张三|\nC2|李四|\n")[2] == ("报案号", "报案人", "")
    assert _shape("报案号|报案人\nC1|张三|\nC2|李四\n")[2] == ("报案号", "报案人")
    assert _shape("C1|张三|\nC2|李四|\n", header=["报案号", "报案人"])[2] == ("报案号", "报案人", "")


def test_a_header_that_ends_in_a_delimiter_need_not_have_a_column_for_it() -> None:
    assert _shape("报案号|报案人|\nC1|张三\n")[2] == ("报案号", "报案人")
    assert _shape("报案号|报案人|\nC1|张三|\n")[2] == ("报案号", "报案人", "")
    assert _shape("报案号|报案人|\n")[2] == ("报案号", "报案人", "")


def test_a_header_may_be_quoted_and_hold_a_line_end() -> None:
    assert _shape('"报案号","报案人\n姓名"\n"C1","张三"\n')[2] == ("报案号", "报案人\n姓名")


def test_one_column_needs_no_delimiter() -> None:
    head = "手机号\n13912345678\n".encode()
    assert shape_of(head, "mixed", a_feed("x", "do_not_call"), final=True).headers == ("手机号",)


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        (bytes(range(256)) * 20, "is not text"),
        ("报案号|报案人|a|b|c|d|e\n".encode("utf-16-le") * 9, "looks like UTF-16 without its mark"),
        ("报案号|报案人|a|b|c|d|e\n".encode("utf-16-be") * 9, "looks like UTF-16 without its mark"),
    ],
)
def test_what_is_no_text_is_refused(head: bytes, problem: str) -> None:
    with pytest.raises(Unusable, match=problem):
        refuse_rubbish(head)


@pytest.mark.parametrize("head", [b"", "a|b\n张三|李四\n".encode("gbk"), b"a\x01b\n" * 50, b"C1\0\0\0|Zhang\0\0\n" * 9])
def test_text_is_not_refused(head: bytes) -> None:
    refuse_rubbish(head)
