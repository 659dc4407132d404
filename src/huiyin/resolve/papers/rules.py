"""Words and limits of files that leave the house."""

from datetime import timedelta

from huiyin.kernel.label import Label

REASONS = {
    label.code: label
    for label in (
        Label("archive", "立卷归档", "For the archive"),
        Label("regulator", "监管机构调阅", "A regulator asks for it"),
        Label("court", "司法机关或仲裁机构调取", "A court or arbitrator asks for it"),
        Label("customer", "客户依法申请查阅", "The customer asks for it by law"),
        Label("review", "核查、复议或调解", "For a review or a mediation"),
        Label("audit", "内部审计或检查", "For an audit or an inspection"),
        Label("meeting", "案件会商", "To discuss the case"),
    )
}
UNMASKING = {"regulator": "inspection", "court": "inspection", "audit": "inspection", "customer": "reply"}
"""Reasons that allow the customer's particulars in full, each with its reason in the log of unmaskings."""

KINDS = {
    "dossier": Label("dossier", "案卷", "Dossier"),
    "list": Label("list", "投诉清单", "List of cases"),
}
STATES = {
    "waiting": Label("waiting", "排队中", "In the queue"),
    "making": Label("making", "生成中", "Being made"),
    "made": Label("made", "可下载", "Ready"),
    "failed": Label("failed", "未能生成", "Could not be made"),
    "gone": Label("gone", "已过期清除", "Expired and removed"),
}
CHIPS = {"waiting": "none", "making": "info", "made": "ok", "failed": "bad", "gone": "none"}

KEPT = timedelta(days=7)  # a finished file, for whoever asked for it
SILENT = timedelta(minutes=10)  # no sign of life for so long: whoever made it is gone
ATTEMPTS = 3
AT_ONCE = 300  # pieces of a dossier that is made while one waits
AT_ONCE_BYTES = 20_000_000  # of attachments whose hashes are worked out while one waits


def is_large(pieces: int, size: int) -> bool:
    """Is a dossier of so many pieces and so many bytes of attachments made in the background?"""
    return pieces > AT_ONCE or size > AT_ONCE_BYTES
