"""What can be done with a case now, by this person; what cannot says why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import QueryDict
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from huiyin.bank.staff import queries as staff
from huiyin.bank.standards.queries import facet, forwarders
from huiyin.bank.units import queries as units
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import forms, queries
from huiyin.resolve.cases.actions.refusals import WHY
from huiyin.resolve.cases.models import Case, Extension, Leg, Redress, Reply
from huiyin.resolve.cases.queries.records import REPLY_TABLE
from huiyin.resolve.cases.rules import limits, steps, words
from huiyin.resolve.cases.views import timing

Data = QueryDict | None


@dataclass(frozen=True)
class Desk:
    """One look at a case by one person: everything that offers need, read once."""

    case: Case
    actor: Actor
    at: datetime
    reply: Reply | None
    extension: Extension | None
    template: queries.Offered | None = None  # the approved text to start the reply from

    @cached_property
    def sight(self) -> queries.Sight:
        return queries.sight(self.case, self.at)

    @cached_property
    def redress(self) -> list[Redress]:
        return queries.redress_of(self.case.pk)

    @cached_property
    def letters(self) -> list[queries.Sendable]:
        return queries.sendable(self.case, self.at)

    @cached_property
    def side_legs(self) -> list[Leg]:
        return [leg for leg in queries.side_legs(self.case.pk) if leg.left_at is None]

    def may(self, action: str, **more: Any) -> permit.Verdict:
        return permit.can(self.actor, action, replace(self.sight, **more))


@dataclass(frozen=True)
class Offer:
    """One verb on the page. `form` is None where a button is all it takes; `why` says why it cannot be done."""

    verb: str
    label: Any
    form: django_forms.Form | None = None
    why: Any = ""
    main: bool = False
    danger: bool = False
    hint: Any = ""
    icon: str = "check2"

    @property
    def enabled(self) -> bool:
        return not self.why


@dataclass(frozen=True)
class Verb:
    """How a verb is worded, which step and permission it needs, and which form it has."""

    code: str
    label: Any
    step: str
    action: str
    build: Callable[[Desk, Data], django_forms.Form]
    icon: str = "check2"
    danger: bool = False
    hint: Any = ""
    extra: Callable[[Desk], Any] = field(default=lambda desk: "")
    first: Callable[[Desk], bool] = field(default=lambda desk: False)  # is it what this person should do now?


def look(case: Case, actor: Actor, at: datetime, template: str = "") -> Desk:
    text = queries.filled(case, template) if template and case.state == "working" else None
    return Desk(case, actor, at, queries.open_reply(case), queries.open_extension(case.id), text)


def offers(desk: Desk, bound: dict[str, django_forms.Form] | None = None) -> list[Offer]:
    """Every verb of the page in its order, with a fresh form or the one that was just refused."""
    kept = bound or {}
    found = []
    for verb in VERBS.values():
        why = refused(verb, desk)
        if why is None:
            continue
        form = kept.get(verb.code) or (verb.build(desk, None) if not why else None)
        main = not why and (verb.code in _MAIN.get(desk.case.state, ()) or verb.first(desk))
        found.append(Offer(verb.code, verb.label, form, why, main, verb.danger, verb.hint, verb.icon))
    return found


def refused(verb: Verb, desk: Desk) -> Any:
    """ "" if it may be done, a reason if not; None where it does not belong on this person's page at all."""
    extra = verb.extra(desk)
    if extra is None:
        return None
    verdict = desk.may(verb.action, author=desk.reply.author_id if desk.reply and verb.step == "approve" else None)
    if verb.code in ("take",):
        verdict = desk.may("case.reply") or desk.may("case.assign")
    if verb.code in ("pause", "resume", "excuse"):
        verdict = desk.may("case.extend") or verdict
    if not verdict:
        return None if verdict.reason.code == "no_role" else verdict.reason
    no = steps.refusal(verb.step, desk.case.state)
    return WHY[no] if no else extra


_MAIN = {
    "new": ("take",),
    "working": ("reply", "send"),
    "approving": ("approve",),
    "answered": ("close", "confirm"),
}


def _plain(desk: Desk, data: Data) -> django_forms.Form:
    return forms.Versioned(data, initial={"version": desk.case.version})


def _take(desk: Desk) -> Any:
    if desk.case.state == "closed":
        return None
    if desk.case.handler_id == desk.actor.staff:
        return None
    return WHY["already_taken"] if desk.case.handler_id else ""


