"""The other ways in, while the product is killed: a mailbox on a real IMAP server, a signed webhook, and public posts.

torture_channels.py open PORT      set the channels up in the home of the environment
torture_channels.py finish         let them finish what a tick would, without its waiting
"""

import base64
import hashlib
import hmac
import imaplib
import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[1]
OURS, USER, WORD, KEY = (
    "care@bank.example",
    "care",
    "a-word-for-the-test",
    "whsec_" + base64.b64encode(b"k" * 32).decode(),
)


@dataclass
class Mailbox:
    """The bank's mail server, which nobody kills; `sent` are the marks of the mails it took."""

    port: int
    sent: list[str] = field(default_factory=list)
    run: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(ROOT / ".venv" / "bin" / "pymap"), "--host", "127.0.0.1", "--port", str(self.port), "--no-tls"]
        command += ["dict", "--demo-user", USER, "--demo-password", WORD]
        self.run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with suppress(OSError, imaplib.IMAP4.error):
                self._opened().logout()
                return
            time.sleep(0.1)
        raise RuntimeError("the mail server did not come up")

    def stop(self) -> None:
        if self.run is not None:
            self.run.terminate()
            self.run.wait(10)

    def write(self, stop: threading.Event, most: int) -> None:
        """One customer after another writes a mail of their own, some of them twice over (the same mail again)."""
        box = self._opened()
        while not stop.is_set() and len(self.sent) < most:  # nobody kills this server: what it took is what it holds
            mark = uuid4().hex
            raw = (
                f"From: {mark}@mail.example\r\nTo: {OURS}\r\nSubject: wait\r\nMessage-ID: <{mark}@mail.example>\r\n"
                f"Content-Type: text/plain; charset=utf-8\r\n\r\n排队太久 {mark}\r\n"
            ).encode()
            for _copy in range(2 if len(self.sent) % 5 == 0 else 1):
                box.append("INBOX", "", None, raw)  # type: ignore[arg-type]
            self.sent.append(mark)
            stop.wait(0.3)
        box.logout()

    def _opened(self) -> imaplib.IMAP4:
        box = imaplib.IMAP4("127.0.0.1", self.port, timeout=300)
        box.login(USER, WORD)
        return box


def said(mark: str) -> dict[str, object]:
    """A complaint of a partner."""
    return {"text": f"接口投诉 {mark}"}


def seen(mark: str) -> dict[str, object]:
    """A public post as a monitoring service tells of it."""
    return {"source": "weibo", "ref": mark, "text": f"排队太久 {mark}", "posted_at": "2026-03-04T10:00:00+08:00"}


def call(
    port: int, told: dict[str, str], refused: list[str], stop: threading.Event, most: int, code: str = "partner",
    what: Callable[[str], dict[str, object]] = said,
) -> None:  # fmt: skip
    """A system that posts signed deliveries, each again and again under its id until it is answered. Every fourth post
    is told a second time in a delivery of its own."""
    while not stop.is_set() and len(told) < most:
        mark = uuid4().hex
        body = json.dumps(what(mark)).encode()
        ids = [mark, f"{mark}-again"] if what is seen and len(told) % 4 == 0 else [mark]
        for id in ids:
            if not _delivered(port, code, id, mark, body, told, refused, stop):
                return


def _delivered(
    port: int, code: str, id: str, mark: str, body: bytes, told: dict[str, str], refused: list[str],
    stop: threading.Event,
) -> bool:  # fmt: skip
    answered = False
    while not answered:
        stamp = int(time.time())
        signed = hmac.new(b"k" * 32, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
        headers = {
            "Content-Type": "application/json", "webhook-id": id, "webhook-timestamp": str(stamp),
            "webhook-signature": "v1," + base64.b64encode(signed).decode(),
        }  # fmt: skip
        request = urllib.request.Request(f"http://127.0.0.1:{port}/hooks/{code}/", data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                found = json.load(answer)
                told[mark] = found.get("post") or found["id"]
                answered = True
        except urllib.error.HTTPError as error:
            if error.code < 500:
                refused.append(f"the webhook was refused with {error.code}: {error.read()[:200]!r}")
                return False
        except (OSError, ValueError, HTTPException):
            pass
        if stop.is_set() and not answered:
            return False  # never acknowledged: it may be there or not, but not twice
        time.sleep(0.15)
    return True


def _open(port: int) -> None:
    from huiyin.kernel.actor import machine
    from huiyin.listen.channels import actions
    from huiyin.site.now import now

    by, at = machine("torture"), now()
    settings = {"address": OURS, "host": "127.0.0.1", "port": str(port), "tls": "none", "user": USER, "every": "1"}
    actions.add_channel(
        code="mail",
        kind="email",
        name="邮箱",
        settings=settings,
        secrets={"password": WORD},
        enabled=True,
        by=by,
        at=at,
    )
    for code, kind, name in (("partner", "webhook", "伙伴"), ("watch", "posts", "舆情")):
        actions.add_channel(code=code, kind=kind, name=name, secrets={"key": KEY}, enabled=True, by=by, at=at)


def _finish() -> None:
    from huiyin.kernel.actor import machine
    from huiyin.listen.channels import actions
    from huiyin.listen.channels.models import Arrival, Channel
    from huiyin.site.now import now

    by, end = machine("torture"), time.monotonic() + 300
    while time.monotonic() < end:
        Channel.objects.update(next_look_at=None)
        Arrival.objects.filter(state__in=("received", "retry")).update(next_try_at=now())
        came = actions.look(by=by, at=now())
        actions.retry_pending(by=by, at=now())
        if not came and not Arrival.objects.filter(state__in=("received", "retry")).exists():
            return


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.site.settings")
    django.setup()
    _open(int(sys.argv[2])) if sys.argv[1] == "open" else _finish()
