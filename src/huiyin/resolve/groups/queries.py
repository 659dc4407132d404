"""Reads of this room."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from huiyin.bank.staff import queries as staff
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.groups import rules
from huiyin.resolve.groups.models import Answer, Group, Member, Sending, Sent

TABLE, ANSWER_TABLE = "groups_group", "groups_answer"


@dataclass(frozen=True)
class Sight:
    """A group as the permission matrix looks at it."""

    unit_path: str
    author: UUID | None = None


def visible_to(actor: Actor, at: datetime) -> QuerySet[Group]:
    """Groups of the actor's units; never one with a case from which they are recused (SoD1)."""
    if actor.kind != "staff":
        return Group.objects.all() if actor.kind == "machine" and not actor.scopes else Group.objects.none()
    reach = Q(pk__in=())
    for path in permit.paths(actor, "case.read"):
        reach |= Q(unit_path__startswith=path)
    barred = Member.objects.filter(case__in=staff.recused_subjects(actor.staff, at)).order_by().values("group")
    return Group.objects.filter(reach).exclude(pk__in=barred).select_related("unit")


def sight(group: Group, author: UUID | None = None) -> Sight:
    return Sight(group.unit_path, author)


def words(group: UUID) -> dict[str, str]:
    """title, and the report once there is one."""
    return vault.reveal(TABLE, group)


def members(group: UUID) -> list[Member]:
    return list(Member.objects.filter(group=group, left_at=None))


def answer(group: UUID) -> Answer | None:
    """The newest wording of a group."""
    return Answer.objects.filter(group=group).exclude(state="replaced").select_related("author", "approver").last()


def answer_words(answer: UUID) -> dict[str, str]:
    return vault.reveal(ANSWER_TABLE, answer)


@dataclass(frozen=True)
class Line:
    """One case of a group, for the page. `why` says why the common answer would leave it out."""

    case: object
    representative: bool
    sent: bool
    why: Label | None


def lines(group: UUID, actor: Actor, at: datetime) -> list[Line]:
    """The cases of a group that this actor may see."""
    rows = {row.case: row for row in members(group)}
    found = cases.visible_to(actor, at).filter(pk__in=list(rows)).select_related("owner", "handler", "unit")
    current = answer(group)
    sent = set(Sent.objects.filter(answer=current).values_list("case", flat=True)) if current else set()
    return [
        Line(case, rows[case.pk].representative, case.pk in sent, rules.LEFT_OUT.get(case.state))
        for case in sorted(found, key=lambda case: (case.received_at, case.number))
    ]


@dataclass(frozen=True)
class Going:
    """How far the sending of the newest wording has come. `left_out`: (number, code of the reason)."""

    finished: bool
    asked_at: datetime
    left_out: list[tuple[str, str]]


def going(answer: Answer | None) -> Going | None:
    row = Sending.objects.filter(answer=answer).first() if answer else None
    if row is None:
        return None
    return Going(row.finished_at is not None, row.asked_at, [(number, code) for number, code in row.left_out])


def group_of(case: UUID) -> Group | None:
    row = Member.objects.filter(case=case, left_at=None).select_related("group").first()
    return row.group if row else None
