import json

import pytest

from connectors.sources.files import Unusable
from connectors.sources.json_objects import NO_JSON, Keys, flatten, parsed


def test_numbers_are_kept_as_their_text() -> None:
    assert parsed(b'{"a": 12345678901234567890123, "b": 1.50, "c": 1e20}') == {
        "a": "12345678901234567890123",
        "b": "1.5",
        "c": "1.00000000000000000000E+20",
    }


@pytest.mark.parametrize("line", [b"", b"{", b'{"a":Infinity}', b"\xff\xfe", b"[" * 10**6])
def test_what_is_no_json_is_told(line: bytes) -> None:
    assert parsed(line) is NO_JSON


def test_values_are_put_under_their_key_path() -> None:
    flat: dict[str, str | None] = {}
    flatten({"a": {"b": {"c": "1"}, "d": None}, "e": True}, "", flat)
    assert flat == {"a.b.c": "1", "a.d": None, "e": "true"}


@pytest.mark.parametrize("tail", [b"", b"broken\n"])
def test_keys_are_found_with_and_without_broken_lines(tail: bytes) -> None:
    keys = Keys()
    keys.look(b'{"a":1,"b":{"c":2}}\n{"b":{"d":"x"},"e":[1],"f.g":1}\n' + tail, "mixed")
    assert keys.values == {"a", "b.c", "b.d", "e", "f.g"}
    assert keys.nests == {"b", "e", "f.g"}


@pytest.mark.parametrize("value", [b"1", b'"x"', b"true", b"1.5"])
def test_a_key_that_is_now_a_value_and_now_an_object_is_both(value: bytes) -> None:
    for lines in ([b'{"a":%s}', b'{"a" : {"b":1}}'], [b'{"c":{"a":{"b":1}}}', b'{"c":{"a": %s}}']):
        for block in (b"\n".join(lines), b"\n".join(reversed(lines))):
            keys = Keys()
            keys.look(block.replace(b"%s", value), "utf-8")
            above = "c." if b"c" in block else ""
            assert keys.values == {f"{above}a", f"{above}a.b"}
            assert f"{above}a" in keys.nests


def test_keys_may_hold_any_character_and_be_many() -> None:
    keys = Keys()
    keys.look(rb'{"a\nb.*[\"":1,"\u0000-#":"x"}' + b"\n", "utf-8")
    assert keys.values == {'a\nb.*["', "\0-#"}
    many = {f"key {number} " + "x" * 50: "1" for number in range(20_000)}
    keys = Keys()
    keys.look(json.dumps(many).encode(), "utf-8")
    assert keys.values == set(many)


def test_an_object_may_be_null() -> None:
    keys = Keys()
    keys.look(b'{"a":null}\n{"a":{"b":null}}\n', "utf-8")
    assert keys.values == {"a.b"}


def test_an_array_of_everything_is_refused() -> None:
    with pytest.raises(Unusable, match="one JSON array"):
        Keys().look(b'\n [{"a":1}]\n', "utf-8")
