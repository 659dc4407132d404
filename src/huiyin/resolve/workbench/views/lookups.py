"""Small answers for the page's script: who else is here, which colleague is meant. And the page of the keys."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.kernel import permit
from huiyin.kernel.request import Request
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench import actions, queries
from huiyin.resolve.workbench.queries.people import found_people
from huiyin.resolve.workbench.rules import keys as rules

MOST = 8
FAULTS = {
    "sort": gettext_lazy("One letter, digit or sign."),
    "twice": gettext_lazy("Another action has this key already."),
    "unknown": gettext_lazy("There is no such action."),
}


@never_cache
@login_required
@require_POST
def here(request: Request, id: UUID) -> HttpResponse:
    """I look at this case; who else does?"""
    actor, at = request.actor, request.now
    permit.must(actor, "case.read")
    version = cases.visible_to(actor, at).filter(pk=id).values_list("version", flat=True).first()
    if version is None:
        raise Http404
    actions.look(case=id, by=actor, at=at)
    others = queries.others_at(id, actor.staff, at)
    return render(request, "workbench/here.html", {"others": others, "version": version})


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
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: Request) -> HttpResponse:
    """All keys on one page: which one does what, the switch for the single ones, and the way back to the usual ones."""
    actor = request.actor
    chosen = queries.chosen_keys(actor.staff)
    faults: Mapping[str, str] = {}
    if request.method == "POST":
        do = request.POST.get("keys")
        if do == "keep":
            chosen = {code: request.POST.get(f"key-{code}", key).strip()[:4] for code, key in rules.USUAL.items()}
            try:
                actions.choose_keys(chosen=chosen, by=actor)
            except actions.NoSuchKeys as no:
                faults = no.faults
            else:
                messages.success(request, _("Your keys are kept."))
                return redirect("workbench:keys")
        elif do == "usual":
            actions.choose_keys(chosen={}, by=actor)
            messages.success(request, _("The usual keys are back."))
            return redirect("workbench:keys")
        else:
            actions.switch_keys(on=do == "on", by=actor, at=request.now)
            said = _("Single-key shortcuts are on.") if do == "on" else _("Single-key shortcuts are off.")
            messages.success(request, said)
            return redirect("workbench:keys")
    whole = rules.USUAL | chosen  # what was typed, where it is wrong
    lines = [
        {"what": label, "key": whole[label.code], "usual": usual, "fault": FAULTS.get(faults.get(label.code, ""))}
        for label, usual in (*rules.ACTIONS, *rules.PLACES)
    ]
    context = {"on": queries.keys_are_on(actor.staff), "lines": lines, "faulty": bool(faults), "own": bool(chosen)}
    return render(request, "workbench/keys.html", context, status=422 if faults else 200)
