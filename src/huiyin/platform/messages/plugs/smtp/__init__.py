"""Mail through the bank's SMTP server: `smtp://user:password@host:587` (STARTTLS), `smtps://host:465`.

On another port `?tls=starttls` asks for encryption; without it the line to an internal relay is plain.
"""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlparse

from huiyin.platform.messages.rules.delivery import TOTAL_S, Outgoing, Thread, TryLater, Undeliverable


@dataclass(frozen=True)
class SmtpServer:
    """A Gateway. The Message-ID is our message id, so a second copy after a crash can be told from a new mail."""

    url: str
    sender: str

    def send(self, outgoing: Outgoing) -> str:
        try:
            with self._connect() as server:
                server.send_message(self._letter(outgoing))
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            raise (Undeliverable("recipient") if all(c >= 500 for c in codes) else TryLater("recipient")) from refused
        except smtplib.SMTPResponseException as answer:
            raise (Undeliverable("refused") if answer.smtp_code >= 550 else TryLater("busy")) from answer
        except ValueError as malformed:  # an address or header that the mail format cannot carry
            raise Undeliverable("address") from malformed
        except (smtplib.SMTPException, OSError) as unreachable:
            raise TryLater("unreachable") from unreachable
        return ""

    def _connect(self) -> smtplib.SMTP:
        parts = urlparse(self.url)
        host, tls = parts.hostname or "", parse_qs(parts.query).get("tls", [""])[0]
        if parts.scheme == "smtps":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TOTAL_S, context=context)
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=TOTAL_S)
            if tls == "starttls" or (parts.port == 587 and tls != "none"):
                server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server

    def _letter(self, outgoing: Outgoing) -> EmailMessage:
        letter = EmailMessage()
        domain = self.sender.rpartition("@")[2].rstrip(">") or "huiyin.invalid"
        letter["Message-ID"] = f"<{outgoing.id}@{domain}>"
        letter["Date"] = format_datetime(outgoing.at)
        letter["From"] = self.sender
        letter["To"] = outgoing.to
        thread = outgoing.thread or Thread()
        letter["Subject"] = f"{outgoing.subject} [{thread.tag}]" if thread.tag else outgoing.subject
        for name, value in (
            ("Reply-To", thread.reply_to), ("In-Reply-To", thread.in_reply_to),
            ("References", " ".join(thread.references)), ("X-Loop", thread.loop),
        ):  # fmt: skip
            if value:
                letter[name] = value
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(outgoing.text)
        letter["Content-Language"] = outgoing.language  # after the content, which clears what is said of it
        return letter
