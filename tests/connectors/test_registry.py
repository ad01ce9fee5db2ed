from pathlib import Path

from connectors.registry import sources
from pipeline.settings import Settings


def test_there_is_one_source_per_feed_in_the_order_of_the_settings() -> None:
    feeds = {"wechat": {"path": "a"}, "underwriting": {"path": "b"}, "second": {"path": "c", "kind": "claims"}}
    settings = Settings.model_validate({"output": "out", "feeds": feeds})
    assert [source.name for source in sources(settings, Path("/in"))] == ["wechat", "underwriting", "second"]
