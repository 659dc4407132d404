"""Check a receipt. The page asks our own server; independence needs `huiyin verify`, and the page says so."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.ledger import queries
from huiyin.site.pages.verify.forms import Check

_HASH = re.compile(r"[0-9a-f]{64}\Z")
_PATIENCE_US = 60_000_000


@dataclass(frozen=True)
class Answer:
    """What the page says about one entry. `state`: held | fresh | lost | forged | unknown."""

    state: str
    registered_at: datetime | None = None
    is_complaint: bool = False
    number: str = ""
    hash: str = ""
    place: int | None = None
    size: int = 0
    proof: bool = False
    lines: tuple[tuple[str, str], ...] = ()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form; with `?entry=` (from a QR) or a posted receipt, the answer as well."""
    form = Check(request.POST, request.FILES) if request.method == "POST" else Check()
    answer: Answer | None = None
    status = 200
    if request.method == "POST":
        if form.is_valid():
            answer = _of_receipt(form.cleaned_data["receipt"], request)
        else:
            status = 400
    elif "entry" in request.GET:
        answer = _of_hash(request.GET["entry"].strip().lower())
    if answer is not None and answer.state == "unknown" and request.method != "POST":
        status = 404
    return render(request, "verify/verify.html", {"form": form, "answer": answer}, status=status)


@require_safe
def download_receipt(request: HttpRequest, entry: str) -> HttpResponse:
    """The signed receipt again. It holds codes and pseudonyms; who knows the hash was handed the receipt before."""
    found = _entry(entry)
    return _file(queries.receipt(found), f"huiyin-{entry[:12]}.receipt.txt")


@require_safe
def download_proof(request: HttpRequest, entry: str) -> HttpResponse:
    found = _entry(entry)
    proof = queries.proof(found)
    if not proof:
        raise Http404
    return _file(proof, f"huiyin-{entry[:12]}.tlog-proof")


def _of_receipt(text: str, request: HttpRequest) -> Answer:
    """1. is it genuine? 2. does the ledger hold its entry today?"""
    report = queries.verify_receipt(text, queries.vkeys())
    lines = tuple((line.mark, line.word(get_language() or "zh-hans")) for line in report.lines)
    if not report.ok:
        return Answer("forged" if report.kind else "unknown", lines=lines)
    said = queries.read_receipt(text)
    entry = queries.entry_of_body(said.body)
    if entry is not None:
        return replace(_of_entry(entry), lines=lines)
    recorded_us = int(str(report.body["recorded_us"]))
    now_us = request.now.timestamp() * 1_000_000  # type: ignore[attr-defined]
    state = "fresh" if now_us - recorded_us < _PATIENCE_US else "lost"
    return Answer(state, datetime.fromtimestamp(recorded_us / 1_000_000, UTC), hash=said.hash.hex(), lines=lines)


def _of_hash(text: str) -> Answer:
    """Does the ledger hold what opened a stream with this hash, unchanged, in its tree?"""
    entry = queries.first_entry_by_hash(bytes.fromhex(text)) if _HASH.match(text) else None
    return Answer("unknown", hash=text[:64]) if entry is None else _of_entry(entry)


def _of_entry(entry: queries.Entry) -> Answer:
    text = entry.hash.hex()
    if not queries.is_intact(entry):
        return Answer("lost", hash=text)
    size, _ = queries.head()
    return Answer(
        "held",
        datetime.fromtimestamp(entry.recorded_us / 1_000_000, UTC),
        is_complaint=entry.type == "voice.heard",
        hash=text,
        place=queries.place_of(entry),
        size=size,
        proof=bool(queries.proof(entry)),
    )


def _entry(text: str) -> queries.Entry:
    found = queries.first_entry_by_hash(bytes.fromhex(text)) if _HASH.match(text) else None
    if found is None:
        raise Http404
    return found


def _file(text: str, name: str) -> HttpResponse:
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )
