"""The published bytes do not depend on how, where or in which order the work was done (design §4)."""

import random
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from pipeline.core.published import TABLES
from tests import nights

WAYS = {
    "again": ([], {}),
    "small batches and threads": ([], {"batch_rows": 1000, "threads": 3}),
    "small chunks": ([], {"chunk_mb": 1, "batch_rows": 100, "threads": 1}),
    "in memory": ([], {"shuffle": "memory"}),
}
SLOW_WAYS = {
    "two workers": ([], {"workers": 2}),
    "portable": (["--", "--runner=PortableRunner", "--job_endpoint=embed", "--environment_type=LOOPBACK"], {}),
    "portable in memory": (
        ["--", "--runner=PortableRunner", "--job_endpoint=embed", "--environment_type=LOOPBACK"],
        {"shuffle": "memory"},
    ),
}


@pytest.fixture(scope="module", autouse=True)
def _secret() -> Iterator[None]:
    """Lists are drawn, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZHENKE_DRAW_SECRET", "nobody else knows this")
        yield


@pytest.fixture(scope="module")
def nightly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two nights of a city, the first already published, so that the second carries state over."""
    folder = tmp_path_factory.mktemp("city")
    first = nights.city(folder / "feeds0")
    second = nights.city(folder / "city", night=1)
    del first
    return second


@pytest.fixture(scope="module")
def usual(nightly: Path) -> dict[str, bytes]:
    code, archive = nights.run(nightly, output="usual")
    assert code == 0
    return nights.table_bytes(archive)


@pytest.mark.parametrize("way", WAYS)
def test_the_same_bytes(nightly: Path, usual: dict[str, bytes], way: str) -> None:
    flags, engine = WAYS[way]
    code, archive = nights.run(nightly, *flags, output=way.replace(" ", "_"), engine=engine)
    assert code == 0
    assert nights.table_bytes(archive) == usual


@pytest.mark.slow
@pytest.mark.parametrize("way", SLOW_WAYS)
def test_the_same_bytes_on_other_engines(nightly: Path, usual: dict[str, bytes], way: str) -> None:
    flags, engine = SLOW_WAYS[way]
    code, archive = nights.run(nightly, *flags, output=way.replace(" ", "_"), engine=engine)
    assert code == 0
    assert nights.table_bytes(archive) == usual


def test_reordered_and_resplit_feeds_say_the_same(nightly: Path, usual: dict[str, bytes], tmp_path: Path) -> None:
    del usual
    other = nights.copy_of(nightly, tmp_path / "other")
    for path in sorted((other.parent / "feeds").glob("*/underwriting*.txt")):
        resplit(path)
    for path in sorted((other.parent / "feeds").glob("*/wechat*.jsonl")):
        lines = path.read_bytes().splitlines(keepends=True)
        random.Random(7).shuffle(lines)
        path.write_bytes(b"".join(lines))
    code, archive = nights.run(other, output="other", feeds=globs(other))
    assert code == 0
    places = ("feed_file", "feed_row")
    usually = nights.tables(nightly.parent / "usual", without=places)
    for name, table in nights.tables(archive, without=places).items():
        assert table.equals(usually[name]), name
    assert set(usually) == {table.name for table in TABLES}


@pytest.mark.slow
def test_more_partitions_say_the_same(nightly: Path, usual: dict[str, bytes]) -> None:
    """All of a policy lies in the parts of one number, which is assessed alone; policies have half as many as records."""
    del usual
    code, archive = nights.run(nightly, output="parted", engine={"partitions": 6})
    assert code == 0
    for name, table in nights.tables(nightly.parent / "usual").items():
        files = sorted((archive / "latest" / name).glob("*.parquet"))
        told = pl.concat([pl.read_parquet(file) for file in files])
        keys = [column for column, dtype in told.schema.items() if not dtype.is_nested()]
        assert told.sort(keys).equals(table.sort(keys)), name
    of_parts = {
        name: [
            set(pl.read_parquet(archive / "latest" / name / f"0000{part}.parquet")["policy_no"]) for part in range(4)
        ]
        for name in ("parties", "evidence")
    }
    for part in range(4):
        assert of_parts["parties"][part]
        for other in {*range(4)} - {part}:
            assert not of_parts["parties"][part] & (of_parts["parties"][other] | of_parts["evidence"][other])


def resplit(path: Path) -> None:
    """A text feed with its rows in another order and in two files, each with its trailer."""
    header, *rows = path.read_bytes().splitlines(keepends=True)
    random.Random(7).shuffle(rows)
    trailer = path.with_suffix(".ok")
    told = trailer.read_text()
    for number, part in enumerate((rows[: len(rows) // 3], rows[len(rows) // 3 :])):
        half = path.with_name(f"{path.stem}_{number}{path.suffix}")
        half.write_bytes(header + b"".join(part))
        half.with_suffix(".ok").write_text(told.replace(str(len(rows)), str(len(part))))
    path.unlink()
    trailer.unlink()


def globs(nightly: Path) -> dict[str, dict[str, str]]:
    """Feed settings whose underwriting path takes any number of files."""
    import yaml

    feeds = yaml.safe_load(nightly.read_text(encoding="utf-8"))["feeds"]
    path = Path(feeds["underwriting"]["path"])
    feeds["underwriting"]["path"] = str(path.with_name("underwriting*.txt"))
    return feeds
