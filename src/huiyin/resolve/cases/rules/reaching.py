"""By which way a customer with particular needs is reached, and why (row R11). Needs are flags of the case."""

from collections.abc import Iterable
from dataclasses import dataclass

from huiyin.kernel.label import Label

WAYS = {
    label.code: label
    for label in (
        Label("link", "短信、邮件附查询链接", "Text message and mail with the link"),
        Label("call", "电话告知，短信不附链接", "By telephone, with a text message that has no link"),
        Label("written", "短信、邮件书面告知，不致电", "In writing by text message and mail, never by telephone"),
        Label("paper", "大字纸质函件邮寄", "By post, on paper in large print"),
        Label("companion", "通过陪同人、监护人或代理人告知", "Through a companion, guardian or representative"),
    )
}
IN_PERSON = frozenset({"call", "paper", "companion"})
"""The ways that a message alone does not go: a colleague tells the answer, and that is recorded."""

_TOLD = ("elderly", "digital", "disabled", "illness", "speech")


@dataclass(frozen=True)
class Way:
    """`code` of WAYS; `why`: the need that decided, empty where none did; `calls`: may the customer be telephoned?"""

    code: str
    why: str = ""
    calls: bool = True

    @property
    def in_person(self) -> bool:
        return self.code in IN_PERSON

    def hows(self, known: Iterable[str]) -> list[str]:
        """How the answer may be told in person, the fitting one first."""
        first = {"call": "phone", "paper": "post", "companion": "companion"}.get(self.code, "counter")
        fit = [how for how in known if self.calls or how != "phone"]
        return sorted(fit, key=lambda how: how != first)

    def mails(self, *, phone: str) -> bool:
        """Does mail go out beside the text message? Whom we telephone gets a text message instead, if they have a number."""
        return self.code in ("link", "written", "companion") or (self.code == "call" and not phone)

    def texts(self) -> bool:
        return self.code != "paper"


def way_of(needs: Iterable[str], *, phone: bool, email: bool) -> Way:
    """The first line that fits decides.

    Who neither hears nor sees is told with somebody beside them; who does not hear is written to and never telephoned, on
    paper where they left no address; a minor is told through whoever acts for them; who does not see, is old, ill, not at
    ease with devices or needs another language is told by telephone, else by a letter in large print.
    """
    known = set(needs)
    if {"hearing", "sight"} <= known:
        return Way("companion", "hearing", calls=False)
    if "hearing" in known:
        return Way("written" if phone or email else "paper", "hearing", calls=False)
    if "minor" in known:
        return Way("companion", "minor")
    why = next((need for need in ("sight", *_TOLD) if need in known), "")
    if why:
        return Way("call" if phone else "paper", why)
    return Way("link")
