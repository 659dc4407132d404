"""Single keys: what each does, and which one it is unless somebody chose another."""

from collections.abc import Mapping

from huiyin.kernel.label import Label

ACTIONS: tuple[tuple[Label, str], ...] = (
    (Label("next", "清单中的下一件", "Next case of the list"), "j"),
    (Label("previous", "清单中的上一件", "Previous case of the list"), "k"),
    (Label("open", "打开工单", "Open the case"), "o"),
    (Label("tick", "勾选工单", "Tick the case"), "x"),
    (Label("reply", "答复（工单页面）", "Reply (on the page of a case)"), "r"),
    (Label("note", "写备注（工单页面）", "Write a note (on the page of a case)"), "n"),
    (Label("assign", "分派（工单页面）", "Assign (on the page of a case)"), "a"),
    (Label("record", "登记投诉", "Record a complaint"), "c"),
    (Label("search", "跳到搜索框", "To the search field"), "/"),
    (Label("help", "本页面", "This page"), "?"),
    (Label("go", "前往（再按下列之一）", "Go to (then one of the following)"), "g"),
)
PLACES: tuple[tuple[Label, str], ...] = (
    (Label("go_work", "前往：我的工作", "Go to: my work"), "w"),
    (Label("go_inbox", "前往：消息", "Go to: inbox"), "i"),
    (Label("go_board", "前往：主管看板", "Go to: the board"), "b"),
)
"""The second of two keys: they only stand in each other's way."""
USUAL = {label.code: key for label, key in (*ACTIONS, *PLACES)}


def wrong(chosen: Mapping[str, str]) -> dict[str, str]:
    """What cannot be, by action: `unknown` (no such action), `sort` (not one letter, digit or sign of the keyboard) or
    `twice` (two actions by one key). No key at all is possible: the action is then without one."""
    faults = {code: "unknown" for code in chosen if code not in USUAL}
    faults |= {code: "sort" for code, key in chosen.items() if key and not _is_key(key)}
    whole = USUAL | dict(chosen)
    for group in (ACTIONS, PLACES):
        holders: dict[str, list[str]] = {}
        for label, _key in group:
            if key := whole[label.code]:
                holders.setdefault(key, []).append(label.code)
        faults |= {code: "twice" for codes in holders.values() if len(codes) > 1 for code in codes}
    return faults


def _is_key(key: str) -> bool:
    return len(key) == 1 and key.isascii() and key.isprintable() and not key.isspace()


def different(chosen: Mapping[str, str]) -> dict[str, str]:
    """What is not as usual: all that has to be kept."""
    return {code: key for code, key in chosen.items() if USUAL.get(code) != key}
