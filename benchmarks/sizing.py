"""What a night of any size needs on a cluster: from one measured night, with every assumption named.

Work and bytes grow with the observations (measured: seconds grow about linearly). What does not grow evenly is the largest
partition: a partition is a set of whole values, so a value many rows share fills it. Partition sizes are simulated from the
measured rows per value: the values beyond the hottest are many and alike, so their sum is drawn as a normal variable; the
hottest are placed one by one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.nightly import PARTITION_ROWS

SIZES = (10_000_000, 100_000_000, 1_000_000_000)
SEED = 20261121
HOTTEST = 2_000
"""Values placed one by one."""

SHARED_BY_MANY = ("name",)
"""Of these the commonest hold a share of all rows whatever the size; of all others the rows of a value are bounded."""

ASSUMPTIONS: Mapping[str, float] = {
    "hours": 4.0,  # the night must be over in
    "cores": 8.0,  # of a worker
    "used": 0.6,  # share of the cores' time that is work, the rest waits on stragglers and the network
    "portable": 1.3,  # CPU of a portable runner beside the one in process: batches are encoded between stages
    "packed": 0.45,  # bytes of a batch packed with lz4 beside those in memory
    "copies": 4.0,  # times a partition is held at once: segments, joined frame, result, encoded result
    "forest": 16.0,  # bytes of a linked record in the one place where components are joined
    "linked": 0.7,  # share of the observations that are linked to another
}


def model(night: Mapping[str, Any], skew: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    """``needs``: a row per size; ``partitions``: how uneven they are, a row per key and size; ``assumptions``."""
    partitions = [uneven(key, counts, night["observations"], size) for key, counts in skew.items() for size in SIZES]
    worst = {size: max(one["largest_over_mean"] for one in partitions if one["observations"] == size and one["key"] not in SHARED_BY_MANY) for size in SIZES}  # fmt: skip
    return {
        "from": night["observations"],
        "assumptions": dict(ASSUMPTIONS),
        "needs": [needs(night, size, worst[size]) for size in SIZES],
        "partitions": partitions,
    }


def needs(night: Mapping[str, Any], size: int, worst: float) -> dict[str, Any]:
    """CPU, bytes, workers and memory of a night of ``size`` observations; ``worst``: largest partition over the mean."""
    told, of = ASSUMPTIONS, night["observations"]
    cpu = night["cpu"] / of * size * told["portable"]
    carried = sum(kind["bytes"] for kind in night["shuffles"].values()) / of * size
    workers = max(1, int(np.ceil(cpu / (told["hours"] * 3600 * told["cores"] * told["used"]))))
    widest = max(kind["bytes"] for kind in night["shuffles"].values()) / of
    slot = widest * PARTITION_ROWS * worst * told["copies"]
    return {
        "observations": size,
        "cpu_hours": round(cpu / 3600, 1),
        "shuffled_gb": round(carried * told["packed"] / 1e9, 1),
        "partitions": partitions_for(size),
        "workers": workers,
        "parallelism": int(workers * told["cores"]),
        "slot_gb": round(max(1.0, slot / 1e9), 2),
        "worker_gb": round(max(1.0, slot / 1e9) * told["cores"] + size * told["linked"] * told["forest"] / 1e9, 1),
        "forest_gb": round(size * told["linked"] * told["forest"] / 1e9, 2),
    }


def partitions_for(size: int) -> int:
    """Partitions a night of ``size`` observations is cut into by itself."""
    return max(1, -(-size // PARTITION_ROWS))


def uneven(key: str, counts: Sequence[int], measured: int, size: int) -> dict[str, Any]:
    """Largest partition over the mean when ``size`` observations are shuffled by ``key``; ``counts``: measured rows per value."""
    rng = np.random.default_rng(SEED)
    number = partitions_for(size)
    rows = np.asarray(counts, np.float64)
    scale = size / measured
    hot, rest = rows[:HOTTEST], rows[HOTTEST:]
    if key in SHARED_BY_MANY:
        hot = hot * scale
    else:  # as many times the hot values as there are times the rows
        hot = np.repeat(hot, max(1, round(scale))) if len(hot) * scale < 5e6 else rng.choice(hot, 5_000_000)
    values = len(rest) * scale / number
    mean, square = (rest.mean(), (rest**2).mean()) if len(rest) else (0.0, 0.0)
    # A partition gets a Poisson number of values: the variance of their sum is that number times the mean square.
    sizes = rng.normal(values * mean, np.sqrt(values * square), number).clip(min=0)
    sizes += np.bincount(rng.integers(0, number, len(hot)), weights=hot, minlength=number)
    return {
        "key": key,
        "observations": size,
        "partitions": number,
        "hottest_rows": int(hot.max()) if len(hot) else 0,
        "largest_over_mean": round(float(sizes.max() / sizes.mean()), 3),
    }
