"""The list of alerts, and the page on which one explains itself."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import can
from huiyin.kernel.request import Request
from huiyin.measure.alerts import actions, queries
from huiyin.measure.alerts.forms import DismissForm, FilterForm, MergeForm
from huiyin.measure.alerts.models import Alert, Settlement
from huiyin.measure.alerts.rules import words

PAGE = 25
CHIPS = {"ordinary": "info", "serious": "warn", "major": "bad"}
STATE_CHIPS = {"open": "warn", "dismissing": "warn", "accepted": "ok", "dismissed": "none", "merged": "none"}


@require_GET
def alerts(request: Request) -> HttpResponse:
    _may(request, "alert.read")
    form = FilterForm(request.GET or {"state": "live"})
    chosen = form.cleaned_data if form.is_valid() else {"state": "live", "gravity": ""}
    found = queries.queue(request.actor, request.now, state=chosen["state"], gravity=chosen["gravity"])
    page = Paginator(found.select_related("unit", "owner"), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "alerts/list.html",
        {
            "form": form,
            "page": page,
            "rows": [_row(one) for one in page.object_list],
            "any": queries.visible_to(request.actor, request.now).exists(),
            "records": queries.rule_records(request.actor, request.now),
        },
    )


def _row(one: Alert) -> dict[str, object]:
    return {
        "alert": one,
        "title": queries.title(one),
        "rule": words.RULES[one.rule],
        "indicator": queries.indicator_label(one.indicator),
        "gravity": words.GRAVITY[one.gravity],
        "gravity_chip": CHIPS[one.gravity],
        "state": words.STATES[one.state],
        "state_chip": STATE_CHIPS[one.state],
        "extra": one.observed - one.expected if one.rule == "surge" else None,
        "surge": one.rule == "surge",
        "chance": words.chance(one.p),
    }


@require_GET
def alert(request: Request, id: UUID) -> HttpResponse:
    return _page(request, _found(request, id))


def _page(
    request: Request, one: Alert, dismissing: DismissForm | None = None, merging: MergeForm | None = None
) -> HttpResponse:
    actor, at = request.actor, request.now
    near = queries.similar(one, actor, at)
    record = next((r for r in queries.rule_records(actor, at) if r.rule.code == one.rule), None)
    live = one.state in words.LIVE
    others = [other for other in near if other.state != "merged"]
    panels = queries.panels_of(one, actor, at)
    return render(
        request,
        "alerts/alert.html",
        _row(one)
        | {
            "pieces": queries.pieces(one, actor, at),
            "panels": panels,
            "chart": queries.chart(one),
            "where": queries.named(one.cell),
            "similar": [_row(other) | {"ended": _ended(other)} for other in near],
            "settlements": [_settled(s) for s in queries.settlements(one.pk)],
            "record": record,
            "needs_second": words.needs_second(one.gravity),
            "may_open": (one.state in words.LIVE or not panels) and _may_open(actor, one),
            "may_accept": live and can(actor, "alert.accept", one),
            "may_dismiss": live and one.state == "open" and can(actor, "alert.dismiss", one),
            "may_second": one.state == "dismissing" and can(actor, "alert.dismiss", one),
            "why_not": "" if can(actor, "alert.dismiss", one) else can(actor, "alert.dismiss", one).reason,
            "dismissing": dismissing or DismissForm(),
            "merging": merging or MergeForm(options=_options(others)) if others else None,
        },
    )


def _may_open(actor: Actor, one: Alert) -> bool:
    return one.state in ("open", "accepted", "dismissing") and bool(can(actor, "rectification.open", one))


def _options(others: list[Alert]) -> list[tuple[str, str]]:
    language = _language()
    return [(str(other.pk), f"{other.number} · {queries.title(other).word(language)}") for other in others]


def _language() -> str:
    return get_language() or "zh-hans"


def _settled(one: Settlement) -> dict[str, object]:
    state = words.STATES["dismissed" if one.outcome == "dismissed" else one.outcome]
    return {"row": one, "outcome": state, "reason": words.REASONS.get(one.reason)}


def _ended(one: Alert) -> object:
    last = [s for s in queries.settlements(one.pk) if s.outcome != "dismissing"]
    return _settled(last[-1]) if last else None


@require_POST
def accept(request: Request, id: UUID) -> HttpResponse:
    _found(request, id)
    actions.accept(alert=id, by=request.actor, at=request.now)
    messages.success(request, _("The alert is yours. Open a rectification when the cause is clear."))
    return redirect("alerts:alert", id)


@require_http_methods(["POST"])
def dismiss(request: Request, id: UUID) -> HttpResponse:
    one = _found(request, id)
    form = DismissForm(request.POST)
    if not form.is_valid():
        return _page(request, one, dismissing=form)
    done = actions.dismiss(
        alert=id, reason=form.cleaned_data["reason"], text=form.cleaned_data["text"], by=request.actor, at=request.now
    )
    if done.state == "dismissing":
        messages.info(request, _("Noted. A second person now decides whether the alert is dismissed."))
    else:
        messages.success(request, _("The alert is dismissed."))
    return redirect("alerts:alert", id)


@require_POST
def second(request: Request, id: UUID) -> HttpResponse:
    _found(request, id)
    agree = request.POST.get("agree") == "yes"
    actions.second(alert=id, agree=agree, by=request.actor, at=request.now)
    messages.success(request, _("The alert is dismissed.") if agree else _("The alert is open again."))
    return redirect("alerts:alert", id)


@require_POST
def merge(request: Request, id: UUID) -> HttpResponse:
    one = _found(request, id)
    near = [other for other in queries.similar(one, request.actor, request.now) if other.state != "merged"]
    form = MergeForm(request.POST, options=_options(near))
    if not form.is_valid():
        return _page(request, one, merging=form)
    actions.merge(alert=id, into=form.cleaned_data["into"], by=request.actor, at=request.now)
    messages.success(request, _("The two alerts are one now."))
    return redirect("alerts:alert", form.cleaned_data["into"])


def _found(request: Request, id: UUID) -> Alert:
    _may(request, "alert.read")
    one = queries.visible_to(request.actor, request.now).select_related("unit", "owner").filter(pk=id).first()
    if one is None:
        raise actions.NotThere()
    return one


def _may(request: Request, action: str) -> None:
    verdict = can(request.actor, action)
    if not verdict:
        raise actions.NotAllowed(verdict.reason)
