"""Numbers that the Measures for Handling Complaints set for complaints of several people (domain.md §1.1)."""

from datetime import timedelta

from huiyin.kernel.label import Label

MOST_REPRESENTATIVES = 5  # art. 12: a joint complaint names at most five
MAJOR_FROM = 20  # a collective complaint of twenty people and more is a major one
MOST_AT_ONCE = 500
LOST_AFTER = timedelta(minutes=2)  # a job that has not ended by then is given out again

KINDS = {
    label.code: label
    for label in (
        Label("group", "群体投诉", "Group complaint"),
        Label("event", "批量事件", "Mass event"),
    )
}
ANSWER_STATES = {
    label.code: label
    for label in (
        Label("waiting", "待审批", "Waiting for approval"),
        Label("ready", "已审批，可发送", "Approved, can be sent"),
        Label("returned", "审批退回", "Returned"),
        Label("replaced", "已被新稿替代", "Replaced by a newer draft"),
    )
}
# Why a case of the group is not sent the common answer now: by the state it is in.
LEFT_OUT = {
    "approving": Label("approving", "已有答复待审批", "An answer of its own waits for approval"),
    "sending": Label("sending", "答复送达中", "An answer is on its way"),
    "answered": Label("answered", "已答复", "Answered already"),
    "closed": Label("closed", "已办结", "Closed"),
    "recused": Label("recused", "起草人须回避", "The author is recused from it"),
    "author_left": Label(
        "author_left", "起草人或审批人已不在岗，请重新起草", "Its author or approver has left: write it anew"
    ),
    "changed": Label("changed", "同事正在办理，请稍后再发", "A colleague is working on it: send again later"),
    "refused": Label("refused", "起草人无权答复", "The author may not answer it"),
}


def is_major(declared: int, members: int) -> bool:
    """`declared`: how many people the representatives speak for."""
    return max(declared, members) >= MAJOR_FROM


def may_represent(representatives: int) -> bool:
    """May one more be named a representative?"""
    return representatives < MOST_REPRESENTATIVES
