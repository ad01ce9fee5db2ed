import threading
from collections.abc import Iterator
from types import MethodType
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.runners.worker.statesampler import DEFAULT_SAMPLING_PERIOD_MS, StateSampler
from apache_beam.transforms import userstate
from apache_beam.transforms.userstate import BagStateSpec
from apache_beam.utils.counters import CounterFactory

from pipeline.transforms.beam_costs import SAMPLED_EVERY_MS, once_a_class

KEPT = BagStateSpec("kept", beam.coders.BytesCoder())
TELLS = beam.DoFn.StateParam(KEPT)


class Plain(beam.DoFn):
    def process(self, element: Any) -> Iterator[Any]:
        yield element


class Keeping(beam.DoFn):
    def process(self, element: Any, kept: Any = TELLS) -> Iterator[Any]:
        yield element


def test_what_steps_of_a_class_keep_is_looked_for_once() -> None:
    asked = []

    def found(step: beam.DoFn) -> Any:
        asked.append(type(step))
        return {KEPT} if isinstance(step, Keeping) else set(), set()

    specs = once_a_class(found)
    assert [specs(step) for step in (Plain(), Keeping(), Plain(), Keeping())] == 2 * [(set(), set()), ({KEPT}, set())]
    assert asked == [Plain, Keeping]


def test_a_step_with_a_method_of_its_own_is_asked_itself() -> None:
    asked = []

    def found(step: beam.DoFn) -> Any:
        asked.append(step)
        return set(), set()

    specs = once_a_class(found)
    step = Plain()
    specs(step)
    step.process = MethodType(Keeping.process, step)  # type: ignore[method-assign]
    specs(step)
    assert len(asked) == 2


def test_beam_still_knows_who_keeps_state() -> None:
    assert not userstate.is_stateful_dofn(Plain())
    assert userstate.get_dofn_specs(Keeping()) == ({KEPT}, set())
    assert userstate.get_dofn_specs.__wrapped__(Keeping()) == ({KEPT}, set())


def test_beam_looks_often_which_step_is_at_work() -> None:
    # At the end of a stage it waits for as long as it sleeps between two looks.
    assert StateSampler("stage", CounterFactory()).sampling_period_ms == SAMPLED_EVERY_MS < DEFAULT_SAMPLING_PERIOD_MS


def test_a_run_told_to_stop_while_beam_starts_its_sampler_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[threading.Thread] = []
    start = threading.Thread.start

    def told_to_stop(thread: threading.Thread) -> None:
        start(thread)
        begun.append(thread)
        raise SystemExit(143)

    sampler = StateSampler("stage", CounterFactory())
    monkeypatch.setattr(threading.Thread, "start", told_to_stop)
    with pytest.raises(SystemExit):
        sampler.start()
    sampler.stop_if_still_running()
    begun[0].join(5)
    assert not begun[0].is_alive()
