"""The other ways in, while the product is killed: a mailbox on a real IMAP server, and a signed webhook.

torture_channels.py open PORT      set both channels up in the home of the environment
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
from contextlib import suppress
from dataclasses import dataclass, field
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
        while not stop.is_set() and len(self.sent) < most:
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
        box = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        box.login(USER, WORD)
        return box


def call(port: int, told: dict[str, str], refused: list[str], stop: threading.Event, most: int) -> None:
    """A system that posts signed deliveries, each again and again under its id until it is answered."""
    while not stop.is_set() and len(told) < most:
        mark = uuid4().hex
        body = json.dumps({"text": f"接口投诉 {mark}"}).encode()
        while mark not in told:
            stamp = int(time.time())
            signed = hmac.new(b"k" * 32, f"{mark}.{stamp}.".encode() + body, hashlib.sha256).digest()
            headers = {
                "Content-Type": "application/json", "webhook-id": mark, "webhook-timestamp": str(stamp),
                "webhook-signature": "v1," + base64.b64encode(signed).decode(),
            }  # fmt: skip
            request = urllib.request.Request(f"http://127.0.0.1:{port}/hooks/partner/", data=body, headers=headers)
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    told[mark] = json.load(answer)["id"]
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    refused.append(f"the webhook was refused with {error.code}: {error.read()[:200]!r}")
                    return
            except (OSError, ValueError):
                pass
            if stop.is_set() and mark not in told:
                return  # never acknowledged: it may be there or not, but not twice
            time.sleep(0.15)


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
    actions.add_channel(code="partner", kind="webhook", name="伙伴", secrets={"key": KEY}, enabled=True, by=by, at=at)


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
