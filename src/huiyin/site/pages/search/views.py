"""One search over matters, messages, notes and customers, as the reader may see them."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Refusal
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.finding import queries as finding
from huiyin.site.pages.search.forms import SearchForm


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("q")
def search(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.now  # type: ignore[attr-defined]
    permit.must(actor, "case.read")
    form = SearchForm(actor, at, request.POST if request.method == "POST" else None)
    results, status = None, 200
    if form.is_bound:
        if form.is_valid():
            try:
                results = finding.find(form.asked(), actor, at)
            except Refusal as refusal:
                form.add_error("q", str(refusal.message))
        status = 200 if results else 400
    counts = [(finding.KIND[code], n) for code, n in sorted(results.counts.items())] if results else []
    context = {"form": form, "results": results, "counts": counts, "states": cases.STATES, "q": form.data.get("q", "")}
    if results:
        context["lines"] = [(line, cases.STATES[line.case.state]) for line in results.lines]
        context["before"], context["next"] = results.page - 1, results.page + 1
    part = request.headers.get("HX-Target") == "results" and results
    return render(request, "search/results.html" if part else "search/search.html", context, status=status)
