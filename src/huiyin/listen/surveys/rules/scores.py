"""Scores and what follows from them."""

from dataclasses import dataclass
from datetime import timedelta

from huiyin.kernel.label import Label

SCORES = (
    Label("5", "非常满意", "Very satisfied"),
    Label("4", "满意", "Satisfied"),
    Label("3", "一般", "Neither satisfied nor dissatisfied"),
    Label("2", "不满意", "Dissatisfied"),
    Label("1", "非常不满意", "Very dissatisfied"),
)
DIMENSIONS = (
    Label("efficiency", "办理效率", "Speed"),
    Label("professionalism", "专业水平", "Competence"),
    Label("attitude", "服务态度", "Courtesy"),
)
KINDS = (
    Label("after_service", "办结后评价", "After a closed complaint"),
    Label("counter", "柜面评价", "At the counter"),
    Label("chat", "在线客服评价", "After a chat"),
    Label("campaign", "满意度调查", "In a survey"),
    Label("callback", "电话回访评价", "In a call-back"),
)
KIND = {label.code: label for label in KINDS}
LOW = 2
OPEN_FOR = timedelta(days=30)


@dataclass(frozen=True)
class BadScore:
    """Why a score cannot be taken. `field` is the dimension or `score`."""

    field: str


def score(value: object) -> int | None:
    """A whole number from 1 to 5, else None."""
    return figure(value, 1, 5)


def figure(value: object, low: int, high: int) -> int | None:
    """A whole number of a scale, else None. Full-width figures are the same figures; 4.5 and True are no scores."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        value = int(text) if text.isdecimal() and len(text) <= 2 else None
    return value if isinstance(value, int) and low <= value <= high else None


def opens_recovery(kind: str, value: int, matter_kind: str | None) -> bool:
    """A low score is itself something to be put right (decision 6), where we know whose matter it was.

    A press of a button at the counter has nobody to go back to; and a recovery is not followed by another one.
    """
    return kind == "after_service" and value <= LOW and matter_kind not in (None, "low_score")
