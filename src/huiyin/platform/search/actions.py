"""Keeping the index: a matter's texts are put in as a whole, so doing it twice is doing it once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from huiyin.platform.search.models import Document, Progress
from huiyin.platform.search.queries import hashes, hexed, label
from huiyin.platform.search.rules.ranking import number_of, quarter_of
from huiyin.platform.search.rules.words import terms_of
from huiyin.platform.tables.actions import write_many
from huiyin.platform.tables.queries import as_id, marks, rows

_AT_ONCE = 400


@dataclass(frozen=True)
class Text:
    """What is to be found of one row. `labels` are found as they stand (scopes, numbers), never by reading them."""

    kind: str
    row: UUID
    matter: UUID
    subject: UUID
    at: datetime
    texts: tuple[str, ...]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Known:
    id: int
    row: UUID
    matter: UUID
    terms: Any


def put(*, matters: Mapping[UUID, Sequence[Text]]) -> int:
    """Make the index say of these matters exactly this; returns how many rows were written."""
    if not matters:
        return 0
    with transaction.atomic():
        known = {one.row: one for one in _known(list(matters))}
        wanted = {text.row: text for texts in matters.values() for text in texts}
        stale = [one.id for row, one in known.items() if row not in wanted]
        new, changed = [], []
        for row, text in wanted.items():
            terms = _stored(text)
            old = known.get(row)
            if old is None:
                new.append((text, terms))
            elif old.terms != terms:
                changed.append((terms, old.id))
        _remove(stale)
        write_many(f"UPDATE search_document SET terms = {_set()} WHERE id = %s", changed)
        _insert(new)
        return len(stale) + len(changed) + len(new)


def forget(*, subject: UUID) -> None:
    """Nothing of this person is found any more."""
    Document.objects.filter(subject=subject).delete()


def empty() -> None:
    """Throw the whole index away; `put` fills it again."""
    Document.objects.all().delete()


def move(*, name: str, place: int, matter: UUID | None = None) -> None:
    """Remember how far the upkeep has come, in the transaction of what it did."""
    Progress.objects.update_or_create(name=name, defaults={"place": place, "matter": matter})


def _stored(text: Text) -> Any:
    quarter = quarter_of(text.at)
    found = sorted(set(hashes(terms_of(*text.texts) | {label(one) for one in text.labels}, quarter)))
    return found if connection.vendor == "postgresql" else " ".join(hexed(found))


def _set() -> str:
    return "%s::integer[]" if connection.vendor == "postgresql" else "%s"


def _known(matters: list[UUID]) -> list[_Known]:
    found = []
    for start in range(0, len(matters), _AT_ONCE):
        part = matters[start : start + _AT_ONCE]
        statement = f'SELECT id, "row", matter, terms FROM search_document WHERE matter IN ({marks(part)})'
        found += [_Known(id, as_id(row), as_id(matter), terms) for id, row, matter, terms in rows(statement, part)]
    return found


def _remove(ids: list[int]) -> None:
    write_many("DELETE FROM search_document WHERE id = %s", [(id,) for id in ids])


def _insert(new: Sequence[tuple[Text, Any]]) -> None:
    """Two texts of one second whose hashes agree: the later one takes the next free number."""
    numbers = [number_of(text.at, text.row) for text, _terms in new]
    taken: set[int] = set()
    for start in range(0, len(numbers), _AT_ONCE):
        part = numbers[start : start + _AT_ONCE]
        taken |= {id for (id,) in rows(f"SELECT id FROM search_document WHERE id IN ({marks(part)})", part)}
    asked, values = set(numbers), []
    for number, (text, terms) in zip(numbers, new, strict=True):
        while number in taken or (number not in asked and _is_there(number)):
            number += 1
        taken.add(number)
        values.append((number, text.kind, text.row, text.matter, text.subject, terms))
    columns = 'id, kind, "row", matter, subject, terms'
    write_many(f"INSERT INTO search_document ({columns}) VALUES (%s, %s, %s, %s, %s, {_set()})", values)


def _is_there(number: int) -> bool:
    return bool(rows("SELECT 1 FROM search_document WHERE id = %s", [number]))
