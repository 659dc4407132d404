"""What can be done to many cases at once. Replies, closings and anything of substance are done one by one."""

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
NEEDS = {"assign": ("person",), "handover": ("person", "reason"), "flag": ("flag",), "unflag": ("flag",), "remind": ()}
ACTION = {
    "assign": "case.assign",
    "handover": "case.reply",
    "remind": "case.assign",
    "flag": "case.note",
    "unflag": "case.note",
}
