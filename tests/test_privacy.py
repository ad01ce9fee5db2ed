"""No customer value leaves the output tables: canaries in every field of every feed, every error provoked (design §11)."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from pipeline.__main__ import main
from pipeline.core import night as core_night
from pipeline.core import standardise as core_standardise
from pipeline.core.feeds import KINDS, targets_of

WORD = "金丝雀"
NUMBERS = ("13987650123", "320106198502281231", "苏A7Q3Z9", "canary@example.com", "LSVAB2BR8KN123456", "9876543210987")
FIT = {
    "mobile": NUMBERS[0],
    "cert_no": NUMBERS[1],
    "plate": NUMBERS[2],
    "email": NUMBERS[3],
    "vin": NUMBERS[4],
    "policy_no": NUMBERS[5],
    "role": "投保人",
    "operation": "",
    "consent": "是",
    "captured_at": "2026-03-01 10:00:00",
    "observed_at": "2026-03-01 10:00:00",
    "issued_on": "2026-03-01",
}


def rows(kind: str) -> list[list[str]]:
    """Header and rows of a feed of ``kind``: one of usable canaries, one of canaries nothing can parse, one without a key."""
    targets = targets_of(KINDS[kind])
    usable = [FIT.get(target.split(".")[-1], f"{WORD}{place}") for place, target in enumerate(targets)]
    odd = [f"{WORD}{place}*{target}" if target != "role" else "被保险人" for place, target in enumerate(targets)]
    keyless = [
        "" if target in ("key", "policy_no", "claim_no", "openid") else f"{WORD}{place}"
        for place, target in enumerate(targets)
    ]
    return [list(targets), usable, odd, keyless]


def deliver(folder: Path, harm: Callable[[str], str] | None = None) -> Path:
    """Feeds of every kind with canaries, and settings that read them."""
    for kind in KINDS:
        text = "".join(";".join(row) + "\n" for row in rows(kind))
        (folder / f"{kind}.csv").write_text(harm(text) if harm else text, encoding="utf-8")
    feeds = {kind: {"path": f"{kind}.csv", "delimiter": ";", "max_reject_share": 1.0} for kind in KINDS}
    nightly = folder / "nightly.yaml"
    nightly.write_text(
        yaml.safe_dump({"output": "output", "business_date": "2026-03-02", "feeds": feeds}), encoding="utf-8"
    )
    return nightly


def assert_no_canary(told: str) -> None:
    assert WORD not in told
    assert [number for number in NUMBERS if number in told] == []


def assert_kept_inside(folder: Path, said: tuple[str, str]) -> None:
    assert_no_canary("".join(said))
    for path in folder.rglob("*"):
        assert_no_canary(str(path.relative_to(folder)))
        if path.is_file() and path.suffix not in (".parquet", ".csv"):
            assert_no_canary(path.read_text(encoding="utf-8", errors="replace"))


def test_a_night_of_canaries_tells_none(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    nightly = deliver(tmp_path)
    assert main(["check", str(nightly)]) == 0
    assert main(["run", "--no-report", str(nightly)]) == 0
    assert (tmp_path / "output" / "latest" / "run.json").exists()
    assert_kept_inside(tmp_path, capfd.readouterr())


HARMS: dict[str, Callable[[str], str]] = {
    "header gone": lambda text: text.split("\n", 1)[1],
    "header twice": lambda text: text.replace("policy_no;", "name;", 1),
    "one field too many": lambda text: text.replace("\n", ";x\n"),
    "half a file": lambda text: text[: len(text) // 2],
    "a quote left open": lambda text: text.replace(WORD, '"' + WORD, 1),
    "no rows": lambda text: text.split("\n", 1)[0],
    "nothing": lambda _: "",
    "no delimiter": lambda text: text.replace(";", " "),
    "NUL bytes": lambda text: text.replace("1", "\x00"),
}


QUICK = ("half a file", "header gone")
"""Harms tried every time."""


@pytest.mark.parametrize(
    "harm", [pytest.param(harm, marks=() if harm in QUICK else pytest.mark.slow) for harm in HARMS]
)
def test_a_damaged_delivery_is_told_without_its_values(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], harm: str
) -> None:
    nightly = deliver(tmp_path, HARMS[harm])
    main(["check", str(nightly)])
    assert main(["run", "--no-report", str(nightly)]) in (0, 3)
    assert_kept_inside(tmp_path, capfd.readouterr())


@pytest.mark.parametrize(("module", "function"), [(core_night, "findings"), (core_standardise, "_keys")])
def test_a_crash_is_told_without_what_was_worked_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, module: object, function: str
) -> None:
    def crash(*_: object) -> None:
        raise ValueError(f"conversion failed for {WORD} {NUMBERS[0]}")

    monkeypatch.setattr(module, function, crash)
    assert main(["run", "--no-report", str(deliver(tmp_path))]) == 4
    said = capfd.readouterr()
    assert "ValueError at " in said.err
    assert not (tmp_path / "output" / "latest").exists()
    assert_kept_inside(tmp_path, said)
