"""Verbs of working together: consult, joint handling, escalate, stand in, give back, mark as wrong, find the cause."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from huiyin.bank.staff import queries as staff
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.resolve.cases import actions, forms, queries
from huiyin.resolve.cases.actions.refusals import Refused
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.rules import words
from huiyin.resolve.cases.views import offers
from huiyin.resolve.cases.views.offers import Data, Desk, Verb

Act = Callable[[Case, dict[str, Any], Actor, datetime], str]


def _asked(desk: Desk, data: Data) -> django_forms.Form:
    return forms.Asked(data, people=offers.people(desk), initial={"version": desk.case.version})


def _person(desk: Desk, data: Data) -> django_forms.Form:
    return forms.Person(data, people=offers.people(desk), initial={"version": desk.case.version})


def _said(label: Any) -> Callable[[Desk, Data], django_forms.Form]:
    return lambda desk, data: forms.Words(data, label=label, initial={"version": desk.case.version})


def _wrong(desk: Desk, data: Data) -> django_forms.Form:
    return forms.Wrong(data, initial={"version": desk.case.version})


def _unit(desk: Desk, data: Data) -> django_forms.Form:
    return forms.UnitCode(data, initial={"version": desk.case.version, "unit": desk.case.unit.code})


def _which_leg(desk: Desk, data: Data) -> django_forms.Form:
    language = get_language() or "zh-hans"
    labels = [
        Label(str(leg.pk), f"{words.LEG_KINDS[leg.kind].zh} · {name}", f"{words.LEG_KINDS[leg.kind].en} · {name}")
        for leg in desk.side_legs
        for name in [leg.holder.word(language)]
    ]
    return forms.OneChoice(data, label=_("Whose part"), labels=labels, initial={"version": desk.case.version})


def _finding(desk: Desk, data: Data) -> django_forms.Form:
    """The tree as groups of a list: a leaf is chosen, its family and group are read with it."""
    language = get_language() or "zh-hans"
    groups: dict[str, list[forms.Choice]] = {}
    for leaf in queries.leaf_causes():
        family, _slash, rest = leaf.word(language).partition(" / ")
        groups.setdefault(family, []).append((leaf.code, rest))
    nobody = Label("none", "行外原因，无责任岗位", "Nobody of the bank")
    known = queries.finding(desk.case.pk, desk.case.cycle)
    start = {"version": desk.case.version, "unit": desk.case.unit.code}
    if known is not None:
        start |= {
            "root_cause": known.root_cause,
            "post": known.post,
            "unit": known.at_unit.code if known.at_unit else "",
        }
    return forms.Finding(data, causes=list(groups.items()), posts=[*staff.POSTS, nobody], initial=start)


def _my_leg(desk: Desk) -> Any:
    return "" if _has_leg(desk) else None


def _has_leg(desk: Desk) -> bool:
    return any(leg.holder_id == desk.actor.staff for leg in desk.side_legs)


def _any_leg(desk: Desk) -> Any:
    return "" if desk.side_legs else None


def _handled(desk: Desk) -> Any:
    return "" if desk.case.handler_id else None


def _mine_to_bounce(desk: Desk) -> Any:
    case = desk.case
    if case.handler_id != desk.actor.staff or case.handler_id is None:
        return None
    return "" if queries.taken_from(case) or case.owner_id not in (None, case.handler_id) else None


def _markable(desk: Desk) -> Any:
    return "" if queries.last_taken(desk.case.pk, desk.actor.staff) else None


def _findable(desk: Desk) -> Any:
    return None if desk.case.kind != "complaint" or desk.case.state in ("new", "closed") else ""


def _to_find(desk: Desk) -> bool:
    case = desk.case
    return case.state == "answered" and case.kind == "complaint" and not queries.finding(case.pk, case.cycle)


VERBS: dict[str, Verb] = {
    verb.code: verb
    for verb in (
        Verb("contribute", gettext_lazy("Answer what you were asked"), "leg_end", "case.note", _said(gettext_lazy("Your answer")), "chat-right-text", extra=_my_leg, first=_has_leg),
        Verb("give-back", gettext_lazy("Give it back: not ours"), "leg_end", "case.note", _said(gettext_lazy("Reason")), "arrow-return-left", extra=_my_leg),
        Verb("find", gettext_lazy("Record root cause and responsibility"), "find", "case.reply", _finding, "diagram-3", extra=_findable, first=_to_find,
             hint=gettext_lazy("A complaint closes only with its root cause and the post that answers for it.")),
        Verb("consult", gettext_lazy("Consult a colleague or unit"), "leg", "case.reply", _asked, "question-circle",
             hint=gettext_lazy("They see the case and answer here; the time until then is theirs. No limit towards the customer moves.")),
        Verb("joint", gettext_lazy("Bring in a unit to handle jointly"), "leg", "case.reply", _asked, "people",
             hint=gettext_lazy("You keep the lead; the reply waits for their part.")),
        Verb("lift", gettext_lazy("Escalate to the level above"), "leg", "case.reply", _said(gettext_lazy("What must be decided above?")), "arrow-up-circle",
             hint=gettext_lazy("The case stays with you; somebody above answers beside you.")),
        Verb("call-off", gettext_lazy("Call off what was asked"), "leg_end", "case.reply", _which_leg, "x-octagon", extra=_any_leg),
        Verb("substitute", gettext_lazy("Let somebody stand in"), "assign", "case.assign", _person, "person-dash", extra=_handled,
             hint=gettext_lazy("For an absent handler: the same part of the work and the same limits, another person.")),
        Verb("bounce", gettext_lazy("Bounce it back"), "bounce", "case.reply", _wrong, "arrow-left-circle", extra=_mine_to_bounce,
             hint=gettext_lazy("Within four working hours the time is charged to whoever sent it, later to you.")),
        Verb("mark", gettext_lazy("Mark the hand-over as wrong"), "mark", "case.note", _wrong, "flag", extra=_markable,
             hint=gettext_lazy("You keep the case; the error is counted once.")),
        Verb("accuse-unit", gettext_lazy("Name the unit complained about"), "accuse", "case.assign", _unit, "building-x", danger=True,
             hint=gettext_lazy("Everybody there loses sight of this case at once; it is worked on one level up.")),
    )
}  # fmt: skip


def _leg(case: Case, by: Actor) -> UUID:
    found = queries.open_leg_of(case.pk, by.staff)
    if found is None:
        raise Refused("not_your_leg")
    return found.pk


def _contribute(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.answer_leg(leg=_leg(case, by), text=data["text"], by=by, at=at)
    return _("Your answer is with whoever leads the case.")


def _give_back(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.return_leg(leg=_leg(case, by), text=data["text"], by=by, at=at)
    return _("Given back with your reason.")


def _open(kind: str) -> Act:
    def act(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
        holder = None if kind == "escalation" else offers.person_of(data)
        leg = actions.open_leg(
            case=case.pk, kind=kind, holder=holder, text=data["text"], by=by, at=at, version=data["version"]
        )
        return _("%(name)s has been asked.") % {"name": leg.holder.word(get_language() or "zh-hans")}

    return act


def _call_off(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.call_off_leg(leg=UUID(data["choice"]), by=by, at=at)
    return _("Called off.")


def _substitute(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.substitute(case=case.pk, person=offers.person_of(data), by=by, at=at, version=data["version"])
    return _("The stand-in works on it now.")


def _bounce(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.bounce(case=case.pk, error=data["error"], text=data["text"], by=by, at=at, version=data["version"])
    return _("The case is back with whoever sent it.")


def _mark(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    offer = queries.last_taken(case.pk, by.staff)
    if offer is None:
        raise Refused("not_handed_to_you")
    actions.mark_handover(handover=offer.pk, error=data["error"], text=data["text"], by=by, at=at)
    return _("Marked. It counts as one wrong hand-over.")


def _find(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    unit = offers.unit_of(data["unit"]) if data["unit"] and data["post"] != "none" else None
    actions.find_cause(
        case=case.pk, root_cause=data["root_cause"], post=data["post"], unit=unit, text=data["text"], by=by, at=at,
        version=data["version"],
    )  # fmt: skip
    return _("Root cause and responsibility are on record.")


def _accuse_unit(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.accuse_unit(case=case.pk, unit=offers.unit_of(data["unit"]), by=by, at=at)
    return _("Nobody of this unit sees the case any more.")


ACTS: dict[str, Act] = {
    "contribute": _contribute,
    "give-back": _give_back,
    "find": _find,
    "consult": _open("consult"),
    "joint": _open("joint"),
    "lift": _open("escalation"),
    "call-off": _call_off,
    "substitute": _substitute,
    "bounce": _bounce,
    "mark": _mark,
    "accuse-unit": _accuse_unit,
}
