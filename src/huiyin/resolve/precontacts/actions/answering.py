"""The customer answers on the page behind the link, or a person who reached them writes it down in the same form."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO
from uuid import UUID

from django.db import transaction

from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.listen.voices import actions as voices
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.precontacts import queries, rules
from huiyin.resolve.precontacts.actions import ground
from huiyin.resolve.precontacts.actions.ground import Gone, Refused
from huiyin.resolve.precontacts.facts import PrecontactAnswered, PrecontactEnded
from huiyin.resolve.precontacts.models import Precontact

Upload = tuple[str, bytes | IO[bytes]]


@transaction.atomic
def answer(
    *, precontact: UUID, choices: Mapping[str, str], by: Actor, at: datetime, values: Mapping[str, str] | None = None,
    uploads: Mapping[str, Sequence[Upload]] | None = None, text: str = "",
) -> Precontact:  # fmt: skip
    """All of it or nothing: item -> choice, item -> correction, item -> files. What stood still runs again and whoever
    has the case hears of it. By a member of staff: what the customer told a person."""
    row, case = _held(precontact, by, at)
    files, said = uploads or {}, values or {}
    given = {
        item: rules.Answered(choice, said.get(item, ""), tuple(name for name, _content in files.get(item, ())))
        for item, choice in choices.items()
    }
    if rules.wrong(row.items, queries.known_items(row), given):
        raise Refused("incomplete")
    words = text.replace("\x00", "").strip()
    if len(words) > rules.LONGEST or any(len(value) > rules.LONGEST for value in said.values()):
        raise Refused("text_too_long")
    for item, found in files.items():
        row.files[item] = [
            str(voices.add_file(voice=row.case, name=name, content=content, by=by, at=at)) for name, content in found
        ]
    kept = {f"said:{item}": value for item, value in said.items() if value}
    if words:
        kept["text"] = words
    if kept:
        vault.keep(subject=row.case, table=queries.TABLE, row=row.pk, values=kept)
    row.answers = dict(choices)
    _settle(row, "answered", by, at)
    fact = PrecontactAnswered(
        precontact=row.pk, matter=row.case, answers=tuple(f"{item}={choices[item]}" for item in row.items),
        how="person" if by.staff else "link",
    )  # fmt: skip
    ground.tell(row, fact, by, at)
    ground.wake(case.pk, by, at)
    if ground.holder_of(case) != by.staff:
        ground.notify("precontact_answered", ground.holder_of(case), case, row, by, at)
    return row


@transaction.atomic
def drop(*, precontact: UUID, by: Actor, at: datetime) -> Precontact:
    """A colleague goes on without the answers; the link leads to a page that says so."""
    row, case = _held(precontact, by, at)
    if by.staff is None:
        raise Gone
    _settle(row, "dropped", by, at)
    ground.tell(row, PrecontactEnded(precontact=row.pk, matter=row.case, why="dropped"), by, at)
    ground.wake(case.pk, by, at)
    return row


def _held(id: UUID, by: Actor, at: datetime) -> tuple[Precontact, cases.Case]:
    """The row under a lock, if it may still be answered; staff need what they need to write to the customer."""
    row = Precontact.objects.select_for_update().filter(pk=id).first()
    case = queries.current_case(row) if row else None
    if row is None or case is None:
        raise Gone
    if by.kind == "staff":
        permit.must(by, "case.reply", cases.sight(case, at))
    if not queries.may_answer(row, case):
        raise Refused("over")
    return row, case


def _settle(row: Precontact, state: str, by: Actor, at: datetime) -> None:
    row.state, row.settled_at, row.settled_by_id = state, at, by.staff
    row.save(update_fields=["state", "settled_at", "settled_by", "answers", "files"])
