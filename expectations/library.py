"""Great Expectations, imported without what it loads for expectations that nobody asks here."""

import importlib.util
import sys
from importlib import import_module
from typing import Any

_PUT_OFF = ("scipy.stats",)
"""Loaded when something of it is used, which is never: a quarter of the time the library takes to import."""


def great_expectations() -> Any:
    """The library."""
    for name in _PUT_OFF:
        if name not in sys.modules:
            _put_off(name)
    return import_module("great_expectations")


def _put_off(name: str) -> None:
    """Import ``name`` when it is first used (importlib.util.LazyLoader)."""
    parent, _, own = name.rpartition(".")
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    setattr(sys.modules[parent], own, module)
