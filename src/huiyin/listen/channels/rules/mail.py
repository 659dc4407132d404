"""A mail as words: what was written, by whom, with which files; or that it is a report, a machine's answer, or noise.

Read with the standard library in its forgiving form, header by header, because real mail is broken in every way.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value, getaddresses

from huiyin.listen.channels.rules.charsets import decoded, guessed
from huiyin.listen.channels.rules.contract import Attached, Kind, Parsed, Report, Unreadable
from huiyin.listen.channels.rules.pages import text_of
from huiyin.listen.channels.rules.quoting import without_history
from huiyin.listen.channels.rules.tnef import unpacked

BYTES, HEADER, DEPTH, PARTS = 26_214_400, 8192, 30, 300
TEXT = 1_000_000
_ID = re.compile(r"<[^<>\s\x00-\x20]{1,200}>")
_OURS = r"<?([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})@%s>?"
_AWAY = re.compile(
    r"(?i)^\s*(自动回复|自動回覆|automatic reply|auto[- ]?reply|out of (the )?office|autoreply)[:：\s(（]?"
)
_DAEMON = re.compile(r"(?i)^(mailer-daemon|postmaster|mail-daemon)@")
_WORDS = re.compile(r"=\?[^?\s]{1,40}\?[bBqQ]\?[^?\s]*\?=")


def parse(raw: bytes, settings: Mapping[str, str]) -> Parsed:
    """`settings`: `address` is our own, `authserv` names the server whose word on DMARC we believe, `lists` = "1" takes
    mail of mailing lists. Raises Unreadable."""
    if len(raw) > BYTES:
        raise Unreadable("too_large")
    try:
        mail = message_from_bytes(raw)
        parts = list(_parts(mail, 0))
    except RecursionError:
        raise Unreadable("too_deep") from None
    if not mail.keys():
        raise Unreadable("malformed")
    domain = settings.get("address", "").rpartition("@")[2]
    subject = header(mail, "Subject")
    id = next(iter(_ID.findall(_line(mail, "Message-ID"))), "") or f"raw:{hashlib.sha256(raw).hexdigest()}"
    references = tuple(_ID.findall(_line(mail, "References") + " " + _line(mail, "In-Reply-To")))[-10:]
    told = _report(mail, parts, domain)
    kind, why = _kind(mail, subject, told, domain, settings)
    if kind == "noise" or told is not None:
        return Parsed(kind=kind, why=why, subject=subject, id=id, references=references, report=told)
    senders = _senders(mail)
    text, notes = _text(parts)
    suspect = "forged_sender" if _disowned(mail, settings.get("authserv", "")) else ""
    return Parsed(
        kind=kind, why=why, text=text, subject=subject, senders=senders, attachments=tuple(_files(parts)),
        token=_token(mail, subject), id=id, references=references, suspect=suspect, notes=notes,
        fields={"name": name} if (name := _name(mail)) else {},
    )  # fmt: skip


def header(mail: Message, name: str) -> str:
    """One header as one line of text: encoded words of any charset, raw bytes, and no more than 8 KB of it."""
    line = _line(mail, name)
    if any("\udc80" <= char <= "\udcff" for char in line):
        return " ".join(guessed(line.encode("utf-8", "surrogateescape")).split())
    if not _WORDS.search(line):
        return " ".join(line.split())
    try:
        found = [(part, charset) for part, charset in decode_header(line)]
    except ValueError:
        return " ".join(line.split())
    pieces: list[tuple[bytes | str, str | None]] = []
    for part, charset in found:  # a character may be cut between two words of one charset
        if pieces and isinstance(part, bytes) and isinstance(pieces[-1][0], bytes) and pieces[-1][1] == charset:
            pieces[-1] = (pieces[-1][0] + part, charset)
        else:
            pieces.append((part, charset))
    text = "".join(decoded(part, charset or "") if isinstance(part, bytes) else part for part, charset in pieces)
    return " ".join(text.split())


def _line(mail: Message, name: str) -> str:
    """The first header of this name as it stands; bytes that are no ASCII are surrogates in it."""
    return next(iter(_lines(mail, name)), "")


def _lines(mail: Message, name: str) -> list[str]:
    wanted = name.casefold()
    return [_plain(value) for known, value in mail.raw_items() if known.casefold() == wanted]


def _plain(value: object) -> str:
    return str(value or "")[:HEADER].replace("\r", "").replace("\n", " ")


def _parts(mail: Message, depth: int, count: list[int] | None = None) -> Iterator[Message]:
    """Every leaf, in order; a mail inside the mail is one leaf."""
    seen = count if count is not None else [0]
    seen[0] += 1
    if depth > DEPTH or seen[0] > PARTS:
        raise Unreadable("too_deep")
    kind = mail.get_content_type()
    inside = mail.get_payload()
    if isinstance(inside, list) and kind not in ("message/rfc822", "message/delivery-status", "message/global"):
        for part in inside:
            if isinstance(part, Message):
                yield from _parts(part, depth + 1, seen)
        return
    if kind == "application/pkcs7-mime" and mail.get_param("smime-type") != "signed-data":
        raise Unreadable("encrypted")
    if kind == "application/pgp-encrypted":
        raise Unreadable("encrypted")
    yield mail


def _senders(mail: Message) -> tuple[str, ...]:
    """Who wrote it: the one From. None or several that differ cannot be answered, and are a person's to judge."""
    lines = _lines(mail, "From")
    found = {address.strip().casefold(): address.strip() for _name, address in getaddresses(lines) if "@" in address}
    if not found:
        raise Unreadable("no_sender")
    if len(found) > 1 or len(lines) > 1:
        raise Unreadable("many_senders")
    return (next(iter(found.values()))[:254],)


