"""What a page is told when it asks for news: the lines it has not got, and what else has changed.

Asking is polling, with pauses that grow while nothing happens: a stream that stays open would hold one of the few
threads of a web process for each visitor, and proxies hold streams back (docs/channels-chat.md). Lines carry their
numbers: a page that asks again after a broken connection gets what it missed and shows nothing twice.
"""

import hashlib
import re
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from huiyin.listen.chats import queries
from huiyin.listen.chats.models import Chat


def after(request: HttpRequest) -> int:
    """The number of the last line the page has; anything else is 0."""
    said = request.POST.get("after", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0


def news(request: HttpRequest, row: Chat, *, lines: str, steps: str, context: dict[str, Any]) -> HttpResponse:
    """204 when nothing is new; else the new lines, the words of the state and the forms that fit it."""
    fresh = queries.lines(row.pk, after=after(request))
    told = {"chat": row, **context}
    status = render_to_string("chats/status.html", told, request=request).strip()
    forms = render_to_string(steps, told, request=request)
    mark = hashlib.sha256(f"{row.state}|{status}|{_plain(forms)}".encode()).hexdigest()[:16]
    if not fresh and request.POST.get("mark") == mark:
        return HttpResponse(status=204)
    body = {
        "lines": render_to_string(lines, {**told, "lines": fresh}, request=request),
        "last": max([row.last, *(said.seq for said in fresh)]),
        "state": row.state,
        "status": status,
        "steps": forms,
        "mark": mark,
    }
    return JsonResponse(body)


def _plain(html: str) -> str:
    """Without the tokens, which differ from answer to answer."""
    return re.sub(r'name="(?:csrfmiddlewaretoken|key)" value="[^"]*"', "", html)
