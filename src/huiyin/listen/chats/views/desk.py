"""Whoever answers: the queue, the conversations one has going on, and one page per chat."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.bank.products import queries as products
from huiyin.bank.staff import queries as staff
from huiyin.bank.units import queries as units
from huiyin.kernel.permit import Denied, can, must
from huiyin.kernel.request import Request
from huiyin.listen.chats import actions, forms, queries
from huiyin.listen.chats.models import Chat
from huiyin.listen.chats.views.news import news
from huiyin.listen.chats.views.sending import send
from huiyin.listen.voices import queries as voices
from huiyin.platform.files import queries as files


@never_cache
@login_required
@require_safe
def index(request: Request) -> HttpResponse:
    actor, at = request.actor, request.now
    if not can(actor, "chat.take"):
        must(actor, "chat.read")
    past = queries.visible_to(actor, at).filter(state="ended").order_by("-opened_at", "-id")[:30]
    offers = queries.offers_to(actor)
    asked = queries.visible_to(actor, at).filter(pk__in=offers.values("chat"))
    context = {
        "takes": bool(can(actor, "chat.take")),
        "seated": queries.has_seat(actor.staff, at),
        "mine": [_line(row) for row in queries.mine(actor.staff)],
        "offered": [_line(row) for row in asked],
        "waiting": [_line(row) for row in queries.waiting_for(actor, at)[:100]],
        "past": [_line(row) for row in past],
        "figures": queries.figures(actor, at - timedelta(days=7)),
        "is_open": queries.opening(at)[0],
    }
    return render(request, "chats/index.html", context)


@login_required
@require_POST
def seat(request: Request) -> HttpResponse:
    """Begin or stop answering."""
    actions.sit(by=request.actor, is_open=request.POST.get("open") == "1", at=request.now)
    return redirect("chats:index")


@never_cache
@login_required
@require_safe
def chat(request: Request, id: UUID) -> HttpResponse:
    return _page(request, _seen(request, id), forms.Message(initial=_chosen(request)))


@never_cache
@login_required
@require_POST
def verb(request: Request, id: UUID, verb: str) -> HttpResponse:
    if verb == "take":
        return _take(request, id)
    act = VERBS.get(verb)
    if act is None:
        raise Http404
    return act(request, _seen(request, id))


def _take(request: Request, id: UUID) -> HttpResponse:
    """The words are not shown before the chat is taken, so that it is looked for in the queue."""
    must(request.actor, "chat.take")
    ways = (queries.waiting_for, queries.visible_to)
    if not any(way(request.actor, request.now).filter(pk=id).exists() for way in ways) and not _just_taken(request, id):
        raise Http404
    try:
        actions.take(chat=id, by=request.actor, at=request.now)
    except (actions.AlreadyTaken, actions.TooManyAtOnce) as refusal:
        flash.warning(request, str(refusal.message))
        return redirect("chats:index")
    return redirect("chats:chat", id)


def _just_taken(request: Request, id: UUID) -> bool:
    """Was it in this actor's queue a moment ago? Then they are told who was faster and not that there is nothing."""
    row = queries.chat(id)
    return bool(
        row
        and row.state == "talking"
        and row.taken_at
        and request.now - row.taken_at < timedelta(minutes=2)
        and (row.unit_id is None or can(request.actor, "chat.take", queries.sight(row, request.now)))
        and request.actor.staff not in staff.recused(row.pk, request.now)
    )


def _look(request: Request, row: Chat) -> HttpResponse:
    actions.fetched(chat=row.pk, upto=row.last, by=request.actor, at=request.now)
    return news(request, row, lines="chats/lines.html", steps="chats/desk_state.html", context=_context(request, row))


def _say(request: Request, row: Chat) -> HttpResponse:
    form = forms.Message(request.POST, request.FILES)
    if form.is_valid() and send(request, row.pk, form, "agent", request.actor):
        return _back(row)
    return _page(request, row, form)


def _offer(request: Request, row: Chat) -> HttpResponse:
    form = _offer_form(request, row)
    if not form.is_valid():
        return _page(request, row, forms.Message(), offering=form)
    said = form.cleaned_data
    actions.offer(
        chat=row.pk, receiver=UUID(said["receiver"]) if said["receiver"] else None,
        unit=UUID(said["unit"]) if said["unit"] else None, reason=said["reason"], by=request.actor, at=request.now,
    )  # fmt: skip
    flash.success(request, _("Offered. Until it is accepted you stay answerable."))
    return _back(row)


def _accept(request: Request, row: Chat) -> HttpResponse:
    actions.accept(chat=row.pk, by=request.actor, at=request.now)
    return _back(row)


def _return(request: Request, row: Chat) -> HttpResponse:
    actions.return_offer(chat=row.pk, by=request.actor, at=request.now)
    return redirect("chats:index")


def _requeue(request: Request, row: Chat) -> HttpResponse:
    actions.give_back(chat=row.pk, by=request.actor, at=request.now)
    flash.success(request, _("The chat is back in the queue, at the place it had. Whoever answers chats was told."))
    return redirect("chats:index")


