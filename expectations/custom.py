"""The one expectation this project adds to Great Expectations: a measure of the night within its limits."""

from typing import Any, ClassVar

import pandas as pd
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider


class Measure(TableMetricProvider):
    """The row of a measure; one that is not there is a metric error, which is no data failure and no pass."""

    metric_name = "table.measure"
    value_keys = ("measure",)

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(  # the library makes it a class method
        cls: Any,  # noqa: N805
        execution_engine: Any,
        metric_domain_kwargs: Any,
        metric_value_kwargs: Any,
        **_: Any,
    ) -> dict[str, Any]:
        frame, _domain, _accessor = execution_engine.get_compute_domain(
            metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE
        )
        rows = frame[frame["key"] == metric_value_kwargs["measure"]]
        if len(rows) != 1:
            raise KeyError(f"measure {metric_value_kwargs['measure']} was not computed")
        told = rows.iloc[0]
        observed = None if pd.isna(told["observed"]) else float(told["observed"])
        return {
            "observed": observed,
            "evaluated": int(told["evaluated"]),
            "failed": int(told["failed"]),
            "detail": str(told["detail"]),
        }


class ExpectMeasureToBeBetween(BatchExpectation):
    """``measure`` is between ``low`` and ``high``, where given; too little to judge by is a pass that says so."""

    measure: str
    low: float | None = None
    high: float | None = None
    min_evaluated: int = 1

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.measure",)
    success_keys: ClassVar[tuple[str, ...]] = ("measure", "low", "high", "min_evaluated")
    args_keys: ClassVar[tuple[str, ...]] = ("measure", "low", "high")

    def _validate(  # the library hands over all three by name
        self,
        metrics: dict[str, Any],
        runtime_configuration: Any = None,  # noqa: ARG002
        execution_engine: Any = None,  # noqa: ARG002
    ) -> Any:
        told = metrics["table.measure"]
        observed, evaluated = told["observed"], told["evaluated"]
        judged = observed is not None and evaluated >= self.min_evaluated
        inside = judged and (self.low is None or observed >= self.low) and (self.high is None or observed <= self.high)
        return {
            "success": inside or not judged,
            "result": {
                "observed_value": observed,
                "element_count": evaluated,
                "unexpected_count": told["failed"],
                "unexpected_percent": 100 * told["failed"] / evaluated if evaluated else 0.0,
                "details": {"judged": judged, "detail": told["detail"]},
            },
        }
