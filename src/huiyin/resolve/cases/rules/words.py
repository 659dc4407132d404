"""Every coded value of a case with its Chinese and its English word."""

from huiyin.kernel.label import Label


def _words(*rows: tuple[str, str, str]) -> dict[str, Label]:
    return {code: Label(code, zh, en) for code, zh, en in rows}


STATES = _words(
    ("new", "待受理", "Waiting to be taken"),
    ("working", "处理中", "In progress"),
    ("approving", "答复待审批", "Reply waiting for approval"),
    ("sending", "答复送达中", "Reply on its way"),
    ("answered", "已答复，待客户确认", "Answered, waiting for the customer"),
    ("closed", "已办结", "Closed"),
)
KINDS = _words(
    ("complaint", "投诉", "Complaint"),
    ("suggestion", "建议", "Suggestion"),
    ("enquiry", "咨询", "Enquiry"),
    ("praise", "表扬", "Praise"),
    ("low_score", "低分补救", "Low-score recovery"),
    ("petition", "信访", "Petition"),
    ("report", "举报", "Report of wrongdoing"),
)
RECLASSIFIED = {code: KINDS[code] for code in ("enquiry", "petition", "report")}
COMPLEXITIES = _words(
    ("simple", "简单", "Simple"),
    ("complex", "复杂", "Complex"),
    ("exceptional", "特别复杂", "Exceptionally complex"),
)
SEVERITIES = _words(
    ("ordinary", "一般", "Ordinary"),
    ("serious", "较重", "Serious"),
    ("major", "重大", "Major"),
)
OUTCOMES = _words(
    ("resolved", "已解决", "Resolved"),
    ("explained", "已解释说明", "Explained"),
    ("withdrawn", "客户撤回", "Withdrawn by the customer"),
    ("no_answer", "客户未回应", "No response from the customer"),
    ("imported", "历史导入", "Imported as closed"),
    ("merged", "并入他案办理", "Merged into another case"),
)
HOWS = _words(
    ("contact", "首问接待", "Took the first contact"),
    ("duty", "当班首问", "On duty at intake"),
    ("import", "历史导入", "Imported"),
    ("handover", "移交接收", "Accepted a hand-over"),
    ("level_up", "上提一级", "Moved up one level"),
)
ROUTES = _words(
    ("enter", "受理", "Taken up"),
    ("transfer", "转办", "Transferred"),
    ("bounce", "退单", "Sent back"),
    ("consult", "征询", "Consulted"),
    ("joint", "协办", "Joint handling"),
)
HANDOVER_KINDS = _words(
    ("owner", "首问责任", "First-contact ownership"),
    ("handler", "经办", "Handling"),
)
HANDOVER_OUTCOMES = _words(
    ("", "待接收", "Waiting to be accepted"),
    ("accepted", "已接收", "Accepted"),
    ("returned", "已退回", "Returned"),
    ("cancelled", "已取消", "Cancelled"),
)
LEG_KINDS = _words(
    ("owner", "待受理", "Waiting to be taken"),
    ("handler", "经办", "Handling"),
    ("customer", "已答复，等待客户", "Answered, the customer's turn"),
    ("consult", "征询", "Consulted"),
    ("joint", "协办", "Handling jointly"),
    ("escalation", "上报", "Escalated"),
)
LEG_OUTCOMES = _words(
    ("", "办理中", "Open"),
    ("answered", "已反馈", "Answered"),
    ("returned", "已退回", "Returned"),
    ("cancelled", "已撤销", "Called off"),
    ("recused", "回避", "Recused"),
    ("closed", "随案办结", "Ended with the case"),
)
HANDOVER_REASONS = _words(
    ("expertise", "需要专业条线办理", "Needs another line's expertise"),
    ("responsible", "属于对方职责", "Belongs to the other unit"),
    ("absence", "本人休假或离岗", "I am away"),
    ("load", "工作量调配", "Balancing the load"),
    ("other", "其他（见说明）", "Other (see the explanation)"),
)
REPLY_STATES = _words(
    ("waiting", "待审批", "Waiting for approval"),
    ("ready", "待发送", "Ready to send"),
    ("returned", "审批退回", "Returned by the approver"),
    ("sending", "送达中", "On its way"),
    ("delivered", "已送达", "Delivered"),
    ("failed", "未送达", "Not delivered"),
    ("replaced", "已被新稿替代", "Replaced by a newer draft"),
)
EXTENSION_OUTCOMES = _words(
    ("waiting", "待审批", "Waiting for approval"),
    ("approved", "已批准，待告知客户", "Approved, customer being told"),
    ("applied", "已延期", "Extended"),
    ("refused", "未批准", "Refused"),
    ("lapsed", "未告知客户，失效", "Lapsed: the customer was not told"),
)
LAW_LETTER_STATES = _words(
    ("waiting", "待审批", "Waiting for approval"),
    ("sending", "送达中", "On its way"),
    ("delivered", "已送达", "Delivered"),
    ("failed", "未送达", "Not delivered"),
    ("refused", "未批准", "Refused"),
)
SHUT_OUTCOMES = _words(
    ("waiting", "待审批", "Waiting for a decision"),
    ("granted", "已豁免", "Excused"),
    ("refused", "未批准", "Refused"),
)
LEVELS = _words(
    ("holder", "经办人", "Handler"),
    ("substitute", "代班人", "Substitute"),
    ("owner", "首问责任人", "First-contact owner"),
    ("head", "机构负责人", "Head of the unit"),
    ("above", "上级机构", "The unit above"),
    ("desk", "值班台", "Duty desk"),
    ("nobody", "无人可通知", "Nobody could be reached"),
)
CHANNELS = _words(("inbox", "消息中心", "inbox"), ("mail", "邮件", "mail"), ("sms", "短信", "SMS"))
FLAGS = _words(
    ("elderly", "老年客户", "Elderly customer"),
    ("disabled", "残障客户", "Customer with a disability"),
    ("hearing", "听力障碍客户", "Customer who does not hear well"),
    ("sight", "视力障碍客户", "Customer who does not see well"),
    ("rural", "农村客户", "Rural customer"),
    ("minor", "未成年人", "Minor"),
    ("low_income", "低收入客户", "Low-income customer"),
    ("illness", "患病客户", "Customer who is ill"),
    ("digital", "不熟悉智能设备", "Not at ease with digital devices"),
    ("speech", "需要方言或外语服务", "Needs another language or dialect"),
    ("regulator", "监管", "Regulator"),
    ("media", "舆情", "Public opinion"),
    ("legal", "司法", "Court or lawyer"),
    ("petition", "信访", "Petition"),
    ("distress", "情绪激动", "In distress"),
    ("repeat", "重复投诉", "Repeat complaint"),
    ("group", "群体投诉", "Group complaint"),
    ("event", "批量事件", "Part of a mass event"),
    ("represented", "代理人", "Represented"),
    ("about_staff", "涉及员工", "About a member of staff"),
    ("risk", "超时风险", "At risk of running late"),
    ("reopened", "二次处理", "Reopened"),
)
# Set and taken off by the product itself, from what it knows.
OWN_FLAGS = frozenset({"repeat", "represented", "about_staff", "risk", "reopened", "group", "event"})
VULNERABLE = frozenset(
    {"elderly", "disabled", "hearing", "sight", "rural", "minor", "low_income", "illness", "digital", "speech"}
)
NEED_SOURCES = _words(
    ("customer", "客户自述", "The customer said so"),
    ("documents", "证件或业务资料", "Documents or records of the bank"),
    ("observed", "经办人接触中发现", "Noticed in contact"),
)
LARGE_PRINT = frozenset({"elderly", "disabled", "sight"})  # whose letters are printed in 18 pt
REACHED = _words(
    ("phone", "电话告知", "By telephone"),
    ("counter", "当面告知", "Face to face"),
    ("post", "邮寄纸质函件", "By post, on paper"),
    ("companion", "告知陪同人或代理人", "Through a companion or representative"),
)
URGENCIES = _words(
    ("ok", "正常", "On track"),
    ("warn", "临期", "Due soon"),
    ("bad", "超时", "Overdue"),
    ("none", "不计时", "No clock running"),
)
REDRESS_STATES = _words(
    ("waiting", "待审批", "Waiting for approval"),
    ("ready", "待告知客户", "Approved, to be offered"),
    ("returned", "审批退回", "Returned by the approver"),
    ("offered", "已告知，待客户答复", "Offered to the customer"),
    ("accepted", "客户接受，待落实", "Accepted, to be carried out"),
    ("declined", "客户未接受", "Declined by the customer"),
    ("paid", "已落实", "Carried out"),
    ("dropped", "已撤销", "Dropped"),
)
PASSAGE = _words(
    ("waiting", "待发送", "Queued"),
    ("sent", "已发出", "Sent"),
    ("dead", "发送失败", "Failed"),
    ("bounced", "被退回", "Sent back"),
    ("delivered", "已送达", "Delivered"),
    ("sending", "发送中", "On its way"),
    ("failed", "未送达", "Not delivered"),
)
