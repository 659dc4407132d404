"""How a matter is told to its customer: the five-dot line and one thread of everything that was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huiyin.listen.voices.queries import Added, VoiceView
from huiyin.listen.voices.queries import Words as Told
from huiyin.platform.messages.queries import Letter

STEPS = (_("Received by us"), _("Being examined"), _("Answer in preparation"), _("Answered"), _("Closed"))
REACHED = {"new": 0, "working": 1, "approving": 2, "sending": 2, "answered": 3, "closed": 4}


@dataclass(frozen=True)
class Dot:
    """One step. `state`: done | here | ahead."""

    text: str | Promise
    state: str


def dots(state: str, *, withdrawn: bool = False) -> list[Dot]:
    """Withdrawn, only what has happened is told: nobody examined or answered it to the end."""
    here = REACHED.get(state, 0)
    names: list[str | Promise] = list(STEPS)
    if withdrawn:
        here, names = 1, [STEPS[0], _("Withdrawn")]
    return [Dot(name, "done" if n < here else "here" if n == here else "ahead") for n, name in enumerate(names)]


IN_YOUR_WORDS = {
    "case_is_closed": _("This matter is closed already."),
    "not_answered_yet": _("We have not answered yet, so there is nothing to confirm or dispute."),
    "reply_on_its_way": _("Our answer is on its way to you. Please look again in a moment."),
    "already_settled": _("You have confirmed the answer already."),
    "withdrawn": _("You have taken it back already."),
    "wrong_state": _("That is not possible at this step."),
}
"""What the cases room words for colleagues, as its customer is told it."""


@dataclass(frozen=True)
class Said:
    """One line of the thread. `who`: customer | bank."""

    who: str
    at: datetime
    title: str
    text: str
    what: str = "message"


def talk(
    voice: VoiceView,
    told: Told,
    more: Sequence[Added],
    letters: Sequence[Letter],
    disputes: Sequence[tuple[datetime, str]] = (),
) -> list[Said]:
    """Oldest first."""
    lines = [Said("customer", voice.received_at, told.title, "\n".join(filter(None, (told.text, told.want))))]
    lines += [Said("customer", a.at, "", a.text, a.what) for a in more]
    lines += [Said("customer", at, str(_("I do not agree with the answer")), text) for at, text in disputes]
    lines += [Said("bank", letter.created_at, letter.title, letter.body) for letter in letters]
    return sorted(lines, key=lambda line: line.at)
