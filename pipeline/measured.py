"""Where a run's time went and what its shuffles carried, from the runner's own metrics. Kept beside the night, no part of it."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from apache_beam.metrics.metric import MetricsFilter
from apache_beam.metrics.monitoring_infos import extract_counter_value

from pipeline.transforms.shuffle import SHUFFLED_BYTES, SHUFFLED_ROWS

_TIME_PREFIX = "beam:metric:pardo_execution_time:"
_TIME_UNITS = "_bundle_msecs:v1"


def measured(result: Any) -> dict[str, Any]:
    """Measures of a finished Beam ``result``: ``steps``, label -> seconds of all workers together; ``shuffles``, kind of
    batch -> rows and bytes. A runner that tells no times gives no steps.
    """
    return {"steps": _steps(result), "shuffles": _shuffles(result)}


def _steps(result: Any) -> dict[str, float]:
    told = getattr(result, "monitoring_infos", None)
    thousandths: dict[str, int] = defaultdict(int)
    for info in told() if told else ():
        if info.urn.startswith(_TIME_PREFIX) and info.urn.endswith(_TIME_UNITS):
            thousandths[info.labels["PTRANSFORM"]] += extract_counter_value(info)
    return {step: spent / 1000 for step, spent in sorted(thousandths.items()) if spent}


def _shuffles(result: Any) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for name, namespace in (("bytes", SHUFFLED_BYTES), ("rows", SHUFFLED_ROWS)):
        for counter in result.metrics().query(MetricsFilter().with_namespace(namespace))["counters"]:
            kind = found[counter.key.metric.name]
            kind[name] = kind.get(name, 0) + int(counter.committed or counter.attempted or 0)
    return dict(sorted(found.items()))
