"""Which columns a list shows."""

from urllib.parse import parse_qsl, urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from huiyin.kernel import permit
from huiyin.kernel.request import Request
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench import actions
from huiyin.resolve.workbench.rules import columns


@login_required
@require_POST
def columns_page(request: Request) -> HttpResponse:
    """Keeps them for this person, or puts them into the address of this one list, which can be sent to a colleague."""
    permit.must(request.actor, "case.read")
    asked = cases.wanted(dict(parse_qsl(request.POST.get("query", "")[:800])))
    query = {name: value for name, value in asked.query.items() if name != "cols"}
    wanted = columns.in_order(request.POST.getlist("column"))
    if request.POST.get("how") == "keep":
        actions.keep_columns(codes=wanted, by=request.actor)
    elif request.POST.get("how") == "usual":
        actions.keep_columns(codes=(), by=request.actor)
    elif wanted:
        query["cols"] = ",".join(wanted)
    return redirect(f"/desk/work/?{urlencode(query)}")
