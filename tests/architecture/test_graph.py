"""What other runners than the DirectRunner ask of the night's graph."""

from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest

from pipeline.engine import Engine
from tests import nights


class Laid(BaseException):
    """Not caught by anybody: the night is laid out and need not run."""


def laid_out(nightly: Path, **sections: Any) -> Any:
    """A night, as runners are given it."""
    laid = []

    def lay(engine: Engine, build: Any) -> None:
        root = beam.Pipeline(runner=engine.pipeline().runner, options=engine.options)
        build(root)
        laid.append(root.to_runner_api())
        raise Laid

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "run", lay)
        with pytest.raises(Laid):
            nights.run(nightly, **sections)
    return laid[0].components


@pytest.fixture(scope="module")
def nightly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city of some 1,100 observations."""
    return nights.city(tmp_path_factory.mktemp("city"), people=200)


@pytest.fixture(scope="module")
def usual(nightly: Path) -> Any:
    return laid_out(nightly)


@pytest.fixture(scope="module")
def above_the_limit(nightly: Path) -> Any:
    return laid_out(nightly, matching={"largest_forest": 1000})


def rounds_of(graph: Any) -> int:
    return sum(one.unique_name.rsplit("/", 1)[-1].startswith("Hop ") for one in graph.transforms.values())


def test_beam_warns_of_nothing_in_it(nightly: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert rounds_of(laid_out(nightly, matching={"contraction_rounds": 2})) == 2
    told = capfd.readouterr().err
    assert "INFO feed underwriting" in told
    assert "WARNING" not in told


def test_rounds_are_laid_out_when_they_are_needed(usual: Any, above_the_limit: Any) -> None:
    assert rounds_of(usual) == 0
    assert rounds_of(above_the_limit) == 2


@pytest.mark.parametrize("which", ["usual", "above_the_limit"])
def test_what_a_flatten_reads_nothing_else_reads(request: pytest.FixtureRequest, which: str) -> None:
    graph = request.getfixturevalue(which)
    leaves = {
        name: transform
        for name, transform in graph.transforms.items()
        if not transform.subtransforms and transform.inputs
    }
    read = {}
    for transform in leaves.values():
        for stream in set(transform.inputs.values()):
            read.setdefault(stream, []).append(transform)
    flattens = [one for one in leaves.values() if one.spec.urn == "beam:transform:flatten:v1"]
    assert flattens
    for flatten in flattens:
        for stream in flatten.inputs.values():
            assert len(read[stream]) == 1, f"{flatten.unique_name}: {[one.unique_name for one in read[stream]]}"


@pytest.mark.parametrize("which", ["usual", "above_the_limit"])
def test_only_references_are_joined(request: pytest.FixtureRequest, which: str) -> None:
    # Beam keeps in memory what it joins: rows would be there once more.
    graph = request.getfixturevalue(which)
    joined = {
        one.unique_name: graph.coders[graph.pcollections[stream].coder_id].spec.urn
        for one in graph.transforms.values()
        if one.spec.urn == "beam:transform:flatten:v1"
        for stream in one.inputs.values()
    }
    assert {name for name, urn in joined.items() if urn != "beam:coder:kv:v1"} == set()


@pytest.mark.parametrize("which", ["usual", "above_the_limit"])
def test_every_stream_but_of_chunks_and_parts_says_what_it_holds(request: pytest.FixtureRequest, which: str) -> None:
    # Beam takes what has no type for anything, and pickles whole batches of it only to learn how large they are.
    graph = request.getfixturevalue(which)
    anything = {
        one.unique_name
        for one in graph.pcollections.values()
        if b"FastPrimitivesCoder" in graph.coders[one.coder_id].spec.payload
    }
    assert anything
    assert {
        name for name in anything if "/Parts/" not in name and "/Chunks/" not in name and "/Spread/" not in name
    } == set()
