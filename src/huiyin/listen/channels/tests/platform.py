"""The platform's side of an official account, as its documentation describes it, on this machine."""

import hashlib
import json
import os
import struct
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

APPID, TOKEN, AES = "wx2c2769f8efd9abc2", "spamtest-token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OPENID = "oyORnuP8q7ou2gfYjqLzSIWZf0rs"


@dataclass
class Platform:
    """`token` is the one in force; `sent` what users read; `code` what the next calls are answered with."""

    url: str = ""
    token: str = "T1"
    asked: list[dict] = field(default_factory=list)
    sent: list[dict] = field(default_factory=list)
    code: int = 0
    body: bytes | None = None
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)


@contextmanager
def running() -> Iterator[Platform]:
    box = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["content-length"])))
            place = urlsplit(self.path)
            if place.path == "/cgi-bin/stable_token":
                box.asked.append(told)
                if told["force_refresh"]:
                    box.token = f"T{len(box.asked)}"
                good = told["secret"] == "right" and told["appid"] == APPID
                self.answer({"access_token": box.token, "expires_in": 7200} if good else {"errcode": 40125})
                return
            if self.stale(place.query):
                return
            if not box.code:
                box.sent.append(told)
            self.answer({"errcode": box.code, "errmsg": "ok"})

        def do_GET(self) -> None:
            place = urlsplit(self.path)
            if self.stale(place.query):
                return
            kind, content = box.files.get(parse_qs(place.query)["media_id"][0], ("", b""))
            if not kind:
                self.answer({"errcode": 40007, "errmsg": "invalid media_id"})
                return
            self.put(kind, content)

        def stale(self, query: str) -> bool:
            if parse_qs(query)["access_token"] == [box.token]:
                return False
            self.answer({"errcode": 42001, "errmsg": "access_token expired"})
            return True

        def answer(self, told: dict) -> None:
            self.put("application/json", json.dumps(told).encode() if box.body is None else box.body)

        def put(self, kind: str, content: bytes) -> None:
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    box.url = f"http://127.0.0.1:{server.server_port}"
    yield box
    server.shutdown()
    server.server_close()


def signed(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def xml(**fields: str) -> str:
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return f"<xml>{inner}</xml>"


def message(text: str = "", *, id: str = "1", sender: str = OPENID, at: int = 0, **more: str) -> str:
    fields = {"ToUserName": "gh_1", "FromUserName": sender, "CreateTime": str(at), "MsgType": "text", "Content": text}
    return xml(**(fields | {"MsgId": id} | more))


def query(at: int, nonce: str = "n1", sealed: str | None = None, token: str = TOKEN) -> dict[str, str]:
    found = {"signature": signed(token, str(at), nonce), "timestamp": str(at), "nonce": nonce}
    if sealed is not None:
        found |= {"msg_signature": signed(token, str(at), nonce, sealed), "encrypt_type": "aes"}
    return found


def sealed(content: str) -> str:
    """Written out again here, so that the product's own reading of the format is checked against another."""
    key = b64decode(AES + "=")
    raw = os.urandom(16) + struct.pack(">I", len(content.encode())) + content.encode() + APPID.encode()
    pad = 32 - len(raw) % 32
    done = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return b64encode(done.update(raw + bytes([pad]) * pad) + done.finalize()).decode()


def opened(body: bytes) -> dict[str, str]:
    """What the user reads, after the platform has checked our signature."""
    told = {child.tag: child.text or "" for child in ElementTree.fromstring(body)}
    if "Encrypt" not in told:
        return told
    assert told["MsgSignature"] == signed(TOKEN, told["TimeStamp"], told["Nonce"], told["Encrypt"])
    key = b64decode(AES + "=")
    done = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    raw = done.update(b64decode(told["Encrypt"])) + done.finalize()
    raw = raw[: -raw[-1]]
    (size,) = struct.unpack(">I", raw[16:20])
    assert raw[20 + size :] == APPID.encode()
    return opened(raw[20 : 20 + size])
