"""Bulk work in three pages without a script: choose, look at what would happen, see what did."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from huiyin.bank.staff import queries as staff
from huiyin.kernel import permit
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench import actions, forms, queries
from huiyin.resolve.workbench.queries.batches import why_words
from huiyin.resolve.workbench.rules import batches
from huiyin.resolve.workbench.views.queue import lines_of


class BadRequest(Refusal):
    status = 400


def chosen(request: Request) -> list[UUID]:
    """The ticked cases."""
    try:
        return list(dict.fromkeys(UUID(value) for value in request.POST.getlist("case")[: batches.MOST + 1]))
    except ValueError as error:
        raise BadRequest from error


@never_cache
@login_required
@require_POST
def bulk(request: Request) -> HttpResponse:
    """Asks for what the verb needs, then shows case by case what would happen. Nothing is written."""
    actor, at = request.actor, request.now
    verb = request.POST.get("verb", "")
    if verb not in batches.VERBS:
        raise BadRequest
    permit.must(actor, batches.ACTION[verb])
    query = request.POST.get("query", "")[:800]
    ids = chosen(request)
    if request.POST.get("whole"):
        found = cases.queue(cases.wanted(dict(parse_qsl(query))), actor, at)
        ids = list(found.values_list("pk", flat=True)[: batches.MOST + 1])
    if not ids:
        messages.warning(request, _("Tick the cases first."))
        return redirect(f"/desk/work/?{query}")
    cut, ids = len(ids) > batches.MOST, ids[: batches.MOST]
    needs = batches.NEEDS[verb]
    asking = bool(needs) and not request.POST.get("asked")
    form = forms.BatchParams(None if asking else request.POST, needs=needs)
    context: dict[str, Any] = {
        "verb": batches.VERBS[verb], "query": query, "ids": ids, "cut": cut, "most": batches.MOST,
        "colleagues": _colleagues(request) if "person" in needs else [],
    }  # fmt: skip
    params = None if asking or not form.is_valid() else _params(form)
    if params is None:
        return render(request, "workbench/bulk_ask.html", context | {"form": form}, status=422 if form.errors else 200)
    outlook = queries.dry(
        queries.resolved(ids, actor, at),
        lambda case: _reason(
            actions.attempt(verb=verb, params=params, case=case.pk, version=case.version, by=actor, at=at)
        ),
    )
    titles = {line.case.pk: line for line in lines_of([one.case for one in outlook], at)}
    good = [one for one in outlook if one.good]
    context |= {
        "good": [(one, titles[one.case.pk]) for one in good],
        "bad": [(one, titles[one.case.pk]) for one in outlook if not one.good],
        "unseen": len(ids) - len(outlook),
        "said": _said(params),
        "params": params,
        "key": new_id(),
    }
    return render(request, "workbench/bulk_preview.html", context)


@never_cache
@login_required
@require_POST
def bulk_do(request: Request) -> HttpResponse:
    """Does what the preview showed. The key of the preview makes a second click harmless."""
    actor, at = request.actor, request.now
    verb = request.POST.get("verb", "")
    if verb not in batches.VERBS or actor.staff is None:
        raise BadRequest
    permit.must(actor, batches.ACTION[verb])
    try:
        key = UUID(request.POST.get("key", ""))
        lines = [_pair(text) for text in request.POST.getlist("line")[: batches.MOST]]
        params = {name: request.POST[f"p_{name}"] for name in batches.NEEDS[verb]}
        if "person" in params:
            UUID(params["person"])
    except (ValueError, KeyError) as error:
        raise BadRequest from error
    seen = set(
        cases.visible_to(actor, at).filter(pk__in=[case for case, _version in lines]).values_list("pk", flat=True)
    )
    lines = [line for line in lines if line[0] in seen]
    made = actions.start_batch(id=key, verb=verb, params=params, lines=lines, by=actor, at=at)
    actions.finish_batch(batch=made, by=actor, at=at)
    return redirect("workbench:bulk_done", made.pk)


@never_cache
@login_required
def bulk_done(request: Request, id: UUID) -> HttpResponse:
    """What came of it. A POST goes on with what a power cut left undone, or takes all of it back."""
    actor, at = request.actor, request.now
    made = queries.batch(id, actor)
    if made is None:
        raise Http404
    if request.method == "POST":
        if request.POST.get("undo"):
            actions.undo_batch(batch=made, by=actor, at=at)
        else:
            actions.finish_batch(batch=made, by=actor, at=at)
        return redirect("workbench:bulk_done", id)
    lines = queries.outcomes(made, actor, at)
    for line in lines:
        line.words = _reason(line.undo_why or line.why)  # type: ignore[attr-defined]
    context = {
        "batch": made, "verb": batches.VERBS[made.verb], "lines": lines, "said": _said(made.params),
        "done": sum(line.outcome == "done" for line in lines), "refused": sum(line.outcome == "refused" for line in lines),
        "waiting": sum(line.outcome == "waiting" for line in lines),
        "may_undo": batches.may_undo(made.verb, made.asked_at, made.undone_at, at),
        "minutes": batches.UNDO.seconds // 60,
    }  # fmt: skip
    return render(request, "workbench/bulk_done.html", context)


def _params(form: forms.BatchParams) -> dict[str, str] | None:
    """Codes and ids; a staff number that nobody has is said at its field."""
    found = dict(form.cleaned_data)
    if "person" in found:
        number = found["person"].replace("\x00", "").strip().split(" ")[0]
        person = staff.by_number(number)
        if person is None:
            form.add_error("person", _("There is no colleague with this staff number."))
            return None
        found["person"] = str(person.pk)
    return found


def _said(params: dict[str, str]) -> list[Any]:
    said: list[Any] = []
    if "person" in params:
        said.append(staff.person(UUID(params["person"])))
    if params.get("reason") in cases.HANDOVER_REASONS:
        said.append(cases.HANDOVER_REASONS[params["reason"]])
    if params.get("flag") in cases.FLAGS:
        said.append(cases.FLAGS[params["flag"]])
    return said


def _reason(code: str) -> Any:
    return why_words(code, dict(actions.WHY)) if code else ""


def _pair(text: str) -> tuple[UUID, int]:
    case, _colon, version = text.partition(":")
    number = int(version)
    if not 0 <= number < 2_000_000_000:
        raise ValueError
    return UUID(case), number


def _colleagues(request: Request) -> Sequence[Any]:
    return list(
        staff.visible_to(request.actor, request.now)
        .filter(post__in=staff.HANDLING_POSTS, active_until=None)
        .select_related("unit")[:300]
    )
