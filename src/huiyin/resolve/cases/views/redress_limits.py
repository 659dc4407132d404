"""How much each role may grant alone: what counts, what is proposed, what was decided."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.bank.units.queries import whole_bank
from huiyin.kernel.permit import ROLE, can, must
from huiyin.kernel.request import Request
from huiyin.resolve.cases import actions, forms, queries
from huiyin.resolve.cases.actions.refusals import Refused
from huiyin.resolve.cases.models import RedressLimit
from huiyin.resolve.cases.rules import redress as rule


def redress_limits(request: Request) -> HttpResponse:
    """The limits in use, a form to propose another, and every change with who proposed and who decided."""
    must(request.actor, "standards.read")
    proposes = bool(can(request.actor, "standards.propose", whole_bank()))
    form = forms.RedressLimit(request.POST or None)
    if request.method == "POST":
        must(request.actor, "standards.propose", whole_bank())
        if form.is_valid():
            data = form.cleaned_data
            try:
                actions.propose_redress_limit(
                    role=data["role"], amount=data["minor"], currency=data["currency"], by=request.actor, at=request.now
                )
            except Refused as no:
                form.add_error(None, str(no.message))
            else:
                messages.success(request, _("Proposed. The limit in use stands until a second person agrees."))
                return redirect("cases:redress-limits")
    changes = queries.limit_changes()
    context = {
        "form": form,
        "proposes": proposes,
        "approves": bool(can(request.actor, "standards.approve", whole_bank())),
        "me": request.actor.staff,
        "limits": _in_use(changes),
        "changes": [_line(row) for row in changes],
    }
    return render(request, "cases/redress_limits.html", context, status=422 if form.errors else 200)


@require_POST
def decide_limit(request: Request, id: UUID, verb: str) -> HttpResponse:
    """approve | refuse."""
    must(request.actor, "standards.approve", whole_bank())
    if verb not in ("approve", "refuse"):
        raise Http404
    row = actions.decide_redress_limit(limit=id, approve=verb == "approve", by=request.actor, at=request.now)
    messages.success(
        request, _("The limit counts from now on.") if row.confirmed_at else _("The change of the limit is refused.")
    )
    return redirect("cases:redress-limits")


def _in_use(changes: list[RedressLimit]) -> list[dict[str, object]]:
    currencies = ["CNY", *sorted({row.currency for row in changes if row.confirmed_at} - {"CNY"})]
    return [
        {"role": ROLE[role], "amount": rule.written(amount, currency)}
        for currency in currencies
        for role, amount in queries.limits(currency).items()
    ]


def _line(row: RedressLimit) -> dict[str, object]:
    return {"row": row, "role": ROLE[row.role], "amount": rule.written(row.amount, row.currency)}
