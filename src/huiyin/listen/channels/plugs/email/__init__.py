"""E-mail: read from a mailbox by IMAP. Answers leave through the bank's mail server, like every other message."""

import base64
import imaplib
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from huiyin.kernel.label import Label
from huiyin.listen.channels.rules import mail
from huiyin.listen.channels.rules.contract import Base, Config, Fetched, Parsed, Setting, Unreachable

TIMEOUT_S = 10.0
AT_ONCE = 50
_TLS = (
    Label("ssl", "全程加密（端口 993）", "Encrypted from the start (port 993)"),
    Label("starttls", "STARTTLS（端口 143）", "STARTTLS (port 143)"),
    Label("none", "不加密（仅限内网）", "Not encrypted (inside the bank only)"),
)


class Mailbox(Base):
    """One mailbox. What was fetched is known by UIDVALIDITY and UID; the flag is set only after it is stored."""

    kind = "email"
    label = Label("email", "电子邮件", "E-mail")
    via = "email"
    polled = True
    worker = "mail"
    limit = mail.BYTES
    fields = (
        Setting("address", Label("address", "邮箱地址", "Mail address"), required=True),
        Setting("host", Label("host", "IMAP 服务器", "IMAP server"), required=True),
        Setting("port", Label("port", "端口", "Port"), sort="number", default="993"),
        Setting("tls", Label("tls", "加密方式", "Encryption"), sort="choice", default="ssl", choices=_TLS),
        Setting("ca_file", Label("ca_file", "内部根证书文件", "File of the bank's own root certificate")),
        Setting("user", Label("user", "登录名", "Sign-in name"), required=True),
        Setting("password", Label("password", "口令", "Password"), sort="secret", required=True),
        Setting("folder", Label("folder", "文件夹", "Folder"), default="INBOX"),
        Setting(
            "plus", Label("plus", "回信地址带编号（name+编号@…）", "Answers go to name+reference@…"), sort="switch",
            hint=Label("plus", "邮件服务器须支持加号地址；否则编号只在主题中", "The mail server must support plus addresses; else the reference stands in the subject only"),
        ),
        Setting(
            "authserv", Label("authserv", "验证服务器名", "Authentication server"),
            hint=Label("authserv", "Authentication-Results 首部中本行服务器的名字，用于识别伪造的发件人", "The name of your server in Authentication-Results, to tell forged senders"),
        ),
        Setting("lists", Label("lists", "接收邮件列表转来的邮件", "Take mail of mailing lists"), sort="switch"),
    )  # fmt: skip

    def parse(self, raw: bytes, config: Config) -> Parsed:
        return mail.parse(raw, config.settings)

    def fetch(self, config: Config, cursor: Mapping[str, str]) -> Iterator[Fetched]:
        """Newer than the cursor, at most 50. A mailbox made anew (another UIDVALIDITY) is read from its beginning."""
        with _opened(config) as (box, validity):
            last = int(cursor.get("uid", "0")) if cursor.get("validity") == validity else 0
            for uid in _newer(box, last)[:AT_ONCE]:
                raw = _body(box, uid, self.limit)
                if raw is not None:
                    yield Fetched(f"{validity}:{uid}", raw, {"validity": validity, "uid": str(uid)})

    def done(self, config: Config, keys: tuple[str, ...]) -> None:
        if not keys:
            return
        with _opened(config) as (box, validity):
            uids = [uid for found, _sep, uid in (key.partition(":") for key in keys) if found == validity]
            if uids:
                box.uid("STORE", ",".join(uids), "+FLAGS.SILENT", r"(\Seen)")

    def test(self, config: Config) -> None:
        with _opened(config):
            return


@contextmanager
def _opened(config: Config) -> Iterator[tuple[imaplib.IMAP4, str]]:
    """The folder, selected, with its UIDVALIDITY. Whatever goes wrong on the line is Unreachable with a code."""
    box: imaplib.IMAP4 | None = None
    try:
        box = _connected(config)
        try:
            box.login(config["user"], config["password"])
        except imaplib.IMAP4.error:
            raise Unreachable("login") from None
        state, _data = box.select(_quoted(config["folder"] or "INBOX"))
        if state != "OK":
            raise Unreachable("folder")
        _name, found = box.response("UIDVALIDITY")
        yield box, (found[0] or b"0").decode() if found and found[0] else "0"
    except ssl.SSLError:
        raise Unreachable("tls") from None
    except (TimeoutError, OSError, imaplib.IMAP4.error, EOFError):
        raise Unreachable("unreachable") from None
    finally:
        if box is not None:
            _leave(box)


def _leave(box: imaplib.IMAP4) -> None:
    try:
        box.logout()
    except (OSError, imaplib.IMAP4.error, EOFError):
        box.shutdown()


def _connected(config: Config) -> imaplib.IMAP4:
    host, kind = config["host"], config["tls"] or "ssl"
    context = ssl.create_default_context(cafile=config["ca_file"] or None)
    try:
        port = int(config["port"] or (993 if kind == "ssl" else 143))
    except ValueError:
        raise Unreachable("port") from None
    if kind == "ssl":
        return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=TIMEOUT_S)
    box = imaplib.IMAP4(host, port, timeout=TIMEOUT_S)
    if kind == "starttls":
        box.starttls(context)
    return box


def _quoted(folder: str) -> str:
    """Folder names that are not ASCII travel in IMAP's own UTF-7 (RFC 3501 §5.1.3)."""
    parts = re.split(r"([^\x20-\x7e]+)", folder.replace("&", "&-"))
    coded = [f"&{_base64(part.encode('utf-16-be'))}-" if odd % 2 else part for odd, part in enumerate(parts)]
    return '"' + "".join(coded).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode().rstrip("=").replace("/", ",")


def _newer(box: imaplib.IMAP4, last: int) -> list[int]:
    """`n:*` always names the last item too, even an old one: it is filtered out."""
    state, data = box.uid("SEARCH", "UID", f"{last + 1}:*")  # type: ignore[arg-type]
    if state != "OK":
        raise Unreachable("search")
    return sorted(uid for uid in map(int, (data[0] or b"").split()) if uid > last)


def _body(box: imaplib.IMAP4, uid: int, limit: int) -> bytes | None:
    """The bytes, not marked as seen; of a monster only so much that it is known to be too large."""
    state, data = box.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{limit + 1}>)")
    if state != "OK":
        raise Unreachable("fetch")
    return next((bytes(item[1]) for item in data if isinstance(item, tuple)), None)


PLUG = Mailbox()
