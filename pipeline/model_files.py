"""Model files of matching: read and checked, written whole or not at all, never over another by accident."""

import json
import os
from importlib import resources
from pathlib import Path

from pipeline.core.matching import people
from pipeline.core.matching.model import Model, from_json, to_json
from pipeline.errors import SettingsError

_ADVICE = "Give a file made by zhenke train, or leave matching.model empty for the packaged one."


def model_at(path: Path) -> Model:
    """The model in the file at ``path``. Raises :class:`SettingsError` when it cannot be used."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"matching.model: {path}", f"cannot be read ({error.strerror})", _ADVICE) from error
    except ValueError as error:
        raise SettingsError(f"matching.model: {path}", "is not JSON", _ADVICE) from error
    return from_json(told, people.NAME, people.COMPARISONS)


def chart_of(path: Path) -> Path:
    """Where the chart of the model at ``path`` stands."""
    return path.with_suffix(".html")


def refuse_to_replace(path: Path, *, replace: bool) -> None:
    """Raise :class:`SettingsError` when writing a model to ``path`` would replace what must stay."""
    packaged = Path(str(resources.files("pipeline.core.tables")))
    if path.resolve().is_relative_to(packaged.resolve()):
        raise SettingsError(f"--model {path}", "is the packaged model's folder", "Write the model to another folder.")
    if path.suffix == chart_of(path).suffix:
        raise SettingsError(f"--model {path}", "would be replaced by its own chart", "End its name in .json.")
    if not path.absolute().parent.is_dir():
        raise SettingsError(f"--model {path}", "its folder does not exist", "Make the folder first.")
    standing = [file.name for file in (path, chart_of(path)) if file.exists()]
    if standing and not replace:
        raise SettingsError(
            f"--model {path}", f"{' and '.join(standing)} exist already", "Give another name, or --replace."
        )


def write(path: Path, model: Model, chart: str) -> None:
    """Write the model and its chart."""
    told = json.dumps(to_json(model), ensure_ascii=False, indent=2) + "\n"
    for file, text in ((chart_of(path), chart), (path, told)):
        half = file.with_name(file.name + ".half")
        half.write_text(text, encoding="utf-8")
        os.replace(half, file)
