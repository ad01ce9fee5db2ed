"""Great Expectations, imported without what it loads for expectations that nobody asks here."""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

_PUT_OFF = ("scipy.stats", "altair")
"""Loaded when something of them is used, which is never: two fifths of the time the library takes to import."""


def great_expectations() -> Any:
    """The library."""
    for name in _PUT_OFF:
        if name not in sys.modules:
            _put_off(name)
    return import_module("great_expectations")


def _put_off(name: str) -> None:
    """Import ``name`` when something of it is first used: importlib's own LazyLoader imports as soon as it is named."""
    stand_in = ModuleType(name)

    def first_used(attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]
        return getattr(import_module(name), attribute)

    stand_in.__dict__["__getattr__"] = first_used
    sys.modules[name] = stand_in
    parent, _, own = name.rpartition(".")
    if parent:
        setattr(import_module(parent), own, stand_in)