def people(desk: Desk) -> list[forms.Choice]:
    """Colleagues who are fit for this case: of its unit, of the units above, and of head office."""
    case, on = desk.case, localdate(desk.at)
    found = {}
    for unit in [case.unit_id, *(view.id for view in units.above(case.unit_id, on))]:
        for person in staff.fit_handlers(case.id, unit, desk.at):
            found[person.pk] = person
    return forms.named([person for person in staff.people(found).values() if person.pk != desk.actor.staff])


def _assign(desk: Desk, data: Data) -> django_forms.Form:
    return forms.Person(data, people=people(desk), initial={"version": desk.case.version})


def _handover(desk: Desk, data: Data) -> django_forms.Form:
    return forms.Handover(
        data, people=people(desk), kinds=list(words.HANDOVER_KINDS.values()),
        reasons=list(words.HANDOVER_REASONS.values()), initial={"version": desk.case.version, "kind": "handler"},
    )  # fmt: skip


def _reply(desk: Desk, data: Data) -> django_forms.Form:
    """Starts from the text that was returned, so that nothing has to be written twice."""
    start: dict[str, Any] = {"version": desk.case.version}
    if desk.reply is not None:
        kept = vault.reveal(REPLY_TABLE, desk.reply.pk)
        start |= {"title": kept.get("title", ""), "text": kept.get("text", "")}
    if desk.template is not None:
        start |= {"title": desk.template.title, "text": desk.template.text}
    return forms.ReplyText(data, initial=start)


def _send(desk: Desk) -> Any:
    if desk.reply is None or desk.reply.state not in ("ready", "failed"):
        return None
    if desk.reply.state == "failed" and steps.needs_approval(desk.case.severity) and not desk.reply.approver_id:
        return WHY["waiting_for_approval"]
    return ""


def _approval(desk: Desk) -> Any:
    if desk.case.state != "approving" or desk.reply is None:
        return None
    if desk.reply.author_id == desk.actor.staff:
        return WHY["own_reply"]
    if desk.case.severity == "major" and not steps.may_approve_major(desk.actor.roles):
        return WHY["major_needs_cp"]
    return ""


def _reason(desk: Desk, data: Data) -> django_forms.Form:
    return forms.Reason(data, initial={"version": desk.case.version})


def _note(desk: Desk, data: Data) -> django_forms.Form:
    return forms.NoteText(data, initial={"version": desk.case.version})


def _letter(desk: Desk, data: Data) -> django_forms.Form:
    return forms.Letter(data, initial={"version": desk.case.version})


def _disputed(desk: Desk, data: Data) -> django_forms.Form:
    return forms.Disputed(data, initial={"version": desk.case.version})


def _classify(desk: Desk, data: Data) -> django_forms.Form:
    case = desk.case
    return forms.Classify(
        data,
        facets={
            "category": facet("category"),
            "cause": facet("cause"),
            "complexity": list(words.COMPLEXITIES.values()),
            "severity": list(words.SEVERITIES.values()),
        },
        initial={
            "version": case.version, "category": case.category, "cause": case.cause, "complexity": case.complexity,
            "severity": case.severity,
        },
    )  # fmt: skip


def _law(desk: Desk, data: Data) -> django_forms.Form:
    case = desk.case
    known = forwarders()
    known += [one for one in facet("source") if one.code == case.source and one not in known]
    return forms.Law(
        data, topics=facet("topic"), sources=known,
        initial={"version": case.version, "topic": case.topic, "source": case.source},
    )  # fmt: skip


def _close(desk: Desk, data: Data) -> django_forms.Form:
    codes = ("resolved", "explained") if desk.case.confirmed_at else ("explained", "no_answer")
    return forms.OneChoice(
        data, label=_("Outcome"), labels=[words.OUTCOMES[code] for code in codes],
        initial={"version": desk.case.version, "choice": codes[0]},
    )  # fmt: skip


def _closable(desk: Desk) -> Any:
    case = desk.case
    if case.state != "answered":
        return None if case.state == "closed" else ""
    if case.to_classify or not (case.cause and case.category):
        return WHY["cause_missing"]
    if case.kind == "complaint" and queries.finding(case.pk, case.cycle) is None:
        return WHY["root_cause_missing"]
    if queries.open_redress([case.pk]):
        return WHY["redress_open"]
    waited = case.answered_at is not None and case.answered_at <= limits.silent_since(desk.at)
    return "" if case.confirmed_at or waited else WHY["customer_has_not_confirmed"]


