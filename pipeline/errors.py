"""Everything Zhenke raises on purpose.

A bad row is data (a reject), never an exception. An exception means that a feed or the run cannot be trusted.

* ZhenkeError
  x SettingsError          the settings are wrong; nothing was read (exit 2)
  x FeedRefused            a feed cannot be used tonight (exit 3 when it is obligatory)
  x RunError               the run failed; nothing was published (exit 4)
    + EngineRefused        a runner or mode known to lose data was asked for
    + RunInProgress        another run holds the output folder
    + DigestCollision      two keys share a 64-bit digest
    + LedgerUnbalanced     rows were lost or invented on the way
    + StateUnreadable      the last published night cannot be read back
  x NotTold                somebody could not be told of a line that was crossed; the night is published

Messages name the place, what was wrong and what would be right. They never hold a customer's value. Of what a library
raises only :func:`described` is told.
"""

import traceback
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_OURS = tuple(_ROOT / package for package in ("pipeline", "connectors", "expectations"))
"""Installed, our packages stand beside everybody's."""


class ZhenkeError(Exception):
    """Base of the tree. ``place`` says where, ``problem`` what, ``advice`` what would be right."""

    def __init__(self, place: str, problem: str, advice: str = "") -> None:
        super().__init__(place, problem, advice)
        self.place = place
        self.problem = problem
        self.advice = advice

    def __str__(self) -> str:
        told = f"{self.place}: {self.problem}"
        return f"{told}. {self.advice}" if self.advice else told


class SettingsError(ZhenkeError):
    """The settings are wrong; nothing was read."""


class FeedRefused(ZhenkeError):
    """A feed cannot be used tonight."""


class RunError(ZhenkeError):
    """The run failed; nothing was published."""


class EngineRefused(RunError):
    """A runner or mode known to lose data was asked for."""


class RunInProgress(RunError):
    """Another run holds the output folder."""


class DigestCollision(RunError):
    """Two keys share a 64-bit digest."""


class LedgerUnbalanced(RunError):
    """Rows were lost or invented on the way."""


class StateUnreadable(RunError):
    """The last published night cannot be read back."""


class NotTold(ZhenkeError):
    """Somebody could not be told; the night and its report are published."""


def described(error: BaseException) -> str:
    """Type of an unexpected ``error`` and the places of our own code it passed, without its message: that may quote a customer."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if any(Path(frame.filename).is_relative_to(package) for package in _OURS)
    ]
    places = [_place(frame) for frame in frames[-3:]]
    return f"{type(error).__name__} at {' > '.join(places) or 'unknown place'}"


def _place(frame: traceback.FrameSummary) -> str:
    return f"{Path(frame.filename).relative_to(_ROOT)}:{frame.lineno} {frame.name}"
