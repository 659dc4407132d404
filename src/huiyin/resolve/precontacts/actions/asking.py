"""A colleague asks the customer: an approved text, kinds of papers from a list, the case's own facts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from huiyin.bank.standards import queries as standards
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.secret import secret_hash
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases import actions as case_actions
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
    no longer than the rule allows. Whom no link reaches a person asks: the questions are their task, and nothing pauses.
    `last`: the day by whose end an answer is waited for, five working days if None.
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
    remind_at, open_until = rules.times(standards.office(), at, last)
    row = Precontact(
        id=new_id(), case=case, language=found.language, template=f"{text.code}/{text.version}", items=items,
        asked_by_id=by.staff, asked_at=at, remind_at=remind_at, open_until=open_until,
    )  # fmt: skip
    row.secret_hash = secret_hash(queries.secret(row.pk))
    row.save(force_insert=True)
    kept = {f"asked:fact:{kind}": value for kind, value in facts.items() if value}
    kept |= {"note": said} if said else {}
    vault.keep(subject=case, table=queries.TABLE, row=row.pk, values=kept | {"currency": currency})
    ground.tell(row, PrecontactAsked(precontact=row.pk, matter=case, items=tuple(items), template=row.template), by, at)
    if cases.reach(found).way.in_person:
        send(row, "material_in_person", f"precontact:{row.pk}", by, at)
        ground.hand(row, found, "in_person", by, at)
    else:
        send(row, "material", f"precontact:{row.pk}", by, at)
    return row


def send(row: Precontact, purpose: str, key: str, by: Actor, at: datetime) -> None:
    """The approved text, what is asked, our own words, and the link; by the ways that lead to the customer."""
    case = cases.case(row.case)
    if case is None:
        raise Gone
    title, body = queries.letter(row, case)
    case_actions.write(
        case=case, purpose=purpose, title=title, body=body, key=key, item=row.pk, link=queries.link(row.pk), by=by,
        at=at,
    )  # fmt: skip
