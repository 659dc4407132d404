"""Moving in: the attachments of a bank's own cases, from a folder or a zip, each to the case that its name tells.

Each file goes through the checks of the portal and is one transaction; a second run finds what is here already.
"""

import hashlib
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.kernel.refusal import Refusal
from huiyin.listen.voices import queries as voices
from huiyin.platform.files import actions as files
from huiyin.platform.files import queries as kept
from huiyin.platform.imports import actions as imports
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.rules import attaching
from huiyin.resolve.cases.rules.moving import SOURCE

Progress = Callable[[int, int], None]
Taken = Generator[tuple[int, int, str, imports.Outcome]]
Contents = Generator[bytes | None]
FILES = Label("files", "原有投诉的附件", "Attachments of complaints of the old system")
NO_CASE = _("No case has this number.")
UNREADABLE = _("This file cannot be read: it is damaged or locked with a password.")


class NotAnArchive(Refusal):
    status = 422
    message = _("This is neither a folder nor a zip archive.")


@dataclass
class Attached:
    """What came of it. `left`: (name, why) of each file that was not taken."""

    new: int = 0
    unchanged: int = 0
    left: list[tuple[str, object]] = field(default_factory=list)


@dataclass(frozen=True)
class _Found:
    """`place`: where it stands in its archive."""

    name: str
    place: int = 0


def attach_files(*, source: Path, by: Actor, at: datetime, progress: Progress | None = None) -> Attached:
    """Every file of a folder (with those below it) or of a zip archive. Nothing of an archive is ever unpacked to the
    disk, and nothing is read further than the limit of one file."""
    told = Attached()
    if source.is_dir():
        found = sorted(_in_folder(source), key=lambda one: one.name)
        taken = _attach(found, lambda wanted: _opened(source, wanted), 0, False, by, at)
    else:
        try:
            taken = take_archive(source, after=0, dry=False, by=by, at=at)
        except kept.NotAnArchive as error:
            raise NotAnArchive from error
    for n, total, name, outcome in taken:
        if isinstance(outcome, imports.Fault):
            told.left.append((name, outcome.params["why"]))
        elif outcome == imports.NEW:
            told.new += 1
        else:
            told.unchanged += 1
        if progress:
            progress(n, total)
    return told


@imports.bundles(FILES)
def take_archive(source: Path, *, after: int, dry: bool, by: Actor, at: datetime) -> Taken:
    """The files of a zip, each to the case that its name tells; with `dry` only where each would go."""
    found = [
        _Found(attaching.name_in_zip(one.name, one.utf8), one.place) for one in kept.in_archive(source)
    ]  # fmt: skip
    return _attach(found, lambda wanted: kept.archived(source, [one.place for one in wanted]), after, dry, by, at)


def _in_folder(folder: Path) -> Iterator[_Found]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield _Found(path.relative_to(folder).as_posix())


def _opened(folder: Path, wanted: list[_Found]) -> Contents:
    for one in wanted:
        try:
            with (folder / one.name).open("rb") as file:
                data: bytes | None = file.read(files.MOST_BYTES + 1)
        except OSError:
            data = None
        yield data


def _attach(
    found: list[_Found], read: Callable[[list[_Found]], Contents], after: int, dry: bool, by: Actor, at: datetime
) -> Taken:  # fmt: skip
    """Whoever waits for the next one decides when what it wrote is kept."""
    found = [one for one in found if not attaching.is_litter(one.name)]
    if len(found) > kept.MOST_FILES:
        raise kept.TooManyFiles
    known = _cases(attaching.wanted(one.name for one in found))
    cases = [next((known[key] for key in attaching.keys_of(one.name) if key in known), None) for one in found]
    return _one_by_one(found, cases, read, after, dry, by, at)


def _one_by_one(
    found: list[_Found], cases: list[UUID | None], read: Callable[[list[_Found]], Contents], after: int, dry: bool,
    by: Actor, at: datetime,
) -> Taken:  # fmt: skip
    both = list(zip(found, cases, strict=True))
    with closing(read([one for one, case in both[after:] if case is not None] if not dry else [])) as contents:
        for n, (one, case) in enumerate(both[after:], start=after + 1):
            outcome: imports.Outcome
            if case is None:
                outcome = _left(NO_CASE)
            else:
                outcome = imports.NEW if dry else _take(one.name, next(contents), case, by, at)
            yield n, len(found), one.name, outcome


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


def _take(name: str, data: bytes | None, case: UUID, by: Actor, at: datetime) -> imports.Outcome:
    if data is None:
        return _left(UNREADABLE)
    if _is_here(case, data):
        return imports.UNCHANGED
    try:
        files.keep_file(matter=case, subject=case, name=name, content=data, by=by, at=at, moved_in=True)
    except Refusal as no:
        return _left(no.message)
    return imports.NEW


def _left(why: object) -> imports.Fault:
    return imports.Fault("", "refused", {"why": why})


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
