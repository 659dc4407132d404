"""核查 and mediation: who, until when, with which clock, and what the customer learns."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huiyin.bank.clocks import actions as clock_actions
from huiyin.bank.clocks import queries as clocks
from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.kernel import permit
from huiyin.ledger import queries as ledger
from huiyin.platform.files import queries as files
from huiyin.platform.messages import queries as messages
from huiyin.resolve.appeals import actions, queries, rules
from huiyin.resolve.appeals.models import Review
from huiyin.resolve.cases import actions as case_actions
from huiyin.resolve.cases.tests.stories import PORTAL, TICK, answered, fresh, taken, the_customer

Later = Callable[..., datetime]


def asked(cast: Any, at: datetime) -> tuple[Any, Review]:
    case = answered(cast, at)
    row = actions.request_review(case=case.id, text="未说明收费依据", how="page", by=the_customer(case), at=at)
    return case, row


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answered_at", "last_day"),
    [("2026-03-05T10:00", "2026-04-07"), ("2026-03-10T10:00", "2026-04-09"), ("2026-01-20T09:00", "2026-02-24")],
)
def test_the_window_is_thirty_days_and_rolls_over_rest_days(answered_at: str, last_day: str) -> None:
    """30 calendar days from the day after; the 4th to 6th of April 2026 and the Spring Festival are rest days."""
    at = datetime.fromisoformat(f"{answered_at}:00+08:00")
    ends = datetime.fromtimestamp(rules.window_ends(standards.calendar("cn-office"), at), UTC) - timedelta(seconds=1)
    assert ends.astimezone(at.tzinfo).date().isoformat() == last_day


def test_sod15_other_people_of_the_level_above_examine_it(cast: Any, at: datetime) -> None:
    case, row = asked(cast, at)
    hands = {case.owner_id, case.handler_id, cast.zhao.pk}
    assert row.reviewer_id is not None and row.reviewer_id not in hands
    assert row.unit_id == cast.unit["HO"].pk, "a branch decided, so head office examines"
    assert row.reviewer_id == cast.zhou.pk
    for who in ("zhao", "qian", "sun"):
        assert not queries.visible_to(cast.actor(who), at).filter(pk=row.pk).exists()
    verdict = permit.can(cast.actor("zhao"), "review.decide", queries.sight(row, at))
    assert (bool(verdict), verdict.rule) == (False, "SoD15")
    with pytest.raises(permit.Denied):
        actions.decide_review(review=row.pk, outcome="upheld", text="维持", by=cast.actor("zhao"), at=at)
    with pytest.raises(actions.Refused) as no:
        actions.give_review(review=row.pk, reviewer=cast.zhao.pk, by=cast.actor("zhou"), at=at)
    assert no.value.code == "handled_before"


def test_a_review_has_its_own_clock_that_only_delivery_stops(cast: Any, at: datetime, later: Later) -> None:
    case, row = asked(cast, at)
    (clock,) = clocks.clocks_of(row.pk)
    assert (clock.family, clock.purpose, clock.open) == ("REG", "review_decide", True)
    assert clock.due_at is not None and (clock.due_at - timedelta(seconds=1)).date() == later(days=30).date()
    reviewer = next(name for name in cast.staff if cast.staff[name].pk == row.reviewer_id)
    actions.decide_review(
        review=row.pk,
        outcome="changed",
        text="经核查，收费依据不足，予以退还。",
        by=cast.actor(reviewer),
        at=later(days=3),
    )
    (clock,) = clocks.clocks_of(row.pk)
    row.refresh_from_db()
    assert (row.state, row.outcome, clock.met) == ("told", "changed", True)
    assert "review_decision" in [letter.purpose for letter in messages.thread(case.id)]
    with pytest.raises(actions.Refused) as no:
        actions.decide_review(review=row.pk, outcome="upheld", text="再来", by=cast.actor(reviewer), at=later(days=4))
    assert no.value.code == "already_settled"


def test_a_lost_decision_lets_the_clock_run_on(cast: Any, at: datetime, later: Later) -> None:
    _case, row = asked(cast, at)
    reviewer = next(name for name in cast.staff if cast.staff[name].pk == row.reviewer_id)
    actions.decide_review(review=row.pk, outcome="upheld", text="维持。", by=cast.actor(reviewer), at=later(days=1))
    actions.decision_lost(review=row.pk, by=TICK, at=later(days=2))
    row.refresh_from_db()
    assert row.state == "decided" and clocks.clocks_of(row.pk)[0].open
    assert "review" in [notice.kind for notice in messages.inbox(row.reviewer_id)]


def test_a_review_is_asked_for_once_in_time_and_after_a_decision(cast: Any, at: datetime, later: Later) -> None:
    case, _row = asked(cast, at)
    with pytest.raises(actions.Refused) as no:
        actions.request_review(case=case.id, text="再核查", how="page", by=the_customer(case), at=at)
    assert no.value.code == "already_reviewed"
    waiting = taken(cast, at, phone="13900139005")
    with pytest.raises(actions.Refused) as no:
        actions.request_review(case=waiting.id, text="核查", how="page", by=the_customer(waiting), at=at)
    assert no.value.code == "not_decided_yet"
    late = answered(cast, at, phone="13900139006")
    with pytest.raises(actions.Refused) as no:
        actions.request_review(case=late.id, text="核查", how="page", by=the_customer(late), at=later(days=40))
    assert no.value.code == "too_late"


def test_an_overdue_review_is_told_to_its_reviewer_and_the_head(cast: Any, at: datetime, later: Later) -> None:
    _case, row = asked(cast, at)
    clock_actions.sweep(by=TICK, at=later(days=33), limit=100)
    assert "review" in [notice.kind for notice in messages.inbox(row.reviewer_id)]
    assert clocks.clocks_of(row.pk)[0].breached_at is not None


def test_sod17_with_nobody_fit_it_waits_and_the_duty_desk_hears_of_it(
    cast: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = answered(cast, at)
    for name in ("zhou", "feng"):
        case_actions.accuse(case=case.id, person=cast.staff[name].pk, by=PORTAL, at=at)
    row = actions.request_review(case=case.id, text="核查", how="letter", by=PORTAL, at=at)
    if row.reviewer_id is not None:
        assert row.reviewer_id not in staff.recused(row.pk, at)
    assert {cast.zhou.pk, cast.feng.pk} <= set(staff.recused(row.pk, at)), "kept away from the case, kept away here"


def test_mediation_pauses_what_may_pause_and_resumes(cast: Any, at: datetime, later: Later) -> None:
    case = taken(cast, at)
    zhao = cast.actor("zhao")
    with pytest.raises(actions.Refused) as no:
        actions.open_mediation(
            case=case.id, body="people", opened_on=later(days=3).date(), evidence="调字1号", by=zhao, at=at
        )
    assert no.value.code == "wrong_day"
    row = actions.open_mediation(case=case.id, body="people", opened_on=at.date(), evidence="调字1号", by=zhao, at=at)
    paused = {view.family for view in clocks.clocks_of(case.id) if view.state == "paused"}
    assert {"TOTAL", "REG"} <= paused, "by the packs: the house limit, and the regulator's once the customer knows"
    before = fresh(case).legal_due_at
    with pytest.raises(actions.Refused) as no:
        actions.open_mediation(case=case.id, body="people", opened_on=at.date(), evidence="调字2号", by=zhao, at=at)
    assert no.value.code == "mediation_there"
    actions.end_mediation(mediation=row.pk, outcome="agreed", text="退还手续费 50 元", by=zhao, at=later(days=4))
    assert not [view for view in clocks.clocks_of(case.id) if view.state == "paused"]
    assert fresh(case).legal_due_at is not None and fresh(case).legal_due_at > before  # type: ignore[operator]
    done = actions.perform_mediation(mediation=row.pk, evidence="FT2026030901", by=zhao, at=later(days=5))
    assert done.state == "performed"
    with pytest.raises(actions.Refused):
        actions.perform_mediation(mediation=row.pk, evidence="again", by=zhao, at=later(days=6))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages(cast: Any, at: datetime, language: str) -> None:
    case = answered(cast, at)
    zhou = cast.login(Client(), "zhou")
    card = zhou.get(f"/desk/cases/{case.id}/?lang={language}").content.decode()
    assert f"/desk/appeals/ask/{case.id}/" in card
    empty = zhou.post(f"/desk/appeals/ask/{case.id}/", {"how": "", "text": ""})
    assert empty.status_code == 422
    said = {"how": "letter", "text": "请上级核查"}
    assert zhou.post(f"/desk/appeals/ask/{case.id}/", said).status_code == 302
    row = Review.objects.get(case=case.id)
    reviewer = next(name for name in cast.staff if cast.staff[name].pk == row.reviewer_id)
    client = cast.login(Client(), reviewer)
    if queries.visible_to(cast.actor(reviewer), at).exists():
        assert row.number in client.get(f"/desk/appeals/?lang={language}").content.decode()
        page = client.get(f"/desk/appeals/{row.pk}/?lang={language}")
        assert page.status_code == 200 and "请上级核查" in page.content.decode()
        assert client.post(f"/desk/appeals/{row.pk}/decide/", {"outcome": "", "text": ""}).status_code == 422
        sent = client.post(f"/desk/appeals/{row.pk}/decide/", {"outcome": "upheld", "text": "维持原决定。"})
        assert sent.status_code == 302 and Review.objects.get(pk=row.pk).state == "told"
    assert cast.login(Client(), "zhao").get(f"/desk/appeals/{row.pk}/").status_code == 404
    mediate = {"body": "people", "opened_on": "2026-03-05", "text": "调字3号"}
    assert zhou.post(f"/desk/appeals/mediate/{case.id}/", mediate).status_code == 302
    case = taken(cast, at)
    paper = SimpleUploadedFile(
        "调解受理通知书.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF", "application/pdf"
    )
    zhao = cast.login(Client(), "zhao")
    page = "/desk/appeals/mediate/{}/"
    hostile = SimpleUploadedFile("a.pdf", b"<html><script>alert(1)</script>", "application/pdf")
    assert zhao.post(page.format(case.id), mediate | {"paper": hostile}).status_code == 422
    assert not queries.mediations_of(case.id), "a paper that is not taken leaves nothing behind"
    assert zhao.post(page.format(case.id), mediate | {"paper": paper}).status_code == 302
    (kept,) = files.files_of(case.id)
    assert kept.name == "调解受理通知书.pdf"
    opened = next(e for e in ledger.entries_of(case.stream) if e.type == "mediation.opened")
    assert str(kept.id) in opened.payload
    assert "调解受理通知书.pdf" in zhao.get(f"/desk/cases/{case.id}/").content.decode()
