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


def test_a_key_that_is_now_a_value_and_now_an_object_is_both() -> None:
    keys = Keys()
    keys.look(b'{"a":1}\n{"a":{"b":1}}\n', "utf-8")
    assert (keys.values, keys.nests) == ({"a", "a.b"}, {"a"})


def test_an_array_of_everything_is_refused() -> None:
    with pytest.raises(Unusable, match="one JSON array"):
        Keys().look(b'\n [{"a":1}]\n', "utf-8")