def _confirmable(desk: Desk) -> Any:
    return None if desk.case.state != "answered" or desk.case.confirmed_at else ""


def _disputable(desk: Desk) -> Any:
    case = desk.case
    if case.answered_at is None or case.outcome in ("withdrawn", "imported", "merged"):
        return None
    return "" if desk.at <= limits.dispute_until(case.answered_at) else WHY["dispute_too_late"]


def _reclassify(desk: Desk, data: Data) -> django_forms.Form:
    return forms.OneChoice(
        data, label=_("It is really"), labels=list(words.RECLASSIFIED.values()), initial={"version": desk.case.version}
    )


def _extend(desk: Desk, data: Data) -> django_forms.Form:
    return forms.OneChoice(
        data, label=_("Reason"), labels=facet("extension_reason"), initial={"version": desk.case.version}
    )


def _extendable(desk: Desk) -> Any:
    if desk.case.state in ("answered", "closed", "sending"):
        return None
    if desk.extension is not None:
        return WHY["extension_waiting"]
    if desk.case.complexity == "simple":
        return WHY["not_complex_enough"]
    return WHY["past_due"] if desk.case.due_at and desk.at > desk.case.due_at else ""


def _needs(desk: Desk, data: Data) -> django_forms.Form:
    known = [code for code in desk.case.flag_codes if code in words.VULNERABLE]
    return forms.Needs(
        data, needs=[words.FLAGS[code] for code in words.FLAGS if code in words.VULNERABLE],
        sources=list(words.NEED_SOURCES.values()),
        initial={"version": desk.case.version, "needs": known, "source": "customer"},
    )  # fmt: skip


def _merged(desk: Desk) -> Any:
    return "" if desk.case.outcome == "merged" else None


def _deciding(desk: Desk) -> Any:
    if desk.extension is None or desk.extension.outcome != "waiting":
        return None
    if desk.extension.requester_id == desk.actor.staff:
        return WHY["own_request"]
    if desk.extension.to_days > 30 and "consumer_protection" not in desk.actor.roles:
        return WHY["step_too_far"]
    return ""


