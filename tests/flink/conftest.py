"""The cluster that the tests of this folder share. ``make flink`` fetches what it is made of and names the folders."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flink.cluster import Cluster, cluster
from tests.object_store import bucket


@pytest.fixture(scope="session")
def parts() -> tuple[Path, Path]:
    """Folder of jars, and the virtual environment that the wheel is installed in."""
    missing = [name for name in ("FLINK_LIB", "FLINK_VENV") if not os.environ.get(name)]
    missing += [name for name in ("java",) if shutil.which(name) is None]
    if missing:
        told = f"{' and '.join(missing)} missing: `make flink` runs these tests and needs a Java 17 runtime and Maven"
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    return Path(os.environ["FLINK_LIB"]).absolute(), Path(os.environ["FLINK_VENV"]).absolute()


@pytest.fixture(scope="module")
def s3(parts: tuple[Path, Path]) -> Iterator[str]:
    """A bucket of which the cluster's environment says where it is."""
    with bucket() as address:
        yield address


@pytest.fixture(scope="module")
def flink(parts: tuple[Path, Path], s3: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One job manager, two task managers of two slots, a job server and a worker pool."""
    with cluster(*parts, tmp_path_factory.mktemp("flink")) as running:
        yield running
