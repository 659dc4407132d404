"""Keep personal values apart, show them for a reason, and destroy them for good."""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from operator import attrgetter
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import record
from huiyin.platform.tables.actions import write_many
from huiyin.platform.vault import queries
from huiyin.platform.vault.facts import SubjectErased, Unmasked
from huiyin.platform.vault.models import DataKey, Sealed, Unmasking
from huiyin.platform.vault.plugs import keyfile
from huiyin.platform.vault.rules import reasons, sealing

Values = dict[str, str]
Item = tuple[UUID, str, UUID, Values]
T = TypeVar("T")
UNMASKINGS_PER_HOUR = 30
_BATCH = 900


class Erased(Refusal):
    status = 410
    message = _("This person's data has been erased for good. Nothing more can be kept under the same person.")


class OtherSubject(Refusal):
    status = 409
    message = _("These personal data belong to another person.")


class NoReason(Refusal):
    status = 400
    message = _("Please choose why you need to see the data.")


class TooMany(Refusal):
    status = 429
    message = _("You have opened personal data 30 times within an hour. Please go on later, or ask your supervisor.")


def keep(*, subject: UUID, table: str, row: UUID, values: Values) -> None:
    """Seal the values of one row under the person's own key. Values kept before stay unless given anew."""
    with transaction.atomic():
        key = _data_key(subject)
        kept = Sealed.objects.select_for_update().filter(table=table, row=row).first()
        if kept is None:
            blob = _sealed(key, table, row, subject, values)
            Sealed.objects.create(table=table, row=row, subject=subject, blob=blob)
            return
        if kept.subject != subject:
            raise OtherSubject
        known = sealing.unpacked(sealing.unseal(key, bytes(kept.blob), sealing.place(table, row, subject)))
        kept.blob = _sealed(key, table, row, subject, known | values)
        kept.save(update_fields=["blob"])


def keep_many(items: Iterable[Item], *, fresh: bool = False) -> int:
    """`keep` for many rows. `fresh` promises that neither these rows nor their persons were kept before."""
    count = 0
    with transaction.atomic(savepoint=not fresh):
        for batch in _batches(items, _BATCH):
            _keep_batch(batch, fresh)
            count += len(batch)
    return count


def seal_bytes(*, subject: UUID, table: str, row: UUID, content: bytes) -> bytes:
    """Seal something large under the person's key; the caller stores it. `queries.unseal_bytes` opens it."""
    with transaction.atomic():
        key = _data_key(subject)
    return sealing.seal(key, os.urandom(12), content, sealing.place(table, row, subject))


def unmask(*, subject: UUID, row: UUID, reason: str, by: Actor, at: datetime, detail: str = "") -> Values:
    """Show the clear values of one row, for a stated reason, at most 30 times an hour; recorded for good.

    The words of the reason, if any, are sealed with the person's data: the ledger holds the code alone.
    """
    if reason not in {choice.code for choice in reasons.REASONS}:
        raise NoReason
    if Unmasking.objects.filter(by=by.ref, at__gt=at - timedelta(hours=1)).count() >= UNMASKINGS_PER_HOUR:
        raise TooMany
    with transaction.atomic():
        values = queries.values_of(subject, row)
        seen = Unmasking.objects.create(subject=subject, row=row, by=by.ref, reason=reason, at=at)
        record(fact=Unmasked(subject=subject, row=row, reason=reason), stream=f"subject:{subject}", by=by, at=at)
        if detail.strip() and values:
            words = {f"detail_{seen.pk}": detail.strip()[:500]}
            keep(subject=subject, table="vault_unmasking", row=row, values=words)
    return values


def erase(*, subject: UUID, by: Actor, at: datetime) -> None:
    """Destroy the person's key and every sealed value, and announce it, so that rooms purge their blind indexes.

    The emptied key row stays, so that nothing is ever kept under this person again. Erasing twice is harmless.
    """
    with transaction.atomic():
        key, made = DataKey.objects.select_for_update().get_or_create(subject=subject, defaults={"wrapped": b""})
        if not made and not key.wrapped:
            return
        key.kid, key.wrapped = "", b""
        key.save()
        Sealed.objects.filter(subject=subject).delete()
        record(fact=SubjectErased(subject=subject), stream=f"subject:{subject}", by=by, at=at)


