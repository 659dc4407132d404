"""The words of this room."""

from huiyin.kernel.label import Label


def _words(*rows: tuple[str, str, str]) -> dict[str, Label]:
    return {code: Label(code, zh, en) for code, zh, en in rows}


STRATA = _words(
    ("late", "超时办理", "Late"),
    ("reopened", "二次处理", "Re-opened"),
    ("dissatisfied", "客户不满意", "Customer dissatisfied"),
    ("high_redress", "高额补偿", "High redress"),
    ("vulnerable", "特殊客户", "Vulnerable customer"),
    ("new_staff", "新上岗人员", "New in post"),
    ("base", "随机抽样", "Drawn at random"),
    ("minimum", "个人最低抽样量", "Minimum per person"),
)
RISKS = tuple(code for code in STRATA if code not in ("base", "minimum"))
PERIODS = _words(("week", "每周", "Every week"), ("month", "每月", "Every month"))
SORTS = _words(("case", "投诉工单", "Cases"), ("call", "电话", "Calls"), ("chat", "在线会话", "Chats"))
STATES = _words(
    ("open", "待评分", "To be scored"),
    ("third", "待第三人评定", "A third reviewer decides"),
    ("scored", "已出分，待本人确认", "Scored, with the person reviewed"),
    ("disputed", "异议处理中", "Objection being decided"),
    ("final", "已定分", "Final"),
    ("withdrawn", "已撤出样本", "Taken out of the sample"),
)
CHIPS = {"open": "info", "third": "warn", "scored": "info", "disputed": "warn", "final": "ok", "withdrawn": "none"}
PLACES = _words(
    ("first", "初评", "First review"),
    ("second", "复评（互盲）", "Second review (blind)"),
    ("third", "第三人评定", "Deciding third review"),
    ("dispute", "异议裁定", "After an objection"),
    ("reference", "标杆评分", "Reference"),
    ("session", "校准评分", "Calibration"),
)
OUTCOMES = _words(("upheld", "维持原分", "The score stands"), ("changed", "改判", "The score is changed"))
WITHDRAWALS = _words(
    ("lost", "录音或记录缺失", "The recording or record is missing"),
    ("merged", "工单已并入其他工单", "The case was merged into another"),
    ("wrong", "不属于抽样范围", "It should not have been in the sample"),
)
HOWS = _words(
    ("single", "单人评分", "One reviewer"),
    ("agreed", "双人评分一致", "Two reviewers agreed"),
    ("third", "第三人评定", "A third reviewer decided"),
    ("changed", "异议后改判", "Changed after an objection"),
)
GAPS = _words(
    ("unanswered", "请选择", "Choose an answer."),
    ("unknown_mark", "该项没有这个选项", "This is not one of the answers."),
    ("no_ground", "未得满分，请写明依据", "Not the full mark: say what you saw."),
    ("nothing_applies", "全部选为“不适用”，无法得出分数", "Nothing applies: there is no score to give."),
)
MARKS = _words(("yes", "是", "Yes"), ("no", "否", "No"), ("na", "不适用", "Does not apply"))
