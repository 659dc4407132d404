"""The case page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.products import queries as products
from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.bank.standards.queries import facet, label
from huiyin.customers.profiles import queries as profiles
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label, Named
from huiyin.listen.voices import queries as voices
from huiyin.platform.files import queries as files
from huiyin.platform.messages import queries as messages
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions.refusals import Gone
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.rules import limits, nextstep, reaching, words
from huiyin.resolve.cases.rules.hiding import hide_numbers
from huiyin.resolve.cases.views import attribution, grouping, offers, panels
from huiyin.resolve.triage import queries as triage


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list of cases is the workbench with everything in it."""
    return redirect("/desk/work/?view=all")


@never_cache
@login_required
@require_safe
def case_page(request: HttpRequest, id: UUID) -> HttpResponse:
    return shown(request, seen(request, id))


def seen(request: HttpRequest, id: UUID) -> Case:
    """The case, if this person may see it; otherwise there is no such case (its existence is not revealed)."""
    actor, at = actor_of(request)
    visible = queries.visible_to(actor, at).select_related("owner", "handler", "unit")
    found = visible.filter(pk=id).first()
    if found is None:
        raise Gone
    return found


def actor_of(request: HttpRequest) -> tuple[Actor, datetime]:
    return request.actor, request.now  # type: ignore[attr-defined]


