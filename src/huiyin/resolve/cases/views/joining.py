"""Two cases of one customer become one: a page that shows what would happen, and one button."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.resolve.cases import actions, queries
from huiyin.resolve.cases.actions import ground
from huiyin.resolve.cases.actions.refusals import WHY, Refused, Stale
from huiyin.resolve.cases.rules import steps
from huiyin.resolve.cases.views.page import actor_of, seen


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, id: UUID) -> HttpResponse:
    case = seen(request, id)
    actor, at = actor_of(request)
    ground.allow(actor, "case.note", case, at)
    asked = request.POST if request.method == "POST" else request.GET
    wanted = asked.get("with", "").strip().upper()[:32]
    visible = queries.visible_to(actor, at).select_related("owner", "handler", "unit")
    other = visible.filter(number=wanted).exclude(pk=case.pk).first() if wanted else None
    no: object = WHY["no_such_case"] if wanted and other is None else ""
    status = 200
    if other is not None and request.method == "POST":
        try:
            actions.merge(member=other.pk, survivor=case.pk, by=actor, at=at, version=_version(request))
            messages.success(request, _("Case %(number)s is now worked on here.") % {"number": other.number})
            return redirect("cases:case", case.pk)
        except (Refused, Stale) as refused:
            no, status = refused.message, refused.status
    elif other is not None:
        why = steps.refusal("merge", case.state) or steps.refusal("merge", other.state)
        no = WHY["merged_already" if other.outcome == "merged" else why] if why else ""
        if not no and not queries.same_person(case, other):
            no = WHY["other_person"]
    preview = queries.merging(case, other) if other is not None else None
    context = {"case": case, "preview": preview, "both": [case, other], "no": no, "wanted": wanted}
    return render(request, "cases/merging.html", context, status=status)


def _version(request: HttpRequest) -> int:
    """The version that was shown; one that cannot be is nobody's."""
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 10 else -1
