"""The generated pages say what the code says."""

import runpy
from pathlib import Path

import pytest

import pipeline
from pipeline.core.published import TABLES
from pipeline.core.rules.catalogue import RULES

SCRIPT = Path(pipeline.__file__).parents[1] / "docs" / "generate.py"
PAGES = runpy.run_path(str(SCRIPT))


def test_the_pages_are_those_the_script_would_write():
    assert PAGES["main"](["--check"]) == 0


def test_a_stale_page_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setitem(PAGES["pages"].__globals__, "HERE", tmp_path)
    assert PAGES["main"](["--check"]) == 1
    assert PAGES["main"]([]) == 0
    assert PAGES["main"](["--check"]) == 0
    (tmp_path / "rules.md").write_text("old", encoding="utf-8")
    assert PAGES["main"](["--check"]) == 1
    assert "rules.md is stale" in capsys.readouterr().err


def test_an_unknown_argument_is_refused(capsys: pytest.CaptureFixture[str]):
    assert PAGES["main"](["--chekc"]) == 2
    assert "usage" in capsys.readouterr().err


def test_every_rule_with_its_reasons_and_every_column_is_described():
    rules, outputs = PAGES["rules_page"](), PAGES["outputs_page"]()
    for rule in RULES:
        assert f"### {rule.id} {rule.zh} · {rule.en}\n" in rules
        assert all(f"| `{reason.code}` | {reason.severity} |" in rules for reason in rule.reasons)
    for table in TABLES:
        assert f"## {table.name}\n" in outputs
        assert all(f"| `{column.name}` | " in outputs for column in table.columns)
