"""Keep what a customer attaches: checked by content, encrypted under the customer's key, never run and never shown inline."""

import os
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import record
from huiyin.platform.files.facts import FileKept
from huiyin.platform.files.models import File
from huiyin.platform.files.rules import kinds, limits, pictures
from huiyin.platform.files.rules.names import clean_name
from huiyin.platform.vault import actions as vault

TABLE = "files_file"
MOST_BYTES = limits.FILE_BYTES
WORDS = {
    "empty": _("This file is empty. Please choose it again; perhaps it was still being written."),
    "large": _("This file is larger than 20 MB. Please send a smaller one, for example a photo instead of a video."),
    "type": _("We cannot take this kind of file. Photos, PDF, Word, Excel, text, sound and video are fine."),
    "page": _("Web pages and SVG drawings can carry programs, so we do not take them. A screenshot is fine."),
    "script": _("This file contains a program inside, so we do not take it. Please print it to PDF or send a photo."),
    "program": _("Programs are not taken. Photos, PDF, Word, Excel, text, sound and video are fine."),
    "archive": _("Archives (zip, rar ...) are not taken. Please send the files one by one."),
    "macro": _("Old Office files and files with macros are not taken. Please save it as PDF and send that."),
    "locked": _("This file is protected by a password, so nobody here could read it. Please send it without."),
    "image": _("This picture is damaged or has far too many pixels. Please send a smaller one."),
    "virus": _("A virus scanner would stop this file. It was not taken."),
    "name": _("The name of this file does not fit its content. Please send the original file."),
    "many": _("No more than 10 files can be added within a day. You can go on tomorrow."),
    "full": _("The files of this matter would exceed 200 MB together. Please send smaller ones."),
}


class Refused(Refusal):
    """A file that is not taken, and why."""

    status = 400

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(WORDS[why], why=why)


class TooLarge(Refused):
    status = 413


class TooMany(Refused):
    status = 429


def keep_file(
    *, matter: UUID, subject: UUID, name: str, content: bytes | IO[bytes], by: Actor, at: datetime, moved_in: bool = False
) -> File:  # fmt: skip
    """`moved_in`: the bank brings it from the system it leaves; then it may be more than somebody adds in a day.

    1. read up to the limit; 2. judge by content; 3. seal and write, durably; 4. row, name in the vault, fact.

    A file whose transaction fails stays on disk without a row, unreadable to anyone, until `sweep` takes it away.
    """
    data = _read(content)
    _check_room(matter, len(data), at, moved_in)
    try:
        kind = kinds.kind_of(name, data)
        _check_image(kind, data)
    except kinds.NotTaken as refusal:
        raise Refused(refusal.why) from refusal
    id = new_id()
    with transaction.atomic():
        sealed = vault.seal_bytes(subject=subject, table=TABLE, row=id, content=data)
        _write(_path(id), sealed)
        digest = sha256(sealed).hexdigest()
        file = File.objects.create(
            id=id, matter=matter, subject=subject, mime=kind.mime, size=len(data), sha256=digest, kept_at=at
        )
        vault.keep(subject=subject, table=TABLE, row=id, values={"name": clean_name(name, kind.extension)})
        fact = FileKept(file=id, matter=matter, size=len(data), sha256=digest)
        record(fact=fact, stream=f"matter:{matter}", by=by, at=at)
    return file


def forget(*, subject: UUID) -> int:
    """The person was erased: the key is gone already, now the ciphertext goes too."""
    files = list(File.objects.filter(subject=subject, erased=False))
    File.objects.filter(subject=subject).update(erased=True)

    def remove() -> None:
        for file in files:
            _path(file.pk).unlink(missing_ok=True)

    transaction.on_commit(remove)
    return len(files)


def sweep(*, at: datetime) -> int:
    """Remove ciphertexts older than a day that no row speaks of; returns how many."""
    removed = 0
    for path in (Path(settings.HUIYIN_HOME) / "files").glob("*/*"):
        old = path.stat().st_mtime < (at - timedelta(days=1)).timestamp()
        if old and not (path.suffix == ".sealed" and File.objects.filter(pk=UUID(path.stem), erased=False).exists()):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _read(content: bytes | IO[bytes]) -> bytes:
    """Never more than one byte beyond the limit, however long the upload says it is."""
    if isinstance(content, bytes):
        data = content
    else:
        parts, size = [], 0
        while size <= limits.FILE_BYTES and (part := content.read(limits.CHUNK)):
            parts.append(part)
            size += len(part)
        data = b"".join(parts)
    if len(data) > limits.FILE_BYTES:
        raise TooLarge("large")
    return data


def _check_room(matter: UUID, size: int, at: datetime, moved_in: bool) -> None:
    kept = File.objects.filter(matter=matter)
    if (
        not moved_in
        and kept.filter(kept_at__gt=at - timedelta(days=1)).aggregate(n=Count("pk"))["n"] >= limits.FILES_PER_DAY
    ):
        raise TooMany("many")
    if (kept.aggregate(sum=Sum("size"))["sum"] or 0) + size > limits.MATTER_BYTES:
        raise TooLarge("full")


def _check_image(kind: kinds.Kind, data: bytes) -> None:
    """The header alone is read: a picture of 400 megapixels is refused before a pixel is unpacked."""
    if kind not in kinds.IMAGES:
        return
    if pictures.pixels(kind, data) > limits.IMAGE_PIXELS:
        raise kinds.NotTaken("image")


def _path(id: UUID) -> Path:
    """UUIDv7 begins with the time, so the folder is taken from its random end."""
    return Path(settings.HUIYIN_HOME) / "files" / id.hex[-2:] / f"{id}.sealed"


def _write(path: Path, sealed: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(".part")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
