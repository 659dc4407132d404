"""Small answers for the page's script: who else is here, which colleague is meant. And the page of the keys."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.kernel import permit
from huiyin.kernel.request import Request
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench import actions, queries
from huiyin.resolve.workbench.queries.people import found_people

MOST = 8


@never_cache
@login_required
@require_POST
def here(request: Request, id: UUID) -> HttpResponse:
    """I look at this case; who else does?"""
    actor, at = request.actor, request.now
    permit.must(actor, "case.read")
    if not cases.visible_to(actor, at).filter(pk=id).exists():
        raise Http404
    actions.look(case=id, by=actor, at=at)
    row = cases.case(id)
    others = queries.others_at(id, actor.staff, at)
    return render(request, "workbench/here.html", {"others": others, "version": row.version if row else 0})


@never_cache
@login_required
@require_safe
def colleagues(request: Request) -> HttpResponse:
    """Colleagues by name, pinyin or number."""
    permit.must(request.actor, "case.note")
    return _people(request, None)


@never_cache
@login_required
@require_safe
def colleagues_of(request: Request, id: UUID) -> HttpResponse:
    """The same, but only those who may see this case: the ones that a note can name."""
    actor, at = request.actor, request.now
    permit.must(actor, "case.note")
    if not cases.visible_to(actor, at).filter(pk=id).exists():
        raise Http404
    return _people(request, id)


def _people(request: Request, case: UUID | None) -> HttpResponse:
    language = get_language() or "zh-hans"
    found = found_people(request.GET.get("q", "")[:40], request.actor, request.now, case, MOST)
    return JsonResponse(
        {
            "items": [
                {
                    "title": person.word(language),
                    "hint": f"{person.number} · {person.unit.word(language)}",
                    "text": f"@{person.word(language).replace(' ', '')}({person.number}) ",
                }
                for person in found
            ]
        }
    )


@never_cache
@login_required
def keys(request: Request) -> HttpResponse:
    """All keys on one page, and the switch for the single ones."""
    if request.method == "POST":
        on = request.POST.get("keys") == "on"
        actions.switch_keys(on=on, by=request.actor, at=request.now)
        messages.success(request, _("Single-key shortcuts are on.") if on else _("Single-key shortcuts are off."))
        return redirect("workbench:keys")
    return render(request, "workbench/keys.html", {"on": queries.keys_are_on(request.actor.staff)})
