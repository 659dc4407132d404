"""One verb on many cases: each case in a transaction of its own, so that one refusal or a power cut spoils no other."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import Denied
from huiyin.kernel.refusal import Refusal
from huiyin.resolve.cases import actions as cases
from huiyin.resolve.cases import queries as case_queries
from huiyin.resolve.workbench.models import Batch, BatchLine
from huiyin.resolve.workbench.rules import batches

WHY = cases.WHY


class _Undone(Exception):
    pass


def attempt(*, verb: str, params: Mapping[str, Any], case: UUID, version: int, by: Actor, at: datetime) -> str:
    """Would it be done? The verb itself is done and taken back, so the preview cannot differ from what follows.

    Returns "" or the code of the reason why not."""
    try:
        with transaction.atomic():
            _do(verb, params, case, version, by, at)
            raise _Undone
    except _Undone:
        return ""
    except Refusal as no:
        return _code(no)


def start_batch(
    *, id: UUID, verb: str, params: Mapping[str, Any], lines: Sequence[tuple[UUID, int]], by: Actor, at: datetime
) -> Batch:
    """Write down what is to be done before any of it is. The same key again finds what was written the first time."""
    if by.staff is None:
        raise cases.Gone
    with transaction.atomic():
        made, fresh = Batch.objects.get_or_create(
            pk=id, defaults={"verb": verb, "params": dict(params), "staff_id": by.staff, "asked_at": at}
        )
        if made.staff_id != by.staff:
            raise cases.Gone
        if fresh:
            BatchLine.objects.bulk_create(
                [BatchLine(batch=made, case_id=case, version=version) for case, version in lines[: batches.MOST]]
            )
    return made


def finish_batch(*, batch: Batch, by: Actor, at: datetime) -> None:
    """Do what is still waiting. May be called again after a crash: what is done is not done twice."""
    for line in BatchLine.objects.filter(batch=batch, outcome="waiting").order_by("id"):
        why = ""
        try:
            with transaction.atomic():
                if not _claim(line, "done", "", at):
                    continue
                before = _do(batch.verb, batch.params, line.case_id, line.version, by, at)
                after = case_queries.version_of(line.case_id)
                BatchLine.objects.filter(pk=line.pk).update(before=before, after=after)
        except Refusal as no:
            why = _code(no)
        if why:
            _claim(line, "refused", why, at)


class TooLate(Refusal):
    status = 409
    message = _("It is too late to take this back; each case can still be changed by itself.")


def undo_batch(*, batch: Batch, by: Actor, at: datetime) -> None:
    """Take a batch back by acting against it, case by case: nothing is removed, both stand in the record. What a
    colleague has touched since, and what was nobody's before, is left and named. Safe to repeat after a crash."""
    if batch.staff_id != by.staff or not (batch.undone_at or batches.may_undo(batch.verb, batch.asked_at, None, at)):
        raise TooLate
    Batch.objects.filter(pk=batch.pk, undone_at=None).update(undone_at=at)
    for line in BatchLine.objects.filter(batch=batch, outcome="done", undo="").order_by("id"):
        why = ""
        try:
            with transaction.atomic():
                if not BatchLine.objects.filter(pk=line.pk, undo="").update(undo="done"):
                    continue
                _undo(batch, line, by, at)
        except Refusal as no:
            why = _code(no)
        if why:
            BatchLine.objects.filter(pk=line.pk).update(undo="refused", undo_why=why[:40])


def _undo(batch: Batch, line: BatchLine, by: Actor, at: datetime) -> None:
    if line.after is None or not case_queries.visible_to(by, at).filter(pk=line.case_id).exists():
        raise cases.Gone
    about: dict[str, Any] = {"case": line.case_id, "version": line.after, "by": by, "at": at}
    if batch.verb == "assign":
        if not line.before.get("handler"):
            raise NobodyBefore
        cases.assign(handler=UUID(line.before["handler"]), **about)
    elif batch.verb == "handover":
        cases.cancel_handover(handover=UUID(line.before["handover"]), by=by, at=at)
    else:
        cases.set_flag(flag=batch.params["flag"], on=batch.verb == "unflag", **about)


class NobodyBefore(Refusal):
    status = 409
    message = _("Nobody had this case before.")


def _claim(line: BatchLine, outcome: str, why: str, at: datetime) -> bool:
    waiting = BatchLine.objects.filter(pk=line.pk, outcome="waiting")
    return bool(waiting.update(outcome=outcome, why=why[:40], done_at=at))


def _do(verb: str, params: Mapping[str, Any], case: UUID, version: int, by: Actor, at: datetime) -> dict[str, str]:
    """Returns what taking it back needs to know."""
    found = case_queries.visible_to(by, at).filter(pk=case).first()
    if found is None:
        raise cases.Gone
    about: dict[str, Any] = {"case": case, "version": version, "by": by, "at": at}
    if verb == "assign":
        before = {"handler": str(found.handler_id)} if found.handler_id else {}
        cases.assign(handler=UUID(params["person"]), **about)
        return before
    if verb == "handover":
        offer = cases.offer_handover(receiver=UUID(params["person"]), reason=params["reason"], kind="handler", **about)
        return {"handover": str(offer.pk)}
    if verb == "remind":
        cases.remind(**about)
    else:
        cases.set_flag(flag=params["flag"], on=verb == "flag", **about)
    return {}


def _code(no: Refusal) -> str:
    if isinstance(no, cases.Refused):
        return no.code
    if isinstance(no, cases.Stale):
        return "stale"
    if isinstance(no, cases.Gone):
        return "gone"
    if isinstance(no, NobodyBefore):
        return "nobody_before"
    if isinstance(no, cases.NotAllowed):
        return no.rule or no.label.code
    if isinstance(no, Denied):
        return no.verdict.rule or no.verdict.reason.code
    return "other"