def rewrap(*, limit: int = 10_000) -> int:
    """Wrap data keys of older master keys with the newest one; returns how many. 0: the old key can be destroyed."""
    kid, master = keyfile.master()
    with transaction.atomic():
        old = list(DataKey.objects.select_for_update().exclude(kid__in=[kid, ""]).order_by("subject")[:limit])
        for key in old:
            clear = queries.unwrapped(key.kid, bytes(key.wrapped), key.subject)
            key.kid, key.wrapped = kid, _wrapped(kid, master, key.subject, clear)
        DataKey.objects.bulk_update(old, ["kid", "wrapped"], batch_size=500)
    return len(old)


def _data_key(subject: UUID) -> bytes:
    found = DataKey.objects.filter(subject=subject).first()
    if found is None:
        kid, master = keyfile.master()
        clear = os.urandom(32)
        try:
            with transaction.atomic():
                DataKey.objects.create(subject=subject, kid=kid, wrapped=_wrapped(kid, master, subject, clear))
            return clear
        except IntegrityError:  # another transaction met the person a moment ago
            found = DataKey.objects.get(subject=subject)
    if not found.wrapped:
        raise Erased
    return queries.unwrapped(found.kid, bytes(found.wrapped), subject)


def _keep_batch(batch: list[Item], fresh: bool) -> None:
    """1. one item per row; 2. keys found or made; 3. rows kept before merged and updated, the others inserted."""
    wanted: dict[tuple[str, UUID], tuple[UUID, Values]] = {}
    for subject, table, row, values in batch:
        before = wanted.get((table, row))
        if before and before[0] != subject:
            raise OtherSubject
        wanted[table, row] = (subject, before[1] | values if before else values)
    keys = _data_keys({subject for subject, _ in wanted.values()}, fresh)
    kept = {} if fresh else _kept(wanted)
    new, changed = [], []
    for (table, row), (subject, values) in wanted.items():
        old = kept.get((table, row))
        if old is None:
            blob = _sealed(keys[subject], table, row, subject, values)
            new.append((table, row, subject, blob))
            continue
        if old.subject != subject:
            raise OtherSubject
        known = sealing.unpacked(sealing.unseal(keys[subject], old.blob, sealing.place(table, row, subject)))
        changed.append((_sealed(keys[subject], table, row, subject, known | values), old.id))
    write_many('INSERT INTO vault_sealed ("table", "row", subject, blob) VALUES (%s, %s, %s, %s)', new)
    write_many("UPDATE vault_sealed SET blob = %s WHERE id = %s", changed)


def _data_keys(subjects: set[UUID], fresh: bool) -> dict[UUID, bytes]:
    keys = {} if fresh else queries.data_keys(subjects)
    if not all(keys.values()):
        raise Erased
    kid, master = keyfile.master()
    rows = []
    for subject in sorted(subjects - keys.keys(), key=attrgetter("int")):
        keys[subject] = os.urandom(32)
        rows.append((subject, kid, _wrapped(kid, master, subject, keys[subject])))
    write_many("INSERT INTO vault_datakey (subject, kid, wrapped) VALUES (%s, %s, %s)", rows)
    return keys


def _kept(wanted: dict[tuple[str, UUID], tuple[UUID, Values]]) -> dict[tuple[str, UUID], queries.Kept]:
    return {(kept.table, kept.row): kept for kept in queries.kept_rows({row for _, row in wanted})}


def _sealed(key: bytes, table: str, row: UUID, subject: UUID, values: Values) -> bytes:
    return sealing.seal(key, os.urandom(12), sealing.packed(values), sealing.place(table, row, subject))


def _wrapped(kid: str, master: bytes, subject: UUID, clear: bytes) -> bytes:
    return sealing.seal(master, os.urandom(12), clear, sealing.wrapping(kid, subject))


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
