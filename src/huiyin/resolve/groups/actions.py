"""Complaints of several people: brought together, reported when major, answered with one approved wording, each by itself."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.bank.units import queries as units
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Coded
from huiyin.ledger.actions import record
from huiyin.platform.messages import actions as messages
from huiyin.platform.vault import actions as vault
from huiyin.protect.access import queries as access
from huiyin.resolve.cases import actions as case_actions
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.groups import queries, rules, tasks
from huiyin.resolve.groups.facts import (
    GroupAnswerStepped,
    GroupJoined,
    GroupMajor,
    GroupOpened,
    GroupReported,
)
from huiyin.resolve.groups.models import Answer, Group, Member, Sending

WHY = {
    "gone": _("There is no such group."),
    "empty": _("Write the text first."),
    "five": _("A joint complaint names at most five representatives."),
    "taken": _("This case belongs to a group already."),
    "full": _("A group takes at most 500 cases."),
    "no_case": _("There is no case with this number that you can see."),
    "own": _("The wording is approved by somebody other than its author."),
    "major": _("The wording for a major complaint is approved by head-office consumer protection."),
    "nothing": _("No wording waits for this step."),
    "not_major": _("Nothing is to be reported: fewer than twenty people complain."),
    "reported": _("The report is on record already."),
}


class Refused(Coded):
    """A step that cannot be taken now. `code` is a key of WHY."""

    words = WHY


def open_group(*, kind: str, title: str, unit: UUID, people: int, by: Actor, at: datetime) -> Group:
    """`people`: how many the complaint is of, 0 if only the cases count."""
    path = units.paths(localdate(at)).get(unit, "")
    permit.must(by, "case.assign", queries.Sight(path))
    if not title.strip() or kind not in rules.KINDS:
        raise Refused("empty")
    for trial in range(5):
        try:
            with transaction.atomic():
                day = Group.objects.filter(number__startswith=_day(kind, at)).count() + 1 + trial
                group = Group.objects.create(
                    number=f"{_day(kind, at)}{day:03d}", kind=kind, unit_id=unit, unit_path=path, people=people,
                    opened_at=at, opened_by=by.ref,
                )  # fmt: skip
                vault.keep(subject=group.pk, table=queries.TABLE, row=group.pk, values={"title": title.strip()[:200]})
                fact = GroupOpened(group=group.pk, number=group.number, kind=kind, unit=unit, people=people)
                _tell(group, fact, by, at)
                _look_at_size(group, by, at)
            return group
        except IntegrityError:
            continue
    raise Refused("nothing")


def _day(kind: str, at: datetime) -> str:
    return f"{'Q' if kind == 'group' else 'J'}{localdate(at):%y%m%d}"


@transaction.atomic
def join(*, group: UUID, case: UUID, representative: bool, by: Actor, at: datetime) -> Member:
    """Bring a case in. It keeps its owner, clocks and receipt; the group only stands above it."""
    found = _held(group, by, "case.assign")
    matter = cases.visible_to(by, at).filter(pk=case).first()
    if matter is None:
        raise Refused("no_case")
    present = queries.members(group)
    if representative and not rules.may_represent(sum(row.representative for row in present)):
        raise Refused("five")
    if len(present) >= rules.MOST_AT_ONCE:
        raise Refused("full")
    try:
        with transaction.atomic():
            row = Member.objects.create(group=found, case=case, representative=representative, joined_at=at)
    except IntegrityError as taken:
        raise Refused("taken") from taken
    case_actions.flag(case=case, code=found.kind, on=True)
    _tell(found, GroupJoined(group=group, case=case, joined=True, representative=representative), by, at)
    _look_at_size(found, by, at)
    return row


@transaction.atomic
def leave(*, group: UUID, case: UUID, by: Actor, at: datetime) -> None:
    found = _held(group, by, "case.assign")
    row = Member.objects.filter(group=found, case=case, left_at=None).first()
    if row is None:
        raise Refused("no_case")
    row.left_at = at
    row.save(update_fields=["left_at"])
    case_actions.flag(case=case, code=found.kind, on=False)
    _tell(found, GroupJoined(group=group, case=case, joined=False, representative=row.representative), by, at)


def _look_at_size(group: Group, by: Actor, at: datetime) -> None:
    """Twenty people make it a major complaint: consumer protection hears of it at once, a report is owed, and each of
    its cases, also one that joins later, is answered by the path of major ones."""
    inside = list(Member.objects.filter(group=group, left_at=None).values_list("case", flat=True))
    if not rules.is_major(group.people, len(inside)):
        return
    for case in inside:
        case_actions.raise_severity(case=case, severity="major", why="group", by=by, at=at)
    if group.major_at is not None:
        return
    group.major_at = at
    group.save(update_fields=["major_at"])
    _tell(group, GroupMajor(group=group.pk, people=max(group.people, len(inside))), by, at)
    for person in access.holders("consumer_protection", at, group.unit_path):
        messages.notify(
            staff=person, kind="group_major", matter=None, link=f"/desk/groups/{group.pk}/", by=by, at=at,
            key=f"major:{group.pk}",
            params={"number": group.number, "zh": "群体投诉 {number} 已达重大标准，须提交报告",
                    "en": "Group complaint {number} is a major one: a report is owed"},
        )  # fmt: skip


@transaction.atomic
def report(*, group: UUID, text: str, by: Actor, at: datetime) -> None:
    """What was reported, to whom and when: it ends the duty that a major complaint brings."""
    found = _held(group, by, "case.assign")
    if found.major_at is None:
        raise Refused("not_major")
    if found.reported_at is not None:
        raise Refused("reported")
    vault.keep(subject=group, table=queries.TABLE, row=group, values={"report": _text(text)})
    found.reported_at = at
    found.save(update_fields=["reported_at"])
    _tell(found, GroupReported(group=group), by, at)


@transaction.atomic
def draft(*, group: UUID, title: str, text: str, by: Actor, at: datetime) -> Answer:
    """The common wording. Placeholders as in reply templates; each case gets its own."""
    found = _held(group, by, "case.assign")
    if by.staff is None:
        raise Refused("gone")
    kept = {"title": title.strip()[:120], "text": _text(text)}
    cases.check_places(kept["title"] + kept["text"])
    Answer.objects.filter(group=found, state__in=("waiting", "ready", "returned")).update(state="replaced")
    made = Answer.objects.create(group=found, author_id=by.staff, drafted_at=at)
    vault.keep(subject=group, table=queries.ANSWER_TABLE, row=made.pk, values=kept)
    _tell(found, GroupAnswerStepped(group=group, answer=made.pk, step="drafted"), by, at)
    return made


@transaction.atomic
def decide(*, group: UUID, approve: bool, by: Actor, at: datetime) -> Answer:
    """The second person reads the wording that many customers will get."""
    found = _held(group, by, "case.approve_reply")
    waiting = Answer.objects.select_for_update().filter(group=found, state="waiting").first()
    if waiting is None:
        raise Refused("nothing")
    if by.staff is None or by.staff == waiting.author_id:
        raise Refused("own")
    if approve and found.major_at is not None and "consumer_protection" not in by.roles:
        raise Refused("major")
    waiting.state, waiting.approver_id, waiting.approved_at = "ready" if approve else "returned", by.staff, at
    waiting.save(update_fields=["state", "approver_id", "approved_at"])
    step = "approved" if approve else "returned"
    _tell(found, GroupAnswerStepped(group=group, answer=waiting.pk, step=step), by, at)
    return waiting


@transaction.atomic
def send(*, group: UUID, by: Actor, at: datetime) -> Sending:
    """Have the approved wording go to every open case, each as a reply of its own. Asked again it goes on where it
    stopped, and no case is answered twice."""
    found = _held(group, by, "case.assign")
    wording = Answer.objects.filter(group=found, state="ready").first()
    if wording is None:
        raise Refused("nothing")
    row, new = Sending.objects.get_or_create(answer=wording, defaults={"asked_by": by.ref, "asked_at": at})
    if not new:
        Sending.objects.filter(pk=row.pk).update(asked_by=by.ref, asked_at=at, finished_at=None)
    _tell(found, GroupAnswerStepped(group=group, answer=wording.pk, step="sending"), by, at)
    transaction.on_commit(partial(tasks.send_answers.enqueue, str(row.pk)))
    return row


def keep_up(*, at: datetime) -> int:
    """On the tick: a job that was lost is given out again."""
    lost = Sending.objects.filter(finished_at=None, asked_at__lt=at - rules.LOST_AFTER)
    again = [str(id) for id in lost.values_list("pk", flat=True)[:20]]
    for id in again:
        tasks.send_answers.enqueue(id)
    return len(again)


def _held(id: UUID, by: Actor, action: str, *, lock: bool = True) -> Group:
    rows = Group.objects.select_for_update() if lock else Group.objects
    found = rows.filter(pk=id).first()
    if found is None:
        raise Refused("gone")
    permit.must(by, action, queries.sight(found))
    return found


def _text(text: str) -> str:
    kept = text.replace("\x00", "").strip()
    if not kept:
        raise Refused("empty")
    return kept[:5000]


def _tell(group: Group, fact: object, by: Actor, at: datetime) -> None:
    record(fact=fact, stream=f"group:{group.pk}", by=by, at=at)  # type: ignore[arg-type]


__all__: Sequence[str] = ("Refused", "decide", "draft", "join", "keep_up", "leave", "open_group", "report", "send")
