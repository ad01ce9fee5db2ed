"""Which sources and sinks a night has."""

from pathlib import Path

from connectors.sources.file_source import FileSource
from pipeline.ports import Source
from pipeline.settings import Settings


def sources(settings: Settings, folder: Path) -> list[Source]:
    """One source per feed, in the order of the settings. ``folder``: what relative paths are relative to."""
    return [FileSource(name, settings, folder) for name in settings.feeds]
