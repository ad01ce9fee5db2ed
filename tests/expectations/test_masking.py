"""Nothing of a customer passes the one place where the library's results are written."""

import json
import logging
import re
from pathlib import Path
from typing import Any

import great_expectations as gx
import pandas as pd
import pytest

from connectors.archive import LocalArchive, LocalNight
from expectations.context import context_in
from expectations.masking import MaskingValidationResultsStore, masked, raised
from expectations.reporting import report
from pipeline.errors import RunError

PHONE = "13905142687"
NAME = "王小明"
FORMATS: list[dict[str, Any]] = [
    {"result_format": "COMPLETE"},
    {"result_format": "SUMMARY"},
    {"result_format": "COMPLETE", "unexpected_index_column_names": ["name"]},
]


def written(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("form", FORMATS)
def test_values_the_library_collects_do_not_reach_the_disk(tmp_path: Path, form: dict[str, Any]) -> None:
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    context = context_in(gx, tmp_path)
    data = pd.DataFrame({"mobile": [PHONE, "1", PHONE], "name": [NAME, "x", NAME]})
    wanted = [
        gx.expectations.ExpectColumnValuesToMatchRegex(column="mobile", regex="^2"),
        gx.expectations.ExpectColumnDistinctValuesToBeInSet(column="mobile", value_set=["2"]),
        gx.expectations.ExpectColumnValuesToBeInSet(column="name", value_set=["李"]),
        gx.expectations.ExpectColumnMostCommonValueToBeInSet(column="mobile", value_set=["2"]),
        gx.expectations.ExpectColumnPairValuesToBeEqual(column_A="mobile", column_B="name"),
        gx.expectations.ExpectColumnMeanToBeBetween(column="name", min_value=0),  # raises, and quotes a value
        gx.expectations.ExpectColumnMaxToBeBetween(column="mobile", min_value="2"),
    ]
    suite = context.suites.add(gx.ExpectationSuite(name="planted", expectations=wanted))
    batch = context.data_sources.add_pandas("p").add_dataframe_asset("a").add_batch_definition_whole_dataframe("w")
    definition = context.validation_definitions.add(gx.ValidationDefinition(name="planted", data=batch, suite=suite))
    result = definition.run(batch_parameters={"dataframe": data}, result_format=form)
    assert PHONE in str(result.to_json_dict())
    told = written(tmp_path)
    assert "expect_column_values_to_match_regex" in told
    assert PHONE not in told
    assert NAME not in told


def test_another_store_in_its_place_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("expectations.context._STORE", "validation_results_store")
    monkeypatch.setattr("expectations.context.MaskingValidationResultsStore", type("Other", (), {}))
    with pytest.raises(RunError, match="masking store"):
        context_in(gx, tmp_path)


def test_the_store_is_ours(tmp_path: Path) -> None:
    assert isinstance(context_in(gx, tmp_path).validation_results_store, MaskingValidationResultsStore)


def test_what_is_not_known_to_be_safe_is_left_out() -> None:
    told = {
        "success": False,
        "novelty": PHONE,
        "meta": {"batch_spec": PHONE, "run_id": {"run_name": "n"}},
        "results": [
            {
                "success": False,
                "novelty": PHONE,
                "expectation_config": {"type": "t", "kwargs": {"novelty": [PHONE], "column": "c"}},
                "result": {"observed_value": PHONE, "novelty": [PHONE], "details": {"value_counts": {PHONE: 1}}},
            }
        ],
    }
    safe = json.dumps(masked(told))
    assert PHONE not in safe
    assert '"column": "c"' in safe


@pytest.mark.parametrize(
    ("message", "trace", "told"),
    [
        ("'measure rule.X01 was not computed'", "KeyError: 'x'", "measure rule.X01 was not computed"),
        (f"Could not convert {PHONE}", f"  File x\nValueError: Could not convert {PHONE}", "ValueError"),
        (f"{PHONE}", "", "an exception"),
    ],
)
def test_an_exception_is_told_by_its_type(message: str, trace: str, told: str) -> None:
    info = {"raised_exception": True, "exception_message": message, "exception_traceback": trace}
    assert raised(info) == [told]
    assert raised({"('metric', 1)": info}) == [told]
    assert raised({"raised_exception": False}) == []


def test_a_night_asked_keeps_no_time_of_a_place_and_no_number_like_a_phone(
    archive: LocalArchive, night: LocalNight
) -> None:
    report(archive, night)
    told = written(night.folder / "expectations" / "validations")
    assert len(list((night.folder / "expectations" / "validations").rglob("*.json"))) == 8
    assert not re.search(r"(?<![\d.])1[3-9]\d{9}(?![\d.])", told)
    assert not re.search(r"[1-9]\d{16}[\dX]", told)
