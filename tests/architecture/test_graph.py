"""What other runners than the DirectRunner ask of the night's graph."""

from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest

from pipeline.engine import Engine
from tests import nights


class Laid(BaseException):
    """Not caught by anybody: the night is laid out and need not run."""


@pytest.fixture
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Transforms of a night, as runners are given them."""
    laid = []

    def lay(engine: Engine, build: Any) -> None:
        root = beam.Pipeline(runner=engine.pipeline().runner, options=engine.options)
        build(root)
        laid.append(root.to_runner_api())
        raise Laid

    monkeypatch.setattr(Engine, "run", lay)
    with pytest.raises(Laid):
        nights.run(nights.city(tmp_path / "city", people=60))
    return laid[0].components.transforms


def test_beam_warns_of_nothing_in_it(capfd: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("graph")
    told = capfd.readouterr().err
    assert "INFO feed underwriting" in told
    assert "WARNING" not in told


def test_what_a_flatten_reads_nothing_else_reads(graph: Any) -> None:
    leaves = {name: transform for name, transform in graph.items() if not transform.subtransforms and transform.inputs}
    read = {}
    for transform in leaves.values():
        for stream in set(transform.inputs.values()):
            read.setdefault(stream, []).append(transform)
    flattens = [one for one in leaves.values() if one.spec.urn == "beam:transform:flatten:v1"]
    assert flattens
    for flatten in flattens:
        for stream in flatten.inputs.values():
            assert len(read[stream]) == 1, f"{flatten.unique_name}: {[one.unique_name for one in read[stream]]}"
