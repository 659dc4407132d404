"""Reading personal values. Callers check first that the person asking may see them."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.core import signing
from django.urls import reverse

from huiyin.kernel.actor import Actor
from huiyin.platform.tables.queries import as_id, marks, rows
from huiyin.platform.vault.models import DataKey, Sealed
from huiyin.platform.vault.plugs import keyfile
from huiyin.platform.vault.rules import normal, sealing
from huiyin.platform.vault.rules.masking import mask_card, mask_email, mask_id, mask_name, mask_phone, masked

__all__ = [
    "barring",
    "blind",
    "erased",
    "is_barred",
    "is_erased",
    "marks_of",
    "mask_card",
    "mask_email",
    "mask_id",
    "mask_name",
    "mask_phone",
    "masked",
    "reveal",
    "reveal_many",
    "unmask_link",
    "unmask_token",
    "unseal_bytes",
    "unwrapped",
    "values_of",
]

_SALT = "vault.unmask"
_LINK_SECONDS = 3600
Guard = Callable[[UUID, Actor, datetime], bool]
_guards: list[Guard] = []


def reveal(table: str, row: UUID) -> dict[str, str]:
    """The clear values of one row; {} when there are none or the person was erased."""
    return reveal_many(table, [row]).get(row, {})


def reveal_many(table: str, ids: Iterable[UUID]) -> dict[UUID, dict[str, str]]:
    """The clear values of many rows; erased rows are missing."""
    found: dict[UUID, dict[str, str]] = {}
    wanted = list(ids)
    for start in range(0, len(wanted), 900):
        sealed = [one for one in kept_rows(wanted[start : start + 900]) if one.table == table]
        keys = _keys({one.subject for one in sealed})
        for one in sealed:
            found[one.row] = _opened(one, keys[one.subject])
    return found


class Kept(NamedTuple):
    """The sealed values of one row."""

    id: int
    table: str
    row: UUID
    subject: UUID
    blob: bytes


def kept_rows(wanted: Iterable[UUID]) -> list[Kept]:
    """Everything sealed under these rows, whatever their table."""
    ids = list(wanted)
    if not ids:
        return []
    found = rows(
        f'SELECT id, "table", "row", subject, blob FROM vault_sealed WHERE "row" IN ({marks(ids)}) ORDER BY id', ids
    )
    return [Kept(id, table, as_id(row), as_id(subject), bytes(blob)) for id, table, row, subject, blob in found]


def wrapped_keys(subjects: Iterable[UUID]) -> list[tuple[UUID, str, bytes]]:
    """The wrapped data key of each of these persons; empty bytes where the person was erased."""
    ids = list(subjects)
    if not ids:
        return []
    found = rows(f"SELECT subject, kid, wrapped FROM vault_datakey WHERE subject IN ({marks(ids)})", ids)
    return [(as_id(subject), kid, bytes(wrapped)) for subject, kid, wrapped in found]


def values_of(subject: UUID, row: UUID) -> dict[str, str]:
    """Every clear value that rooms keep under one row of one person."""
    sealed = Sealed.objects.filter(subject=subject, row=row).exclude(table="vault_unmasking").order_by("table")
    keys = _keys({subject})
    return {name: value for one in sealed for name, value in _opened(one, keys[subject]).items()}


def unseal_bytes(subject: UUID, table: str, row: UUID, sealed: bytes) -> bytes | None:
    """What `actions.seal_bytes` sealed; None once the person is erased."""
    key = _keys({subject}).get(subject)
    return sealing.unseal(key, sealed, sealing.place(table, row, subject)) if key else None


def is_erased(subject: UUID) -> bool:
    return DataKey.objects.filter(subject=subject, wrapped=b"").exists()


def erased() -> list[UUID]:
    """Every person and matter whose key was destroyed."""
    return list(DataKey.objects.filter(wrapped=b"").order_by("subject").values_list("subject", flat=True))


def blind(kind: str, value: str) -> str:
    """The blind index of a phone, id, name or email: equal for equal values, whatever their spelling. "" stays ""."""
    text = normal.normal(kind, value)
    return sealing.blind(keyfile.blind(), kind, text) if text else ""


def marks_of(purpose: str, terms: Collection[str]) -> list[int]:
    """A 32-bit keyed hash of each term, for the search index: without the key nobody can tell of which word.

    Another `purpose` gives other hashes of the same words, so that what is kept for one cannot be laid over another.
    """
    key = sealing.purpose_key(keyfile.blind(), purpose)
    return [sealing.mark(key, term) for term in terms]


def unmask_link(subject: UUID, row: UUID, actor: Actor) -> str:
    """The address where this actor may ask, within the hour, to see one row. Mint it only for one who may."""
    return reverse("vault:unmask", args=[signing.dumps([subject.hex, row.hex, actor.ref], salt=_SALT)])


def unmask_token(token: str, actor: Actor) -> tuple[UUID, UUID] | None:
    """Subject and row of a link, if it is genuine, fresh and this actor's own."""
    try:
        subject, row, ref = signing.loads(token, salt=_SALT, max_age=_LINK_SECONDS)
    except signing.BadSignature:
        return None
    return (UUID(subject), UUID(row)) if ref == actor.ref else None


def barring(guard: Guard) -> Guard:
    """The room that knows who keeps away from a matter registers here: links made before stop at once (SoD1)."""
    _guards.append(guard)
    return guard


def is_barred(matter: UUID, actor: Actor, at: datetime) -> bool:
    """Must this actor keep away from the matter, although a page of it was open to them a while ago?"""
    return any(guard(matter, actor, at) for guard in _guards)


def unwrapped(kid: str, wrapped: bytes, subject: UUID) -> bytes:
    """A person's data key in the clear; only for this room."""
    return sealing.unseal(keyfile.masters()[kid], wrapped, sealing.wrapping(kid, subject))


def data_keys(subjects: Iterable[UUID]) -> dict[UUID, bytes]:
    """The data key in the clear of each of these persons who has one; empty where the person was erased."""
    masters = keyfile.masters()
    return {
        subject: sealing.unseal(masters[kid], wrapped, sealing.wrapping(kid, subject)) if wrapped else b""
        for subject, kid, wrapped in wrapped_keys(subjects)
    }


def _keys(subjects: set[UUID]) -> dict[UUID, bytes]:
    return {subject: key for subject, key in data_keys(subjects).items() if key}


def _opened(one: Sealed | Kept, key: bytes) -> dict[str, str]:
    return sealing.unpacked(sealing.unseal(key, bytes(one.blob), sealing.place(one.table, one.row, one.subject)))