VERBS: dict[str, Verb] = {
    verb.code: verb
    for verb in (
        Verb("take", gettext_lazy("Take the case"), "assign", "case.reply", _plain, "hand-index", extra=_take),
        Verb("approve", gettext_lazy("Approve and send"), "approve", "case.approve_reply", _plain, "check2-all", extra=_approval),
        Verb("return", gettext_lazy("Return for rewriting"), "approve", "case.approve_reply", _reason, "arrow-return-left", extra=_approval),
        Verb("send", gettext_lazy("Send the reply"), "send", "case.reply", _plain, "send", extra=_send),
        Verb("reply", gettext_lazy("Submit the reply"), "reply", "case.reply", _reply, "reply"),
        Verb("update", gettext_lazy("Write to the customer"), "write", "case.reply", _letter, "envelope",
             hint=gettext_lazy("For news while the matter is open; it does not decide it.")),
        Verb("material", gettext_lazy("Ask the customer for material"), "write", "case.reply", _letter, "paperclip",
             hint=gettext_lazy("Never ask for what the bank holds itself. Our own limits pause until the customer answers; the regulator's do not.")),
        Verb("close", gettext_lazy("Close the case"), "close", "case.close", _close, "check2-circle", extra=_closable),
        Verb("note", gettext_lazy("Write a note"), "note", "case.note", _note, "sticky"),
        Verb("classify", gettext_lazy("Decide category and cause"), "classify", "case.note", _classify, "tags"),
        Verb("law", gettext_lazy("Decide which law applies"), "classify", "case.note", _law, "journal-check",
             hint=gettext_lazy("The rule packs for it start their own time limits, counted from the receipt; the others run on.")),
        Verb("assign", gettext_lazy("Assign to somebody"), "assign", "case.assign", _assign, "person-plus"),
        Verb("handover", gettext_lazy("Hand the case over"), "handover", "case.reply", _handover, "people"),
        Verb("extend", gettext_lazy("Ask for an extension"), "extend", "case.request_extension", _extend, "calendar-plus", extra=_extendable),
        Verb("grant", gettext_lazy("Grant the extension"), "extend", "case.extend", _plain, "calendar-check", extra=_deciding),
        Verb("deny", gettext_lazy("Refuse the extension"), "extend", "case.extend", _plain, "calendar-x", extra=_deciding),
        Verb("pause", gettext_lazy("Pause the time limits"), "pause", "case.request_extension", timing.pause, "pause-circle",
             hint=gettext_lazy("Only the limits that this reason may stop stand still. The regulator's limit runs on unless its rule says otherwise.")),
        Verb("resume", gettext_lazy("Let the time limits run again"), "pause", "case.request_extension", timing.resume, "play-circle", extra=timing.resumable),
        Verb("excuse", gettext_lazy("Ask to excuse a missed limit"), "excuse", "case.request_extension", timing.excuse, "shield-check", extra=timing.excusable,
             hint=gettext_lazy("For what was not the bank's to prevent. The plain figures keep the miss; only the adjusted ones leave it out.")),
        Verb("grant-excuse", gettext_lazy("Excuse the missed limit"), "excuse", "case.extend", _plain, "shield-check", extra=timing.deciding),
        Verb("deny-excuse", gettext_lazy("Do not excuse the missed limit"), "excuse", "case.extend", _plain, "shield-x", extra=timing.deciding),
        Verb("confirm", gettext_lazy("Record that the customer accepts"), "confirm", "case.note", _plain, "hand-thumbs-up", extra=_confirmable),
        Verb("dispute", gettext_lazy("Record that the customer disputes"), "dispute", "case.note", _disputed, "arrow-counterclockwise", extra=_disputable),
        Verb("reclassify", gettext_lazy("Reclassify"), "reclassify", "case.reclassify", _reclassify, "shuffle"),
        Verb("accuse", gettext_lazy("Name the person complained about"), "accuse", "case.assign", _assign, "person-x", danger=True,
             hint=gettext_lazy("They and their manager lose sight of this case at once.")),
        Verb("needs", gettext_lazy("Mark particular needs"), "needs", "case.note", _needs, "person-vcard"),
        Verb("split", gettext_lazy("Make a case of its own of a part"), "split", "case.note", _reason, "shuffle",
             hint=gettext_lazy("The new case has the same customer, the same day of receipt and the same limits. Say what it is about.")),
        Verb("unmerge", gettext_lazy("Take it apart again"), "unmerge", "case.note", _plain, "shuffle", extra=_merged),
        Verb("withdraw", gettext_lazy("Record that the customer withdraws"), "withdraw", "case.note", _plain, "x-circle", danger=True,
             hint=gettext_lazy("The case ends today and its clocks stop.")),
    )
}  # fmt: skip


class Unknown(Exception):
    """What was named does not exist: a colleague, or a unit."""

    status = 422

    def __init__(self, message: Any = None) -> None:
        self.message = message or _("Choose a colleague, or enter a staff number that exists.")


def person_of(data: dict[str, Any]) -> UUID:
    """The colleague chosen from the list, or by staff number."""
    if data.get("number"):
        found = staff.by_number(data["number"].strip())
        if found is None:
            raise Unknown
        return found.pk
    if not data.get("person"):
        raise Unknown
    return UUID(data["person"])


def unit_of(code: str) -> UUID:
    found = units.by_code(code.strip().upper())
    if found is None:
        raise Unknown(_("There is no unit with this code."))
    return found.pk


def approval_path(desk: Desk) -> str:
    """Who reads the reply before it leaves, in words."""
    if not steps.needs_approval(desk.case.severity):
        return _("Ordinary matter: the reply leaves without a second reader.")
    readers = staff.people(_approvers(desk))
    if not readers:
        return _("A second person must approve; nobody here can, the duty desk has been told.")
    names = "、" if _is_chinese() else ", "
    return ngettext(
        "A second person approves it first: %(names)s.", "One of these approves it first: %(names)s.", len(readers)
    ) % {"names": names.join(person.word(get_language() or "zh-hans") for person in readers.values())}


def _approvers(desk: Desk) -> Sequence[UUID]:
    from_here = desk.actor.staff or desk.case.handler_id
    return queries.approvers(desk.case, from_here, desk.at)


def _is_chinese() -> bool:
    return (get_language() or "zh-hans").startswith("zh")
