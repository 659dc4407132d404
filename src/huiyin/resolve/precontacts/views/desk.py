"""Pages for colleagues: what waits, asking, and writing down what the customer told a person."""

from typing import Any
from uuid import UUID

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.kernel import permit
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.precontacts import actions, forms, queries, rules
from huiyin.resolve.precontacts.models import Precontact

MOST = 200


@never_cache
@login_required
@require_safe
def board(request: Request) -> HttpResponse:
    """What a person takes over first, then what the customer still has time for."""
    permit.must(request.actor, "case.read")
    seen = queries.visible_to(request.actor, request.now)
    handed = list(seen.filter(state="handed").order_by("handed_at", "id")[:MOST])
    asked = list(seen.filter(state="asked").order_by("open_until", "id")[:MOST])
    numbers = cases.cases(row.case for row in (*handed, *asked))
    context = {
        "handed": [(row, numbers[row.case], rules.WHY.get(row.why)) for row in handed if row.case in numbers],
        "asked": [(row, numbers[row.case]) for row in asked if row.case in numbers],
    }
    return render(request, "precontacts/board.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: Request, case: UUID) -> HttpResponse:
    found = _case(request, case)
    permit.must(request.actor, "case.reply", cases.sight(found, request.now))
    texts, record = queries.texts(), queries.on_record(found)
    initial = {"papers": queries.usual(found), "occurred_on": record.get("occurred_on", "")}
    form = forms.Ask(request.POST or None, texts=texts, number=found.number, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            row = actions.ask(
                case=case, template=said["template"], papers=said["papers"], facts=form.values(record), note=said["note"],
                last=said["last"], currency=said["currency"], by=request.actor, at=request.now,
            )  # fmt: skip
        except actions.Refused as no:
            form.add_error("last" if no.code == "wrong_day" else None, str(no.message))
        else:
            flash.success(
                request,
                _("The customer has been asked. The answer comes back to this page.")
                if row.state == "asked"
                else _("The questions are on this page. Somebody puts them to the customer in person."),
            )
            return redirect("cases:case", case)
    context = {
        "form": form,
        "case": found,
        "way": cases.reach(found).way,
        "texts": texts,
        "record": [
            (rules.FACT[kind], queries.shown(kind, value, request.LANGUAGE_CODE)) for kind, value in record.items()
        ],
    }
    return render(request, "precontacts/ask.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: Request, id: UUID) -> HttpResponse:
    """Everything asked, and the same form for what the customer tells a person."""
    row, case = _seen(request, id)
    permit.must(request.actor, "case.reply", cases.sight(case, request.now))
    told = queries.for_colleagues(row)
    posted = request.method == "POST"
    form = forms.Answer(
        request.POST if posted else None, request.FILES if posted else None, told=told,
        currency=queries.currency_of(row), today=localdate(request.now),
    )  # fmt: skip
    if posted and form.is_valid():
        try:
            actions.answer(
                precontact=id, choices=form.choices, values=form.values, uploads=form.uploads,
                text=form.cleaned_data["text"], by=request.actor, at=request.now,
            )  # fmt: skip
        except Refusal as no:
            form.add_error(None, str(no.message))
        else:
            flash.success(request, _("The answers are on the case."))
            return redirect("cases:case", case.pk)
    context: dict[str, Any] = {
        "form": form,
        "pairs": [(form[f"c{n}"], form[f"v{n}"]) for n in range(len(told.lines))],
        "told": told,
        "case": case,
        "open": queries.is_waited_for(row),
    }
    return render(request, "precontacts/settle.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_POST
def drop(request: Request, id: UUID) -> HttpResponse:
    _row, case = _seen(request, id)
    permit.must(request.actor, "case.reply", cases.sight(case, request.now))
    actions.drop(precontact=id, by=request.actor, at=request.now)
    flash.success(request, _("You go on without the answers; the link takes none any more."))
    return redirect("cases:case", case.pk)


def _case(request: Request, id: UUID) -> cases.Case:
    found = cases.visible_to(request.actor, request.now).filter(pk=id).first()
    if found is None:
        raise actions.Gone
    return found


def _seen(request: Request, id: UUID) -> tuple[Precontact, cases.Case]:
    row = queries.visible_to(request.actor, request.now).filter(pk=id).first()
    if row is None:
        raise actions.Gone
    return row, _case(request, row.case)
