"""Who is told, by a robot and a mail server of our own on this machine."""

import json
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from connectors.notify import Mail, Webhook, notifiers, tell
from pipeline.errors import NotTold
from pipeline.settings import MailSettings, NotifySettings

LINES = ["来源被拒收：理赔", "报告：/data/reports/index.html"]


class Robot(BaseHTTPRequestHandler):
    """Answers as it was told to and keeps what it was sent."""

    heard: list[dict[str, object]]
    answers: list[tuple[int, dict[str, object]]]

    def do_POST(self) -> None:
        self.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        status, told = self.answers.pop(0) if self.answers else (200, {"errcode": 0})
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def robot() -> Iterator[tuple[str, type[Robot]]]:
    handler = type("Here", (Robot,), {"heard": [], "answers": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/send?key=secret-key", handler
    server.shutdown()
    server.server_close()


class Postbox(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs."""

    letters: list[bytes]

    def handle(self) -> None:
        def say(line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

        say("220 here")
        while command := self.rfile.readline().decode().strip():
            word = command.upper().split(" ")[0]
            if word == "DATA":
                say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.letters.append(b"".join(lines))
            say({"QUIT": "221 bye"}.get(word, "250 fine"))
            if word == "QUIT":
                return


@pytest.fixture
def postbox() -> Iterator[tuple[int, list[bytes]]]:
    handler = type("Here", (Postbox,), {"letters": []})
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1], handler.letters
    server.shutdown()
    server.server_close()


def test_a_robot_is_told_in_its_own_form(robot: tuple[str, type[Robot]]) -> None:
    url, here = robot
    assert tell([Webhook(url)], "真客 2026-06-30", LINES) == ["webhook"]
    wanted = "**真客 2026-06-30**\n> 来源被拒收：理赔\n> 报告：/data/reports/index.html"
    assert here.heard == [{"msgtype": "markdown", "markdown": {"content": wanted}}]


@pytest.mark.parametrize("answer", [(500, {}), (429, {}), (200, {"errcode": 45009})])
def test_a_robot_that_is_busy_is_told_again(
    robot: tuple[str, type[Robot]], answer: tuple[int, dict[str, object]]
) -> None:
    url, here = robot
    here.answers[:] = [answer]
    assert tell([Webhook(url)], "t", LINES, first_wait_s=0) == ["webhook"]
    assert len(here.heard) == 2


def test_a_robot_that_never_takes_it_is_given_up_without_telling_its_key(
    robot: tuple[str, type[Robot]], caplog: pytest.LogCaptureFixture
) -> None:
    url, here = robot
    here.answers[:] = [(500, {})] * 9
    assert tell([Webhook(url)], "t", LINES, first_wait_s=0) == []
    assert len(here.heard) == 3
    assert "not told: webhook: answered 500" in caplog.text
    assert "secret-key" not in caplog.text


def test_a_long_message_is_cut_between_characters(robot: tuple[str, type[Robot]]) -> None:
    url, here = robot
    Webhook(url).send("t", ["真" * 3000])
    content = str(here.heard[0]["markdown"]["content"])  # type: ignore[index]
    assert 3_900 < len(content.encode()) <= 4_096


def test_nobody_there_does_not_stop_the_others(postbox: tuple[int, list[bytes]]) -> None:
    port, letters = postbox
    mail = Mail("127.0.0.1", port, "zhenke@example.com", ("a@example.com",), starttls=False)
    assert tell([Webhook("http://127.0.0.1:9/"), mail], "t", LINES, first_wait_s=0) == ["mail"]
    assert len(letters) == 1


def test_a_letter_reaches_everybody(postbox: tuple[int, list[bytes]]) -> None:
    port, letters = postbox
    mail = Mail("127.0.0.1", port, "zhenke@example.com", ("a@example.com", "b@example.com"), starttls=False)
    mail.send("真客 2026-06-30", LINES)
    letter = message_from_bytes(letters[0], policy=policy.default)
    assert (letter["Subject"], letter["To"]) == ("真客 2026-06-30", "a@example.com, b@example.com")
    assert letter.get_content().split() == LINES


def test_a_server_without_encryption_is_not_spoken_to_in_the_clear(postbox: tuple[int, list[bytes]]) -> None:
    port, letters = postbox
    with pytest.raises(NotTold):
        Mail("127.0.0.1", port, "zhenke@example.com", ("a@example.com",)).send("t", LINES)
    assert letters == []


def test_it_is_off_unless_settings_or_the_environment_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHENKE_WEBHOOK", raising=False)
    assert notifiers(NotifySettings()) == []
    told = NotifySettings(webhook="http://x", mail=MailSettings(host="h", sender="s", to=["t"]))
    assert [one.name for one in notifiers(told)] == ["webhook", "mail"]
    monkeypatch.setenv("ZHENKE_WEBHOOK", "http://y")
    assert notifiers(NotifySettings()) == [Webhook("http://y")]
