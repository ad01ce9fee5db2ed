"""Nothing of a customer reaches the disk through Great Expectations: results are cut to what is known to be safe.

Exception messages of the library may quote values, and native expectations collect unexpected ones; both are dropped here,
at the one place where results are written.
"""

import json
import re
from typing import Any

from great_expectations.data_context.store.validation_results_store import ValidationResultsStore

SUITE_KEYS = ("success", "statistics", "suite_name")
META_KEYS = ("great_expectations_version", "run_id", "validation_time")
CONFIG_KEYS = ("type", "severity", "description", "meta")
KWARGS_KEYS = (
    "measure",
    "low",
    "high",
    "min_evaluated",
    "column",
    "column_A",
    "column_B",
    "min_value",
    "max_value",
    "mostly",
    "value_set",
    "or_equal",
)
RESULT_KEYS = ("element_count", "unexpected_count", "unexpected_percent", "missing_count")
DETAIL_KEYS = ("judged", "detail")
"""What may be written (kwargs stand in the reviewed suites); everything else is left out, so that what a new version of the library adds is too."""

_OURS = re.compile(r"measure [\w. ]+ was not computed")
_TYPE = re.compile(r"^(?:\w+\.)*(\w+(?:Error|Exception))\b", re.MULTILINE)


def masked(told: dict[str, Any]) -> dict[str, Any]:
    """A suite's result without values, tracebacks and messages."""
    results = [_masked(one) for one in told.get("results", [])]
    return {**_only(told, SUITE_KEYS), "results": results, "meta": _only(told.get("meta"), META_KEYS)}


def _masked(one: dict[str, Any]) -> dict[str, Any]:
    told, config = one.get("result") or {}, one.get("expectation_config") or {}
    observed, crashed = told.get("observed_value"), raised(one.get("exception_info") or {})
    result = {
        **_only(told, RESULT_KEYS),
        "observed_value": observed if isinstance(observed, int | float) else None,
        "details": _only(told.get("details"), DETAIL_KEYS),
    }
    return {
        "success": bool(one.get("success")),
        "result": result,
        "expectation_config": {**_only(config, CONFIG_KEYS), "kwargs": _only(config.get("kwargs"), KWARGS_KEYS)},
        "exception_info": {
            "raised_exception": bool(crashed),
            "exception_message": ", ".join(crashed) or None,
            "exception_traceback": None,
        },
    }


def _only(told: dict[str, Any] | None, keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in (told or {}).items() if key in keys}


def raised(info: dict[str, Any]) -> list[str]:
    """What exceptions a result carries; the library keys them by metric or not at all.

    Their messages may quote values: of a measure that is not there the message is ours, of others only the type is told.
    """
    entries = [info] if "raised_exception" in info else list(info.values())
    return sorted({_kind(entry) for entry in entries if entry.get("raised_exception")})


def _kind(entry: dict[str, Any]) -> str:
    ours = _OURS.search(str(entry.get("exception_message", "")))
    types = _TYPE.findall(str(entry.get("exception_traceback", "")))
    return ours.group() if ours else types[-1] if types else "an exception"


class MaskingValidationResultsStore(ValidationResultsStore):
    """The library's store, with :func:`masked` between it and the disk."""

    def serialize(self, value: Any) -> str:
        """The masked result as JSON, keys sorted."""
        return json.dumps(masked(value.to_json_dict()), ensure_ascii=False, sort_keys=True, default=str)
