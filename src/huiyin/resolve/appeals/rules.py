"""When a review may be asked for, and the words of this room."""

from datetime import datetime

from huiyin.kernel.calendar import Calendar, Term, due
from huiyin.kernel.label import Label

WINDOW = Term("natural_day", 30, roll="next")
"""From the day after the decision arrived; a last day on a rest day moves to the next working day (art. 20)."""

STATES = {
    label.code: label
    for label in (
        Label("working", "核查中", "Being examined"),
        Label("decided", "已作出核查决定，送达中", "Decided, letter on its way"),
        Label("told", "核查决定已送达", "Decision delivered"),
    )
}
HOWS = {
    label.code: label
    for label in (
        Label("page", "客户在查询页提出", "On the tracking page"),
        Label("letter", "书面来信", "By letter"),
        Label("phone", "来电", "By telephone"),
        Label("counter", "当面提出", "In person"),
    )
}
MEDIATION_STATES = {
    label.code: label
    for label in (
        Label("open", "调解中", "In mediation"),
        Label("ended", "调解已结束", "Mediation over"),
        Label("performed", "协议已履行", "Agreement performed"),
    )
}


def window_ends(calendar: Calendar, answered_at: datetime) -> int:
    """The last second, since 1970, at which a review may still be asked for."""
    return due(calendar, WINDOW, int(answered_at.timestamp())).at


def why_not(*, state: str, outcome: str, kind: str, answered_at: datetime | None, ends: int, at: datetime) -> str:
    """ "" if a review may be asked for, else the code of the reason."""
    if kind != "complaint" or outcome in ("withdrawn", "imported"):
        return "not_reviewable"
    if answered_at is None or state not in ("answered", "closed"):
        return "not_decided_yet"
    return "too_late" if int(at.timestamp()) > ends else ""
