from datetime import date
from typing import Any

import pytest
from django.test import Client

from huiyin.kernel.actor import machine
from huiyin.protect.access import actions as access


class Caller:
    """Another system of the bank, with its token."""

    def __init__(self, client: Client, token: str) -> None:
        self.client, self.token = client, token

    def post(self, body: Any, *, key: str | None = "k1", kind: str = "application/json", **headers: str) -> Any:
        if key is not None:
            headers["Idempotency-Key"] = key
        headers.setdefault("Authorization", f"Bearer {self.token}")
        data = body if isinstance(body, bytes) else __import__("json").dumps(body).encode()
        return self.client.post("/api/v1/complaints", data, content_type=kind, headers=headers)

    def get(self, id: str) -> Any:
        return self.client.get(f"/api/v1/complaints/{id}", headers={"Authorization": f"Bearer {self.token}"})


@pytest.fixture
def caller(cast, client) -> Caller:
    _row, raw = access.issue_token(
        name="app",
        role="supervisor",
        unit=cast.unit["HO"].pk,
        until_date=date(2026, 8, 1),
        by=machine("cast"),
        at=cast.at,
    )
    return Caller(client, raw)
