"""A complaint that a regulator forwarded gets the stricter of all limits; what came of it goes back as a file."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import Any, BinaryIO
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.kernel.refusal import Coded, Refusal
from huiyin.ledger.actions import record
from huiyin.listen.voices import actions as voices
from huiyin.listen.voices import queries as heard_queries
from huiyin.platform.imports import actions as imports
from huiyin.platform.imports import queries as sheets
from huiyin.platform.messages import actions as messages
from huiyin.platform.vault import actions as vault
from huiyin.protect.access import queries as access
from huiyin.resolve.cases import actions as case_actions
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.referrals import queries, rules, tasks
from huiyin.resolve.referrals.facts import CaseReferred, ReturnStepped
from huiyin.resolve.referrals.models import Referral, Return

LIST = sheets.Limits(rows=500, columns=60, size=5_000_000)
WHY = {
    "no_case": _("There is no open case with this number that you can see."),
    "twice": _("This number of this body is on record already."),
    "differs": _("This number of this body is on record with other days."),
    "future": _("The day of receipt lies in the future."),
    "past": _("The limit lies before the day of receipt."),
    "body": _("This body is not known."),
    "reference": _("Enter the number under which it was forwarded."),
    "layout": _("There is no file of this kind."),
    "many": _("A file holds at most 5,000 complaints. Choose a shorter period."),
    "gone": _("There is no such file."),
    "own": _("A file of more than 100 complaints is released by somebody other than the one who asked for it."),
    "settled": _("This has been decided already."),
    "none": _("There is no complaint for this file."),
}


class Refused(Coded):
    """A step that cannot be taken. `code` is a key of WHY."""

    words = WHY


class Unfit(Refusal):
    """Words or contacts that cannot be taken; the message says which, `problems` names the fields."""

    status = 422

    def __init__(self, problems: Sequence[heard_queries.Problem]) -> None:
        super().__init__("; ".join(heard_queries.problem_words(problem) for problem in problems))
        self.problems = problems


@transaction.atomic
def refer(
    *, case: UUID, body: str, reference: str, received_on: date, due_on: date | None, by: Actor, at: datetime
) -> Referral:
    """Put the forwarding on a case: its own limit runs beside the others, and the earliest of them leads."""
    if body not in {label.code for label in standards.facet("source")}:
        raise Refused("body")
    if not reference.strip():
        raise Refused("reference")
    if received_on > localdate(at):
        raise Refused("future")
    if due_on is not None and due_on < received_on:
        raise Refused("past")
    try:
        with transaction.atomic():
            row = Referral.objects.create(
                case=case, body=body, reference=reference.strip()[:64], received_on=received_on, due_on=due_on,
                recorded_at=at, recorded_by=by.ref,
            )  # fmt: skip
    except IntegrityError as twice:
        raise Refused("twice") from twice
    case_actions.limit_by_regulator(case=case, body=body, received_on=received_on, due_on=due_on, by=by, at=at)
    fact = CaseReferred(case=case, referral=row.pk, body=body, received_on=received_on, due_on=due_on)
    record(fact=fact, stream=f"matter:{case}", by=by, at=at)
    return row


@transaction.atomic
def hear(
    *, said: Mapping[str, Any], received_on: date, body: str, reference: str, due_on: date | None, by: Actor, at: datetime,
    taken_by: UUID | None = None,
) -> Referral:  # fmt: skip
    """A forwarded complaint that we did not know, from the form or a line of a list: it passes the checks of every
    submission, is heard, opened and referred in one transaction. `said`: text, unit, name, phone. Raises Unfit."""
    voice = voices.hear(item=_heard(said, received_on, taken_by, at), by=by, at=at)
    return refer(case=voice.id, body=body, reference=reference, received_on=received_on, due_on=due_on, by=by, at=at)


@imports.lists("source")
def bodies() -> list[Label]:
    return standards.facet("source")


@imports.takes("referrals")
def take_referrals(rows: Sequence, *, by: Actor, at: datetime) -> list[imports.Outcome]:
    """A regulator's list, row by row: each becomes a case with the stricter limit, or says why it does not.

    Its number is unique for its body: the same row again changes nothing, the same number with another day is a fault.
    """
    return [_take_row(row.values, by, at) for row in rows]


def import_list(*, source: BinaryIO, name: str, by: Actor, at: datetime) -> imports.Report:
    """Import a list that a colleague uploads: the good rows are taken, the others reported. Safe to repeat."""
    mapping = sheets.mapping("referrals")
    return imports.run(mapping=mapping, source=source, by=by, at=at, limits=LIST, name=name, batch=50)


def _take_row(row: Mapping[str, Any], by: Actor, at: datetime) -> imports.Outcome:
    known = Referral.objects.filter(body=row["body"], reference=row["reference"]).first()
    if known is not None:
        same = known.received_on == row["received_on"] and known.due_on == row.get("due_on")
        return imports.UNCHANGED if same else sheets.Fault("", "refused", {"why": WHY["differs"]})
    terms = {"body": row["body"], "reference": row["reference"], "due_on": row.get("due_on"), "by": by, "at": at}
    terms["received_on"] = row["received_on"]
    try:
        with transaction.atomic():
            if row.get("number"):
                found = cases.visible_to(by, at).filter(number=row["number"].upper()).first()
                if found is None:
                    raise Refused("no_case")
                refer(case=found.pk, **terms)
            else:
                hear(said=row, **terms)
    except Refusal as no:
        return sheets.Fault("", "refused", {"why": no.message})
    return imports.NEW


def _heard(said: Mapping[str, Any], received_on: date, taken_by: UUID | None, at: datetime) -> voices.Heard:
    received_at = datetime.combine(received_on, time(), standards.HOME_ZONE)
    if received_at > at:
        raise Refused("future")
    raw = {
        "channel": "regulator", "text": said.get("text"), "unit": said.get("unit"),
        "customer": {"name": said.get("name"), "phone": said.get("phone")},
    }  # fmt: skip
    found: Any = heard_queries.check(raw, today=localdate(at))
    if not isinstance(found, list):
        found = voices.resolve(submission=found, language="zh-hans", at=at, taken_by=taken_by)
    if isinstance(found, list):
        raise Unfit(found)
    return voices.Heard(
        kind="complaint", channel="regulator", received_at=received_at, language="zh-hans",
        words=found.submission.words, unit=found.unit, taken_by=found.taken_by,
    )  # fmt: skip


def ask_for_return(*, layout: str, first: date, last: date, by: Actor, at: datetime, format: str = "csv") -> Return:
    """Have the file made by a job: the complaints that this body forwarded in the period, as far as this person may
    see them (for the CFPB: those received in the period). Of more than a hundred a second person lets it be made."""
    if layout not in rules.LAYOUTS or format not in rules.FORMATS:
        raise Refused("layout")
    visible = cases.visible_to(by, at)
    if layout == "cfpb":
        found = visible.filter(kind="complaint", received_at__date__gte=first, received_at__date__lte=last)
    else:
        referred = Referral.objects.filter(body=layout, received_on__gte=first, received_on__lte=last)
        found = visible.filter(pk__in=referred.order_by().values("case"))
    ids = [str(id) for id in found.order_by("number").values_list("pk", flat=True)[: rules.MOST_ROWS + 1]]
    if not ids or len(ids) > rules.MOST_ROWS:
        raise Refused("many" if ids else "none")
    alone = len(ids) <= rules.ALONE
    with transaction.atomic():
        made = Return.objects.create(
            layout=layout, cases=ids, asked_by=by.ref, asked_at=at, format=format,
            state="making" if alone else "waiting",
        )  # fmt: skip
        _step(made, "asked", by, at)
        if alone:
            transaction.on_commit(partial(tasks.make_return.enqueue, str(made.pk)))
        else:
            _ask_a_second(made, by, at)
    return made


def _ask_a_second(file: Return, by: Actor, at: datetime) -> None:
    for person in access.holders("consumer_protection", at, ""):
        if person != by.staff:
            messages.notify(
                staff=person, kind="return_to_release", matter=None, link="/desk/referrals/", by=by, at=at,
                key=f"return:{file.pk}",
                params={"zh": "有超过 100 件的监管反馈文件待您放行", "en": "A file of more than 100 complaints waits for your release"},
            )  # fmt: skip


@transaction.atomic
def decide_return(*, file: UUID, release: bool, by: Actor, at: datetime) -> Return:
    """The second person (SoD13): somebody else, who may see every complaint of the file."""
    found = Return.objects.select_for_update().filter(pk=file).first()
    if found is None or not queries.may_release(found, by, at):
        raise Refused("own" if found is not None and found.asked_by == by.ref else "gone")
    if found.state != "waiting":
        raise Refused("settled")
    found.state, found.decided_by, found.decided_at = "making" if release else "refused", by.ref, at
    found.save(update_fields=["state", "decided_by", "decided_at"])
    _step(found, "released" if release else "refused", by, at)
    if release:
        transaction.on_commit(partial(tasks.make_return.enqueue, str(found.pk)))
    return found


@transaction.atomic
def fetch_return(*, file: Return, by: Actor, at: datetime) -> bytes | None:
    """The file leaves the house: on record each time."""
    content = queries.content(file, at)
    if content is not None:
        _step(file, "fetched", by, at)
    return content


def keep_up(*, at: datetime) -> int:
    """On the tick: a job that was lost is given out again, and a file that was kept long enough goes."""
    lost = Return.objects.filter(state="making", asked_at__lt=at - rules.LOST_AFTER)
    lost = lost.exclude(decided_at__gte=at - rules.LOST_AFTER)
    again = [str(id) for id in lost.values_list("pk", flat=True)[:20]]
    for id in again:
        tasks.make_return.enqueue(id)
    Return.objects.filter(state="made", made_at__lt=at - rules.KEPT_FOR).update(state="gone", content=None)
    return len(again)


def _step(file: Return, step: str, by: Actor, at: datetime) -> None:
    fact = ReturnStepped(file=file.pk, layout=file.layout, step=step, cases=len(file.cases))
    record(fact=fact, stream=f"return:{file.pk}", by=by, at=at)


def forget(*, cases: Sequence[UUID], by: Actor, at: datetime) -> None:
    """A person was erased: the kept files for regulators in which their matters stand go; their digests stay."""
    gone = {str(case) for case in cases}
    for file in Return.objects.exclude(made_at=None).exclude(content=None).only("id", "cases"):
        if gone.intersection(file.cases):
            vault.erase(subject=file.pk, by=by, at=at)
            Return.objects.filter(pk=file.pk).update(content=None, state="gone")
