"""Reading attachments. Callers check first that the person asking may read the matter (`can(actor, "file.read", matter)`)."""

from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from os import SEEK_END
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Refusal
from huiyin.platform.files.models import File
from huiyin.platform.files.plugs import archive
from huiyin.platform.files.rules import limits
from huiyin.platform.files.rules.names import clean_name, disposition, shown
from huiyin.platform.vault import queries as vault

_TABLE = "files_file"
_SALT = "files.download"
_LINK_SECONDS = 900
MOST_FILES = archive.MOST
MATTER_BYTES = limits.MATTER_BYTES


class Gone(Refusal):
    status = 410
    message = _("This file has been erased.")


class Damaged(Refusal):
    status = 500
    message = _("This file is damaged in our storage. Please report it, so that it can be brought back from a backup.")


class NotAnArchive(Refusal):
    status = 422
    message = _("This is not a ZIP archive that can be read.")


class TooManyFiles(Refusal):
    status = 422
    message = _("At most 100,000 files at a time. Take the folder in parts.")


class _Chooser(forms.ClearableFileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """The field of a form that takes any number of files; each is judged when it is kept."""

    widget = _Chooser

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [one for one in (data if isinstance(data, list | tuple) else [data]) if one]


def told(name: str, refusal: Refusal) -> str:
    """Why one of several files was not taken, with its name in front."""
    return gettext("%(file)s: %(why)s") % {"file": shown(name), "why": refusal.message}


def in_archive(source: Path) -> list[archive.Member]:
    """The files of a zip, listed by a process that can be ended."""
    try:
        return archive.members(source)
    except archive.Unreadable as no:
        raise (TooManyFiles if no.many else NotAnArchive) from None


def archived(source: Path, places: Sequence[int]) -> Generator[bytes | None]:
    """Their contents, one after the other, at most one byte more than a file may have; None where one cannot be read."""
    try:
        yield from archive.contents(source, places)
    except archive.Unreadable:
        raise NotAnArchive from None


@dataclass(frozen=True)
class FileView:
    id: UUID
    matter: UUID
    name: str
    mime: str
    size: int
    kept_at: datetime
    erased: bool
    sha256: str = ""  # of the sealed copy, as in the ledger


def files_of(matter: UUID) -> list[FileView]:
    """What was attached to a matter, oldest first. An erased file has no name any more."""
    return _views(list(File.objects.filter(matter=matter).order_by("kept_at", "id")))


def file_of(id: UUID) -> FileView | None:
    found = _views(list(File.objects.filter(pk=id)))
    return found[0] if found else None


def open_file(id: UUID) -> tuple[str, str, bytes]:
    """Name, type and content of one file."""
    file = File.objects.get(pk=id)
    path = Path(settings.HUIYIN_HOME) / "files" / id.hex[-2:] / f"{id}.sealed"
    if file.erased:
        raise Gone
    if not path.exists():
        raise Damaged
    sealed = path.read_bytes()
    if sha256(sealed).hexdigest() != file.sha256:
        raise Damaged
    content = vault.unseal_bytes(file.subject, _TABLE, id, sealed)
    if content is None:
        raise Gone
    return vault.reveal(_TABLE, id).get("name", ""), file.mime, content


def kept_before(matter: UUID, name: str, content: IO[bytes]) -> bool:
    """The very file, by name and content: somebody pressed twice, or went back and sent it again."""
    size = content.seek(0, SEEK_END)
    content.seek(0)
    for view in files_of(matter):
        if view.erased or view.size != size or clean_name(name, view.name.rpartition(".")[2]) != view.name:
            continue
        with suppress(Refusal):
            same = open_file(view.id)[2] == content.read()
            content.seek(0)
            if same:
                return True
    return False


def served(id: UUID) -> HttpResponse:
    """A download that no browser runs: attachment, its own type and no other, in a sandbox, kept nowhere."""
    name, mime, content = open_file(id)
    kind = "text/plain; charset=utf-8" if mime == "text/plain" else mime
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = disposition(name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def link(file: UUID, actor: Actor) -> str:
    """Where this actor may fetch a file within a quarter of an hour. Mint it only for one who may read the matter."""
    return reverse("files:download", args=[signing.dumps([file.hex, actor.ref], salt=_SALT)])


def linked(token: str, actor: Actor) -> UUID | None:
    """The file of a link, if it is genuine, fresh and this actor's own."""
    try:
        file, ref = signing.loads(token, salt=_SALT, max_age=_LINK_SECONDS)
    except signing.BadSignature:
        return None
    return UUID(file) if ref == actor.ref else None


def _views(files: Sequence[File]) -> list[FileView]:
    names = vault.reveal_many(_TABLE, [file.pk for file in files])
    return [
        FileView(
            file.pk,
            file.matter,
            names.get(file.pk, {}).get("name", ""),
            file.mime,
            file.size,
            file.kept_at,
            file.erased,
            file.sha256,
        )
        for file in files
    ]
