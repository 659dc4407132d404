"""What can be done to many cases at once. Replies, closings and anything of substance are done one by one."""

from datetime import datetime, timedelta

from huiyin.kernel.label import Label

MOST = 200
"""Cases in one go: each is a transaction of its own, and somebody waits for the page."""

VERBS = {
    label.code: label
    for label in (
        Label("assign", "批量分派", "Assign"),
        Label("handover", "批量移交", "Hand over"),
        Label("remind", "批量催办", "Remind"),
        Label("flag", "加标记", "Add a flag"),
        Label("unflag", "去标记", "Remove a flag"),
    )
}
OUTCOMES = {
    label.code: label
    for label in (
        Label("waiting", "未执行", "Not done yet"),
        Label("done", "已完成", "Done"),
        Label("refused", "未执行（见原因）", "Refused"),
    )
}
UNDONE = {
    label.code: label for label in (Label("done", "已撤销", "Taken back"), Label("refused", "未撤销", "Not taken back"))
}
NEEDS = {"assign": ("person",), "handover": ("person", "reason"), "flag": ("flag",), "unflag": ("flag",), "remind": ()}
ACTION = {
    "assign": "case.assign",
    "handover": "case.reply",
    "remind": "case.assign",
    "flag": "case.note",
    "unflag": "case.note",
}
UNDOABLE = frozenset({"assign", "handover", "flag", "unflag"})  # a reminder that was read cannot be unread
UNDO = timedelta(minutes=10)


def may_undo(verb: str, asked_at: datetime, undone_at: datetime | None, at: datetime) -> bool:
    """Is it early enough to take a batch back? Each case still decides for itself."""
    return verb in UNDOABLE and undone_at is None and at - asked_at <= UNDO
