import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.sources.encodings import (
    GB,
    MIXED,
    UTF8,
    EncodingSeen,
    as_utf8,
    decode,
    decode_line,
    fits_gb,
    hidden,
    named,
)
from connectors.sources.files import Unusable

# 一 GB2312, 镕 GBK, 䶮 and 𠮷 four bytes in GB18030, € two bytes in GB18030 and one in cp936.
TEXTS = st.text(alphabet="ab|1\n张三镕䶮𠮷€喆", max_size=12)
BYTES = st.one_of(
    st.binary(max_size=24),
    TEXTS.map(lambda text: text.encode(GB)),
    TEXTS.map(str.encode),
    st.lists(st.integers(0x7E, 0xFF), max_size=6).map(bytes),
    st.lists(st.sampled_from([0x30, 0x39, 0x40, 0x7C, 0x7E, 0x80, 0x81, 0x90, 0xFE, 0xFF]), max_size=8).map(bytes),
)


def _decodes(block: bytes, encoding: str) -> bool:
    try:
        block.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


@given(BYTES)
@example(b"\x80A")
@example(b"\x81\x80")
@example(b"\x81")
@example(b"\x81\x30\x81\x30")
@example(b"\x84\x31\x82\x36")
def test_gb18030_is_told_by_structure_as_the_codec_tells_it(block: bytes) -> None:
    assert fits_gb(block) == _decodes(block, GB)


@given(BYTES, st.sampled_from([UTF8, GB, MIXED, "big5", "latin-1"]))
def test_decoding_never_fails_and_keeps_every_line(block: bytes, encoding: str) -> None:
    text = decode(block, encoding)
    assert text.count("\n") == block.count(b"\n")
    assert as_utf8(block, encoding) == text.encode()


@given(TEXTS)
def test_what_an_encoding_wrote_it_reads(text: str) -> None:
    assert decode(text.encode(GB), GB) == text
    assert decode(text.encode(), UTF8) == text
    assert decode(text.encode(), MIXED) == text


def _seen(*blocks: bytes, told: str = "auto") -> EncodingSeen:
    seen = EncodingSeen(told)
    for block in blocks:
        seen.look(block)
    if seen.must_look_again:
        seen = EncodingSeen(told, utf8_ruled_out=True)
        for block in blocks:
            seen.look(block)
    return seen


@pytest.mark.parametrize(
    ("blocks", "name", "replaced"),
    [
        ([b"abc\n"], UTF8, 0),
        (["张三\n".encode()], UTF8, 0),
        ([b"a\n", "张三\n".encode(GB)], GB, 0),
        (["张三丰\n".encode(), "李四\n".encode(GB)], MIXED, 0),
        (["张三丰\n".encode() + "李四\n".encode(GB)], MIXED, 0),
        (["张三\n".encode(GB) + b"\xff\xff\n\xff\n"], MIXED, 2),
        # "联通" in GB2312 is valid UTF-8; the whole file decides, not its first block.
        (["联通\n".encode(GB), "张三\n".encode(GB)], GB, 0),
        (["䶮\n".encode(GB)], GB, 0),
        # Valid UTF-8 with few characters, and no GB18030, seen before the file turns out not to be UTF-8.
        (["张\n".encode(), "李四\n".encode(GB)], MIXED, 0),
    ],
)
def test_the_whole_file_decides(blocks: list[bytes], name: str, replaced: int) -> None:
    seen = _seen(*blocks)
    assert (seen.name, seen.replaced_lines) == (name, replaced)


def test_an_encoding_told_is_kept_and_lines_that_break_it_are_counted() -> None:
    seen = _seen("張三\n".encode("big5") + b"\xff\n", told="big5")
    assert (seen.name, seen.replaced_lines) == ("big5", 1)


@pytest.mark.parametrize(
    ("line", "text", "replaced"),
    [
        ("张三".encode(), "张三", False),
        ("张三".encode(GB), "张三", False),
        # A name cut in the middle of a character, as SUBSTRB does.
        ("投保人张三".encode()[:-1], "投保人张\ufffd", True),
        ("投保人张三".encode(GB)[:-1], "投保人张\ufffd", True),
    ],
)
def test_a_line_is_read_in_the_encoding_that_fits(line: bytes, text: str, replaced: bool) -> None:
    assert decode_line(line) == (text, replaced)


def test_a_delimiter_may_hide_in_a_character() -> None:
    wide = b"\x81|"  # 亅, U+4E85
    assert wide.decode(GB) == "亅"
    assert hidden(b"|" + wide + b"|" + wide, "|", GB).tolist() == [2, 5]
    lines = b"a|b\n" * (1 << 19)
    assert hidden(lines + wide, "|", GB).tolist() == [len(lines) + 1]
    for block, characters, encoding in (
        ("张三|李四".encode(GB), "|", GB),
        ("张三丰|李四".encode(), "|", UTF8),
        ("张三丰|李四".encode(), "|", MIXED),
        (wide, ",", GB),
        (b"", "|", GB),
        (b"a|b", "|", GB),
    ):
        assert hidden(block, characters, encoding).size == 0


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("auto", "auto"),
        ("GBK", GB),
        ("gb2312", GB),
        ("UTF-8-SIG", UTF8),
        ("utf8", UTF8),
        ("UTF-16", UTF8),
        ("Big5", "big5"),
    ],
)
def test_encodings_go_by_their_usual_name(told: str, name: str) -> None:
    assert named(told) == name


@pytest.mark.parametrize("told", ["klingon", "base64"])
def test_an_encoding_nobody_knows_is_refused(told: str) -> None:
    with pytest.raises(Unusable, match=f"encoding {told} is not known"):
        named(told)