def shown(
    request: HttpRequest, case: Case, bound: dict[str, django_forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    """The whole page; `bound` holds a form that was refused, with what was written kept."""
    actor, at = actor_of(request)
    desk = offers.look(case, actor, at, request.GET.get("template", "")[:48])
    offered = offers.offers(desk, bound)
    items = queries.timeline(case, actor)
    guess, limits_shown = triage.current(case.id), _clocks(case, actor, at)
    reply_state = desk.reply.state if desk.reply else None
    context = {
        "case": case,
        "band": band(case, at),
        "somebody_else": case.handler_id is not None and case.handler_id != actor.staff,
        "next": nextstep.next_step(
            state=case.state, to_classify=case.to_classify, reply=reply_state, confirmed=case.confirmed_at is not None
        ),
        "musts": _musts(case, desk),
        "main": [offer for offer in offered if offer.main],
        "more": grouping.grouped(offer for offer in offered if offer.enabled and not offer.main),
        "barred": [offer for offer in offered if not offer.enabled],
        "failed": next(iter((bound or {}).values()), None),
        "approval_path": offers.approval_path(desk),
        "items": items,
        "system": queries.system_facts(case),
        "person": _person(case, actor, at, desk),
        "recused": _recused(case, at),
        "clocks": {
            "open": [row for row in limits_shown if row["view"].open],
            "over": [row for row in limits_shown if not row["view"].open],
        },
        "excuse": queries.open_excuse(case.id),
        "packs": [pack for ref in case.pack_refs if (pack := standards.pack_of(ref))],
        "offer_to_me": next(
            (row for row in queries.handovers(case.id) if row.settled_at is None and row.receiver_id == actor.staff),
            None,
        ),
        "open_handovers": [row for row in queries.handovers(case.id) if row.settled_at is None],
        "errors": facet("handover_error"),
        "holding": attribution.shown(case, desk.side_legs, at),
        "redress": panels.redress(desk.redress),
        "totals": panels.totals(case),
        "finding": _finding(case),
        "panels": queries.panels_of(case, actor, at),
        "files": _files(case, actor, desk),
        "guess": guess,
        "confidence": f"{(guess.confidence or 0) / 10:.0f}%" if guess else "",
        "extension": desk.extension,
        "letters": [row for row in queries.replies(case.id) if row.state in queries.SENT]
        if desk.may("case.reply")
        else [],
        "templates": queries.offered(case) if case.state == "working" and desk.may("case.reply") else [],
        "template": desk.template,
        "joined": joined(case, actor, at, bool(desk.may("case.note"))),
        "repeat": queries.visible_to(actor, at).filter(pk=case.repeat_of).first() if case.repeat_of else None,
    }
    return render(request, "cases/case.html", context, status=status)


def joined(case: Case, actor: Actor, at: datetime, may: bool) -> dict[str, Any]:
    """What belongs together with this case: merged ones, repeats, and what could be merged, as far as they are seen."""
    visible = queries.visible_to(actor, at)
    other = visible.filter(pk=queries.survivor_of(case.pk)).first() if case.outcome == "merged" else None
    members = list(visible.filter(pk__in=[member.pk for member in queries.merged_into(case.pk)]))
    mine = profiles.identities(case.customer) if case.customer else []
    near = visible.filter(customer__in=mine, state__in=("new", "working", "approving")).exclude(pk=case.pk)
    open_here = may and case.customer is not None and case.state in ("new", "working", "approving")
    return {
        "into": other,
        "members": members,
        "repeats": queries.repeats(case, actor, at),
        "candidates": list(near.order_by("received_at", "id")[:5]) if open_here else [],
    }


@dataclass(frozen=True)
class Band:
    """The head of the page: what the eye needs in five seconds."""

    title: str
    state: Label
    urgency: Label
    chip: str
    due_at: datetime | None
    house_late: bool
    kind: Label
    channel: Label
    product: Label | None
    category: Label | None
    cause: Label | None
    complexity: Label
    severity: Label
    flags: tuple[Label, ...]
    outcome: Label | None


def band(case: Case, at: datetime) -> Band:
    urgency = limits.urgency(case.risk_at, case.due_at if case.closed_at is None else None, at)
    said = voices.words(case.id)
    title = said.title or said.text.split("\n")[0][:40]
    return Band(
        title=hide_numbers(title),
        state=words.STATES[case.state],
        urgency=words.URGENCIES[urgency],
        chip=urgency,
        due_at=case.due_at,
        house_late=bool(case.legal_due_at and case.house_due_at and at > case.house_due_at),
        kind=words.KINDS[case.kind],
        channel=label("channel", case.channel),
        product=products.label(case.product) if case.product else None,
        category=label("category", case.category) if case.category else None,
        cause=label("cause", case.cause) if case.cause else None,
        complexity=words.COMPLEXITIES[case.complexity],
        severity=words.SEVERITIES[case.severity],
        flags=tuple(words.FLAGS[code] for code in case.flag_codes if code in words.FLAGS),
        outcome=words.OUTCOMES[case.outcome] if case.outcome else None,
    )


def _person(case: Case, actor: Actor, at: datetime, desk: offers.Desk) -> dict[str, Any]:
    """The customer, masked; the way to see more asks for a reason and leaves a trace."""
    said = voices.words(case.id)
    values = {"name": said.name, "phone": said.phone, "email": said.email, "id_number": said.id_number}
    if said.representative:
        values["representative_name"] = said.representative
    way = queries.reach_of(case, said).way
    masked = vault.masked({name: value for name, value in values.items() if value})
    return {
        "masked": masked,
        "unmask": vault.unmask_link(case.id, case.id, actor) if masked and desk.may("person.unmask") else "",
        "where": hide_numbers(said.where),
        "about": [hide_numbers(text) for text, _ in voices.mentions(case.id) if text],
        "customer": case.customer if case.customer and desk.may("customer.read") else None,
        "way": reaching.WAYS[way.code] if way.why else None,
        "why": words.FLAGS.get(way.why),
    }


def _finding(case: Case) -> dict[str, Any] | None:
    found = queries.finding(case.pk, case.cycle)
    if found is None:
        return None
    return {"cause": queries.trail(found.root_cause), "post": staff.POST.get(found.post), "unit": found.at_unit}


def _files(case: Case, actor: Actor, desk: offers.Desk) -> list[dict[str, Any]]:
    """Attachments; the link opens for those who may, for an hour."""
    allowed = desk.may("file.read")
    return [
        {"name": file.name, "size": file.size, "link": files.link(file.id, actor) if allowed else ""}
        for file in files.files_of(case.id)
    ]


def _recused(case: Case, at: datetime) -> list[tuple[Named, Label]]:
    barred = staff.recused(case.id, at)
    people = staff.people(barred)
    return [(people[id], staff.WHY[why]) for id, why in barred.items()]


def _clocks(case: Case, actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """Each limit with its verdict or time left. The one that leads is explained day by day on the page, the others
    behind a link."""
    found = []
    views = clocks.clocks_of(case.id)
    leading = next((view.id for view in views if view.open and view.due_at == case.due_at), None)
    for view in views:
        found.append(
            {
                "view": view,
                "name": label("clock_family", view.family),
                "pack": pack.label if (pack := standards.pack_of(view.definition.rpartition("/")[0])) else None,
                "standing": label("clock_state", view.standing(at)),
                "chip": {"late": "bad", "missed": "bad", "met": "ok", "running": "info"}.get(view.standing(at), "none"),
                "explanation": clocks.explain(view.id, at) if view.id == leading else None,
                "link": clocks.link(view.id, actor) if view.due_at else "",
                "without": clocks.due_without_extensions(view) if view.extended else None,
            }
        )
    return found


def _musts(case: Case, desk: offers.Desk) -> list[nextstep.Must]:
    letters = messages.thread(case.id)
    replies = [row for row in queries.replies(case.id) if row.cycle == case.cycle]
    written = [row for row in replies if row.state != "replaced"]
    needs = any(row.needs_approval for row in written) or offers.steps.needs_approval(case.severity)
    return nextstep.checklist(
        acknowledged=any(letter.purpose == "acknowledgement" and letter.delivered_at for letter in letters),
        taken=case.handler_id is not None or case.state in ("answered", "closed"),
        classified=not case.to_classify and bool(case.cause),
        drafted=bool(written),
        approved=any(row.approved_at for row in written) if needs else None,
        delivered=any(row.state == "delivered" for row in written),
        in_person=queries.was_told_in_person(case) if queries.reach(case).way.in_person else None,
        ended=case.state == "closed",
    )
