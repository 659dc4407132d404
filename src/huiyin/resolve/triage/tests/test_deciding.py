"""A person's decision stands above a suggestion, and both are on record."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from huiyin.kernel.actor import machine
from huiyin.kernel.ids import new_id
from huiyin.ledger import queries as ledger
from huiyin.resolve.triage import actions, queries

PORTAL = machine("portal")


def test_a_correction_stands_above_the_suggestion_and_teaches(cast: Any, at: datetime) -> None:
    voice = new_id()
    guess = actions.suggest(voice=voice, text="存折取款，柜员态度恶劣", by=PORTAL, at=at)
    assert (guess.category, guess.cause) == ("savings", "service")
    actions.decide(
        voice=voice, category="payment", cause="process", complexity="complex", severity="ordinary",
        by=cast.actor("sun"), at=at + timedelta(hours=1),
    )  # fmt: skip
    now = queries.current(voice)
    assert now is not None and (now.category, now.decided, now.decided_by_id) == ("payment", True, cast.sun.pk)
    facts = [entry for entry in ledger.entries_of(f"matter:{voice}") if entry.type == "voice.classified"]
    assert ['"decided":true' in entry.payload for entry in facts] == [False, True]
    assert "存折" not in facts[0].payload, "no words of the customer in the ledger"


@pytest.mark.parametrize(
    "category, cause, severity",
    [("nonsense", "service", "ordinary"), ("savings", "x", "ordinary"), ("savings", "service", "awful")],
)
def test_only_known_labels_are_decided(cast: Any, at: datetime, category: str, cause: str, severity: str) -> None:
    with pytest.raises(actions.UnknownLabel):
        actions.decide(
            voice=new_id(), category=category, cause=cause, complexity="simple", severity=severity,
            by=cast.actor("sun"), at=at,
        )  # fmt: skip


def test_a_batch_says_what_single_suggestions_say(cast: Any, at: datetime) -> None:
    texts = ["信用卡盗刷", "贷款合同", "", "hello", "手机银行闪退"]
    ids = [new_id() for _ in texts]
    batch = actions.suggest_many(
        items=[actions.Unsorted(id, text, "", at, PORTAL) for id, text in zip(ids, texts, strict=True)]
    )
    assert batch == [queries.suggestion(text) for text in texts]
    assert actions.suggest_many(items=[]) == []
