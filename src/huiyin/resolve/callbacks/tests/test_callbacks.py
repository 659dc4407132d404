"""From the list to the answer: who may call whom, what is on record, and what follows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from huiyin.customers.profiles import actions as profiles
from huiyin.customers.profiles import queries as known
from huiyin.kernel import permit
from huiyin.ledger.models import Entry
from huiyin.listen.surveys import actions as surveys
from huiyin.listen.surveys import queries as answers
from huiyin.resolve.callbacks import actions, queries
from huiyin.resolve.callbacks.models import Call, Draw
from huiyin.resolve.cases import actions as case_actions
from huiyin.resolve.cases.tests import stories

Later = Callable[..., datetime]


def closed(cast: Any, at: datetime, **more: Any) -> Any:
    """Answered and confirmed by the customer; qian handled it, zhao owns it, and ma of head office calls back."""
    if "ma" not in cast.staff:
        cast.person("ma", unit="HO-CP", post="teller", name="马回访", roles={"agent": "HO"})
    case = stories.answered(cast, at, "qian", **more)
    stories.grade(cast, case, at)
    case_actions.confirm(case=case.id, by=stories.the_customer(case), at=at)
    case = stories.fresh(case)
    assert case.state == "closed"
    return case


def drawn(cast: Any, at: datetime, rule: str = "share", **more: Any) -> Draw:
    said = {
        "id": uuid4(), "rule": rule, "unit": cast.unit["B01"].pk, "closed_from": at.date() - timedelta(days=7),
        "closed_to": at.date(), "percent": 100, "stratum": "unit", "seed": "s1", "by": cast.actor("sun"), "at": at,
    } | more  # fmt: skip
    return actions.draw(**said)


def in_hand(cast: Any, at: datetime, who: str = "ma", **more: Any) -> tuple[Any, Call]:
    case = closed(cast, at, **more)
    drawn(cast, at)
    call = actions.take_next(by=cast.actor(who), at=at)
    assert actions.reveal(call=call.pk, by=cast.actor(who), at=at)["phone"]
    return case, call


def test_lists_by_rule_with_everybody_left_out_counted_and_drawn_again(cast: Any, at: datetime) -> None:
    plain = closed(cast, at)
    sore = closed(cast, at, phone="13900139001", name="王芳")
    refusing = closed(cast, at, phone="13900139002", name="李四")
    unreachable = closed(cast, at, phone="", email="z@mail.cn", name="钱七")
    stories.answered(cast, at, "qian", phone="13900139004", name="孙八")
    surveys.answer(invitation=answers.newest(sore.id).id, score=1, by=stories.the_customer(sore), at=at)  # type: ignore[union-attr]
    profiles.say(customer=refusing.customer, purpose="callback", given=False, source="phone", by=stories.PORTAL, at=at)
    key = uuid4()
    first = drawn(cast, at, "dissatisfied", id=key)
    assert first.pk == drawn(cast, at, "dissatisfied", id=key).pk and Call.objects.get().case == sore.id
    rest = drawn(cast, at)
    fates = {label.code: n for label, n in queries.fates(rest)}
    assert fates == {"drawn": 1, "called": 1, "refused": 1, "no_phone": 1}
    assert {plain.id.hex, unreachable.id.hex} < set(rest.frame)
    assert queries.is_reproduced(first) and queries.is_reproduced(rest)
    Call.objects.filter(draw=rest).delete()
    assert not queries.is_reproduced(rest), "a line taken off the list by hand shows"
    (fact,) = Entry.objects.filter(type="calls.drawn", stream=f"draw:{rest.pk}")
    assert "139" not in fact.payload and "王" not in fact.payload
    with pytest.raises(permit.Denied):
        drawn(cast, at, by=cast.actor("zhao"))
    with pytest.raises(permit.Denied):
        drawn(cast, at, unit=cast.unit["B02"].pk)
    with pytest.raises(actions.Refused):
        drawn(cast, at, closed_to=at.date() + timedelta(days=1))


def test_who_does_not_hear_is_not_telephoned_whenever_that_was_marked(cast: Any, at: datetime) -> None:
    """R11: left out of the next list with the reason, and called no more from a list that has them already."""
    deaf, later_deaf = closed(cast, at), closed(cast, at, phone="13900139001", name="王芳")

    def mark(case: Any) -> None:
        case_actions.flag(case=case.id, code="hearing", on=True)

    mark(deaf)
    made = drawn(cast, at)
    assert (made.drawn, made.frame[deaf.pk.hex][1]) == (1, "in_writing")
    mark(later_deaf)
    with pytest.raises(actions.Refused):
        actions.take_next(by=cast.actor("ma"), at=at)
    assert Call.objects.get().outcome == "in_writing"


def test_sod18_whoever_had_a_part_does_not_call(cast: Any, at: datetime) -> None:
    closed(cast, at)
    drawn(cast, at)
    call = Call.objects.get()
    for part in ("qian", "zhao"):
        with pytest.raises(actions.Refused) as no:
            actions.take_next(by=cast.actor(part), at=at)
        assert no.value.code == "none"
        verdict = permit.can(cast.actor(part), "callback.call", queries.sight(call, at))
        assert (bool(verdict), verdict.rule) == (False, "SoD18")
    assert actions.take_next(by=cast.actor("ma"), at=at).pk == call.pk
    assert actions.take_next(by=cast.actor("ma"), at=at).pk == call.pk, "the call in hand, not another one"
    for other in ("qian", "sun"):
        with pytest.raises(actions.Refused) as no:
            actions.reveal(call=call.pk, by=cast.actor(other), at=at)
        assert no.value.code == "not_yours"
    actions.release(call=call.pk, by=cast.actor("sun"), at=at)
    assert queries.held_by(cast.ma.pk) is None


def test_the_number_is_seen_for_the_call_and_that_is_on_record(cast: Any, at: datetime, later: Later) -> None:
    closed(cast, at)
    drawn(cast, at)
    ma = cast.actor("ma")
    with pytest.raises(actions.Refused) as no:
        actions.take_next(by=ma, at=at + timedelta(hours=10))
    assert no.value.code == "closed_now"
    call = actions.take_next(by=ma, at=at)
    with pytest.raises(actions.Refused) as no:
        actions.conclude(call=call.pk, outcome="no_answer", by=ma, at=at)
    assert no.value.code == "see_number_first"
    assert actions.reveal(call=call.pk, by=ma, at=at) == {"name": "张桂兰", "phone": "13800138000"}
    seen = Entry.objects.get(type="vault.unmasked")
    assert seen.actor == ma.ref and "138" not in seen.payload


def test_nobody_answers_three_times_at_different_times_of_day(cast: Any, at: datetime) -> None:
    _case, call = in_hand(cast, at)
    ma, now, parts = cast.actor("ma"), at, []
    for n in range(3):
        if n:
            now = call.next_at
            call = actions.take_next(by=ma, at=now)
            actions.reveal(call=call.pk, by=ma, at=now)
        call = actions.conclude(call=call.pk, outcome="no_answer", by=ma, at=now)
        parts.append(queries.tries(call.pk)[-1].part)
    assert parts[:2] == ["morning", "afternoon"]
    assert (call.state, call.outcome, call.tries) == ("done", "no_answer", 3)
    with pytest.raises(actions.Refused):
        actions.take_next(by=ma, at=now)


def test_an_agreed_time_and_a_last_no_are_kept(cast: Any, at: datetime, later: Later) -> None:
    case, call = in_hand(cast, at)
    ma = cast.actor("ma")
    with pytest.raises(actions.Refused) as no:
        actions.conclude(call=call.pk, outcome="later", agreed_at=at + timedelta(days=40), by=ma, at=at)
    assert no.value.code == "wrong_time"
    agreed = at + timedelta(hours=5)
    call = actions.conclude(call=call.pk, outcome="later", agreed_at=agreed, by=ma, at=at)
    assert (call.state, call.next_at, call.tries) == ("waiting", agreed, 0)
    call = actions.take_next(by=ma, at=agreed)
    actions.reveal(call=call.pk, by=ma, at=agreed)
    actions.conclude(call=call.pk, outcome="refused", never_again=True, by=ma, at=agreed)
    assert known.refusing("callback", [case.customer]) == {case.customer}


def test_not_content_opens_the_case_again_with_somebody_else(cast: Any, at: datetime) -> None:
    case, call = in_hand(cast, at)
    ma = cast.actor("ma")
    with pytest.raises(actions.Refused) as no:
        actions.conclude(call=call.pk, outcome="reached", solved="no", satisfied=2, by=ma, at=at)
    assert no.value.code == "words_missing"
    call.refresh_from_db()
    assert call.state == "held" and not queries.tries(call.pk), "nothing half-written"
    call = actions.conclude(
        call=call.pk, outcome="reached", solved="no", satisfied=2, more="窗口还是只开一个", by=ma, at=at
    )
    again = stories.fresh(case)
    assert (call.followed, again.state, again.cycle) == ("reopened", "new", 2)
    with pytest.raises(case_actions.Refused):
        case_actions.assign(case=case.id, handler=cast.qian.pk, by=cast.actor("sun"), at=at)
    assert [given.score for given in answers.answers_of(case.id)] == [2]
    told = Entry.objects.filter(stream=case.stream, type__in=("call.answered", "case.disputed", "case.reopened"))
    assert told.count() == 3 and "窗口" not in "".join(entry.payload for entry in told)
    assert not Entry.objects.filter(type="voice.heard").exclude(stream=case.stream).exists(), "one matter, not two"
    with pytest.raises(actions.Refused):
        actions.conclude(call=call.pk, outcome="reached", solved="yes", satisfied=5, by=ma, at=at)


def test_too_late_to_dispute_becomes_a_new_matter(cast: Any, at: datetime) -> None:
    late = at + timedelta(days=70)
    case = closed(cast, at)
    drawn(cast, late, closed_from=at.date())
    call = actions.take_next(by=cast.actor("ma"), at=late)
    actions.reveal(call=call.pk, by=cast.actor("ma"), at=late)
    call = actions.conclude(
        call=call.pk, outcome="reached", solved="partly", satisfied=1, more="又多收了一次", by=cast.actor("ma"), at=late
    )
    assert call.followed == "new_matter" and stories.fresh(case).state == "closed"
    assert Entry.objects.filter(type="voice.heard").exclude(stream=case.stream).count() == 1


def test_coverage_and_satisfaction_with_their_interval(cast: Any, at: datetime) -> None:
    _case, call = in_hand(cast, at)
    actions.conclude(call=call.pk, outcome="reached", solved="yes", satisfied=5, by=cast.actor("ma"), at=at)
    (line,) = queries.coverage(cast.actor("sun"), at)
    assert (line.unit.code, line.closed, line.drawn, line.reached) == ("O0101", 1, 1, 1)
    assert line.satisfied.value == 1 and 0.2 < line.satisfied.low < 0.21
    assert [share.value for share in queries.totals(cast.actor("sun"), at)] == [1, 1]
    assert queries.coverage(cast.actor("chen"), at) == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_from_the_list_to_the_answer(cast: Any, at: datetime, language: str) -> None:
    case = closed(cast, at)
    sun = cast.login(Client(HTTP_ACCEPT_LANGUAGE=language), "sun")
    ma = cast.login(Client(HTTP_ACCEPT_LANGUAGE=language), "ma")
    form = {
        "key": str(uuid4()), "rule": "share", "stratum": "unit", "unit": "B01", "closed_from": "2026-03-01",
        "closed_to": "2026-03-05", "seed": "seed-1",
    }  # fmt: skip
    assert sun.post("/desk/callbacks/lists/new/", form).status_code == 422, "a share without a number"
    answer = sun.post("/desk/callbacks/lists/new/", form | {"percent": "50"})
    assert answer.status_code == 302 and sun.get(answer["Location"]).status_code == 200
    assert sun.get("/desk/callbacks/lists/").status_code == 200
    page = ma.post("/desk/callbacks/next/")["Location"]
    assert "13800138000" not in ma.get(page).content.decode()
    shown = ma.post(f"{page}reveal/")
    assert "13800138000" in shown.content.decode() and "no-store" in shown["Cache-Control"]
    assert "13800138000" not in ma.get(page).content.decode()
    call = Call.objects.get()
    said = {"version": str(call.version), "outcome": "reached", "solved": "yes", "satisfied": "4", "more": "很好"}
    assert ma.post(f"{page}conclude/", said | {"satisfied": "9"}).status_code == 422
    assert ma.post(f"{page}conclude/", said | {"version": "1"}).status_code == 422
    assert ma.post(f"{page}conclude/", said).status_code == 302
    assert ma.get("/desk/callbacks/").status_code == 200 and ma.get(page).status_code == 200
    assert "很好" in sun.get(f"/desk/cases/{case.id}/").content.decode()
    assert "很好" not in "".join(Entry.objects.values_list("payload", flat=True))


def test_a_new_script_is_written_and_the_old_one_stays_with_its_answers(cast: Any, at: datetime) -> None:
    _case, call = in_hand(cast, at)
    actions.conclude(call=call.pk, outcome="reached", solved="yes", satisfied=5, by=cast.actor("ma"), at=at)
    client = cast.login(Client(), "zhou")
    form = {f"{name}_{code}": "?" for name in ("opening", "solved", "satisfied", "more") for code in ("zh", "en")}
    form |= {"extra1_zh": "网点环境满意吗？", "extra1_en": ""}
    assert client.post("/desk/callbacks/script/", form).status_code == 422
    assert client.post("/desk/callbacks/script/", form | {"extra1_en": "Was the outlet clean?"}).status_code == 302
    assert queries.script().version == 1 and [label.en for label in queries.script().extra] == ["Was the outlet clean?"]
    assert Call.objects.get().script == 0 and queries.script(0).opening.zh.startswith("您好")
    assert cast.login(Client(), "zhao").post("/desk/callbacks/script/", form).status_code == 403
