"""The first page of the portal and of the desk, and the small pages that belong to no room."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.bank.units.queries import head_office
from huiyin.kernel.request import Request
from huiyin.site import first_run as setup
from huiyin.site import health as site_health
from huiyin.site.pages.home.forms import FirstRun, Sample
from huiyin.site.pages.home.scoreboard import FEWEST, scoreboard
from huiyin.site.pages.home.today import checklist, tasks


@require_safe
def portal(request: Request) -> HttpResponse:
    if setup.is_open():
        return redirect("home:first-run")
    return render(request, "home/portal.html", {"board": scoreboard(request.now), "fewest": FEWEST})


@require_safe
def privacy(request: Request) -> HttpResponse:
    return render(request, "home/privacy.html")


@require_safe
@login_required
def desk(request: Request) -> HttpResponse:
    told = {"tasks": tasks(request.actor, request.now), "checklist": checklist(request.actor, request.now)}
    return render(request, "home/desk.html", told)


@require_safe
@login_required
def me(request: Request) -> HttpResponse:
    return render(request, "home/me.html")


@never_cache
@require_safe
def health(request: Request) -> HttpResponse:
    """For load balancers and watchers: 200 while the database answers and the tick is alive, else 503."""
    found = site_health.look(request.now)
    return JsonResponse(found, status=200 if found["ok"] else 503)


@require_safe
def patterns(request: Request) -> HttpResponse:
    """Every piece of the design on one page, for reviewers; only in debug and in the demo."""
    if not (settings.DEBUG or settings.HUIYIN_DEMO):
        raise Http404
    return render(request, "home/patterns.html", {"form": Sample(), "wrong": Sample({"text": "", "way": "phone"})})


def first_run(request: Request) -> HttpResponse:
    """The administrator and the name of the bank; gone as soon as anybody can sign in."""
    if not setup.is_open():
        raise Http404
    form = FirstRun(request.POST or None, needs_bank=head_office() is None)
    if request.method == "POST" and form.is_valid():
        setup.begin(at=request.now, **form.said())
        return redirect("account_login")
    return render(request, "home/first_run.html", {"form": form}, status=422 if form.errors else 200)
