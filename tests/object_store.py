"""S3 as moto serves it on loopback, and a city's nights from and to it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from moto.server import ThreadedMotoServer

from connectors.store import Store
from connectors.store_archive import StoreArchive
from tests.nights import changed


@contextmanager
def bucket() -> Iterator[str]:
    """Address of a bucket. Who may write to it, and where it is, only the environment says."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    told = {
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    urlopen(Request(f"http://127.0.0.1:{port}/zhenke", method="PUT"), timeout=30).close()
    try:
        yield "s3://zhenke"
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        server.stop()


def moved_to(place: str, nightly: Path) -> Path:
    """The city's settings with its feeds, copied there, and its output below ``place``."""
    feeds = Store(f"{place}/feeds")
    for path in sorted((nightly.parent / "feeds").rglob("*")):
        if path.is_file():
            feeds.write(path.relative_to(nightly.parent / "feeds").as_posix(), path.read_bytes())
    remote = changed(nightly, output=f"{place}/nights")
    told = remote.read_text(encoding="utf-8").replace("path: feeds/", f"path: {feeds}/")
    assert told.count(str(feeds)) > 5
    remote.write_text(told, encoding="utf-8")
    return remote


def stored_bytes(archive: StoreArchive) -> dict[str, bytes]:
    """Every Parquet file of the latest night, by name, but those of its report."""
    night = archive.night()
    assert night is not None
    names = [name for name in night.version.files("", ".parquet") if name.count("/") == 1]
    return {name: night.version.read(name) for name in names if not name.startswith("expectations/")}
