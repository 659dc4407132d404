"""交接班: write the note, read it, take over."""

import re
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.kernel import permit
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench import actions, forms, queries
from huiyin.resolve.workbench.views.queue import lines_of

PER_PAGE = 20


@never_cache
@login_required
def shifts(request: Request) -> HttpResponse:
    """The notes of my unit, and how things stand now, ready to be handed over."""
    actor, at = request.actor, request.now
    permit.must(actor, "case.note")
    form = forms.Shift(request.POST if request.method == "POST" else None, initial={"key": new_id()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        numbers = re.split(r"[\s,，、;；]+", said["watched"])
        try:
            made = actions.hand_over_shift(text=said["text"], watched=numbers, by=actor, at=at, id=said["key"])
        except Refusal as no:
            form.add_error("watched" if no.status == 422 else None, str(no.message))
        else:
            messages.success(request, _("The shift is handed over; your colleagues have been told."))
            return redirect("workbench:shift", made.pk)
    now = queries.standing(actor, at)
    page = Paginator(queries.shift_notes(actor, at), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "now": now, "next": lines_of(now.next, at) if now else [], "page": page}
    return render(request, "workbench/shifts.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_safe
def shift(request: Request, id: UUID) -> HttpResponse:
    actor, at = request.actor, request.now
    permit.must(actor, "case.note")
    note = queries.shift_note(id, actor, at)
    if note is None:
        raise Http404
    watched = list(
        cases.visible_to(actor, at).filter(number__in=note.watched).select_related("handler", "owner", "unit")
    )
    context = {
        "note": note,
        "text": queries.text_of(note.pk),
        "lines": lines_of(watched, at),
        "mine": note.author_id == actor.staff,
    }
    return render(request, "workbench/shift.html", context)


@login_required
@require_POST
def take_shift(request: Request, id: UUID) -> HttpResponse:
    permit.must(request.actor, "case.note")
    actions.take_over_shift(note=id, by=request.actor, at=request.now)
    messages.success(request, _("You have taken the shift over."))
    return redirect("workbench:shift", id)
