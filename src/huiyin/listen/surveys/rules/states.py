"""The coded states of campaigns and invitations, and which step leads where."""

from huiyin.kernel.label import Label

CAMPAIGN_STATES = (
    Label("planned", "方案中", "Planned"),
    Label("drawn", "已抽样", "Drawn"),
    Label("sending", "发送中", "Sending"),
    Label("paused", "已暂停", "Paused"),
    Label("open", "收集答卷中", "Collecting answers"),
    Label("ended", "已结束", "Ended"),
    Label("cancelled", "已取消", "Cancelled"),
)
CAMPAIGN_STATE = {label.code: label for label in CAMPAIGN_STATES}
CHIPS = {
    "planned": "none", "drawn": "info", "sending": "info", "paused": "warn", "open": "ok", "ended": "none",
    "cancelled": "none",
}  # fmt: skip
PASSAGES = (
    Label("waiting", "待发送", "Waiting"),
    Label("sent", "已发送", "Sent"),
    Label("failed", "未送达", "Not delivered"),
    Label("left_out", "未邀请", "Left out"),
    Label("withdrawn", "已撤回", "Withdrawn"),
)
CHANNELS = (
    Label("email", "电子邮件", "E-mail"),
    Label("sms", "短信", "Text message"),
    Label("either", "电子邮件优先，否则短信", "E-mail, else text message"),
)
CHANNEL = {label.code: label for label in CHANNELS}
NEXT = {
    "start": {"drawn": "sending"},
    "pause": {"sending": "paused"},
    "resume": {"paused": "sending"},
    "cancel": {"planned": "cancelled", "drawn": "cancelled", "sending": "cancelled", "paused": "cancelled"},
    "end": {"open": "ended", "sending": "ended", "paused": "ended"},
}


def after(step: str, state: str) -> str:
    """The state that a step leads to from this one, or '' where it is not possible."""
    return NEXT.get(step, {}).get(state, "")
