"""One by one or in a batch: equal tables and payloads. And of five who take a case at once, one wins."""

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections, transaction

from huiyin.bank.clocks import queries as clocks
from huiyin.kernel.ids import id_from
from huiyin.ledger import queries as ledger
from huiyin.ledger.actions import Conflict
from huiyin.listen.voices import actions as voices
from huiyin.resolve.cases import actions, queries
from huiyin.resolve.cases.actions import NotAllowed, Refused, Stale
from huiyin.resolve.cases.models import Case, Closure, Dispute, Finding, Handover, Reply
from huiyin.resolve.cases.tests.stories import PORTAL, TEXT, fresh, hear

Later = Callable[..., datetime]
NUMBER = 4


def heard(cast: Any, at: datetime, which: int) -> voices.Heard:
    return voices.Heard(
        id=id_from(1_700_000_000_000 + which, bytes([which] * 10)), number=f"TS-20260305-{which:06d}", kind="complaint",
        channel="counter", received_at=at, language="zh-hans", unit=cast.unit["O0101"].pk, taken_by=cast.zhao.pk,
        words=voices.Words(text="存折取款，柜员态度恶劣", name=f"客户{which}", phone=f"1380013{which:04d}"),
    )  # fmt: skip


def reply_id(which: int) -> UUID:
    return id_from(1_700_000_100_000 + which, bytes([which] * 10))


