from collections.abc import Iterator
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to

from pipeline import engine
from pipeline.settings import EngineSettings
from pipeline.transforms.partitions import Partition, PartitionFn


class Sums(PartitionFn):
    def work(self, partition: Partition) -> Iterator[Any]:
        number, segments = partition
        lengths = [len(segment) for segment in segments]
        if 0 in lengths:
            raise ValueError("a segment is empty")
        yield number, sum(lengths)
        yield beam.pvalue.TaggedOutput("many", (number, len(lengths)))


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_every_partition_is_worked_on_once_whatever_the_threads(threads: int) -> None:
    told = [(number, b"x" * size) for number in range(7) for size in range(1, number + 2)]
    with engine.choose(EngineSettings(), []).pipeline() as root:
        grouped = root | beam.Create(told, reshuffle=False) | beam.GroupByKey()
        done = grouped | beam.ParDo(Sums(threads)).with_output_types(Any).with_outputs("many", main="sums")
        assert_that(done["sums"], equal_to([(n, (n + 1) * (n + 2) // 2) for n in range(7)]), "sums")
        assert_that(done["many"], equal_to([(n, n + 1) for n in range(7)]), "many")


@pytest.mark.parametrize("threads", [1, 2])
def test_a_partition_that_fails_fails_the_run(threads: int) -> None:
    told = [(number, b"x" if number else b"") for number in range(4)]
    root = engine.choose(EngineSettings(), []).pipeline()
    _ = root | beam.Create(told, reshuffle=False) | beam.GroupByKey() | beam.ParDo(Sums(threads)).with_output_types(Any)
    with pytest.raises(ValueError, match="a segment is empty"):
        root.run()
