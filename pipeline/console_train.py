"""What training tells the operator: how far every level moved."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipeline.core.matching.drift import WORTH_A_WARNING
from pipeline.model_files import chart_of
from pipeline.training import Trained


def trained(console: Console, made: Trained, path: Path) -> None:
    """The drift of every level, largest first, and where the model is."""
    told = made.model.provenance
    title = f"model of {told['business_date']}: {told['pairs']:,} pairs, weights in bits"
    table = Table(title=title, show_edge=False)
    for heading in ("comparison", "level", "pairs", "in use", "trained", "drift", ""):
        table.add_column(heading, justify="left" if heading in ("comparison", "level") else "right", no_wrap=True)
    for name, level, pairs, before, after, moved in made.drifted.rows():
        warn = "!" if abs(moved) > WORTH_A_WARNING else ""
        table.add_row(name, level, f"{pairs:,}", f"{before:+.2f}", f"{after:+.2f}", f"{moved:+.2f}", warn)
    console.print(table)
    for what, place in (("model", path), ("chart", chart_of(path))):
        console.print(f"{what}  {place}", markup=False, highlight=False, soft_wrap=True)
    console.print("to use it, set matching.model in the settings", markup=False, highlight=False)
