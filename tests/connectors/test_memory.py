import pytest

from connectors.memory import MemorySource
from pipeline.ports import FEED_ROW
from pipeline.settings import FeedSettings
from tests.deliveries_sources import CLAIMS, NIGHT, refusals, rows_of, values_of


def test_rows_may_be_given_by_header_or_by_target() -> None:
    source = MemorySource("w", [{"openid": "o1", "昵称": "张三"}, {"openid": "o2"}], kind="wechat")
    assert values_of(source.inspect(NIGHT, frozenset())) == [
        {"openid": "o1", "name": "张三"},
        {"openid": "o2", "name": None},
    ]


def test_rows_are_cut_into_chunks_and_numbered_through() -> None:
    report = MemorySource("claims", list(CLAIMS), chunk_rows=2).inspect(NIGHT, frozenset())
    assert [chunk.rows for chunk in report.chunks] == [2, 1]
    assert rows_of(report)[FEED_ROW].to_list() == [1, 2, 3]


@pytest.mark.parametrize(("mode", "refused"), [("increment", False), ("full", True)])
def test_no_rows_are_an_empty_delivery(mode: str, refused: bool) -> None:
    report = MemorySource("claims", [], mode=mode).inspect(NIGHT, frozenset())  # type: ignore[arg-type]
    assert (report.refused, report.chunks, report.rows) == (refused, (), 0)


def test_settings_and_obligation_are_those_given() -> None:
    settings = FeedSettings(path="memory", defaults={"team": "夜市"}, key=["plate"])
    source = MemorySource("claims", list(CLAIMS), settings=settings, obligatory=True)
    report = source.inspect(NIGHT, frozenset())
    assert (report.obligatory, report.key) == (True, ("plate",))
    assert {row["team"] for row in values_of(report)} == {"夜市"}
    assert "no column holds" in refusals(MemorySource("claims", [{"车牌号": "x"}]).inspect(NIGHT, frozenset()))[0]