def told(cast: Any, at: datetime, later: Later, ids: range, batched: bool) -> None:
    """Heard, assigned, answered, disputed or closed: the same lives, told in two ways."""
    zhao, sun = cast.actor("zhao"), cast.actor("sun")
    lines = [heard(cast, at, which) for which in ids]
    if batched:
        voices.hear_many(items=lines, by=PORTAL, at=at)
        cases = [fresh(line.id) for line in lines]
        actions.assign_many(items=[actions.Assigning(c.id, cast.zhao.pk, later(hours=1), sun) for c in cases])
        actions.answer_many(
            items=[
                actions.Answering(c.id, zhao, TEXT, later(hours=2), later(hours=3), reply=reply_id(w))
                for w, c in zip(ids, cases, strict=True)
            ]
        )
        actions.find_cause_many(
            items=[
                actions.Found(c.id, "people.attitude", "teller", cast.unit["O0101"].pk, sun, later(hours=4))
                for c in cases
            ]
        )
        actions.close_many(
            items=[
                actions.Closing(c.id, "resolved", later(days=1), PORTAL, confirmed_by=PORTAL)
                for c in cases[: len(cases) // 2]
            ]
        )
        actions.dispute_many(
            items=[actions.Disputing(c.id, "不认可", later(days=1), PORTAL) for c in cases[len(cases) // 2 :]]
        )
        return
    for position, (which, line) in enumerate(zip(ids, lines, strict=True)):
        voices.hear_many(items=[line], by=PORTAL, at=at)
        case = fresh(line.id)
        actions.assign(case=case.id, handler=cast.zhao.pk, by=sun, at=later(hours=1))
        actions.draft_reply(case=case.id, text=TEXT, by=zhao, at=later(hours=2), id=reply_id(which))
        actions.send_reply(reply=reply_id(which), by=zhao, at=later(hours=3))
        actions.find_cause(
            case=case.id, root_cause="people.attitude", post="teller", unit=cast.unit["O0101"].pk, by=sun,
            at=later(hours=4),
        )  # fmt: skip
        if position < len(lines) // 2:
            actions.confirm(case=case.id, by=PORTAL, at=later(days=1))
        else:
            actions.dispute(case=case.id, text="不认可", by=PORTAL, at=later(days=1))


def picture(ids: list[UUID]) -> dict[str, Any]:
    """Everything that is stored about these cases, without fresh ids and order between streams."""
    found: dict[str, Any] = {}
    for n, id in enumerate(ids):
        case = Case.objects.values().get(pk=id)
        found[f"case {n}"] = {k: v for k, v in case.items() if k not in ("id", "number", "customer")}
        for model in (Reply, Closure, Dispute, Handover, Finding):
            rows = model.objects.filter(case=id).order_by("pk").values()
            found[f"{model.__name__} {n}"] = [
                {k: v for k, v in row.items() if k not in ("id", "case_id")} for row in rows
            ]
        found[f"clocks {n}"] = sorted(
            (v.pack, v.family, v.purpose, v.cycle, v.state, v.due_at, v.met, v.satisfied_at)
            for v in clocks.clocks_of(id)
        )
        found[f"facts {n}"] = sorted(
            (e.type, e.actor, e.occurred_us, _plain(e.payload)) for e in ledger.entries_of(f"matter:{id}")
        )
    return found


_FRESH = ("voice", "case", "subject", "number", "customer", "reply", "message", "matter", "item", "clock", "invitation")


def _plain(payload: str) -> str:
    kept = {k: v for k, v in json.loads(payload).items() if k not in _FRESH}
    return json.dumps(kept, sort_keys=True)


def test_a_batch_gives_equal_tables_and_payloads(cast: Any, at: datetime, later: Later) -> None:
    told(cast, at, later, range(1, 1 + NUMBER), batched=False)
    told(cast, at, later, range(101, 101 + NUMBER), batched=True)
    one = picture([heard(cast, at, n).id for n in range(1, 1 + NUMBER)])  # type: ignore[misc]
    many = picture([heard(cast, at, n).id for n in range(101, 101 + NUMBER)])  # type: ignore[misc]
    for key in one:
        assert one[key] == many[key], key


def test_rows_that_are_remembered_end_as_those_that_are_read_each_time(cast: Any, at: datetime, later: Later) -> None:
    told(cast, at, later, range(1, 1 + NUMBER), batched=True)
    second = [heard(cast, at, n).id for n in range(101, 101 + NUMBER)]
    with transaction.atomic(), queries.remembering():
        told(cast, at, later, range(101, 101 + NUMBER), batched=True)
        held = queries.cases(second)  # type: ignore[arg-type]
    assert picture([heard(cast, at, n).id for n in range(1, 1 + NUMBER)]) == picture(second)  # type: ignore[misc, arg-type]
    names = [field.attname for field in Case._meta.concrete_fields]
    for id, case in held.items():
        assert [getattr(case, name) for name in names] == [*Case.objects.values_list(*names).get(pk=id)]


def test_hand_overs_in_a_batch(cast: Any, at: datetime, later: Later) -> None:
    one, many = hear(cast, at), hear(cast, at, phone="13900139000")
    for case in (one, many):
        actions.assign(case=case.id, handler=cast.zhao.pk, by=cast.actor("sun"), at=at)
    offer = actions.offer_handover(
        case=one.id, receiver=cast.qian.pk, reason="load", by=cast.actor("zhao"), at=later(hours=1)
    )
    actions.accept_handover(handover=offer.pk, by=cast.actor("qian"), at=later(hours=2))
    actions.handover_many(
        items=[
            actions.HandingOver(
                case=many.id, kind="handler", sender=cast.zhao.pk, receiver=cast.qian.pk, reason="load",
                outcome="accepted", offered_at=later(hours=1), settled_at=later(hours=2), by=cast.actor("zhao"),
                receiver_by=cast.actor("qian"),
            )
        ]
    )  # fmt: skip
    assert fresh(many).handler_id == fresh(one).handler_id == cast.qian.pk
    assert fresh(many).version == fresh(one).version
    kinds = [[e.type for e in ledger.entries_of(case.stream)] for case in (one, many)]
    assert sorted(kinds[0]) == sorted(kinds[1])


def test_a_batch_obeys_the_same_rules(cast: Any, at: datetime, later: Later) -> None:
    case = hear(cast, at)
    with pytest.raises(Refused) as no:
        actions.answer_many(items=[actions.Answering(case.id, cast.actor("zhao"), TEXT, at, at)])
    assert no.value.code == "take_it_first"
    with pytest.raises(Refused) as no:
        actions.close_many(items=[actions.Closing(case.id, "resolved", at, PORTAL)])
    assert no.value.code == "not_answered_yet"
    assert actions.open_case_many(heard=[]) == []
    for many in (
        actions.answer_many,
        actions.close_many,
        actions.dispute_many,
        actions.handover_many,
        actions.assign_many,
    ):
        many(items=[])


@pytest.mark.django_db(transaction=True)
def test_of_five_who_take_a_case_at_once_one_wins(at: datetime, tmp_path: Any) -> None:
    """Bad input 38."""
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("an in-memory SQLite database has one connection; `make test` runs this on PostgreSQL")
    from conftest import make_cast

    cast = make_cast(at)
    case = hear(cast, at)
    people = ["zhao", "qian", "sun", "zhou", "duty"]
    results: list[str] = []
    start = threading.Barrier(len(people))

    def take(name: str) -> None:
        try:
            start.wait()
            actions.assign(case=case.id, handler=cast.staff[name].pk, by=cast.actor(name), at=at)
            results.append(name)
        except (Refused, Stale, Conflict, NotAllowed) as no:
            results.append(f"refused {getattr(no, 'code', '')}")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=(name,)) for name in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [result for result in results if not result.startswith("refused")]
    assert len(winners) == 1 and len(results) == 5
    assert fresh(case).handler_id == cast.staff[winners[0]].pk
    assert [e.type for e in ledger.entries_of(case.stream)].count("case.assigned") == 1


def test_a_stale_read_never_wins(cast: Any, at: datetime) -> None:
    """The same race step by step: two read the same version, the second write finds it gone."""
    case = hear(cast, at)
    from huiyin.resolve.cases.actions import ground

    first, second = fresh(case), fresh(case)
    with transaction.atomic():
        ground.write(first, handler_id=cast.zhao.pk, state="working")
    with pytest.raises(Stale):
        ground.write(second, handler_id=cast.qian.pk, state="working")
    assert fresh(case).handler_id == cast.zhao.pk


def test_repeats_are_linked_within_a_batch(cast: Any, at: datetime) -> None:
    first = heard(cast, at, 1)
    second = heard(cast, at, 2)._replace(words=first.words, received_at=at + timedelta(hours=1))
    third = heard(cast, at, 3)._replace(words=first.words, received_at=at + timedelta(days=100))
    voices.hear_many(items=[third, second, first], by=PORTAL, at=at + timedelta(days=100))
    assert fresh(second.id).repeat_of == first.id
    assert fresh(third.id).repeat_of is None and fresh(first.id).repeat_of is None
    assert queries.matters_of([], at) == []
