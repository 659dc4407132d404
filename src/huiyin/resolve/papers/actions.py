"""Ask for a file; carry on with what was interrupted; let go of what has had its days."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.platform.documents import queries as documents
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.papers import queries, tasks
from huiyin.resolve.papers.facts import DossierPrinted
from huiyin.resolve.papers.models import Paper
from huiyin.resolve.papers.queries.dossier import Print
from huiyin.resolve.papers.rules import ATTEMPTS, REASONS, SILENT, UNMASKING

TooMany = vault.TooMany


Gone = queries.NotYours


class NoReason(Refusal):
    status = 422

    def __init__(self, why: str) -> None:
        super().__init__(why)


@transaction.atomic
def ask(
    *, kind: str, params: dict[str, Any], by: Actor, at: datetime, id: UUID | None = None, case: UUID | None = None,
    reason: str = "", words: Mapping[str, str] | None = None, job: bool = True,
) -> Paper:  # fmt: skip
    """Write down what is wanted; with `job` a worker makes it, otherwise the caller does. The same id finds the first.
    `words` may be anything a person wrote: they are sealed."""
    if by.staff is None:
        raise Gone
    paper, fresh = Paper.objects.get_or_create(
        pk=id or new_id(),
        defaults={
            "kind": kind, "case": case, "params": params, "language": get_language() or "zh-hans", "reason": reason,
            "staff_id": by.staff, "asked_by": by.ref, "asked_at": at, "touched_at": at,
        },
    )  # fmt: skip
    if paper.staff_id != by.staff or paper.kind != kind:
        raise Gone
    said = {name: value for name, value in (words or {}).items() if value}
    if fresh and said:
        vault.keep(subject=queries.subject_of(paper), table=queries.SUBJECTS, row=paper.pk, values=said)
    if fresh and job:
        transaction.on_commit(partial(tasks.make_paper.enqueue, str(paper.pk)))
    return paper


def ask_for_dossier(*, case: UUID, asked: Print, by: Actor, at: datetime, id: UUID | None = None) -> Paper:
    """A case as a numbered PDF. In full it takes the right to unmask and a reason for which that is due; it then counts
    as a look behind the mask."""
    found = cases.visible_to(by, at).filter(pk=case).first()
    if found is None:
        raise Gone
    sight = cases.sight(found, at)
    permit.must(by, "case.export", sight)
    if asked.reason not in REASONS:
        raise NoReason(_("Choose why the dossier is printed."))
    if asked.full:
        permit.must(by, "person.unmask", sight)
        if asked.reason not in UNMASKING:
            raise NoReason(_("For this reason the particulars stay masked."))
    if id is not None and (first := Paper.objects.filter(pk=id, staff=by.staff, case=case).first()):
        return first
    id = id or new_id()
    with transaction.atomic():
        if asked.full:
            vault.unmask(
                subject=case, row=case, reason=UNMASKING[asked.reason], by=by, at=at, detail=asked.detail[:200]
            )
        pieces, size = queries.pieces_of(found, by)
        params = {"notes": asked.notes, "full": asked.full}
        large = queries.is_large(pieces, size)
        words = {"detail": asked.detail.replace("\x00", "").strip()[:200]}
        paper = ask(
            kind="dossier", params=params, by=by, at=at, id=id, case=case, reason=asked.reason, words=words, job=large
        )
    return paper if large else tasks.build(paper.pk, at) or paper


@queries.makes("dossier")
def make_dossier(paper: Paper, by: Actor, at: datetime, tell: queries.Tell) -> queries.Made:
    """The PDF of one case, as this person may see it now."""
    seen = cases.visible_to(by, at).filter(pk=paper.case) if paper.case else cases.visible_to(by, at).none()
    case = seen.select_related("owner", "handler", "unit").first()
    if case is None:
        raise Gone
    permit.must(by, "case.export", cases.sight(case, at))
    if paper.params["full"]:
        permit.must(by, "person.unmask", cases.sight(case, at))
    detail = queries.words_of(paper).get("detail", "")
    asked = Print(paper.reason, detail, notes=paper.params["notes"], full=paper.params["full"])
    made = queries.dossier(case, asked, by, at, paper.pk.hex[-8:].upper())
    tell(made.pieces, made.pieces)
    content = documents.printed(made.document, "pdf")

    def fact(sha256: str) -> DossierPrinted:
        return DossierPrinted(
            case=case.pk, paper=paper.pk, reason=asked.reason, pieces=made.pieces, notes=asked.notes, full=asked.full,
            sha256=sha256,
        )  # fmt: skip

    return queries.Made(content, f"{_('Dossier')}-{case.number}.pdf", made.pieces, case.stream, fact)


def keep_up(*, at: datetime) -> int:
    """Start again what has lost its worker, give up what failed three times, and remove what has had its days."""
    silent = Paper.objects.filter(state__in=("waiting", "making"), touched_at__lt=at - SILENT)
    silent.filter(attempts__gte=ATTEMPTS).update(state="failed")
    lost = list(silent.filter(attempts__lt=ATTEMPTS).values_list("pk", flat=True)[:100])
    for id in lost:
        with transaction.atomic():
            Paper.objects.filter(pk=id, state="waiting").update(touched_at=at)
            tasks.make_paper.enqueue(str(id))
    old = Paper.objects.filter(state="made", until__lt=at).update(state="gone", content=None)
    return len(lost) + old
