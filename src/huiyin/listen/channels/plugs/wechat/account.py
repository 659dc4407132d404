"""A WeChat official account: customer-service messages to its users, and the files they sent.

1. Everything is called with an access token of two hours. It is asked for by `stable_token`, which gives every process
   the same one; the older `token` would take it away from the others each time.
2. A call that is refused because of its token (40001, 40014, 42001) is made once more with a fresh one.
3. A user may be written to for 48 hours after they last wrote (45015), so many times (45047). After that only another way
   is left; the delivery says which it was, and if no other way is open the matter is taken up again.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from huiyin.listen.channels.plugs.wechat.codes import HOST, TEXT_BYTES, Verdict, verdict
from huiyin.platform.messages.queries import Called, Outgoing, TryLater, Undeliverable, call

MARGIN_S = 300
MEDIA_BYTES = 20_000_000
_tokens: dict[str, tuple[str, float]] = {}
_one = threading.Lock()


class NoMedia(Exception):
    """The platform has no such file (any more): it keeps them for three days. `code` is its number."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class OfficialAccount:
    """`url` is the platform, or the bank's own relay to it."""

    appid: str
    secret: str
    url: str = HOST
    allowed: tuple[str, ...] = ()

    def send(self, outgoing: Outgoing) -> None:
        text = outgoing.text.encode()[:TEXT_BYTES].decode("utf-8", "ignore")
        # As the characters themselves: the platform shows \uXXXX as it stands.
        body = json.dumps(
            {"touser": outgoing.to, "msgtype": "text", "text": {"content": text}}, ensure_ascii=False
        ).encode()
        self._with_token(lambda token: self._post("/cgi-bin/message/custom/send", body, access_token=token))

    def media(self, id: str) -> tuple[bytes, str]:
        """A picture, sound or film that a user sent: its content and its type."""
        answer = self._with_token(lambda token: self._get("/cgi-bin/media/get", access_token=token, media_id=id))
        if not answer.whole:
            raise NoMedia("size")
        if not answer.body or "json" in answer.kind or answer.kind.startswith("text/"):
            raise NoMedia("none")
        return answer.body, answer.kind.partition(";")[0]

    def greet(self) -> None:
        """Ask for a token, which says whether id, secret and our address are known there."""
        self._token("")

    def _with_token(self, ask: Callable[[str], Called]) -> Called:
        refused = ""
        for _attempt in (1, 2):
            token = self._token(refused)
            answer = ask(token)
            found = _judged(answer)
            if found is Verdict.DONE:
                return answer
            if found is not Verdict.TOKEN:
                raise (TryLater if found.later else Undeliverable)(found.value)
            refused = token
        raise TryLater(Verdict.TOKEN.value)

    def _token(self, refused: str) -> str:
        """The token we know, or a new one. One that was refused is not used again: the platform gives its present one,
        and only if that is the refused one it is told to make another (it does so twenty times a day at most)."""
        with _one:
            known, until = _tokens.get(self.appid, ("", 0.0))
            if known and known != refused and time.monotonic() < until:
                return known
            token, seconds = self._asked_for(force=False)
            if token == refused:
                token, seconds = self._asked_for(force=True)
            _tokens[self.appid] = (token, time.monotonic() + max(seconds - MARGIN_S, 1))
            return token

    def _asked_for(self, *, force: bool) -> tuple[str, int]:
        asked = {
            "grant_type": "client_credential", "appid": self.appid, "secret": self.secret, "force_refresh": force,
        }  # fmt: skip
        told = _told(self._post("/cgi-bin/stable_token", json.dumps(asked).encode()))
        token, seconds = told.get("access_token"), told.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise TryLater(Verdict.TOKEN.value)
        return token, seconds

    def _post(self, path: str, body: bytes, **query: str) -> Called:
        headers = {"content-type": "application/json; charset=utf-8"}
        return call("POST", self._address(path, query), body=body, headers=headers, allowed=self.allowed)

    def _get(self, path: str, **query: str) -> Called:
        return call("GET", self._address(path, query), allowed=self.allowed, most=MEDIA_BYTES)

    def _address(self, path: str, query: dict[str, str]) -> str:
        return self.url.rstrip("/") + path + (f"?{urlencode(query)}" if query else "")


def _judged(answer: Called) -> Verdict:
    if answer.status != 200:
        return Verdict.BUSY
    if answer.kind and "json" not in answer.kind and not answer.kind.startswith("text/"):
        return Verdict.DONE  # a file
    code = _told(answer).get("errcode", 0)
    return verdict(code) if isinstance(code, int) else Verdict.BUSY


def _told(answer: Called) -> dict[str, Any]:
    """What the platform said; something that is no JSON object is its failure, not ours."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError) as garbled:
        raise TryLater(Verdict.BUSY.value) from garbled
    if not isinstance(told, dict):
        raise TryLater(Verdict.BUSY.value)
    return told
