"""What we write to the customer: approved wording with the facts of the case, on the tracking page and to their address."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.timezone import localdate

from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.listen.voices import queries as voices
from huiyin.listen.voices.queries import Words
from huiyin.platform.messages import actions as messages
from huiyin.resolve.cases.models import Case


def draft(
    case: Case,
    purpose: str,
    *,
    at: datetime,
    key: str,
    by: Actor | None = None,
    item: UUID | None = None,
    title: str = "",
    owner: str | None = None,
    due_at: datetime | None = None,
    words: Words | None = None,
    id: UUID | None = None,
    **values: str,
) -> messages.Draft:
    """One letter about a case, worded in the customer's language. A batch gives `owner` and `words` to save look-ups."""
    said = words if words is not None else voices.words(case.id)
    name = owner if owner is not None else owner_name(case)
    worded_title, body = standards.worded(purpose, case.language, **_values(case, due_at, name), **values)
    return messages.Draft(
        matter=case.id, subject=case.id, purpose=purpose, language=case.language, title=title or worded_title,
        body=body, key=key, at=at, by=by, item=item, phone=said.phone, email=said.email, number=case.number,
        link=voices.link(case.id), id=id,
    )  # fmt: skip


def send(draft: messages.Draft, by: Actor, at: datetime) -> None:
    messages.send_many(drafts=[draft], by=by, recorded_at=at)


def title_of(case: Case, purpose: str, **values: str) -> str:
    return standards.worded(purpose, case.language, **_values(case, None, owner_name(case)), **values)[0]


def owner_name(case: Case, people: Mapping[UUID, staff.Staff] | None = None) -> str:
    """The owner as the customer may know them; the desk where nobody could be named."""
    if case.owner_id is None:
        found = None
    else:
        found = people.get(case.owner_id) if people is not None else staff.person(case.owner_id)
    if case.language.startswith("zh"):
        return found.name if found else "消费者权益保护岗"
    return (found.name_en or found.name) if found else "our complaints desk"


def _values(case: Case, due_at: datetime | None, owner: str) -> dict[str, str]:
    zh = case.language.startswith("zh")
    until = due_at or case.promised_at
    return {
        "number": case.number,
        "due": _day(until, zh) if until else ("近日" if zh else "the coming days"),
        "owner": owner,
        "bank": _bank(zh),
        "link": voices.link(case.id),
    }


def _bank(zh: bool) -> str:
    if zh:
        return settings.HUIYIN_BANK_NAME or "本行"
    return settings.HUIYIN_BANK_NAME_EN or settings.HUIYIN_BANK_NAME or "The bank"


def _day(at: datetime, zh: bool) -> str:
    """The last day on which it is still in time: a limit that ends at 24:00 belongs to the day before."""
    day = localdate(at - timedelta(microseconds=1))
    return f"{day.year}年{day.month}月{day.day}日" if zh else f"{day.day} {day:%B %Y}"
