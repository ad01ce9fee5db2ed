"""Zhenke (真客): nightly verification of customer information for motor insurers.

How a night flows (an element is an Arrow record batch; kinds of batch in brackets)::

    feeds ─ReadFeeds→ [rows:<feed>] ─Standardise→ [observations] [rejects]
    last night ─ReadState→ [observations]
       └─ shuffle by row key ─┬─ AskRules: pick what stands, ask each record alone [outcomes] [tellings] [members]
                              │    → shuffle by shared value → ask together → shuffle by record [deviations]
                              ├─ ComparePairs: tellings → shuffle by key [pairs] → by left → by right telling [edges]
                              │    → one place: forests [labels] (rounds of contraction before it when links are many)
                              ├─ ResolveCustomers: shuffle by component → groups, stable ids, links, events
                              │    → shuffle by record [assigned]
                              └─ Judge: join the answers, write observations and rejects → partial counts [golden]
                                 [pieces] [keys] [underwriting] [called]
    pieces, keys ─JudgeParties→ shuffle by what they have in common → shuffle by policy → evidence, parties [standing]
    golden, standing, last night's customers ─MakeGolden→ shuffle by customer → customers, changes
    counts ─Count→ shuffle to one place → rates, rule_stats, ledger, review_pairs
    what was written ─assessing→ estimates, vendor_audit, rule_fail_rates, …
    what was published ─expectations→ results ─scorecard→ reports/index.html

:data:`MAY_IMPORT` says who may import whom; a test holds every module to it.
"""

import ctypes
import gc
import os
import sys

# Read by polars when it is first imported. Two threads for the two partitions a process works on (engine: threads); more
# gain little.
os.environ.setdefault("POLARS_MAX_THREADS", str(min(2, os.cpu_count() or 1)))
# numpy and scipy start threads for linear algebra that nobody here asks for: until they sleep, they take a seventh of a second.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Memory polars is done with is kept for the next batch for ten seconds, in one arena a processor instead of four, and for
# columns of any size: jemalloc gives larger ones back at once, and the kernel clears new pages for every one of them. What
# the operator wishes outweighs it; what a process that used polars and started this one left in the environment does not.
_POLARS_OWN = "dirty_decay_ms:500,muzzy_decay_ms:1000"
_OURS = f"narenas:{os.cpu_count() or 1},dirty_decay_ms:10000,muzzy_decay_ms:0,oversize_threshold:0"
_WISHED = os.environ.get("_RJEM_MALLOC_CONF", "").removeprefix(_POLARS_OWN)
os.environ["_RJEM_MALLOC_CONF"] = ",".join(dict.fromkeys(one for one in f"{_OURS},{_WISHED}".split(",") if one))
# The same for the C library, numpy's: a column is made where an earlier one was, or else the kernel clears new pages for
# every one of them, a twentieth of a night. Each of its arenas keeps what it freed for itself, and it makes one for every
# thread: one is a tenth less memory.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_KEPT_BYTES = 256 << 20
# And for Arrow: its usual allocator gives back what nobody has used for a hundredth of a second, which one step's columns
# wait for the next step's; a tenth of the CPU of matching.
if sys.platform == "linux":
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")
if sys.platform == "linux" and hasattr(ctypes.CDLL(None), "mallopt"):
    for _option, _value in ((_M_ARENA_MAX, 1), (_M_TRIM_THRESHOLD, _KEPT_BYTES), (_M_MMAP_THRESHOLD, _KEPT_BYTES)):
        ctypes.CDLL(None).mallopt(_option, _value)
# Rows are in columns, so that Python makes few objects and hardly a cycle: looking for cycles after every 700 of them
# walks again and again over the tables of words, a fifth of the CPU of a small night.
gc.set_threshold(100_000, 20, 100)

