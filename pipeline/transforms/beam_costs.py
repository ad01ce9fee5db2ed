"""What Beam takes time for that no step here needs, and a thread it forgets. Importing this module spares it; every module
of steps does.

Nothing that Beam computes is another: only how often it looks for something, and how long it waits.
"""

import functools
from collections.abc import Callable
from types import MethodType
from typing import Any

import apache_beam as beam
from apache_beam.runners.worker.statesampler import StateSampler
from apache_beam.transforms import userstate

SAMPLED_EVERY_MS = 2
"""Milliseconds between two looks of Beam at which step is at work."""


def once_a_class(specs_of: Callable[[beam.DoFn], Any]) -> Callable[[beam.DoFn], Any]:
    """Beam's look for the state a step keeps, which reads the signatures of all its methods, seven times a step.

    What steps of a class keep is said by their class, unless one has a method of its own.
    """
    known: dict[type, Any] = {}

    @functools.wraps(specs_of)
    def specs(step: beam.DoFn) -> Any:
        if any(isinstance(own, MethodType) for own in vars(step).values()):
            return specs_of(step)
        if type(step) not in known:
            known[type(step)] = specs_of(step)
        states, timers = known[type(step)]
        return set(states), set(timers)

    return specs


def stopped_too(start: Callable[[StateSampler], None]) -> Callable[[StateSampler], None]:
    """Beam's start of the thread that looks which step is at work, which it stops only when the start came to its end.

    A run that is told to stop in between would wait for that thread for ever.
    """

    @functools.wraps(start)
    def started(sampler: StateSampler) -> None:
        try:
            start(sampler)
        finally:
            sampler.started = True

    return started


StateSampler.start = stopped_too(StateSampler.start)
userstate.get_dofn_specs = once_a_class(userstate.get_dofn_specs)
# At the end of every stage Beam waits for the thread that looks which step is at work, and that sleeps longer and longer: a
# tenth of the time of a stage, up to a fifth of a second.
StateSampler.__init__.__defaults__ = (SAMPLED_EVERY_MS,)
