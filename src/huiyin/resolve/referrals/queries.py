"""Reads of this room."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.timezone import localdate, localtime

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.products import queries as products
from huiyin.bank.standards import queries as standards
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.listen.voices import queries as voices
from huiyin.platform.imports import queries as imports
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.referrals.models import Referral, Return
from huiyin.resolve.referrals.rules import KEPT_FOR, response

if TYPE_CHECKING:
    from huiyin.resolve.cases.models import Case

TABLE = "referrals_return"
REPLIES = "cases_reply"


def visible_to(actor: Actor, at: datetime) -> QuerySet[Referral]:
    """Referrals of the cases that this actor may see."""
    return Referral.objects.filter(case__in=cases.visible_to(actor, at).order_by().values("pk"))


def returns_of(actor: Actor) -> QuerySet[Return]:
    """The files that this person asked for; nobody else opens them."""
    return Return.objects.filter(asked_by=actor.ref)


@dataclass(frozen=True)
class Tally:
    """`heard`: opened a matter of their own, `known`: put on one that was there, `refused`: rows that changed nothing."""

    referred: int
    heard: int
    known: int
    refused: int


def tally(since: datetime) -> Tally:
    """What came from regulators since an instant, whole bank."""
    rows = list(Referral.objects.filter(recorded_at__gte=since).values_list("case", flat=True))
    voice = voices.voices(set(rows))
    heard = len({case for case in rows if case in voice and voice[case].channel == "regulator"})
    known = sum(case in voice for case in rows) - heard
    files = imports.tally("referrals", since)
    return Tally(len(rows), heard, known, files.read - files.new)


def to_release(actor: Actor, at: datetime) -> list[Return]:
    """Files of others that wait for a second person and that this one may release."""
    waiting = Return.objects.filter(state="waiting").exclude(asked_by=actor.ref)[:50]
    return [row for row in waiting if may_release(row, actor, at)]


def may_release(file: Return, actor: Actor, at: datetime) -> bool:
    """Somebody else, who may see every complaint of the file."""
    if file.asked_by == actor.ref or not permit.can(actor, "case.assign"):
        return False
    return cases.visible_to(actor, at).filter(pk__in=[UUID(id) for id in file.cases]).count() == len(file.cases)


def stamp(file: Return) -> str:
    """Who took it out of the house, who let them, and when: pseudonyms as in the ledger."""
    second = f" / {file.decided_by}" if file.decided_by else ""
    return f"{file.asked_by}{second} · {localtime(file.asked_at):%Y-%m-%d %H:%M} · {file.pk}"


def content(file: Return, at: datetime) -> bytes | None:
    """The file, for a day."""
    if file.made_at is None or at > file.made_at + KEPT_FOR:
        return None
    return vault.unseal_bytes(file.pk, TABLE, file.pk, bytes(file.content)) if file.content else None


def rows_of(file: Return) -> list[Mapping[str, str]]:
    """One row per complaint, in order of its number."""
    wanted = [UUID(id) for id in file.cases]
    known = cases.cases(wanted)
    referred = {row.case: row for row in Referral.objects.filter(case__in=wanted).order_by("recorded_at")}
    said = voices.words_many(wanted)
    found = []
    for case in sorted(known.values(), key=lambda case: case.number):
        found.append(
            _cfpb(case, said[case.pk]) if file.layout == "cfpb" else _cn(case, referred.get(case.pk), said[case.pk])
        )
    return found


def _cn(case: "Case", referral: Referral | None, said: voices.Words) -> Mapping[str, str]:
    delivered = [row for row in cases.replies(case.pk) if row.state == "delivered"]
    answer = vault.reveal(REPLIES, delivered[-1].pk).get("text", "") if delivered else ""
    longer = [row.to_days for row in cases.extensions(case.pk) if row.outcome == "applied"]
    product = products.label(case.product) if case.product else None
    satisfied = (
        "认可" if case.confirmed_at else "有异议" if case.cycle > 1 else "未表示意见" if case.answered_at else ""
    )
    return {
        "reference": referral.reference if referral else "",
        "number": case.number,
        "received_on": referral.received_on.isoformat() if referral else "",
        "complained_on": localdate(case.received_at).isoformat(),
        "product": product.zh if product else "",
        "category": standards.label("category", case.category).zh if case.category else "",
        "cause": standards.label("cause", case.cause).zh if case.cause else "",
        "fact": " ".join(f"{said.title} {said.text}".split()),
        "answer": " ".join(answer.split()),
        "answered_on": localdate(case.answered_at).isoformat() if case.answered_at else "",
        "extended": f"延长至 {max(longer)} 日" if longer else "未延期",
        "satisfaction": satisfied,
    }


def _cfpb(case: "Case", said: voices.Words) -> Mapping[str, str]:
    product = products.label(case.product) if case.product else None
    late = any(view.breached is not None for view in clocks.clocks_of(case.pk) if view.family == "REG")
    relief = any(row.state in ("paid", "delivered", "settled") for row in cases.redress_of(case.pk))
    day = localdate(case.received_at)
    return {
        "Date received": f"{day:%m/%d/%y}",
        "Product": product.en if product else "",
        "Issue": standards.label("cause", case.cause).en if case.cause else "",
        "Consumer complaint narrative": " ".join(cases.hide_numbers(said.text).split()),
        "Company": settings.HUIYIN_BANK_NAME_EN or settings.HUIYIN_BANK_NAME,
        "Tags": "Older American" if "elderly" in case.flag_codes else "",
        "Submitted via": {"portal": "Web", "app": "Web", "phone": "Phone", "email": "Email", "letter": "Postal mail",
                          "fax": "Fax"}.get(case.channel, "Referral"),
        "Date sent to company": f"{day:%m/%d/%y}",
        "Company response to consumer": response(case.outcome or ("answered" if case.answered_at else ""), relief),
        "Timely response?": "No" if late else "Yes",
        "Complaint ID": case.number,
    }  # fmt: skip
