"""Mails for the tests, as the world writes them."""

from email.header import Header
from email.mime.text import MIMEText

OURS = "care@qinghe.example"
CUSTOMER = "zhang@mail.example"


def letter(
    text: str = "在人民路支行排队两个小时，没有人解释。", subject: str = "投诉排队", sender: str = CUSTOMER,
    charset: str = "utf-8", **headers: str,
) -> bytes:  # fmt: skip
    mail = MIMEText(text, "plain", charset)
    mail["From"], mail["To"] = sender, headers.pop("To", OURS)
    mail["Subject"] = Header(subject, charset)
    if "Message_ID" not in headers:
        mail["Message-ID"] = f"<{abs(hash((text, subject, sender)))}@mail.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    return mail.as_bytes()


def bare(head: bytes, body: bytes = b"hello\r\n") -> bytes:
    """Headers and body as raw bytes, for what no library would write."""
    return head.strip() + b"\r\n\r\n" + body


def bounce(message_id: str, to: str = CUSTOMER, action: str = "failed", status: str = "5.1.1") -> bytes:
    """A delivery report as RFC 3464 asks for it."""
    return f"""From: MAILER-DAEMON@mail.example
To: {OURS}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{action}-{message_id.strip("<>")}>
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is the mail system.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}

--b
Content-Type: message/rfc822

Message-ID: {message_id}
From: {OURS}
To: {to}

...
--b--
""".encode()
