"""Complaints that regulators forwarded, and the files that go back to them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.bank.standards.queries import label
from huiyin.kernel.permit import must
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.listen.voices.queries import problem_words
from huiyin.platform.imports.queries import reason, workbook
from huiyin.resolve.cases import actions as case_actions
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.referrals import actions, forms, queries, rules

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@login_required
@require_safe
def index(request: Request) -> HttpResponse:
    must(request.actor, "case.assign")
    return _shown(request, forms.Returning())


def _shown(request: Request, form: forms.Returning, status: int = 200) -> HttpResponse:
    rows = list(queries.visible_to(request.actor, request.now)[:200])
    known = cases.cases(row.case for row in rows)
    context = {
        "lines": [{"row": row, "case": known[row.case], "body": label("source", row.body)} for row in rows],
        "files": [_line(row) for row in queries.returns_of(request.actor)[:20]],
        "waiting": [_line(row) for row in queries.to_release(request.actor, request.now)],
        "form": form,
    }
    return render(request, "referrals/index.html", context, status=status)


def _line(row: queries.Return) -> dict[str, Any]:
    return {"row": row, "layout": rules.LAYOUTS[row.layout], "state": rules.STATES[row.state], "n": len(row.cases)}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    must(request.actor, "case.assign")
    form = forms.Referring(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            row = _refer(request, form)
        except actions.Unfit as no:
            for problem in no.problems:
                name = problem.field.removeprefix("customer.")
                form.add_error(name if name in form.fields else None, problem_words(problem))
        except (actions.Refused, case_actions.Refused) as no:
            form.add_error(None, str(no.message))
        else:
            messages.success(request, _("The forwarding is on record; the stricter limit leads."))
            return redirect("cases:case", row.case)
    return render(request, "referrals/new.html", {"form": form}, status=422 if form.is_bound else 200)


def _refer(request: Request, form: forms.Referring) -> queries.Referral:
    data, by, at = form.cleaned_data, request.actor, request.now
    terms = {"body": data["body"], "reference": data["reference"], "due_on": data["due_on"], "by": by, "at": at}
    if data["number"]:
        case = cases.visible_to(by, at).filter(number=data["number"].strip().upper()).first()
        if case is None:
            raise actions.Refused("no_case")
        return actions.refer(case=case.pk, received_on=data["received_on"], **terms)
    said = {name: data[name] for name in ("text", "unit", "name", "phone")}
    return actions.hear(said=said, received_on=data["received_on"], taken_by=by.staff, **terms)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Request) -> HttpResponse:
    """A list from the regulator: what was taken, and each row that was not with its reason."""
    must(request.actor, "case.assign")
    form = forms.Listing(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                told = actions.import_list(source=file, name=file.name or "", by=request.actor, at=request.now)
            except Refusal as no:
                form.add_error("file", str(no.message))
            else:
                faults = [(line, fault.column, reason(fault)) for line, fault in told.faults]
                context |= {"told": told, "faults": faults, "form": forms.Listing()}
                status = 200
    return render(request, "referrals/list.html", context, status=status)


@login_required
@require_safe
def template(request: Request) -> HttpResponse:
    """The sheet to fill in, with the words that its lists take."""
    must(request.actor, "case.assign")
    answer = HttpResponse(workbook("referrals", get_language() or "zh-hans"), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="huiyin-referrals.xlsx"'
    return answer


@never_cache
@login_required
@require_POST
def ask(request: Request) -> HttpResponse:
    must(request.actor, "case.assign")
    form = forms.Returning(request.POST)
    if not form.is_valid():
        return _shown(request, form, status=422)
    data = form.cleaned_data
    try:
        made = actions.ask_for_return(
            layout=data["layout"], first=data["first"], last=data["last"], format=data["format"] or "csv",
            by=request.actor, at=request.now,
        )  # fmt: skip
    except actions.Refused as no:
        form.add_error(None, str(no.message))
        return _shown(request, form, status=no.status)
    if made.state == "waiting":
        messages.success(request, _("It holds more than 100 complaints: a second person lets it be made."))
    else:
        messages.success(request, _("The file is being made. It appears below when it is ready."))
    return redirect("referrals:index")


@never_cache
@login_required
@require_safe
def download(request: Request, id: str) -> HttpResponse:
    """The file, for whoever asked for it, within a day."""
    must(request.actor, "case.assign")
    found = queries.returns_of(request.actor).filter(pk=id).first()
    content = actions.fetch_return(file=found, by=request.actor, at=request.now) if found else None
    if found is None or content is None:
        raise Http404
    answer = HttpResponse(content, content_type=XLSX if found.format == "xlsx" else "text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.layout}-{found.asked_at:%Y%m%d}.{found.format}"'
    return answer


@never_cache
@login_required
@require_POST
def decide(request: Request, id: UUID) -> HttpResponse:
    """The second person lets a file of many complaints be made, or does not."""
    must(request.actor, "case.assign")
    release = request.POST.get("verb") == "release"
    try:
        actions.decide_return(file=id, release=release, by=request.actor, at=request.now)
    except actions.Refused as no:
        if no.code == "gone":
            raise Http404 from no
        raise
    messages.success(request, _("Released: the file is being made.") if release else _("It is not made."))
    return redirect("referrals:index")
