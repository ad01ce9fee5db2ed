"""Matching settings as written in the YAML file -> the matcher of the night, its model read and checked."""

from pathlib import Path

from pipeline.core.matching.matcher import Matcher, packaged
from pipeline.core.matching.model import MILLIBITS
from pipeline.model_files import model_at
from pipeline.settings import MatchingSettings


def matcher_of(told: MatchingSettings, folder: Path) -> Matcher:
    """The matcher; paths are relative to ``folder``. Raises :class:`SettingsError` when the model cannot be used."""
    return Matcher(
        model_at(folder / told.model) if told.model else packaged().model,
        link_at=round(told.link_at * MILLIBITS),
        review_at=round(told.review_at * MILLIBITS),
        largest_block=told.largest_block,
        largest_component=told.largest_component,
        largest_forest=told.largest_forest,
    )
