"""What we write to the customer: approved wording with the facts of the case, on the tracking page and to their address."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.listen.voices import queries as voices
from huiyin.listen.voices.queries import Words
from huiyin.platform.messages import actions as messages
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.queries import paper
from huiyin.resolve.cases.queries.paper import owner_name
from huiyin.resolve.cases.queries.reaching import reach_of


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
    wording: str = "",
    **values: str,
) -> messages.Draft:
    """One letter about a case, in approved wording. A batch gives `owner` and `words` to save look-ups; `wording` is the
    approved text where it is not that of the purpose."""
    name = owner if owner is not None else owner_name(case)
    code = _code(case, wording or purpose)
    known = _values(case, due_at, name)
    worded_title, body = standards.worded(code, case.language, **known, **values)
    return addressed(
        case,
        purpose,
        title or worded_title,
        body,
        at=at,
        key=key,
        by=by,
        item=item,
        link=known["link"],
        words=words,
        id=id,
    )


def addressed(
    case: Case, purpose: str, title: str, body: str, *, at: datetime, key: str, by: Actor | None = None,
    item: UUID | None = None, link: str = "", words: Words | None = None, id: UUID | None = None,
) -> messages.Draft:  # fmt: skip
    """These words in the way that reaches the customer, with the need that decided on it."""
    reach = reach_of(case, words if words is not None else voices.words(case.id))
    return messages.Draft(
        matter=case.id, subject=case.id, purpose=purpose, language=case.language, title=title, body=body, key=key,
        at=at, by=by, item=item, phone=reach.phone, email=reach.email, number=case.number,
        link=link or voices.link(case.id), id=id, way=reach.recorded, why=reach.way.why,
    )  # fmt: skip


def send(draft: messages.Draft, by: Actor, at: datetime) -> None:
    messages.send_many(drafts=[draft], by=by, recorded_at=at)


def write(
    *, case: Case, purpose: str, title: str, body: str, key: str, by: Actor, at: datetime, item: UUID | None = None,
    link: str = "",
) -> None:  # fmt: skip
    """A letter that a room above has worded: on the customer's page, and by the way that reaches them."""
    send(addressed(case, purpose, title, body, at=at, key=key, item=item, link=link), by, at)


def copy(member: Case, reply: UUID, kept: Mapping[str, str], version: int, *, at: datetime) -> messages.Draft:
    """The answer again on the page of a case that was merged: whoever kept that number finds it there too."""
    key = f"copy:{reply}:{member.pk}:{version}"
    letter = draft(member, "reply", at=at, key=key, item=reply, title=kept.get("title", ""), text=kept.get("text", ""))
    return replace(letter, purpose="copy")


def title_of(case: Case, purpose: str, **values: str) -> str:
    return standards.worded(_code(case, purpose), case.language, **_values(case, None, owner_name(case)), **values)[0]


def _code(case: Case, code: str) -> str:
    """Who suggests, praises or asks has not complained, and is not written to as if."""
    own = f"{code}-message"
    return own if case.kind != "complaint" and own in standards.wordings() else code


def _values(case: Case, due_at: datetime | None, owner: str) -> dict[str, str]:
    return paper.values(case, due_at or case.promised_at, owner)