def _name(mail: Message) -> str:
    ((name, _address), *_more) = getaddresses([_line(mail, "From")]) or [("", "")]
    shown = Message()
    shown["From"] = name or ""
    return header(shown, "From").strip("\"' ")[:60]


def _kind(
    mail: Message, subject: str, told: Report | None, domain: str, settings: Mapping[str, str]
) -> tuple[Kind, str]:
    own = settings.get("address", "").strip().casefold()
    loops = {line.strip().casefold() for line in _lines(mail, "X-Loop")}
    if told is None and ((own and own in loops) or (domain and _ours(_line(mail, "Message-ID"), domain))):
        return "noise", "loop"
    if told is not None:
        return "bounce", "bounce"
    said = _line(mail, "Auto-Submitted").split(";")[0].strip().casefold()
    precedence = _line(mail, "Precedence").strip().casefold()
    if (said and said != "no") or precedence == "auto_reply" or _AWAY.match(subject):
        return "auto_reply", "auto_reply"
    if any(mail.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder")):
        return "auto_reply", "auto_reply"
    if _line(mail, "Return-Path").strip() == "<>" or _DAEMON.match(_address(mail)):
        return "auto_reply", "auto_reply"
    listed = mail.get("List-Id") or mail.get("List-Unsubscribe") or precedence in ("bulk", "list", "junk")
    if listed and settings.get("lists") != "1":
        return "noise", "bulk"
    return "voice", ""


def _address(mail: Message) -> str:
    return next((address for _name, address in getaddresses([_line(mail, "From")])), "")


def _ours(text: str, domain: str) -> str:
    found = re.search(_OURS % re.escape(domain), text, re.IGNORECASE)
    return found[1] if found else ""


def _report(mail: Message, parts: Sequence[Message], domain: str) -> Report | None:
    """A delivery report (RFC 3464), a receipt (RFC 8098), or a daemon's letter that names a message of ours."""
    kind = str(mail.get_param("report-type") or "").casefold()
    whole = mail.get_content_type() == "multipart/report"
    if whole and kind in ("delivery-status", "disposition-notification", ""):
        fields = "\n".join(_fields(part) for part in parts if part.get_content_type().startswith("message/d"))
        action = _field(fields, "Action").casefold()
        inner = "\n".join(
            _fields(part) for part in parts
            if part.get_content_type() in ("message/rfc822", "text/rfc822-headers", "message/global-headers")
        )  # fmt: skip
        about = _field(fields, "Original-Message-ID") or _field(inner, "Message-ID")
        to = (
            _field(fields, "Final-Recipient").rpartition(";")[2]
            or _field(fields, "Original-Recipient").rpartition(";")[2]
        )
        if kind == "disposition-notification":
            return Report("delivered", message=_ours(about, domain))
        outcome = {"failed": "bounced", "delayed": "delayed"}.get(action, "delivered")
        if not action:
            outcome = "bounced"
        status = re.sub(r"[^0-9.]", "", _field(fields, "Status"))[:10]
        why = f"dsn_{status}" if status else "bounced"
        return Report(outcome, message=_ours(about, domain), why=why, to=to.strip().strip("<>")[:254])  # type: ignore[arg-type]
    if _DAEMON.match(_address(mail)) or mail.get("X-Failed-Recipients"):
        text = "\n".join(str(part) for part in parts)[:TEXT]
        if domain and (message := _ours(text, domain)):
            return Report("bounced", message=message, why="bounced")
    return None


def _fields(part: Message) -> str:
    inside = part.get_payload()
    if isinstance(inside, list):
        return "\n\n".join("\n".join(f"{name}: {_plain(value)}" for name, value in one.items()) for one in inside)
    return decoded(_bytes(part), "")[:100_000]


def _field(text: str, name: str) -> str:
    found = re.search(rf"(?im)^{name}:[ \t]*(.*)$", text)
    return found[1].strip()[:500] if found else ""


def _text(parts: Sequence[Message]) -> tuple[str, tuple[str, ...]]:
    """What was written: plain parts, else pages as text; without the history that was quoted under it."""
    plain, pages = [], []
    for part in parts:
        kind = part.get_content_type()
        if _is_file(part) or kind not in ("text/plain", "text/html"):
            continue
        text = decoded(_bytes(part)[:TEXT], str(part.get_content_charset("") or ""))
        (plain if kind == "text/plain" else pages).append(text)
    whole = "\n\n".join(text for text in plain if text.strip())
    if not whole and pages:
        whole = "\n\n".join(map(text_of, pages))
    if not whole.strip():
        mails = [part for part in parts if part.get_content_type() == "message/rfc822"]
        inside = mails[0].get_payload() if mails else None
        if isinstance(inside, list) and inside and isinstance(inside[0], Message):
            whole, _notes = _text(list(_parts(inside[0], 1)))
    short = without_history(whole)
    return short, ("history_cut",) if len(short) < len(whole.strip()) else ()


def _files(parts: Sequence[Message]) -> Iterator[Attached]:
    for number, part in enumerate(parts, 1):
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inside = part.get_payload()
            if isinstance(inside, list) and inside:
                yield Attached(_file_name(part) or "forwarded.eml", inside[0].as_bytes())
        elif kind in ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"):
            continue
        elif kind == "application/ms-tnef" or _file_name(part).casefold() == "winmail.dat":
            yield from unpacked(_bytes(part))
        elif _is_file(part) and (content := _bytes(part)):
            if part.get("Content-ID") and kind.startswith("image/") and len(content) < 1024:
                continue  # a spacer or a pixel that counts readers
            yield Attached(_file_name(part) or f"file-{number}", content)


def _is_file(part: Message) -> bool:
    shown = part.get_content_disposition()
    return (
        shown == "attachment"
        or bool(_file_name(part))
        or part.get_content_maintype() not in ("text", "message", "multipart")
    )


def _file_name(part: Message) -> str:
    """RFC 2231 as it should be, RFC 2047 as many write it, or raw bytes."""
    given = _param(part, "filename", "Content-Disposition") or _param(part, "name", "Content-Type")
    if given is None:
        return ""
    if isinstance(given, tuple) and (given[0] or "").casefold().replace("-", "") in ("gb2312", "gbk"):
        given = ("gb18030", given[1], given[2])
    try:
        text = collapse_rfc2231_value(given)
    except (LookupError, UnicodeError):
        text = str(given[2] if isinstance(given, tuple) else given)
    shown = Message()
    shown["x"] = text.replace("\r", "").replace("\n", "")
    return header(shown, "x")[:200]


def _param(part: Message, name: str, header_name: str) -> str | tuple[str | None, str | None, str] | None:
    line = _line(part, header_name)
    if not line:
        return None
    if any("\udc80" <= char <= "\udcff" for char in line):
        line = guessed(line.encode("utf-8", "surrogateescape"))
    clean = Message()
    clean[header_name] = line
    found: str | tuple[str | None, str | None, str] | None = clean.get_param(name, None, header_name)
    return found


def _bytes(part: Message) -> bytes:
    try:
        found = part.get_payload(decode=True)
    except (ValueError, LookupError):
        found = None
    return found if isinstance(found, bytes) else b""


def _token(mail: Message, subject: str) -> str:
    """Where a signed reference may stand: in the subject, or behind the plus of the address it was sent to."""
    to = [
        re.sub(r"^[^+]*\+", "", address)
        for name in ("To", "Delivered-To", "X-Original-To", "Cc")
        for _shown, address in getaddresses([_line(mail, name)])
        if "+" in address
    ]
    return "\n".join([subject[:500], *to[:10]])


def _disowned(mail: Message, server: str) -> bool:
    """The first Authentication-Results of our own mail server says that the sender's domain disowns the mail."""
    if not server:
        return False
    for line in _lines(mail, "Authentication-Results"):
        text = line.casefold()
        if text.split(";")[0].split()[:1] == [server.casefold()]:
            return "dmarc=fail" in text.replace(" ", "")
    return False
