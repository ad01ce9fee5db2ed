"""A context of Great Expectations that leaves no project behind: stores in memory, results masked on disk, no network."""

from pathlib import Path
from typing import Any

from great_expectations.data_context.types.base import DataContextConfig, ProgressBarsConfig

from expectations.masking import MaskingValidationResultsStore
from pipeline.errors import RunError

_STORE = "masked_results_store"
"""Not the library's own name: under that it puts a store of its own in the place of ours, without a word."""


def context_in(gx: Any, folder: Path) -> Any:
    """An ephemeral context whose results are written below ``folder/validations``. Raises :class:`RunError` if not masked."""
    memory = {"class_name": "InMemoryStoreBackend"}
    config = DataContextConfig(
        config_version=4.0,
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
        stores={
            "expectations_store": {"class_name": "ExpectationsStore", "store_backend": memory},
            "checkpoint_store": {"class_name": "CheckpointStore", "store_backend": memory},
            "validation_definition_store": {"class_name": "ValidationDefinitionStore", "store_backend": memory},
            _STORE: {
                "class_name": "MaskingValidationResultsStore",
                "module_name": "expectations.masking",
                "store_backend": {
                    "class_name": "TupleFilesystemStoreBackend",
                    "base_directory": str(folder / "validations"),
                },
            },
        },
        expectations_store_name="expectations_store",
        checkpoint_store_name="checkpoint_store",
        validation_results_store_name=_STORE,
        data_docs_sites={},
    )
    context = gx.get_context(project_config=config, mode="ephemeral")
    if not isinstance(context.validation_results_store, MaskingValidationResultsStore):
        raise RunError("Great Expectations", "does not use the masking store", "Report this; no report is written.")
    return context
