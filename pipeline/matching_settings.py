"""Matching settings as written in the YAML file -> the matcher of the night, its model read and checked."""

import json
from pathlib import Path

from pipeline.core.matching import people
from pipeline.core.matching.matcher import Matcher, packaged
from pipeline.core.matching.model import MILLIBITS, Model, from_json
from pipeline.errors import SettingsError
from pipeline.settings import MatchingSettings

_ADVICE = "Give a file made by zhenke train, or leave matching.model empty for the packaged one."


def matcher_of(told: MatchingSettings, folder: Path) -> Matcher:
    """The matcher; paths are relative to ``folder``. Raises :class:`SettingsError` when the model cannot be used."""
    return Matcher(
        model_at(folder / told.model) if told.model else packaged().model,
        link_at=round(told.link_at * MILLIBITS),
        review_at=round(told.review_at * MILLIBITS),
        largest_block=told.largest_block,
        largest_component=told.largest_component,
    )


def model_at(path: Path) -> Model:
    """The model in the file at ``path``."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"matching.model: {path}", f"cannot be read ({error.strerror})", _ADVICE) from error
    except ValueError as error:
        raise SettingsError(f"matching.model: {path}", "is not JSON", _ADVICE) from error
    return from_json(told, people.NAME, people.COMPARISONS)
