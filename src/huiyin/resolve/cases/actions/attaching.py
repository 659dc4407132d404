"""Moving in: the attachments of a bank's own cases, from a folder or a zip, each to the case that its name tells.

Each file goes through the checks of the portal and is one transaction; a second run finds what is here already.
"""

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Refusal
from huiyin.listen.voices import queries as voices
from huiyin.platform.files import actions as files
from huiyin.platform.files import queries as kept
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.rules import attaching
from huiyin.resolve.cases.rules.moving import SOURCE

MOST = 100_000
Progress = Callable[[int, int], None]


class NotAnArchive(Refusal):
    status = 422
    message = _("This is neither a folder nor a zip archive.")


class TooMany(Refusal):
    status = 422
    message = _("At most 100,000 files at a time. Take the folder in parts.")


@dataclass
class Attached:
    """What came of it. `left`: (name, why) of each file that was not taken."""

    new: int = 0
    unchanged: int = 0
    left: list[tuple[str, object]] = field(default_factory=list)


@dataclass(frozen=True)
class _Found:
    name: str
    open: Callable[[], IO[bytes]]


def attach_files(*, source: Path, by: Actor, at: datetime, progress: Progress | None = None) -> Attached:
    """Every file of a folder (with those below it) or of a zip archive. Nothing of an archive is ever unpacked to the
    disk, and nothing is read further than the limit of one file."""
    if source.is_dir():
        return _attach(sorted(_in_folder(source), key=lambda one: one.name), by, at, progress)
    try:
        with zipfile.ZipFile(source) as archive:
            return _attach(list(_in_zip(archive)), by, at, progress)
    except zipfile.BadZipFile as error:
        raise NotAnArchive from error


def _in_folder(folder: Path) -> Iterator[_Found]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield _Found(path.relative_to(folder).as_posix(), lambda path=path: path.open("rb"))  # type: ignore[misc]


def _in_zip(archive: zipfile.ZipFile) -> Iterator[_Found]:
    for info in archive.infolist():
        if not info.is_dir():
            name = attaching.name_in_zip(info.filename, bool(info.flag_bits & 0x800))
            yield _Found(name, lambda info=info: archive.open(info))  # type: ignore[misc]


def _attach(found: list[_Found], by: Actor, at: datetime, progress: Progress | None) -> Attached:
    found = [one for one in found if not attaching.is_litter(one.name)]
    if len(found) > MOST:
        raise TooMany
    known = _cases(attaching.wanted(one.name for one in found))
    told = Attached()
    for n, one in enumerate(found, start=1):
        case = next((known[key] for key in attaching.keys_of(one.name) if key in known), None)
        if case is None:
            told.left.append((one.name, _("No case has this number.")))
        else:
            _take(one, case, by, at, told)
        if progress:
            progress(n, len(found))
    return told


def _cases(keys: set[str]) -> dict[str, UUID]:
    """Which key is which case: the number of the system it came from, or ours."""
    found: dict[str, UUID] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), 500):
        rows = Case.objects.filter(number__in=[key.upper() for key in wanted[start : start + 500]])
        numbers = dict(rows.order_by().values_list("number", "id"))
        found |= {key: numbers[key.upper()] for key in wanted[start : start + 500] if key.upper() in numbers}
    moved = voices.known_refs(SOURCE, [f"{SOURCE}:{key}" for key in wanted])
    return found | {ref.removeprefix(f"{SOURCE}:"): id for ref, id in moved.items()}


def _take(one: _Found, case: UUID, by: Actor, at: datetime, told: Attached) -> None:
    try:
        with one.open() as content:
            data = content.read(files.MOST_BYTES + 1)
    except (RuntimeError, NotImplementedError, OSError, zipfile.BadZipFile):  # locked, of an unknown kind, damaged
        told.left.append((one.name, _("This file cannot be read: it is damaged or locked with a password.")))
        return
    if _is_here(case, data):
        told.unchanged += 1
        return
    try:
        files.keep_file(matter=case, subject=case, name=one.name, content=data, by=by, at=at, moved_in=True)
    except Refusal as no:
        told.left.append((one.name, no.message))
    else:
        told.new += 1


def _is_here(case: UUID, data: bytes) -> bool:
    """The same content is on the case already, whatever it was called."""
    digest = hashlib.sha256(data).digest()
    for file in kept.files_of(case):
        if file.size == len(data) and not file.erased:
            try:
                if hashlib.sha256(kept.open_file(file.id)[2]).digest() == digest:
                    return True
            except Refusal:
                continue
    return False
