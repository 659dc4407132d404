"""Verbs of telling the customer: the letters that a law names, and the answer to whom a link does not reach."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from huiyin.kernel.actor import Actor
from huiyin.resolve.cases import actions, forms, queries
from huiyin.resolve.cases.actions.refusals import WHY, Refused
from huiyin.resolve.cases.models import Case, Communication
from huiyin.resolve.cases.rules import words
from huiyin.resolve.cases.views.offers import Data, Desk, Verb

Act = Callable[[Case, dict[str, Any], Actor, datetime], str]


def _choices(desk: Desk, *, answers: bool) -> list[tuple[str, str]]:
    """Each letter with its pack, and until when it may be sent where it has a window."""
    language = get_language() or "zh-hans"
    return [
        (
            one.code,
            " · ".join(
                part
                for part in (
                    one.letter.label.word(language),
                    one.pack.word(language),
                    _("until %(time)s") % {"time": date_format(localtime(one.until), "SHORT_DATETIME_FORMAT")}
                    if one.until
                    else "",
                )
                if part
            ),
        )
        for one in _sendable(desk, answers)
    ]


def _sendable(desk: Desk, answers: bool) -> list[queries.Sendable]:
    return [one for one in desk.letters if one.letter.answers is answers]


def _letter(desk: Desk, data: Data) -> django_forms.Form:
    found = _choices(desk, answers=False)
    start = {"version": desk.case.version, "letter": found[0][0] if found else ""}
    return forms.LawLetter(data, letters=found, initial=start)


def _summary(desk: Desk, data: Data) -> django_forms.Form:
    found = _choices(desk, answers=True)
    start = {"version": desk.case.version, "letter": found[0][0] if found else ""}
    return forms.Summary(data, letters=found, initial=start)


def _reached(desk: Desk, data: Data) -> django_forms.Form:
    hows = queries.reach(desk.case).way.hows(words.REACHED)
    start = {"version": desk.case.version, "choice": hows[0]}
    return forms.OneChoice(data, label=_("How they were told"), labels=[words.REACHED[x] for x in hows], initial=start)


def _to_reach(desk: Desk) -> Any:
    """Only for those whom a link does not reach, and once a cycle."""
    case = desk.case
    if case.state != "answered" or not queries.reach(case).way.in_person:
        return None
    return None if queries.was_told_in_person(case) else ""


def _plain(desk: Desk, data: Data) -> django_forms.Form:
    return forms.Versioned(data, initial={"version": desk.case.version})


def _askable(desk: Desk) -> Any:
    if not _sendable(desk, False):
        return None
    return WHY["law_letter_waiting"] if queries.open_communication(desk.case.pk) else ""


def _summable(desk: Desk) -> Any:
    return "" if desk.case.state == "working" and _sendable(desk, True) else None


def _waiting(case: UUID) -> Communication | None:
    found = queries.open_communication(case)
    return found if found is not None and found.state == "waiting" else None


def _decidable(desk: Desk) -> Any:
    found = _waiting(desk.case.pk)
    if found is None:
        return None
    return WHY["own_law_letter"] if found.requester_id == desk.actor.staff else ""


def _to_decide(desk: Desk) -> bool:
    return _decidable(desk) == ""


VERBS: dict[str, Verb] = {
    verb.code: verb
    for verb in (
        Verb("summary", gettext_lazy("Send the short letter: settled and accepted"), "reply", "case.reply", _summary, "envelope-check", extra=_summable,
             hint=gettext_lazy("For a complaint that the customer agrees is settled, within the days that the law gives for it. It is approved and sent like a reply.")),
        Verb("law-letter", gettext_lazy("Tell the customer that the answer is put off"), "law_letter", "case.request_extension", _letter, "envelope-paper", extra=_askable,
             hint=gettext_lazy("The letter that the law names for this. A second person lets it out; the limit is met when it has reached the customer.")),
        Verb("grant-law-letter", gettext_lazy("Let the letter out"), "law_letter", "case.extend", _plain, "envelope-check", extra=_decidable, first=_to_decide),
        Verb("deny-law-letter", gettext_lazy("Do not let the letter out"), "law_letter", "case.extend", _plain, "envelope-slash", extra=_decidable),
        Verb("reached", gettext_lazy("Record that the answer was told in person"), "tell_in_person", "case.note", _reached, "telephone", extra=_to_reach,
             hint=gettext_lazy("A link does not reach this customer. Read the answer out, or post it on paper.")),
    )
}  # fmt: skip


def _ask(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.request_communication(
        case=case.pk, code=data["letter"], text=data["text"], expected_on=data["expected"], by=by, at=at,
        version=data["version"],
    )  # fmt: skip
    return _("The letter waits for a second person.")


def _decide(grant: bool) -> Act:
    def act(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
        found = _waiting(case.pk)
        if found is None:
            raise Refused("already_settled")
        done = actions.decide_communication(communication=found.pk, grant=grant, by=by, at=at)
        if done.state == "refused":
            return _("The letter does not leave.")
        if done.state == "delivered":
            return _("The letter has reached the customer.")
        return _("The letter is on its way; the limit is met when it arrives.")

    return act


def _settled(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    made = actions.resolve_summarily(
        case=case.pk, code=data["letter"], text=data["text"], accepted=data["accepted"], by=by, at=at,
        version=data["version"],
    )  # fmt: skip
    return _("The reply waits for a second person.") if made.needs_approval else _("The reply is ready to send.")


def _told(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.told_in_person(case=case.pk, how=data["choice"], by=by, at=at, version=data["version"])
    return _("It is on record that the customer was told.")


ACTS: dict[str, Act] = {
    "reached": _told,
    "summary": _settled,
    "law-letter": _ask,
    "grant-law-letter": _decide(True),
    "deny-law-letter": _decide(False),
}