def _withdraw(request: Request, row: Chat) -> HttpResponse:
    actions.withdraw_offer(chat=row.pk, by=request.actor, at=request.now)
    return _back(row)


def _file(request: Request, row: Chat) -> HttpResponse:
    form = forms.Filing(request.POST, today=localdate(request.now))
    if not form.is_valid():
        return _page(request, row, forms.Message(), filing=form)
    actions.file_chat(chat=row.pk, by=request.actor, at=request.now, **form.cleaned_data)
    flash.success(request, _("Registered. The customer sees the number and the link in the chat."))
    return _back(row)


def _end(request: Request, row: Chat) -> HttpResponse:
    actions.end(chat=row.pk, side="agent", by=request.actor, at=request.now)
    return redirect("chats:index")


VERBS: dict[str, Callable[[Request, Chat], HttpResponse]] = {
    "look": _look, "say": _say, "offer": _offer, "accept": _accept, "return": _return, "withdraw": _withdraw,
    "requeue": _requeue, "file": _file, "end": _end,
}  # fmt: skip


def _seen(request: Request, id: UUID) -> Chat:
    actor = request.actor
    if not can(actor, "chat.take"):
        must(actor, "chat.read")
    row = queries.visible_to(actor, request.now).filter(pk=id).first()
    if row is None:
        raise Http404
    barred = can(actor, "chat.read", queries.sight(row, request.now))
    if not barred and barred.rule:
        raise Denied(barred)
    return row


def _page(request: Request, row: Chat, form: forms.Message, **more: Any) -> HttpResponse:
    row = queries.chat(row.pk) or row
    lines = queries.lines(row.pk)
    told = {"form": form, "lines": lines, **_context(request, row), **_sidebar(request, row), **more, "chat": row}
    wrong = bool(form.errors or more)
    return render(request, "chats/chat.html", told, status=422 if wrong else 200)


def _context(request: Request, row: Chat) -> dict[str, Any]:
    actor = request.actor
    offers = queries.offers_to(actor).filter(chat=row.pk).first()
    mine = row.handler_id == actor.staff and actor.staff is not None
    return {
        "desk": True, "is_mine": mine and row.state == "talking", "may_file": mine and row.filed_at is None,
        "my_offer": offers, "open_offer": queries.offer_of(row.pk), "key": str(uuid4()),
        "links": {one.id: files.link(one.id, actor) for one in files.files_of(row.pk) if not one.erased},
        "number": _number(row), "ending": queries.ENDINGS.get(row.how),
    }  # fmt: skip


def _sidebar(request: Request, row: Chat) -> dict[str, Any]:
    """What was answered before the chat, wordings to start from, whom it can be offered to."""
    language, today = get_language() or "zh-hans", localdate(request.now)
    known = queries.context(row.pk)
    mine = row.handler_id == request.actor.staff and request.actor.staff is not None
    return {
        "kind": queries.KIND.get(row.kind), "answer_by": queries.ANSWER.get(row.answer_by), "known": known,
        "product": products.label(row.product) if row.product else None,
        "wordings": queries.wordings(language) if mine and row.state == "talking" else [],
        "offering": _offer_form(request, row) if mine and row.state == "talking" else None,
        "filing": forms.Filing(initial={"kind": row.kind, **known}, today=today) if mine else None,
        "siblings": [_line(other) for other in queries.mine(request.actor.staff)],
    }  # fmt: skip


def _offer_form(request: Request, row: Chat) -> forms.Offer:
    language, at = get_language() or "zh-hans", request.now
    today = localdate(at)
    here = set(queries.seated(at))
    me = staff.person(request.actor.staff)
    near = staff.colleagues(me.unit_id, at=at) if me else []
    people = {one.pk: one for one in [*staff.people(here).values(), *near] if one.pk != request.actor.staff}
    names = [(str(pk), f"{'● ' if pk in here else ''}{one.word(language)}") for pk, one in people.items()]
    places = [(str(unit.id), unit.word(language)) for unit in units.all_units(today)]
    posted = request.POST if request.method == "POST" and "reason" in request.POST else None
    return forms.Offer(posted, people=names, units=places)


def _chosen(request: Request) -> dict[str, str]:
    """An approved wording put into the box, to be read and changed before it is sent."""
    code = request.GET.get("wording", "")
    found = [text for known, _title, text in queries.wordings(get_language() or "zh-hans") if known == code]
    return {"text": found[0]} if found else {}


def _line(row: Chat) -> dict[str, Any]:
    return {
        "row": row, "kind": queries.KIND.get(row.kind), "product": products.label(row.product) if row.product else None,
        "answer_by": queries.ANSWER.get(row.answer_by), "unread": max(row.last - row.read, 0),
        "ending": queries.ENDINGS.get(row.how),
    }  # fmt: skip


def _number(row: Chat) -> str:
    voice = voices.voice(row.pk) if row.filed_at else None
    return voice.number if voice else ""


def _back(row: Chat) -> HttpResponse:
    response = redirect("chats:chat", row.pk)
    response["Location"] += "#end"
    return response
