"""A colleague asks the customer: an approved text, kinds of papers from a list, the case's own facts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.listen.voices import queries as voices
from huiyin.platform.messages import actions as messages
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.precontacts import queries, rules
from huiyin.resolve.precontacts.actions import ground
from huiyin.resolve.precontacts.actions.ground import Gone, Refused
from huiyin.resolve.precontacts.facts import PrecontactAsked
from huiyin.resolve.precontacts.models import Precontact


@transaction.atomic
def ask(
    *, case: UUID, template: str, papers: Sequence[str], facts: Mapping[str, str], by: Actor, at: datetime,
    note: str = "", last: date | None = None, currency: str = "CNY",
) -> Precontact:  # fmt: skip
    """Send the questions. `facts`: kind -> the value the customer is to confirm, "" where the bank knows none.

    The message is one that asks for material (art. 13): delivered, it pauses what may be paused until the answer, and
    no longer than the rule allows. `last`: the day by whose end an answer is waited for, five working days if None.
    """
    found = cases.lock(case)
    if found is None:
        raise Gone
    permit.must(by, "case.reply", cases.sight(found, at))
    if by.staff is None:
        raise permit.Denied(permit.can(by, "case.reply"))
    if found.state not in ("working", "approving"):
        raise Refused("not_now")
    if queries.open_one(case) is not None:
        raise Refused("asked_already")
    text = queries.text_of(template)
    if (
        text is None
        or not set(papers) <= {label.code for label in queries.papers()}
        or not set(facts) <= set(rules.FACT)
    ):
        raise Refused("unknown")
    items = [f"paper:{code}" for code in dict.fromkeys(papers)] + [f"fact:{kind}" for kind in facts]
    if not items:
        raise Refused("nothing_asked")
    said = note.replace("\x00", "").strip()
    if len(said) > rules.LONGEST:
        raise Refused("text_too_long")
    if rules.why_not_until(last, localdate(at)):
        raise Refused("wrong_day")
    remind_at, open_until = rules.times(queries.calendar(), at, last)
    row = Precontact(
        id=new_id(), case=case, language=found.language, template=f"{text.code}/{text.version}", items=items,
        asked_by_id=by.staff, asked_at=at, remind_at=remind_at, open_until=open_until,
    )  # fmt: skip
    row.secret_hash = queries.secret_hash(queries.secret(row.pk))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as other:
        raise Refused("asked_already") from other
    kept = {f"asked:fact:{kind}": value for kind, value in facts.items() if value}
    kept |= {"note": said} if said else {}
    vault.keep(subject=case, table=queries.TABLE, row=row.pk, values=kept | {"currency": currency})
    ground.tell(row, PrecontactAsked(precontact=row.pk, matter=case, items=tuple(items), template=row.template), by, at)
    send(row, found, "material", f"precontact:{row.pk}", by, at)
    return row


def send(row: Precontact, case: cases.Case, purpose: str, key: str, by: Actor, at: datetime) -> None:
    """The approved text, what is asked, our own words, and the link; by every way that leads to the customer."""
    said = voices.words(row.case)
    title, body = queries.letter(row, case)
    messages.send(
        matter=row.case, subject=row.case, purpose=purpose, language=row.language, title=title, body=body, by=by, at=at,
        key=key, item=row.pk, phone=said.phone, email=said.email, number=case.number, link=queries.link(row.pk),
    )  # fmt: skip
