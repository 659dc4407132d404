"""案卷: the whole case as a numbered dossier to be printed or archived: cover, index, items, letters, clocks, proof."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.staff import queries as staff
from huiyin.bank.standards.queries import label
from huiyin.kernel.label import Label
from huiyin.ledger import queries as ledger
from huiyin.listen.voices import queries as voices
from huiyin.platform.files import queries as files
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.queries.timeline import _EPOCH
from huiyin.resolve.cases.rules.factwords import FACT_WORDS
from huiyin.resolve.cases.rules.hiding import hide_numbers
from huiyin.resolve.cases.views.page import actor_of, band, seen


@dataclass(frozen=True)
class Proof:
    """One entry of the ledger about this case; `good`: it still matches its seal."""

    number: int
    at: datetime
    what: Label
    hash: str
    good: bool


@never_cache
@login_required
@require_safe
def dossier(request: HttpRequest, id: UUID) -> HttpResponse:
    """What this reader may see of the case, numbered through. `?notes=0` leaves the internal notes out."""
    case = seen(request, id)
    actor, at = actor_of(request)
    with_notes = request.GET.get("notes") != "0"
    items = [item for item in queries.timeline(case, actor) if with_notes or item.sort != "note"]
    kept = files.files_of(case.id)
    limits = _limits(case, at)
    proofs = _proofs(case)
    person = staff.person(actor.staff)
    context = {
        "case": case,
        "band": band(case, at),
        "customer": _customer(case),
        "items": list(enumerate(items, start=1)),
        "files": list(enumerate(kept, start=len(items) + 1)),
        "limits": list(enumerate(limits, start=len(items) + len(kept) + 1)),
        "proof_number": len(items) + len(kept) + len(limits) + 1,
        "proofs": proofs,
        "broken": [proof for proof in proofs if not proof.good],
        "checkpoint": ledger.newest_checkpoint(),
        "printed_by": person,
        "printed_at": at,
        "with_notes": with_notes,
    }
    return render(request, "cases/dossier.html", context)


def _customer(case: Case) -> list[tuple[Any, str]]:
    """Masked, as on the page: a dossier is passed from hand to hand."""
    said = voices.words(case.id)
    values = {"name": said.name, "phone": said.phone, "email": said.email, "id_number": said.id_number}
    masked = vault.masked({name: value for name, value in values.items() if value})
    names = {
        "name": _("Customer's name"),
        "phone": _("Telephone"),
        "email": _("E-mail"),
        "id_number": _("Identity document"),
    }
    found: list[tuple[Any, str]] = [(names[name], value) for name, value in masked.items() if name in names]
    if said.where:
        found.append((_("Where"), hide_numbers(said.where)))
    return found


def _limits(case: Case, at: datetime) -> list[dict[str, Any]]:
    return [
        {
            "view": view,
            "name": label("clock_family", view.family),
            "standing": label("clock_state", view.standing(at)),
            "explanation": clocks.explain(view.id, at) if view.due_at else None,
        }
        for view in clocks.clocks_of(case.id)
    ]


def _proofs(case: Case) -> list[Proof]:
    return [
        Proof(
            number=entry.version,
            at=_EPOCH + timedelta(microseconds=entry.occurred_us),
            what=FACT_WORDS.get(entry.type, Label(entry.type, entry.type, entry.type)),
            hash=entry.hash.hex(),
            good=ledger.is_intact(entry),
        )
        for entry in ledger.entries_of(case.stream)
    ]
