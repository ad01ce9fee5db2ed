"""What operations set up: a night that crosses a line tells the robot, one that crosses none does not."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests import nights

HEARD: list[dict[str, dict[str, str]]] = []


class Robot(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        HEARD.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    HEARD.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Robot)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_night_below_its_target_is_told_once(tmp_path: Path, url: str, capfd: pytest.CaptureFixture[str]) -> None:
    nightly = nights.city(tmp_path / "city", people=60)
    code, archive = nights.run(nightly, report=True, notify={"webhook": url})
    assert code == 0
    said = HEARD[0]["markdown"]["content"]
    assert said.startswith("**真客 2026-06-30**\n> 全市真实率低于目标")
    assert str((archive / "latest").resolve() / "reports" / "index.html") in said
    assert "told       webhook: the city's rate fell below its target" in capfd.readouterr().out
    assert nights.run(nightly, "--date", "2026-07-01", report=True, notify={"webhook": url})[0] in (0, 3)
    assert len(HEARD) == 1
