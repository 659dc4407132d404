"""What known needs of a customer change: the turn in the queue, and how the answer reaches them (row R11)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from huiyin.ledger import queries as ledger
from huiyin.resolve.cases import actions, queries
from huiyin.resolve.cases.actions import Refused
from huiyin.resolve.cases.rules import limits
from huiyin.resolve.cases.tests.stories import answered, drafted, fresh, grade, taken

pytestmark = pytest.mark.django_db
Later = Callable[..., datetime]


def needing(cast: Any, case: Any, at: datetime, *needs: str) -> Any:
    actions.mark_needs(case=case.id, needs=needs, source="customer", text="耳背", by=cast.actor("zhao"), at=at)
    return fresh(case)


def test_of_two_that_are_due_together_the_customer_with_needs_comes_first(cast: Any, at: datetime) -> None:
    first = taken(cast, at)
    second = needing(cast, taken(cast, at, phone="13900139000", name="李奶奶"), at, "elderly")
    assert second.due_at == fresh(first).due_at, "the limit itself is the same"
    order = [case.pk for case in queries.visible_to(cast.actor("sun"), at).order_by("rank_at", "id")]
    assert order.index(second.pk) < order.index(first.pk)
    assert second.risk_at < fresh(first).risk_at, "and it turns to due soon earlier"
    plain = needing(cast, second, at)
    assert (plain.rank_at, plain.risk_at) == (fresh(first).rank_at, fresh(first).risk_at)


def test_the_turn_is_one_second_and_never_another_day() -> None:
    due = datetime.fromisoformat("2026-03-20T16:00:00+00:00")
    line = limits.Due("REG", due - timedelta(days=15), due)
    assert limits.turn([line]).rank_at - limits.turn([line], care=True).rank_at == timedelta(seconds=1)
    assert limits.turn([], care=True).rank_at == limits.LAST


def test_an_answer_is_read_out_to_whom_a_link_does_not_reach(cast: Any, at: datetime, client: Any) -> None:
    case = taken(cast, at)
    case = needing(cast, case, at, "digital")
    with pytest.raises(Refused):
        actions.told_in_person(case=case.id, how="phone", by=cast.actor("zhao"), at=at)
    reply = drafted(cast, case, at)
    actions.send_reply(reply=reply.pk, by=cast.actor("zhao"), at=at)
    url = f"/desk/cases/{case.id}/reached/"
    cast.login(client, "zhao")
    assert url in client.get(f"/desk/cases/{case.id}/").content.decode()
    assert not queries.was_told_in_person(fresh(case))
    said = {"version": fresh(case).version}
    assert client.post(url, said | {"choice": "dove"}).status_code == 422
    assert client.post(url, said | {"choice": "phone"}).status_code == 302
    assert queries.was_told_in_person(fresh(case)) and url not in client.get(f"/desk/cases/{case.id}/").content.decode()
    assert [e.type for e in ledger.entries_of(case.stream)].count("case.told_in_person") == 1
    other = answered(cast, at, phone="13900139000")
    assert f"/desk/cases/{other.id}/reached/" not in client.get(f"/desk/cases/{other.id}/").content.decode()


def test_a_graver_case_takes_the_longer_way_to_its_customer(cast: Any, at: datetime) -> None:
    """T-major: a reply that was ready to leave waits for consumer protection once the case counts as major."""
    case = grade(cast, taken(cast, at), at)
    reply = drafted(cast, case, at)
    actions.raise_severity(case=case.id, severity="major", why="group", by=cast.actor("zhou"), at=at)
    after = fresh(case)
    assert (after.severity, after.state) == ("major", "approving")
    with pytest.raises(Refused) as no:
        actions.approve_reply(reply=reply.pk, by=cast.actor("sun"), at=at)
    assert no.value.code == "major_needs_cp"
    actions.raise_severity(case=case.id, severity="serious", why="group", by=cast.actor("zhou"), at=at)
    assert fresh(case).severity == "major", "never less grave"
    actions.approve_reply(reply=reply.pk, by=cast.actor("zhou"), at=at, send=True)
    assert fresh(case).state == "answered"