__version__ = "0.1.0"

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "pipeline.errors": (),
    "pipeline.core": ("pipeline.errors",),
    "pipeline.ports": ("pipeline.core", "pipeline.errors"),
    "pipeline.settings": ("pipeline.core", "pipeline.errors"),
    "pipeline.rule_settings": ("pipeline.settings", "pipeline.core", "pipeline.errors"),
    "pipeline.model_files": ("pipeline.core", "pipeline.errors"),
    "pipeline.matching_settings": ("pipeline.model_files", "pipeline.settings", "pipeline.core", "pipeline.errors"),
    "pipeline.pages": ("pipeline.core", "pipeline.errors"),
    "pipeline.sheet_rows": ("pipeline.core",),
    "pipeline.engine": ("pipeline.settings", "pipeline.errors"),
    "pipeline.transforms": ("pipeline.ports", "pipeline.settings", "pipeline.core", "pipeline.errors"),
    "pipeline.app": ("pipeline.transforms", "pipeline.ports", "pipeline.core"),
    "pipeline.written": ("pipeline.ports", "pipeline.core"),
    "pipeline.listing": ("pipeline.written", "pipeline.core"),
    "pipeline.assessing": (
        "pipeline.listing",
        "pipeline.written",
        "pipeline.transforms",
        "pipeline.ports",
        "pipeline.settings",
        "pipeline.core",
    ),
    "pipeline.measured": ("pipeline.transforms",),
    "pipeline.deciding": ("pipeline.transforms", "pipeline.ports", "pipeline.core"),
    "pipeline.freezing": ("pipeline.ports", "pipeline.core", "pipeline.errors"),
    "pipeline.verdict_settings": ("pipeline.settings", "pipeline.core", "pipeline.errors"),
    "pipeline.order": (
        "pipeline.engine",
        "pipeline.transforms",
        "pipeline.ports",
        "pipeline.settings",
        "pipeline.core",
    ),
    "pipeline.inspecting": (
        "pipeline.transforms",
        "pipeline.ports",
        "pipeline.settings",
        "pipeline.core",
        "pipeline.errors",
    ),
    "pipeline.run_record": ("pipeline.assessing", "pipeline.order", "pipeline.ports", "pipeline.core"),
    "pipeline.nightly": (
        "pipeline.run_record",
        "pipeline.inspecting",
        "pipeline.order",
        "pipeline.measured",
        "pipeline.assessing",
        "pipeline.deciding",
        "pipeline.listing",
        "pipeline.app",
        "pipeline.engine",
        "pipeline.transforms",
        "pipeline.ports",
        "pipeline.settings",
        "pipeline.core",
        "pipeline.errors",
    ),
    "pipeline.foretelling": ("pipeline.nightly", "pipeline.ports", "pipeline.settings", "pipeline.core"),
    "pipeline.training": (
        "pipeline.nightly",
        "pipeline.order",
        "pipeline.engine",
        "pipeline.transforms",
        "pipeline.ports",
        "pipeline.settings",
        "pipeline.core",
        "pipeline.errors",
    ),
    "pipeline.explaining": ("pipeline.ports", "pipeline.core", "pipeline.errors"),
    "pipeline.console_explain": ("pipeline.core",),
    "pipeline.console_train": ("pipeline.training", "pipeline.model_files", "pipeline.core"),
    "pipeline.console": (
        "pipeline.foretelling",
        "pipeline.nightly",
        "pipeline.transforms",
        "pipeline.ports",
        "pipeline.core",
    ),
    "connectors": (
        "pipeline.transforms",
        "pipeline.sheet_rows",
        "pipeline.ports",
        "pipeline.settings",
        "pipeline.core",
        "pipeline.errors",
    ),
    "expectations": ("pipeline.sheet_rows", "pipeline.ports", "pipeline.core", "pipeline.errors"),
    "pipeline.logs": (),
    "pipeline.reporter": ("pipeline.settings",),
    "pipeline.reporting": (
        "connectors",
        "expectations",
        "pipeline.reporter",
        "pipeline.logs",
        "pipeline.settings",
        "pipeline.ports",
        "pipeline.errors",
    ),
    "pipeline.__main__": ("connectors", "expectations", "pipeline"),
    "pipeline.start": ("pipeline.__main__",),
    "pipeline": (),
}
"""Layer -> layers its modules may import, beside their own."""
