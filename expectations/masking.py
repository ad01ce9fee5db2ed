"""Nothing of a customer reaches the disk through Great Expectations: results are cut to what is known to be safe.

Exception messages of the library may quote values, and native expectations collect unexpected ones; both are dropped here,
at the one place where results are written.
"""

import json
from typing import Any

from great_expectations.data_context.store.validation_results_store import ValidationResultsStore

RESULT_KEYS = ("observed_value", "element_count", "unexpected_count", "unexpected_percent", "missing_count", "details")
META_KEYS = ("great_expectations_version", "run_id", "batch_spec", "active_batch_definition", "validation_time")


def masked(told: dict[str, Any]) -> dict[str, Any]:
    """A suite's result without values, tracebacks and messages."""
    results = [_masked(one) for one in told.get("results", [])]
    return {**told, "results": results, "meta": {key: told.get("meta", {}).get(key) for key in META_KEYS}}


def _masked(one: dict[str, Any]) -> dict[str, Any]:
    result = {key: value for key, value in (one.get("result") or {}).items() if key in RESULT_KEYS}
    observed = result.get("observed_value")
    if not isinstance(observed, int | float | type(None)):
        result["observed_value"] = None
    raised = bool(_raised(one.get("exception_info") or {}))
    return {**one, "result": result, "exception_info": {"raised_exception": raised}}


def _raised(info: dict[str, Any]) -> list[str]:
    """Kinds of the exceptions a result carries; the library keys them by metric or not at all."""
    entries = [info] if "raised_exception" in info else list(info.values())
    return [
        str(entry.get("exception_message", "")).split(":", 1)[0] for entry in entries if entry.get("raised_exception")
    ]


class MaskingValidationResultsStore(ValidationResultsStore):
    """The library's store, with :func:`masked` between it and the disk."""

    def serialize(self, value: Any) -> str:
        """The masked result as JSON, keys sorted."""
        return json.dumps(masked(value.to_json_dict()), ensure_ascii=False, sort_keys=True, default=str)
