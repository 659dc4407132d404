"""What was parsed, as text between the process that reads and the one that decides."""

import base64
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from huiyin.listen.channels.rules.contract import Attached, Parsed, Report


def packed(parsed: Parsed) -> bytes:
    plain = {
        name: value for name, value in vars(parsed).items() if name not in ("attachments", "report", "occurred_at")
    }
    plain["attachments"] = [[one.name, base64.b64encode(one.content).decode()] for one in parsed.attachments]
    plain["report"] = asdict(parsed.report) if parsed.report else None
    plain["occurred_at"] = parsed.occurred_at.isoformat() if parsed.occurred_at else None
    return json.dumps(plain).encode()


def unpacked(content: bytes) -> Parsed:
    plain: dict[str, Any] = json.loads(content)
    for name in ("senders", "references", "notes", "later"):
        plain[name] = tuple(plain[name])
    plain["attachments"] = tuple(Attached(name, base64.b64decode(data)) for name, data in plain["attachments"])
    plain["report"] = Report(**plain["report"]) if plain["report"] else None
    plain["occurred_at"] = datetime.fromisoformat(plain["occurred_at"]) if plain["occurred_at"] else None
    return Parsed(**plain)
