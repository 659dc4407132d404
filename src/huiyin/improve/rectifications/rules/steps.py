"""The way of a rectification: opened, planned, done, verified, effect shown, closed. And who may take which step."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from huiyin.kernel.label import Label

STATES = {
    label.code: label
    for label in (
        Label("opened", "待制定方案", "To be planned"),
        Label("planned", "整改中", "Being carried out"),
        Label("done", "待验证", "To be verified"),
        Label("verified", "观察成效", "Watching for the effect"),
        Label("effective", "成效已显现，待关闭", "Effect shown, to be closed"),
        Label("closed", "已关闭", "Closed"),
        Label("cancelled", "已撤销", "Cancelled"),
    )
}
BOARD = ("opened", "planned", "done", "verified", "effective", "closed")
OPEN = ("opened", "planned", "done", "verified", "effective")
ASIDE = ("redate", "appoint", "cancel")  # change its circumstances; nobody's next step
WATCHED = ("verified", "effective")  # what is shown has to hold until it is closed
WORK = ("opened", "planned", "done")  # the deadline runs until the work is verified
VERIFYING = ("inspector", "analyst", "consumer_protection")  # roles, the nearest to the matter first
STEPS = {
    label.code: label
    for label in (
        Label("opened", "发起整改", "Opened"),
        Label("planned", "制定方案", "Planned"),
        Label("done", "报告完成", "Reported as done"),
        Label("returned", "验证未通过，退回", "Sent back by the verifier"),
        Label("verified", "验证通过", "Verified"),
        Label("effective", "成效已显现", "Effect shown"),
        Label("not_effective", "未见成效", "No effect"),
        Label("unsettled", "成效尚未站稳，继续观察", "The effect did not hold: watched again"),
        Label("closed", "关闭", "Closed"),
        Label("reopened", "重新打开", "Reopened"),
        Label("redated", "调整计划日期", "Given another date"),
        Label("cancelled", "撤销", "Cancelled"),
        Label("evidence", "补充证据", "Evidence added"),
        Label("escalated", "升级提醒", "Escalated"),
        Label("appointed", "调整整改人员", "Given to other people"),
        Label("linked", "并入预警", "Another alert joined"),
    )
}
ORIGINS = {
    label.code: label
    for label in (
        Label("alert", "预警", "Alert"),
        Label("complaint", "投诉", "Complaint"),
        Label("inspection", "检查", "Inspection"),
        Label("audit", "审计", "Audit"),
        Label("report", "举报", "Report"),
        Label("meeting", "会议", "Meeting"),
    )
}
_MAY = {
    "plan": ("opened", "planned"),
    "evidence": ("opened", "planned", "done", "verified"),
    "finish": ("planned",),
    "verify": ("done",),
    "close": ("effective",),
    "redate": WORK,
    "appoint": WORK,
    "cancel": ("opened", "planned"),
}
AFTER = {
    "planned": "planned", "done": "done", "returned": "planned", "verified": "verified", "effective": "effective",
    "not_effective": "opened", "unsettled": "verified", "closed": "closed", "reopened": "opened", "cancelled": "cancelled",
}  # fmt: skip


def allowed(verb: str, state: str) -> bool:
    return state in _MAY[verb]


@dataclass(frozen=True)
class Roles:
    """Who stands in which role of one rectification (SoD5: all of them different people)."""

    owner: UUID | None
    inspector: UUID | None = None
    verifier: UUID | None = None
    closer: UUID | None = None


def clash(roles: Roles) -> tuple[str, str] | None:
    """The first two roles that one person holds, or None."""
    held: dict[UUID, str] = {}
    for role in ("inspector", "owner", "verifier", "closer"):
        person = getattr(roles, role)
        if person is None:
            continue
        if person in held:
            return held[person], role
        held[person] = role
    return None


def first_fit(people: Iterable[UUID], *taken: UUID | None) -> UUID | None:
    """The first person who is none of those who already have a role."""
    return next((person for person in people if person not in taken), None)
