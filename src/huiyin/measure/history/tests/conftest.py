from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from huiyin.ledger import actions as ledger
from huiyin.ledger import news
from huiyin.ledger.actions import Happening

NOW = datetime(2026, 1, 15, 4, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Path:
    settings.HUIYIN_HOME = tmp_path
    return tmp_path


@pytest.fixture
def tell(db: None, home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Iterable[Happening]], int]:
    """Record and seal a batch that already holds every fact of its story: nobody reacts to it."""
    monkeypatch.setattr(news, "REACTIONS", {})

    def record(happenings: Iterable[Happening]) -> int:
        batch = list(happenings)
        ledger.record_many(happenings=batch, recorded_at=NOW)
        while ledger.seal(at=NOW):
            pass
        return len(batch)

    return record
