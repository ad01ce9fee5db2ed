"""One file per kind of value, all with the same three functions.

* ``clean(values, …) -> DataFrame``: columns ``value`` and ``repair``, rows aligned with ``values``. ``value`` is the
  canonical form, null when nothing is left; ``repair`` names what was changed beyond representation (several joined
  by ``+`` in alphabetical order), null when nothing was. Idempotent: ``clean(clean(x)) == clean(x)``. Never raises.
* ``check(values, …) -> DataFrame``: facts about cleaned values, rows aligned. A null value has null facts.
* ``mask(values) -> Series``: what a report may show of it.

A value that is merely wrong stays in ``value``: being wrong is for the rules to say. Trimmed blanks and changed
letter case are representation, not repair. All work on whole polars Series; callers hand in distinct values
(:mod:`pipeline.core.distinct`), so a small loop over the odd few is allowed, a loop over all values is not.
"""
