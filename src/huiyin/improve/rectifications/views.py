"""The board, the page of one rectification, its printed notice, and one address for each step."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiyin.bank.standards import queries as standards
from huiyin.bank.units import queries as units
from huiyin.improve.rectifications import actions, queries
from huiyin.improve.rectifications.forms import AppointForm, EvidenceForm, OpenForm, PlanForm, RedateForm, WordsForm
from huiyin.improve.rectifications.models import Rectification
from huiyin.improve.rectifications.rules import effect, steps
from huiyin.kernel.permit import can
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.measure.alerts import queries as alerts
from huiyin.platform.files import queries as files

CHIPS = queries.CHIPS


@require_GET
def board(request: Request) -> HttpResponse:
    _may(request, "rectification.read")
    found = queries.visible_to(request.actor, request.now)
    chosen = request.GET.get("alert", "")
    if chosen:
        about = alerts.visible_to(request.actor, request.now).filter(pk=_uuid(chosen)).first()
        found = queries.about_alert(request.actor, request.now, about) if about else found.none()
    if request.GET.get("mine"):
        found = found.filter(owner=request.actor.staff)
    columns = queries.board(request.actor, request.now, found)
    return render(
        request,
        "rectifications/board.html",
        {
            "columns": [(steps.STATES[code], CHIPS[code], cards, n) for code, cards, n in columns],
            "total": sum(n for _, _, n in columns),
            "late": sum(c.overdue for _, cards, _ in columns for c in cards),
            "mine": bool(request.GET.get("mine")),
            "may_open": can(request.actor, "rectification.open"),
        },
    )


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    _may(request, "rectification.open")
    alert = None
    given = request.GET.get("alert") or request.POST.get("alert")
    if given:
        alert = alerts.visible_to(request.actor, request.now).filter(pk=_uuid(given)).first()
        if alert is None:
            raise actions.NotThere()
        known = queries.for_alert(alert.pk)
        if known is not None and known.state in steps.OPEN:
            return redirect("rectifications:rectification", known.pk)
    today = timezone.localtime(request.now).date()
    options: dict[str, Any] = {
        "units": queries.unit_choices(request.actor, request.now),
        "indicators": queries.indicator_choices(),
        **_people(request, alert),
        "today": today,
        "alert": alert is not None,
    }
    start: dict[str, Any] = {"due_date": today + timedelta(days=actions.DAYS)}
    if alert is not None:
        start["problem"] = alerts.sentence(alert).word(_language())
    if "look" in request.POST:
        # Only the list of people is asked for: everything written so far stays, and nothing is judged yet.
        form = OpenForm(initial=start | request.POST.dict(), **options)
        return _asked(request, form, alert)
    form = OpenForm(request.POST or None, initial=start, **options)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            row = actions.open_rectification(opening=_opening(chosen, alert), by=request.actor, at=request.now)
        except (actions.Missing, actions.SamePerson) as no:
            form.add_error(None, str(no.message))
            return _asked(request, form, alert)
        messages.success(request, _("The rectification is open. Its owner has been told."))
        return redirect("rectifications:rectification", row.pk)
    return _asked(request, form, alert)


def _opening(chosen: dict[str, Any], alert: Any) -> actions.Opening:
    return actions.Opening(
        problem=chosen["problem"],
        owner=UUID(chosen["owner"]),
        verifier=UUID(chosen["verifier"]) if chosen["verifier"] else None,
        indicator=chosen.get("indicator") or "",
        unit=UUID(chosen["unit"]) if chosen.get("unit") else None,
        target=chosen.get("target"),
        origin="alert" if alert else "meeting",
        alert=alert.pk if alert else None,
        due_date=chosen["due_date"],
    )


def _asked(request: Request, form: OpenForm, alert: Any) -> HttpResponse:
    return render(
        request,
        "rectifications/new.html",
        {"form": form, "alert": alert, "alert_title": alerts.title(alert) if alert else None},
    )


def _language() -> str:
    return get_language() or "zh-hans"


def _people(request: Request, alert: Any) -> dict[str, Any]:
    """Who is offered as owner and verifier: by the unit concerned, or by the name that is looked for."""
    unit = alert.unit_id if alert else _id(request.POST.get("unit", ""))
    path = units.path_of(unit, timezone.localtime(request.now).date()) if unit else None
    words = request.POST.get("find", "").strip()[:40]
    chosen = _id(request.POST.get("owner", ""))
    return {
        "owners": queries.owners(request.actor, request.now, unit, words, chosen),
        "verifiers": queries.verifiers(request.now, path),
    }


@require_GET
def rectification(request: Request, id: UUID) -> HttpResponse:
    return _page(request, _found(request, id))


@dataclass(frozen=True)
class Turn:
    """What can be done next: the verb, its form, its button, and a word on what it means."""

    verb: str
    title: str
    help: str
    button: str
    form: Form

    @property
    def main(self) -> bool:
        """It carries the work on."""
        return self.verb not in steps.ASIDE


def _page(
    request: Request, row: Rectification, bound: tuple[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    at = request.now
    verdict, _after = queries.effect_of(row, at) if row.state == "verified" else (row.verdict, [])
    return render(
        request,
        "rectifications/rectification.html",
        _about(row, at)
        | {
            "turns": _turns(request, row, bound),
            "steps": [_told(one) for one in queries.steps(row.pk)],
            "files": [(file, files.link(file.id, request.actor)) for file in files.files_of(row.pk)],
            "verdict": effect.VERDICTS.get(verdict),
            "chart": _chart(row, queries.measured(row, at)),
            "why": queries.why_due(row, request.actor),
            "linked": queries.linked(row.pk),
        },
        status=status,
    )


def _about(row: Rectification, at: Any) -> dict[str, Any]:
    card = queries.card(row, at)
    return {
        "row": row,
        "title": card.title,
        "overdue": card.overdue,
        "days_left": card.days_left,
        "state": steps.STATES[row.state],
        "chip": "bad" if card.overdue else CHIPS.get(row.state, "none"),
        "origin": steps.ORIGINS[row.origin],
        "cause": standards.label("cause", row.cause_code) if row.cause_code else None,
        "indicator": alerts.indicator_label(row.indicator),
        "before_month": date.fromisoformat(row.before["month"]) if row.before.get("month") else None,
        "percent": not row.counts and (row.target or 0) <= 1,
    }


def _told(one: Any) -> dict[str, Any]:
    return {"row": one, "what": steps.STEPS[one.what], "verdict": effect.VERDICTS.get(one.verdict)}


def _turns(request: Request, row: Rectification, bound: tuple[str, Form] | None) -> list[Turn]:
    """The steps this person may take now, the main one first."""
    known = [
        Turn("plan", _("Plan"), _("One problem, one plan: the cause, and what will be done about it."), _("Save the plan"),
             PlanForm(initial={"cause_code": row.cause_code, "cause": row.cause, "plan": row.plan})),
        Turn("evidence", _("Evidence"), _("Notes, photographs, documents that show what was done."), _("Add evidence"),
             EvidenceForm()),
        Turn("finish", _("Report as done"), _("The verifier is told. Evidence has to be there."), _("Report as done"),
             WordsForm()),
        Turn("verify", _("Verify"), _("See for yourself whether the plan was carried out. The number is read afterwards."),
             _("Confirm"), WordsForm()),
        Turn("close", _("Close the rectification"), _("Your words go to everybody who raised the matter."), _("Close the rectification"),
             WordsForm()),
        Turn("redate", _("Another date"), _("The deadline stays what it is: a re-dated rectification counts as late."),
             _("Set the date"), RedateForm()),
        Turn("appoint", _("Other people"), _("When the owner has left, or nobody was named to verify. The deadline stays."),
             _("Name them"), AppointForm(**_offered(request, row))),
        Turn("cancel", _("Cancel the rectification"), _("Only if there is nothing to rectify after all."), _("Cancel the rectification"),
             WordsForm()),
    ]  # fmt: skip
    action = {
        "verify": "rectification.verify", "appoint": "rectification.open", "close": "rectification.close",
        "cancel": "rectification.close",
    }  # fmt: skip
    found = []
    for turn in known:
        refused = (
            bound is not None and bound[0] == turn.verb
        )  # shown with what was written, even where it came too late
        if not can(request.actor, action.get(turn.verb, "rectification.work"), row):
            continue
        if not refused and not steps.allowed(turn.verb, row.state):
            continue
        if bound and refused:
            turn = Turn(turn.verb, turn.title, turn.help, turn.button, bound[1])
        found.append(turn)
    if row.state == "closed" and can(request.actor, "rectification.open", row):
        form = bound[1] if bound and bound[0] == "reopen" else WordsForm()
        found.append(
            Turn("reopen", _("Reopen"), _("The problem is back: another round, another plan."), _("Reopen"), form)
        )
    return found


FORMS: dict[str, type[Form]] = {
    "plan": PlanForm, "evidence": EvidenceForm, "finish": WordsForm, "verify": WordsForm, "close": WordsForm,
    "redate": RedateForm, "appoint": AppointForm, "cancel": WordsForm, "reopen": WordsForm,
}  # fmt: skip


def _offered(request: Request, row: Rectification) -> dict[str, Any]:
    return {
        "owners": queries.owners(request.actor, request.now, row.unit_id),
        "verifiers": queries.verifiers(request.now, row.unit_path),
    }


@require_POST
def step(request: Request, id: UUID, verb: str) -> HttpResponse:
    row = _found(request, id)
    if verb not in FORMS:
        raise Http404
    form = FORMS[verb](request.POST, request.FILES, **(_offered(request, row) if verb == "appoint" else {}))
    if not form.is_valid():
        return _page(request, row, (verb, form))
    try:
        _take(request, row.pk, verb, form)
    except Refusal as no:
        if no.status not in (400, 409):
            raise
        form.add_error(None, str(no.message))
        return _page(request, _found(request, id), (verb, form), status=no.status)
    messages.success(request, _("Saved."))
    return redirect("rectifications:rectification", row.pk)


def _take(request: Request, id: UUID, verb: str, form: Form) -> None:
    who: dict[str, Any] = {"rectification": id, "by": request.actor, "at": request.now}
    said = form.cleaned_data
    if verb == "plan":
        actions.plan(**who, cause_code=said["cause_code"], cause=said["cause"], plan=said["plan"])
    elif verb == "evidence":
        file = said.get("file")
        actions.add_evidence(**who, text=said.get("text") or "", name=file.name if file else "", content=file)
    elif verb == "finish":
        actions.finish(**who, text=said["text"])
    elif verb == "verify":
        actions.verify(**who, agree=request.POST.get("agree") != "no", text=said["text"])
    elif verb == "close":
        actions.close(**who, text=said["text"])
    elif verb == "redate":
        actions.redate(**who, to=said["to"], reason=said["text"])
    elif isinstance(form, AppointForm):
        owner, verifier = form.people()
        actions.appoint(**who, owner=owner, verifier=verifier, reason=said["text"])
    elif verb == "cancel":
        actions.cancel(**who, reason=said["text"])
    else:
        actions.reopen(**who, text=said["text"])


@require_GET
def notice(request: Request, id: UUID) -> HttpResponse:
    """整改通知书, to be printed."""
    row = _found(request, id)
    return render(request, "rectifications/notice.html", _about(row, request.now) | {"printed_at": request.now})


def _found(request: Request, id: UUID) -> Rectification:
    _may(request, "rectification.read")
    row = (
        queries.visible_to(request.actor, request.now)
        .select_related("unit", "owner", "verifier", "opener", "closer", "alert")
        .filter(pk=id)
        .first()
    )
    if row is None:
        raise actions.NotThere()
    return row


def _may(request: Request, action: str) -> None:
    verdict = can(request.actor, action)
    if not verdict:
        raise actions.NotAllowed(verdict.reason)


def _uuid(text: str) -> UUID:
    found = _id(text)
    if found is None:
        raise actions.NotThere()
    return found


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 720, 220, 52, 12, 14, 28


def _chart(row: Rectification, found: list[effect.Reading]) -> dict[str, Any] | None:
    """Before and after on one line, with the target and the days of opening and of the work done."""
    known = [r for r in found if r.value is not None]
    if len(known) < 2:
        return None
    top = max([r.value or 0 for r in known] + [row.target or 0]) * 1.08 or 1
    low = (
        0.0
        if row.counts or row.lower_is_better
        else max(0.0, min([r.value or 0 for r in known] + [row.target or 1]) - 0.1)
    )
    step_x = (WIDTH - LEFT - RIGHT) / max(len(known) - 1, 1)

    def y(value: float) -> float:
        return HEIGHT - FOOT - (value - low) / max(top - low, 1e-9) * (HEIGHT - FOOT - TOP)

    def when(at: Any) -> str | None:
        if at is None:
            return None
        day = timezone.localtime(at).date()
        index = next((i for i, r in enumerate(known) if r.start > day), len(known))
        return f"{LEFT + max(0.0, index - 0.5) * step_x:.1f}"

    return {
        "width": WIDTH,
        "height": HEIGHT,
        "points": [
            {
                "x": f"{LEFT + i * step_x:.1f}", "y": f"{y(r.value or 0):.1f}", "start": r.start, "value": r.value, "n": r.n,
                "good": row.target is not None and effect.at_target(r.value or 0, row.target, row.lower_is_better),
            }
            for i, r in enumerate(known)
        ],
        "line": " ".join(f"{LEFT + i * step_x:.1f},{y(r.value or 0):.1f}" for i, r in enumerate(known)),
        "target": f"{y(row.target):.1f}" if row.target is not None else None,
        "opened": when(row.opened_at),
        "done": when(row.done_at),
        "ticks": [(f"{y(low + (top - low) * k / 4):.1f}", low + (top - low) * k / 4) for k in range(5)],
        "months": [(f"{LEFT + i * step_x:.1f}", r.start) for i, r in enumerate(known) if i % max(1, len(known) // 5) == 0],
        "percent": not row.counts and (row.target or 0) <= 1,
    }  # fmt: skip
