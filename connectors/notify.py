"""Tells people at once that a line was crossed: a group robot (企业微信) by webhook, and e-mail. Off unless settings say so.

An address of a webhook holds its key: it stands in no log and no message.
"""

import json
import logging
import os
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol

import urllib3
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from pipeline.errors import NotTold
from pipeline.settings import NotifySettings

log = logging.getLogger(__name__)

TIMEOUT_S = 10.0
ATTEMPTS = 3
LONGEST = 4000
"""Bytes of a message a robot takes, a little less than its 4,096."""

PASSWORD = "ZHENKE_MAIL_PASSWORD"  # noqa: S105  the variable's name
WEBHOOK = "ZHENKE_WEBHOOK"


class Notifier(Protocol):
    """Somebody to be told."""

    @property
    def name(self) -> str:
        """What the log calls it."""
        ...

    def send(self, title: str, lines: Sequence[str]) -> None:
        """Tell them; raises :class:`NotTold` or OSError when that fails."""
        ...


@dataclass(frozen=True)
class Webhook:
    """A group robot of 企业微信, or anything that takes its JSON."""

    url: str
    name: str = "webhook"

    def send(self, title: str, lines: Sequence[str]) -> None:
        """Post ``{"msgtype": "markdown", …}``; an answer with an errcode is a failure."""
        text = "\n".join([f"**{title}**", *(f"> {line}" for line in lines)])
        content = text.encode()[:LONGEST].decode(errors="ignore")
        body = json.dumps({"msgtype": "markdown", "markdown": {"content": content}}, ensure_ascii=False).encode()
        pool = urllib3.PoolManager(timeout=TIMEOUT_S, retries=False)
        try:
            answer = pool.request("POST", self.url, body=body, headers={"Content-Type": "application/json"})
        except urllib3.exceptions.HTTPError as error:
            raise NotTold(self.name, type(error).__name__) from None
        if answer.status != 200 or _errcode(answer.data):
            raise NotTold(self.name, f"answered {answer.status}, errcode {_errcode(answer.data)}")


def _errcode(data: bytes) -> int:
    try:
        told = json.loads(data or b"{}")
    except ValueError:
        return 0
    return int(told.get("errcode", 0)) if isinstance(told, dict) else 0


@dataclass(frozen=True)
class Mail:
    """Plain text to a list of addresses."""

    host: str
    port: int
    sender: str
    to: tuple[str, ...]
    starttls: bool = True
    user: str = ""
    name: str = "mail"

    def send(self, title: str, lines: Sequence[str]) -> None:
        """One message to all."""
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = title, self.sender, ", ".join(self.to)
        message.set_content("\n".join(lines) + "\n")
        try:
            with smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S) as server:
                if self.starttls:
                    server.starttls()
                if self.user:
                    server.login(self.user, os.environ.get(PASSWORD, ""))
                server.send_message(message)
        except smtplib.SMTPException as error:
            raise NotTold(self.name, type(error).__name__) from None


def notifiers(told: NotifySettings) -> list[Notifier]:
    """Whom the settings name; nobody by default."""
    url = told.webhook or os.environ.get(WEBHOOK, "")
    found: list[Notifier] = [Webhook(url)] if url else []
    mail = told.mail
    if mail is not None:
        found.append(Mail(mail.host, mail.port, mail.sender, tuple(mail.to), mail.starttls, mail.user))
    return found


def tell(receivers: Sequence[Notifier], title: str, lines: Sequence[str], *, first_wait_s: float = 1.0) -> list[str]:
    """Tell everybody, each a few times if need be; gives the names of those who were told."""
    told = []
    for receiver in receivers:
        try:
            for attempt in Retrying(
                stop=stop_after_attempt(ATTEMPTS),
                wait=wait_exponential(first_wait_s),
                retry=retry_if_exception_type((NotTold, OSError)),
                reraise=True,
            ):
                with attempt:
                    receiver.send(title, lines)
        except (NotTold, OSError) as error:
            why = str(error) if isinstance(error, NotTold) else f"{receiver.name}: {type(error).__name__}"
            log.error("not told: %s", why)  # noqa: TRY400  a traceback may hold an address
        else:
            told.append(receiver.name)
    return told
