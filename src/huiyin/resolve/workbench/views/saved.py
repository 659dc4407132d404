"""Saved views: an address with a name."""

from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.kernel import permit
from huiyin.kernel.request import Request
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench import actions, forms, queries
from huiyin.resolve.workbench.rules import following


@never_cache
@login_required
def saved(request: Request) -> HttpResponse:
    """The views somebody has; a POST keeps the list that is named by `query` under a name."""
    actor, at = request.actor, request.now
    permit.must(actor, "case.read")
    given = request.POST if request.method == "POST" else request.GET
    asked = cases.wanted(dict(parse_qsl(given.get("query", "")[:800])))
    form = forms.ViewName(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.keep_view(
                name=form.cleaned_data["name"], asked=asked, shared=form.cleaned_data["shared"], by=actor, at=at
            )
        except (actions.NameTaken, actions.TooManyViews) as no:
            form.add_error("name", str(no.message))
        else:
            messages.success(request, _("The view is saved."))
            return redirect("workbench:view", made.pk)
    followed = queries.followed(actor.staff)
    context = {
        "form": form,
        "query": urlencode(asked.query),
        "searched": bool(asked.q),
        "asking": "query" in given,
        "views": [(one, followed.get(one.view.pk)) for one in queries.saved_views(actor, at) if one.view],
        "how": list(following.HOW.values()),
    }
    return render(request, "workbench/views.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_safe
def open_saved(request: Request, id: UUID) -> HttpResponse:
    permit.must(request.actor, "case.read")
    view = queries.saved_view(id, request.actor, request.now)
    if view is None:
        raise Http404
    return redirect(f"/desk/work/?{view.query}&saved={view.pk}")


@login_required
@require_POST
def drop_saved(request: Request, id: UUID) -> HttpResponse:
    permit.must(request.actor, "case.read")
    if not actions.drop_view(view=id, by=request.actor, at=request.now):
        raise Http404
    messages.success(request, _("The view is removed."))
    return redirect("workbench:views")


@login_required
@require_POST
def follow(request: Request, id: UUID) -> HttpResponse:
    """Be told how many cases a view holds, or no longer."""
    permit.must(request.actor, "case.read")
    if queries.saved_view(id, request.actor, request.now) is None:
        raise Http404
    if request.POST.get("do") == "leave":
        actions.leave(view=id, by=request.actor)
        messages.success(request, _("You are no longer told about this view."))
        return redirect("workbench:views")
    form = forms.Follow(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose when you want to be told, and by how many cases the number must change."))
        return redirect("workbench:views")
    actions.follow(view=id, **form.cleaned_data, by=request.actor, at=request.now)
    messages.success(request, _("You are told about this view from now on."))
    return redirect("workbench:views")
